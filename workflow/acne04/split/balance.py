"""Balance the training part up to a target per grade, with the synthetic images that may train.

``synthetic``: add synthetic images of the grade that may train until real and synthetic ones
together reach the target; those that an earlier release chose come first.
``weights``: weigh each image by target / images; this may be less than one.
``repetition``: show each image a whole number of times, so that the grade's showings sum to the
target; never less than once. ``none``: as it is.

In cross-validation the training part differs from fold to fold: there, the *mean* number of
training images of a grade stands for "images", and an image that one fold of five tests and another
one validates, or whose group they do, counts for 3/5.

A synthetic image belongs to the group of its parent, and trains where that group trains: in
``holdout`` only if the group is in train; in ``kfold`` in every fold but those that test on or
validate with the group. A group without any placeable photograph is held out nowhere, so its
synthetic images may train: a parent that is itself left out (its copies disagree on the grade, say)
is in no test. So may those of which a person said that the collection does not hold their parent.
With an unknown parent nobody can tell what is held out: the image is left out, or kept by choice
with the mark ``parents-unverified``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

import pandas as pd

from acne04.core.findings import Finding
from acne04.core.grades import GRADE_NAMES, GRADES
from acne04.split import catalogue
from acne04.split.manifest import SplitParameters


def parent_known(images: pd.DataFrame) -> pd.Series:
    """Tell of each image whether its parent is known, or known not to be in the collection.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns parent, parent_status.

    Returns
    -------
    pandas.Series of bool
        False for real images.
    """
    verified = (images["parent_status"] == "verified") & (images["parent"] != "")
    return verified | (images["parent_status"] == "decided")


def why_left_out(
    images: pd.DataFrame, place: pd.Series, trained: tuple[str, ...], unknown: str
) -> pd.Series:
    """Say of each synthetic image why it may not train; empty where it may.

    Parameters
    ----------
    images : pandas.DataFrame
        Synthetic images: columns parent, parent_status.
    place : pandas.Series of str
        Part of each one's group; empty where no photograph of it is placed.
    trained : tuple of str
        Parts that are trained on.
    unknown : {"exclude", "keep"}
        What becomes of those with an unknown parent.
    """
    held_out = (place != "") & ~place.isin(trained)
    reasons = pd.Series("", index=images.index, dtype="str").mask(held_out, "parent-held-out")
    return reasons.mask(~parent_known(images) & (unknown == "exclude"), "parent-unknown")


def choose_synthetic(
    reserve: pd.DataFrame,
    trained: dict[int, Fraction],
    target: int,
    shares: pd.Series | None = None,
) -> pd.Index[int]:
    """Choose the synthetic images that each grade needs, in the order of their content hash.

    Parameters
    ----------
    reserve : pandas.DataFrame
        Synthetic images that may train: columns grade, sha256, image_id; where there is a column
        chosen (bool), those of an earlier release stay, whatever the target.
    trained : dict of int to Fraction
        Real training images of each grade (their mean over the folds).
    target : int
        Images a grade that training should reach.
    shares : pandas.Series of Fraction, optional
        For how much each image counts, as of `training_shares`; else for one.

    Returns
    -------
    pandas.Index
        Rows of `reserve`.
    """
    ordered = reserve.assign(new=~reserve["chosen"] if "chosen" in reserve else True)
    ordered = ordered.sort_values(["new", "sha256", "image_id"])
    missing = {grade: target - images for grade, images in trained.items()}
    chosen = []
    for row, grade in ordered["grade"].items():
        if missing[int(grade)] > 0 or not ordered.at[row, "new"]:
            missing[int(grade)] -= 1 if shares is None else shares[row]
            chosen.append(row)
    return pd.Index(chosen, dtype="int64")


def training_shares(rows: pd.DataFrame, fold_count: int) -> pd.Series:
    """Say of training images of ``kfold`` in how many folds they train, as a Fraction of all.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns fold: the one that tests on the image or its group, missing where none does; and
        validates: those that it or its group validates, joined by ``/``.
    """
    shares = []
    for fold, validates in zip(rows["fold"], rows["validates"], strict=True):
        held_out = (not pd.isna(fold)) + len(validates.split("/") if validates else ())
        shares.append(Fraction(fold_count - held_out, fold_count))
    return pd.Series(shares, index=rows.index, dtype="object")


def training_weights(
    real: pd.DataFrame, trained: dict[int, Fraction], parameters: SplitParameters
) -> pd.Series:
    """Weigh real training images.

    Parameters
    ----------
    real : pandas.DataFrame
        Columns grade, fold (missing outside cross-validation), sha256, image_id.
    trained : dict of int to Fraction
        As in `choose_synthetic`.

    Returns
    -------
    pandas.Series of float
        How often an epoch shows each image, indexed as `real`.
    """
    weights = pd.Series(1.0, index=real.index)
    if parameters.balance in ("weights", "repetition"):
        for grade, rows in real.groupby("grade"):
            factor = parameters.target / trained[int(grade)]
            if parameters.balance == "weights":
                weights.loc[rows.index] = float(factor)
            else:
                weights.loc[rows.index] = repetitions(rows, factor).astype(float)
    return weights


def repetitions(rows: pd.DataFrame, factor: Fraction) -> pd.Series:
    """Give each image a whole number of showings, at least one, that sum to `factor` per image.

    Parameters
    ----------
    rows : pandas.DataFrame
        Images of one grade: columns fold, sha256, image_id.

    Returns
    -------
    pandas.Series of int
        Indexed as `rows`. Two images differ by one at most; the ones shown more often are spread
        over the folds, and are the first in the order of the content hash.
    """
    showings = max(len(rows), math.floor(len(rows) * factor + Fraction(1, 2)))
    base, extra = divmod(showings, len(rows))
    ordered = rows.sort_values(["fold", "sha256", "image_id"])
    turn = ordered.groupby("fold", dropna=False).cumcount()
    ordered = ordered.assign(turn=turn).sort_values(["turn", "fold"], kind="stable")
    counts = pd.Series(base, index=ordered.index)
    counts.iloc[:extra] += 1
    return counts.loc[rows.index]


def reached(
    manifest: pd.DataFrame,
    trained: dict[int, Fraction],
    parameters: SplitParameters,
    shares: pd.Series | None = None,
) -> dict[int, Fraction]:
    """Say how many images (or showings) of each grade a training part has in the end.

    Parameters
    ----------
    manifest : pandas.DataFrame
        Table ``splits``; of `balance` ``repetition`` and with `shares`, its weights too.
    shares : pandas.Series of Fraction, optional
        For how much each row counts, as of `training_shares`; else for one.
    """
    added = manifest.loc[(manifest["split"] != "") & (manifest["origin"] == "synthetic"), "grade"]
    count = dict.fromkeys(GRADES, Fraction(0))
    for row, grade in added.items():
        count[int(grade)] += 1 if shares is None else shares[row]
    if parameters.balance in ("none", "synthetic"):
        return {grade: trained[grade] + count[grade] for grade in GRADES}
    if parameters.balance == "weights":
        return {g: Fraction(parameters.target) if trained[g] else Fraction(0) for g in GRADES}
    if shares is not None:
        # Whole showings, each in some of the folds only, need not meet the target in the mean.
        for row, weight in manifest["weight"].dropna().items():
            count[int(manifest.at[row, "grade"])] += round(weight) * shares[row]
        return count
    return {
        g: max(trained[g], Fraction(parameters.target)) if trained[g] else trained[g]
        for g in GRADES
    }


def target_findings(
    variant: str,
    trained: dict[int, Fraction],
    after: dict[int, Fraction],
    parameters: SplitParameters,
    manifest: pd.DataFrame | None = None,
) -> Iterator[Finding]:
    """Report the grades that miss the target, or are beyond it; nothing where none is set.

    Parameters
    ----------
    manifest : pandas.DataFrame, optional
        Tells how many synthetic images are left out because of their parents.
    """
    for grade in GRADES if parameters.balance != "none" else ():
        name = f"grade {grade} ({GRADE_NAMES[grade]})"
        if not trained[grade]:
            yield catalogue.GRADE_EMPTY.at(
                f"{variant}.csv",
                expected=f"training images of {name}",
                found="no real one",
                done="went on without",
            )
        if after[grade] < parameters.target:
            yield catalogue.TARGET_MISSED.at(
                f"{variant}.csv",
                expected=f"{parameters.target} training images of {name}",
                found=_figure(after[grade]) + _not_taken(manifest, grade),
                done="showed each a whole number of times"
                if parameters.balance == "repetition"
                else "took all that may train",
            )
        elif after[grade] > parameters.target and trained[grade] > parameters.target:
            yield catalogue.TARGET_EXCEEDED.at(
                f"{variant}.csv",
                expected=f"{parameters.target} training images of {name}",
                found=_figure(after[grade]),
                done="kept them all: no photograph is left out to balance",
            )


def shortfalls(after: dict[int, Fraction], parameters: SplitParameters) -> dict[int, int]:
    """Give by how much each grade misses the target, rounded up; 0 where none is set."""
    if parameters.balance == "none":
        return dict.fromkeys(GRADES, 0)
    return {g: max(0, math.ceil(parameters.target - after[g])) for g in GRADES}


def _not_taken(manifest: pd.DataFrame | None, grade: int) -> str:
    """Tell how many synthetic images of a grade there would be, but for their parents."""
    if manifest is None:
        return ""
    counts = manifest.loc[manifest["grade"] == grade, "excluded"].value_counts()
    reasons = [
        f"{counts[reason]} {words}"
        for reason, words in (
            ("parent-held-out", "held out with their parents"),
            ("parent-unknown", "of unknown parent"),
        )
        if reason in counts
    ]
    return f"; more synthetic ones: {', '.join(reasons)}" if reasons else ""


def _figure(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value)
    return f"{float(value):.1f} on average over the folds"
