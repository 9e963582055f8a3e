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
from acne04.core.variants import base_of, named
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
from acne04.split.strata import COLUMN, codes_of, strata_of

TRAIN, VAL, TRAIN_ONLY = "train", "val", "train-only"


def holdout(
    images: pd.DataFrame,
    parameters: SplitParameters,
    growth: Growth | None = None,
    repeat: int = 1,
) -> Variant:
    """Place real images in train, val and test; balance train.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.collection.join_images`.
    growth : Growth, optional
        What an earlier release leaves open; without it, everything.
    repeat : int
        From 1; another one has other test persons.
    """
    growth = growth or from_nothing(images)
    manifest, real, synthetic = _open(images, parameters, growth)
    parts, draw = Parts.of(parameters.ratios), _draw("holdout", repeat)
    place, certificate = _place_units(manifest, real, growth, parts, parameters.limits, draw)
    manifest.loc[real, "split"] = place[real]
    training = real & (place == TRAIN)
    counts = manifest.loc[training, "grade"].value_counts()
    trained = {grade: Fraction(int(counts.get(grade, 0))) for grade in GRADES}
    why = why_left_out(images[synthetic], place[synthetic], (TRAIN,), parameters.unknown_parent)
    manifest.loc[synthetic, "excluded"] = why
    _balance(manifest, training, images, growth, trained, parameters, TRAIN)
    name = named("holdout", repeat)
    return _close(name, manifest, certificate, growth, trained, parameters)


def kfold(
    images: pd.DataFrame,
    parameters: SplitParameters,
    growth: Growth | None = None,
    repeat: int = 1,
) -> Variant:
    """Place real images in the folds that test on them; balance their training parts.

    Of what a fold does not test on, whole groups validate, in the ratio of train and val in
    ``holdout``. A row says once for all folds how often training shows the image, wherever it
    trains.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.collection.join_images`.
    growth : Growth, optional
        What an earlier release leaves open; without it, everything.
    repeat : int
        From 1; another one has other test persons in each fold.

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
    limits, draw = parameters.limits, _draw("kfold", repeat)
    place, certificate = _place_units(manifest, real, growth, parts, limits, draw)
    fold = place.map({name: number for number, name in enumerate(names)}).astype("Int64")
    manifest["fold"] = fold.where(real | synthetic)
    manifest.loc[real, "split"] = "test"
    manifest["validates"], validation = _validate(manifest, real, place, growth, parameters, draw)
    shares = training_shares(manifest[real], parameters.fold_count)
    grades = manifest.loc[real, "grade"]
    trained = {grade: sum(shares[grades == grade], Fraction(0)) for grade in GRADES}
    why = why_left_out(images[synthetic], place[synthetic], names, parameters.unknown_parent)
    manifest.loc[synthetic, "excluded"] = why
    _balance(manifest, real, images, growth, trained, parameters, TRAIN_ONLY)
    manifest["fold"] = manifest["fold"].mask(manifest["split"] == "")
    manifest["validates"] = manifest["validates"].mask(manifest["split"] == "", "")
    name = named("kfold", repeat)
    return _close(name, manifest, certificate, growth, trained, parameters, validation)


def _draw(base: str, repeat: int) -> str:
    """Name the lot of a repeat; the first one draws none."""
    return f"{named(base, repeat)}: " if repeat > 1 else ""


def _validate(
    manifest: pd.DataFrame,
    real: pd.Series,
    place: pd.Series,
    growth: Growth,
    parameters: SplitParameters,
    draw: str,
) -> tuple[pd.Series, tuple[Certificate, ...]]:
    """Part what each fold does not test on in train and val, by whole groups.

    Returns
    -------
    pandas.Series of str
        Numbers of the folds that the group of a row validates, joined by ``/``.
    tuple of Certificate
        Of each fold.
    """
    parts = Parts.of({part: parameters.ratios[part] for part in (TRAIN, VAL)})
    folds: list[list[str]] = [[] for _ in range(len(manifest))]
    certificates = []
    for number, name in enumerate(fold_names(parameters.fold_count)):
        free = real & (place != name)
        if not free.any():
            certificates.append(_of_nothing(parts, codes_of(manifest)[1]))
            continue
        earlier = growth.validating(number).mask(place == name, "")
        # Regions of one group, which an earlier release has put in two folds, stay together here.
        of_fold = replace(growth, unit=manifest["group"], place=earlier, frozen="")
        lot = f"{draw}validation of {name}: "
        part, certificate = _place_units(manifest, free, of_fold, parts, parameters.limits, lot)
        certificates.append(certificate)
        for row in np.flatnonzero(((part == VAL) & (place != name)).to_numpy()).tolist():
            folds[row].append(str(number))
    joined = ["/".join(numbers) for numbers in folds]
    return pd.Series(joined, index=manifest.index, dtype="str"), tuple(certificates)


def fold_names(fold_count: int) -> tuple[str, ...]:
    """Name the folds as parts."""
    return tuple(f"fold-{number}" for number in range(fold_count))


def _of_nothing(parts: Parts, strata: tuple[str, ...]) -> Certificate:
    """Certify that a fold which tests on all photographs leaves none to part."""
    none = np.zeros((len(strata) + 1, len(parts.names)), dtype=np.int64)
    return Certificate(parts, none, none, (0,) * len(parts.names), 0, 0, "dealt", strata=strata)


def _place_units(
    manifest: pd.DataFrame,
    real: pd.Series,
    growth: Growth,
    parts: Parts,
    limits: Limits,
    draw: str,
) -> tuple[pd.Series, Certificate]:
    """Place the units that have no place, beside those that keep theirs.

    A unit is a whole group, or a region of one that an earlier release put in several places.

    Parameters
    ----------
    manifest : pandas.DataFrame
        All images: columns group, stratum.
    real : pandas.Series of bool
        The photographs that can be placed.
    growth : Growth
        What an earlier release leaves open.
    parts : Parts
        All parts, the frozen one included.
    draw : str
        As in `acne04.split.placement.place_groups`.

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
    part_of, certificate = place_groups(units, open_parts, limits, given, draw)
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
    strata = codes_of(manifest)[1]
    return place, replace(certificate, groups=numbers, frozen=frozen, strata=strata)


def _count(rows: pd.DataFrame, place: pd.Series, names: Sequence[str]) -> Integers:
    """Count the rows of each stratum in each part, shape (strata, parts); others are left out."""
    codes, strata = codes_of(rows)
    counts = np.zeros((len(strata), len(names) + 1), dtype=np.int64)
    part = pd.Index(names).get_indexer(place)
    np.add.at(counts, (codes, part), 1)
    return counts[:, :-1]


def _open(
    images: pd.DataFrame, parameters: SplitParameters, growth: Growth
) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Give a manifest with exclusions and strata, and which real and synthetic images are left."""
    manifest = blank_manifest(images)
    reasons = standing(images, parameters.restrict)
    manifest["excluded"] = reasons.mask(reasons == "", growth.excluded)
    synthetic = images["origin"] == "synthetic"
    left = manifest["excluded"] == ""
    if parameters.balance != "synthetic":
        manifest.loc[left & synthetic, "excluded"] = "not-used"
    real = left & ~synthetic
    manifest[COLUMN] = strata_of(images, real, parameters.strata)
    return manifest, real, (manifest["excluded"] == "") & synthetic


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
    validation: tuple[Certificate, ...] = (),
) -> Variant:
    manifest = manifest.drop(columns=COLUMN)
    after = reached(manifest, trained, parameters, training_shares(manifest, parameters.fold_count))
    findings = [
        *growth.findings,
        *target_findings(name, trained, after, parameters, manifest),
        *_unverified(name, manifest),
        *_unproven(name, certificate, base_of(name) == "kfold"),
        *(
            finding
            for number, of_fold in enumerate(validation)
            for finding in _unproven(name, of_fold, True, f"validation of fold {number}")
        ),
    ]
    lacking = shortfalls(after, parameters)
    return Variant(name, manifest, findings, certificate, lacking, validation)


def _unverified(name: str, manifest: pd.DataFrame) -> Iterator[Finding]:
    marked = int((manifest["mark"] == UNVERIFIED).sum())
    if marked:
        yield catalogue.PARENTS_UNVERIFIED.at(
            f"{name}.csv",
            expected="the photograph that each synthetic training image was made from, in training",
            found=f"{marked} of unknown parent",
            done="placed in training with a mark (split.unknown_parent: keep)",
        )


def _unproven(
    name: str, certificate: Certificate, of_folds: bool, where: str = ""
) -> Iterator[Finding]:
    if not certificate.optimal:
        entry = certificate.as_document()
        kind = catalogue.QUOTA_OF_FOLDS_NOT_PROVEN if of_folds else catalogue.QUOTA_NOT_PROVEN
        yield kind.at(
            f"{name}.csv",
            where,
            expected=f"a proof that {entry['largest_deviation']} is the least largest deviation, "
            f"and {entry['total_deviation']} the least sum",
            found=f"bounds {entry['largest_deviation_bound']} and {entry['total_deviation_bound']}",
            done="took the best placement that was found within the limits",
        )
