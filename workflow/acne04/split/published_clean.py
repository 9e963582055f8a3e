"""The variant ``published-clean``: ACNE04's own test folds, and training that knows none of them.

Each fold's test part is that of ``published``, row by row: copies, conflicts and grades as they
were published, whatever anybody decided since, so that a result compares with older ones. Of the
training part every image is left out that is related to one of that fold's test images, by bytes,
photograph, parent, person or a chain of these; what is left is as published, too. Synthetic images
join where none of their group is tested.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
import pandas as pd

from acne04.core.findings import Finding
from acne04.core.grades import GRADES
from acne04.relations.kinship import KINDS, Kinship
from acne04.split.balancing import (
    choose_synthetic,
    reached,
    shortfalls,
    target_findings,
    training_weights,
)
from acne04.split.following import parent_known
from acne04.split.images import as_labelled, standing
from acne04.split.manifest import UNVERIFIED, Options, Variant
from acne04.split.published import published, undecodable_placed

NAME = "published-clean"
#: Why a training image is left out, by the nearest kind of relation to a test image.
REASONS = {
    "exact": "shares-photograph",
    "near": "shares-near-duplicate",
    "derived-from": "shares-parent",
    "subject": "shares-subject",
    "chain": "related",
}
Counts = dict[int, Fraction]


def published_clean(
    images: pd.DataFrame, folds: pd.DataFrame, kinship: Kinship, options: Options
) -> Variant:
    """Clean the training part of each published fold, and balance it.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.images.join_images`.
    folds : pandas.DataFrame
        Table ``folds``.
    kinship : Kinship
        How the images are related.
    """
    images = as_labelled(images)
    original = published(images, folds)
    reserve = _reserve(images, options)
    clean: list[pd.DataFrame] = []
    training: list[tuple[Counts, Counts]] = []
    findings = [f for f in original.findings if f.check != "undecodable-placed"]
    for fold, rows in original.manifest.groupby("fold"):
        rows = rows.copy()
        before = int((rows["split"] == "trainval").sum())
        _remove_related(rows, kinship)
        findings.append(_removed(int(fold), before, rows))
        training.append(_balance(rows, reserve, kinship, options))
        clean.append(rows)
    manifest = pd.concat(clean) if clean else original.manifest
    trained, after = (_mean([counts[n] for counts in training]) for n in (0, 1))
    findings += [
        *(target_findings(NAME, trained, after, options) if training else ()),
        *undecodable_placed(NAME, manifest.merge(images[["image_id", "decodable"]])),
    ]
    return Variant(NAME, manifest, findings, None, shortfalls(after, options))


def _remove_related(rows: pd.DataFrame, kinship: Kinship) -> None:
    """Leave out the training rows of one fold that are related to one of its test rows."""
    position = kinship.positions(rows["image_id"])
    training, test = (rows["split"] == "trainval").to_numpy(), (rows["split"] == "test").to_numpy()
    kinds, relatives = kinship.nearest(position[training], position[test])
    subjects = dict(zip(position[test].tolist(), rows.loc[test, "subject"], strict=True))
    reasons = [
        f"{REASONS[KINDS[kind]]}:"
        + (subjects[relative] if KINDS[kind] == "subject" else kinship.images[relative])
        if kind >= 0
        else ""
        for kind, relative in zip(kinds.tolist(), relatives.tolist(), strict=True)
    ]
    related = np.zeros(len(rows), dtype=bool)
    related[training] = kinds >= 0
    rows.loc[training, "excluded"] = reasons
    rows.loc[related, "split"] = ""
    rows.loc[related, "weight"] = pd.NA


def _reserve(images: pd.DataFrame, options: Options) -> pd.DataFrame:
    """Say of each synthetic image why no fold can train on it; empty where one may.

    Returns
    -------
    pandas.DataFrame
        Columns excluded and mark, by image_id.
    """
    synthetic = images[images["origin"] == "synthetic"]
    excluded = standing(images, "none").loc[synthetic.index]
    unknown = ~parent_known(synthetic)
    rules = [("not-used", options.balance != "synthetic")]
    rules += [("parent-unknown", unknown & (options.unknown_parent == "exclude"))]
    for reason, holds in rules:
        excluded = excluded.mask((excluded == "") & holds, reason)
    mark = pd.Series("", index=synthetic.index, dtype="str").mask(unknown, UNVERIFIED)
    ids = synthetic["image_id"].to_numpy()
    return pd.DataFrame({"excluded": excluded.to_numpy(), "mark": mark.to_numpy()}, index=ids)


def _balance(
    rows: pd.DataFrame, reserve: pd.DataFrame, kinship: Kinship, options: Options
) -> tuple[Counts, Counts]:
    """Weigh the training rows of one fold, and add synthetic ones.

    Returns
    -------
    trained, after : dict of int to Fraction
        Training images of each grade: the real ones, and what there is in the end.
    """
    training = rows["split"] == "trainval"
    counts = rows.loc[training, "grade"].value_counts()
    trained = {grade: Fraction(int(counts.get(grade, 0))) for grade in GRADES}
    weights = training_weights(rows[training], trained, options)
    rows.loc[training, "weight"] = weights.astype("Float64")
    synthetic = rows["origin"] == "synthetic"
    about = reserve.loc[rows.loc[synthetic, "image_id"]]
    rows.loc[synthetic, "excluded"] = about["excluded"].to_numpy()
    free = rows[synthetic & (rows["excluded"] == "")]
    test = kinship.positions(rows.loc[rows["split"] == "test", "image_id"])
    held_out = kinship.nearest(kinship.positions(free["image_id"]), test)[0] >= 0
    rows.loc[free.index[held_out], "excluded"] = "parent-held-out"
    free = free[~held_out]
    chosen = choose_synthetic(free, trained, options.target)
    rows.loc[free.index.difference(chosen), "excluded"] = "target-reached"
    rows.loc[chosen, "split"] = "trainval"
    rows.loc[chosen, "weight"] = 1.0
    rows.loc[chosen, "mark"] = reserve.loc[rows.loc[chosen, "image_id"], "mark"].to_numpy()
    return trained, reached(rows, trained, options)


def _mean(counts: list[Counts]) -> Counts:
    return {g: sum((c[g] for c in counts), Fraction(0)) / max(len(counts), 1) for g in GRADES}


def _removed(fold: int, before: int, rows: pd.DataFrame) -> Finding:
    reasons = Counter(reason.partition(":")[0] for reason in rows["excluded"])
    told = [f"{reasons[reason]} {reason}" for reason in REASONS.values() if reasons[reason]]
    removed = sum(reasons[reason] for reason in REASONS.values())
    return Finding(
        check="training-images-removed",
        severity="info",
        file=f"{NAME}.csv",
        pointer=f"fold {fold}",
        line=None,
        expected="no training image that is related to a test image of its fold",
        found=f"{removed} of {before}" + (f": {', '.join(told)}" if told else ""),
        done="left out of this fold's training part; the column excluded says why",
        remedy="nothing",
    )
