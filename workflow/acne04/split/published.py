"""The variants of ACNE04's own folds: ``published``, and ``published-clean`` that leaks nothing.

``published`` is exactly what the label files say, copies and all, for comparison with published
results. Its test parts share photographs and persons with its training parts:
`acne04.split.tally` counts them.

``published-clean`` has the same test parts, row by row: copies, conflicts and grades as they were
published, whatever anybody decided since, so that a result compares with older ones. Of the
training part every image is left out that is related to one of that fold's test images, by bytes,
photograph, parent, person or a chain of these; what is left is as published, too. Synthetic images
join where none of their group is tested.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pandas as pd

from acne04.core.findings import Finding
from acne04.core.grades import GRADES
from acne04.relations.kinship import KINDS, Kinship
from acne04.split import catalogue
from acne04.split.balance import (
    choose_synthetic,
    parent_known,
    reached,
    shortfalls,
    target_findings,
    training_weights,
)
from acne04.split.collection import as_labelled, standing
from acne04.split.manifest import (
    UNVERIFIED,
    SplitParameters,
    Variant,
    blank_manifest,
)

CLEAN = "published-clean"
#: Why a training image is left out, by the nearest kind of relation to a test image.
REASONS = {
    "exact": "shares-photograph",
    "near": "shares-near-duplicate",
    "derived-from": "shares-parent",
    "retake": "shares-retake",
    "subject": "shares-subject",
    "chain": "related",
}
Counts = dict[int, Fraction]


def published(images: pd.DataFrame, folds: pd.DataFrame) -> Variant:
    """Give each image its part in each published fold.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.collection.join_images`.
    folds : pandas.DataFrame
        Table ``folds``.
    """
    places = folds.groupby(["fold", "name"], as_index=False).agg(
        part=("part", "first"), parts=("part", "nunique")
    )
    numbers = sorted(places["fold"].unique())
    blank = blank_manifest(images).drop(columns=["fold", "split"]).assign(name=images["name"])
    each = pd.DataFrame({"fold": pd.Series(numbers or [pd.NA], dtype="Int64")})
    manifest = each.merge(blank, how="cross").merge(places, on=["fold", "name"], how="left")
    synthetic = manifest["origin"] == "synthetic"
    rules = [
        ("not-used", synthetic),
        ("not-in-fold", manifest["part"].isna()),
        ("in-both-parts", manifest["parts"].fillna(0) > 1),
    ]
    for reason, holds in rules:
        manifest["excluded"] = manifest["excluded"].mask(
            (manifest["excluded"] == "") & holds, reason
        )
    placed = manifest["excluded"] == ""
    manifest["split"] = manifest["part"].where(placed, "")
    manifest.loc[placed & (manifest["split"] == "trainval"), "weight"] = 1.0
    findings = [
        *_lines_without_image(images, folds),
        *_contradictions(manifest),
        *undecodable_placed("published", manifest.merge(images[["image_id", "decodable"]])),
    ]
    if not numbers:
        findings.append(_no_folds())
    manifest = manifest.drop(columns=["name", "part", "parts"])
    return Variant("published", manifest, findings, None, {})


def published_clean(
    images: pd.DataFrame, folds: pd.DataFrame, kinship: Kinship, parameters: SplitParameters
) -> Variant:
    """Clean the training part of each published fold, and balance it.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.collection.join_images`.
    folds : pandas.DataFrame
        Table ``folds``.
    kinship : Kinship
        How the images are related.
    """
    images = as_labelled(images)
    original = published(images, folds)
    reserve = _reserve(images, parameters)
    clean: list[pd.DataFrame] = []
    training: list[tuple[Counts, Counts]] = []
    findings = [f for f in original.findings if f.check != catalogue.UNDECODABLE_PLACED.name]
    for fold, rows in original.manifest.groupby("fold"):
        rows = rows.copy()
        before = int((rows["split"] == "trainval").sum())
        _remove_related(rows, kinship)
        findings.append(_removed(int(fold), before, rows))
        training.append(_balance(rows, reserve, kinship, parameters))
        clean.append(rows)
    manifest = pd.concat(clean) if clean else original.manifest
    trained, after = (_mean([counts[n] for counts in training]) for n in (0, 1))
    findings += [
        *(target_findings(CLEAN, trained, after, parameters) if training else ()),
        *undecodable_placed(CLEAN, manifest.merge(images[["image_id", "decodable"]])),
    ]
    return Variant(CLEAN, manifest, findings, None, shortfalls(after, parameters))


def undecodable_placed(variant: str, manifest: pd.DataFrame) -> Iterator[Finding]:
    """Report placed images that do not decode; `manifest` has a column decodable."""
    broken = manifest[(manifest["split"] != "") & ~manifest["decodable"].astype(bool)]
    for path in broken["path"].drop_duplicates().sort_values():
        yield catalogue.UNDECODABLE_PLACED.at(
            path,
            variant,
            expected="an image that decodes",
            found="one that does not",
            done=f"placed: {variant} shows what was published, as it is",
        )


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


def _reserve(images: pd.DataFrame, parameters: SplitParameters) -> pd.DataFrame:
    """Say of each synthetic image why no fold can train on it; empty where one may.

    Returns
    -------
    pandas.DataFrame
        Columns excluded and mark, by image_id.
    """
    synthetic = images[images["origin"] == "synthetic"]
    excluded = standing(images, "none").loc[synthetic.index]
    unknown = ~parent_known(synthetic)
    rules = [("not-used", parameters.balance != "synthetic")]
    rules += [("parent-unknown", unknown & (parameters.unknown_parent == "exclude"))]
    for reason, holds in rules:
        excluded = excluded.mask((excluded == "") & holds, reason)
    mark = pd.Series("", index=synthetic.index, dtype="str").mask(unknown, UNVERIFIED)
    ids = synthetic["image_id"].to_numpy()
    return pd.DataFrame({"excluded": excluded.to_numpy(), "mark": mark.to_numpy()}, index=ids)


def _balance(
    rows: pd.DataFrame, reserve: pd.DataFrame, kinship: Kinship, parameters: SplitParameters
) -> tuple[Counts, Counts]:
    """Weigh the training rows of one fold, and add synthetic ones.

    Returns
    -------
    trained, after : dict of int to Fraction
        Training images of each grade: the real ones, and what there is in the end.
    """
    training = rows["split"] == "trainval"
    trained = trained_counts(rows[training])
    weights = training_weights(rows[training], trained, parameters)
    rows.loc[training, "weight"] = weights.astype("Float64")
    synthetic = rows["origin"] == "synthetic"
    about = reserve.loc[rows.loc[synthetic, "image_id"]]
    rows.loc[synthetic, "excluded"] = about["excluded"].to_numpy()
    free = rows[synthetic & (rows["excluded"] == "")]
    test = kinship.positions(rows.loc[rows["split"] == "test", "image_id"])
    held_out = kinship.nearest(kinship.positions(free["image_id"]), test)[0] >= 0
    rows.loc[free.index[held_out], "excluded"] = "parent-held-out"
    free = free[~held_out]
    chosen = choose_synthetic(free, trained, parameters.target)
    rows.loc[free.index.difference(chosen), "excluded"] = "target-reached"
    rows.loc[chosen, "split"] = "trainval"
    rows.loc[chosen, "weight"] = 1.0
    rows.loc[chosen, "mark"] = reserve.loc[rows.loc[chosen, "image_id"], "mark"].to_numpy()
    return trained, reached(rows, trained, parameters)


def trained_counts(training: pd.DataFrame) -> Counts:
    """Count training images of each grade; `training` has a column grade."""
    counts = training["grade"].value_counts()
    return {grade: Fraction(int(counts.get(grade, 0))) for grade in GRADES}


def _mean(counts: list[Counts]) -> Counts:
    return {g: sum((c[g] for c in counts), Fraction(0)) / max(len(counts), 1) for g in GRADES}


def _removed(fold: int, before: int, rows: pd.DataFrame) -> Finding:
    reasons = Counter(reason.partition(":")[0] for reason in rows["excluded"])
    told = [f"{reasons[reason]} {reason}" for reason in REASONS.values() if reasons[reason]]
    removed = sum(reasons[reason] for reason in REASONS.values())
    return catalogue.TRAINING_IMAGES_REMOVED.at(
        f"{CLEAN}.csv",
        f"fold {fold}",
        expected="no training image that is related to a test image of its fold",
        found=f"{removed} of {before}" + (f": {', '.join(told)}" if told else ""),
        done="left out of this fold's training part; the column excluded says why",
    )


def _lines_without_image(images: pd.DataFrame, folds: pd.DataFrame) -> Iterator[Finding]:
    known = set(images.loc[images["origin"] == "real", "name"])
    for line in folds[~folds["name"].isin(known)].itertuples():
        yield catalogue.FOLD_LINE_WITHOUT_IMAGE.at(
            f"NNEW_{line.part}_{line.fold}.txt",
            line=int(line.line),
            expected=f"an image {line.name}",
            found="none in the inventory",
            done="line left out",
        )


def _contradictions(manifest: pd.DataFrame) -> Iterator[Finding]:
    for row in manifest[manifest["excluded"] == "in-both-parts"].itertuples():
        yield catalogue.FOLD_IN_BOTH_PARTS.at(
            row.path,
            f"fold {row.fold}",
            expected="a place in trainval or in test",
            found="lines in both",
            done="left out of this fold",
        )
    for row in manifest[manifest["excluded"] == "not-in-fold"].itertuples():
        if pd.notna(row.fold):
            yield catalogue.IMAGE_NOT_IN_FOLD.at(
                row.path,
                f"fold {row.fold}",
                expected="a line in one of the fold's two files",
                found="none",
                done="left out of this fold",
            )


def _no_folds() -> Finding:
    return catalogue.NO_FOLDS.at(
        "published.csv",
        expected="label lines of at least one fold",
        found="none",
        done="every image excluded as not-in-fold",
    )
