"""The variants that place whole groups: ``holdout`` and ``kfold``.

Quotas are those of placeable photographs alone: a group of synthetic images has no say in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd

from acne04.core.errors import UsageError
from acne04.core.findings import Finding
from acne04.core.grades import GRADES
from acne04.split import catalogue
from acne04.split.balance import (
    choose_synthetic,
    parent_known,
    reached,
    shortfalls,
    target_findings,
    training_shares,
    training_weights,
    why_left_out,
)
from acne04.split.collection import standing
from acne04.split.growth import Growth, from_nothing
from acne04.split.manifest import (
    UNVERIFIED,
    SplitParameters,
    Variant,
    blank_manifest,
)
from acne04.split.placement import place_groups
from acne04.split.quotas import Certificate, FrozenPart, Integers, Parts, with_total
from acne04.split.solver import Limits

TRAIN, TRAIN_ONLY = "train", "train-only"


def holdout(
    images: pd.DataFrame, parameters: SplitParameters, growth: Growth | None = None
) -> Variant:
    """Place real images in train, val and test; balance train.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.collection.join_images`.
    growth : Growth, optional
        What an earlier release leaves open; without it, everything.
    """
    growth = growth or from_nothing(images)
    manifest, real, synthetic = _open(images, parameters, growth)
    parts = Parts.of(parameters.ratios)
    place, certificate = _place_units(manifest, real, growth, parts, parameters.limits)
    manifest.loc[real, "split"] = place[real]
    training = real & (place == TRAIN)
    counts = manifest.loc[training, "grade"].value_counts()
    trained = {grade: Fraction(int(counts.get(grade, 0))) for grade in GRADES}
    why = why_left_out(images[synthetic], place[synthetic], (TRAIN,), parameters.unknown_parent)
    manifest.loc[synthetic, "excluded"] = why
    _balance(manifest, training, images, growth, trained, parameters, TRAIN)
    return _close("holdout", manifest, certificate, growth, trained, parameters)


def kfold(
    images: pd.DataFrame, parameters: SplitParameters, growth: Growth | None = None
) -> Variant:
    """Place real images in the folds that test on them; balance their training parts.

    A row says once for all folds how often training shows the image, wherever it trains.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.collection.join_images`.
    growth : Growth, optional
        What an earlier release leaves open; without it, everything.

    Raises
    ------
    UsageError
        If there are more folds than images to place.
    """
    growth = growth or from_nothing(images)
    manifest, real, synthetic = _open(images, parameters, growth)
    if 0 < real.sum() < parameters.fold_count:
        raise UsageError(
            "--fold-count",
            "more folds than images to place",
            expected=f"at most {real.sum()}",
            found=str(parameters.fold_count),
            done="nothing written",
            remedy="lower split.folds in params.yaml (--fold-count)",
        )
    names = fold_names(parameters.fold_count)
    parts = Parts.of(dict.fromkeys(names, 1))
    place, certificate = _place_units(manifest, real, growth, parts, parameters.limits)
    fold = place.map({name: number for number, name in enumerate(names)}).astype("Int64")
    manifest["fold"] = fold.where(real | synthetic)
    manifest.loc[real, "split"] = "test"
    counts = manifest.loc[real, "grade"].value_counts()
    share = Fraction(parameters.fold_count - 1, parameters.fold_count)
    trained = {grade: int(counts.get(grade, 0)) * share for grade in GRADES}
    why = why_left_out(images[synthetic], place[synthetic], names, parameters.unknown_parent)
    manifest.loc[synthetic, "excluded"] = why
    _balance(manifest, real, images, growth, trained, parameters, TRAIN_ONLY)
    manifest["fold"] = manifest["fold"].mask(manifest["split"] == "")
    return _close("kfold", manifest, certificate, growth, trained, parameters)


def fold_names(fold_count: int) -> tuple[str, ...]:
    """Name the folds as parts."""
    return tuple(f"fold-{number}" for number in range(fold_count))


def _place_units(
    manifest: pd.DataFrame, real: pd.Series, growth: Growth, parts: Parts, limits: Limits
) -> tuple[pd.Series, Certificate]:
    """Place the units that have no place, beside those that keep theirs.

    A unit is a whole group, or a region of one that an earlier release put in several places.

    Parameters
    ----------
    manifest : pandas.DataFrame
        All images: columns group, grade.
    real : pandas.Series of bool
        The photographs that can be placed.
    growth : Growth
        What an earlier release leaves open.
    parts : Parts
        All parts, the frozen one included.

    Returns
    -------
    pandas.Series of str
        Part of the unit of every row, placed or not; empty where no photograph of the unit is
        placed now, or was in the earlier release.
    Certificate
        With the frozen part, where there is one.
    """
    kept, new = real & (growth.place != ""), real & (growth.place == "")
    open_parts = parts.without(growth.frozen)
    given = _count(manifest[kept], growth.place[kept], open_parts.names)
    units = manifest[new].assign(group=growth.unit[new])
    part_of, certificate = place_groups(units, open_parts, limits, given)
    names = {unit: open_parts.names[part] for unit, part in part_of.items()}
    found = pd.Series([names.get(u, "") for u in growth.unit], manifest.index, dtype="str")
    place = growth.place.mask(growth.place == "", found)
    groups = manifest.loc[real, "group"].groupby(place[real]).nunique()
    frozen = None
    if growth.frozen:
        counts = with_total(_count(manifest[kept], growth.place[kept], (growth.frozen,))[:, 0])
        number = int(groups.get(growth.frozen, 0))
        frozen = FrozenPart(growth.frozen, number, tuple(counts.tolist()))
    numbers = tuple(int(groups.get(name, 0)) for name in open_parts.names)
    return place, replace(certificate, groups=numbers, frozen=frozen)


def _count(rows: pd.DataFrame, place: pd.Series, names: Sequence[str]) -> Integers:
    """Count the rows of each grade in each part, shape (grades, parts); others are left out."""
    counts = np.zeros((len(GRADES), len(names) + 1), dtype=np.int64)
    part = pd.Index(names).get_indexer(place)
    np.add.at(counts, (rows["grade"].to_numpy(dtype=np.int64), part), 1)
    return counts[:, :-1]


def _open(
    images: pd.DataFrame, parameters: SplitParameters, growth: Growth
) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Give a manifest with the exclusions in it, and which real and synthetic images are left."""
    manifest = blank_manifest(images)
    reasons = standing(images, parameters.restrict)
    manifest["excluded"] = reasons.mask(reasons == "", growth.excluded)
    synthetic = images["origin"] == "synthetic"
    left = manifest["excluded"] == ""
    if parameters.balance != "synthetic":
        manifest.loc[left & synthetic, "excluded"] = "not-used"
    return manifest, left & ~synthetic, (manifest["excluded"] == "") & synthetic


def _balance(
    manifest: pd.DataFrame,
    training: pd.Series,
    images: pd.DataFrame,
    growth: Growth,
    trained: dict[int, Fraction],
    parameters: SplitParameters,
    split: str,
) -> None:
    weights = training_weights(manifest[training], trained, parameters)
    manifest.loc[training, "weight"] = weights.astype("Float64")
    reserve = (manifest["origin"] == "synthetic") & (manifest["excluded"] == "")
    candidates = manifest[reserve].assign(chosen=growth.chosen[reserve])
    shares = training_shares(candidates, parameters.fold_count)
    chosen = choose_synthetic(candidates, trained, parameters.target, shares)
    manifest.loc[chosen, "split"] = split
    manifest.loc[chosen, "weight"] = 1.0
    manifest.loc[chosen[~parent_known(images.loc[chosen])], "mark"] = UNVERIFIED
    manifest.loc[reserve & (manifest["split"] == ""), "excluded"] = "target-reached"


def _close(
    name: str,
    manifest: pd.DataFrame,
    certificate: Certificate,
    growth: Growth,
    trained: dict[int, Fraction],
    parameters: SplitParameters,
) -> Variant:
    after = reached(manifest, trained, parameters, training_shares(manifest, parameters.fold_count))
    findings = [
        *growth.findings,
        *target_findings(name, trained, after, parameters, manifest),
        *_unverified(name, manifest),
        *_unproven(name, certificate),
    ]
    return Variant(name, manifest, findings, certificate, shortfalls(after, parameters))


def _unverified(name: str, manifest: pd.DataFrame) -> Iterator[Finding]:
    marked = int((manifest["mark"] == UNVERIFIED).sum())
    if marked:
        yield catalogue.PARENTS_UNVERIFIED.at(
            f"{name}.csv",
            expected="the photograph that each synthetic training image was made from, in training",
            found=f"{marked} of unknown parent",
            done="placed in training with a mark (split.unknown_parent: keep)",
        )


def _unproven(name: str, certificate: Certificate) -> Iterator[Finding]:
    if not certificate.optimal:
        entry = certificate.as_document()
        of_folds = name == "kfold"
        kind = catalogue.QUOTA_OF_FOLDS_NOT_PROVEN if of_folds else catalogue.QUOTA_NOT_PROVEN
        yield kind.at(
            f"{name}.csv",
            expected=f"a proof that {entry['largest_deviation']} is the least largest deviation, "
            f"and {entry['total_deviation']} the least sum",
            found=f"bounds {entry['largest_deviation_bound']} and {entry['total_deviation_bound']}",
            done="took the best placement that was found within the limits",
        )
