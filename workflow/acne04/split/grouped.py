"""The variants that place whole groups: ``holdout`` and ``kfold``.

Quotas are those of placeable photographs alone: a group of synthetic images has no say in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pandas as pd

from acne04.core.errors import UsageError
from acne04.core.findings import Finding
from acne04.core.grades import GRADES
from acne04.split.balancing import (
    choose_synthetic,
    reached,
    shortfalls,
    target_findings,
    training_shares,
    training_weights,
)
from acne04.split.following import parent_known, why_left_out
from acne04.split.growing import Growth, from_nothing
from acne04.split.images import standing
from acne04.split.manifest import UNVERIFIED, Options, Variant, blank_manifest, variant_finding
from acne04.split.quotas import Certificate, Parts
from acne04.split.units import place_units

TRAIN, TRAIN_ONLY = "train", "train-only"


def holdout(images: pd.DataFrame, options: Options, growth: Growth | None = None) -> Variant:
    """Place real images in train, val and test; balance train.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.images.join_images`.
    growth : Growth, optional
        What an earlier release leaves open; without it, everything.
    """
    growth = growth or from_nothing(images)
    manifest, real, synthetic = _open(images, options, growth)
    parts = Parts.of(options.ratios)
    place, certificate = place_units(manifest, real, growth, parts, options)
    manifest.loc[real, "split"] = place[real]
    training = real & (place == TRAIN)
    counts = manifest.loc[training, "grade"].value_counts()
    trained = {grade: Fraction(int(counts.get(grade, 0))) for grade in GRADES}
    why = why_left_out(images[synthetic], place[synthetic], (TRAIN,), options.unknown_parent)
    manifest.loc[synthetic, "excluded"] = why
    _balance(manifest, training, images, growth, trained, options, TRAIN)
    return _close("holdout", manifest, certificate, growth, trained, options)


def kfold(images: pd.DataFrame, options: Options, growth: Growth | None = None) -> Variant:
    """Place real images in the folds that test on them; balance their training parts.

    A row says once for all folds how often training shows the image, wherever it trains.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.images.join_images`.
    growth : Growth, optional
        What an earlier release leaves open; without it, everything.

    Raises
    ------
    UsageError
        If there are more folds than images to place.
    """
    growth = growth or from_nothing(images)
    manifest, real, synthetic = _open(images, options, growth)
    if 0 < real.sum() < options.fold_count:
        raise UsageError(
            "--fold-count",
            "more folds than images to place",
            expected=f"at most {real.sum()}",
            found=str(options.fold_count),
            done="nothing written",
            remedy="lower split.folds in params.yaml (--fold-count)",
        )
    names = fold_names(options.fold_count)
    place, certificate = place_units(
        manifest, real, growth, Parts.of(dict.fromkeys(names, 1)), options
    )
    fold = place.map({name: number for number, name in enumerate(names)}).astype("Int64")
    manifest["fold"] = fold.where(real | synthetic)
    manifest.loc[real, "split"] = "test"
    counts = manifest.loc[real, "grade"].value_counts()
    share = Fraction(options.fold_count - 1, options.fold_count)
    trained = {grade: int(counts.get(grade, 0)) * share for grade in GRADES}
    why = why_left_out(images[synthetic], place[synthetic], names, options.unknown_parent)
    manifest.loc[synthetic, "excluded"] = why
    _balance(manifest, real, images, growth, trained, options, TRAIN_ONLY)
    manifest["fold"] = manifest["fold"].mask(manifest["split"] == "")
    return _close("kfold", manifest, certificate, growth, trained, options)


def fold_names(fold_count: int) -> tuple[str, ...]:
    """Name the folds as parts."""
    return tuple(f"fold-{number}" for number in range(fold_count))


def _open(
    images: pd.DataFrame, options: Options, growth: Growth
) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Give a manifest with the exclusions in it, and which real and synthetic images are left."""
    manifest = blank_manifest(images)
    reasons = standing(images, options.restrict)
    manifest["excluded"] = reasons.mask(reasons == "", growth.excluded)
    synthetic = images["origin"] == "synthetic"
    left = manifest["excluded"] == ""
    if options.balance != "synthetic":
        manifest.loc[left & synthetic, "excluded"] = "not-used"
    return manifest, left & ~synthetic, (manifest["excluded"] == "") & synthetic


def _balance(
    manifest: pd.DataFrame,
    training: pd.Series,
    images: pd.DataFrame,
    growth: Growth,
    trained: dict[int, Fraction],
    options: Options,
    split: str,
) -> None:
    weights = training_weights(manifest[training], trained, options)
    manifest.loc[training, "weight"] = weights.astype("Float64")
    reserve = (manifest["origin"] == "synthetic") & (manifest["excluded"] == "")
    candidates = manifest[reserve].assign(chosen=growth.chosen[reserve])
    shares = training_shares(candidates, options.fold_count)
    chosen = choose_synthetic(candidates, trained, options.target, shares)
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
    options: Options,
) -> Variant:
    after = reached(manifest, trained, options, training_shares(manifest, options.fold_count))
    findings = [
        *growth.findings,
        *target_findings(name, trained, after, options, manifest),
        *_unverified(name, manifest),
        *_unproven(name, certificate),
    ]
    return Variant(name, manifest, findings, certificate, shortfalls(after, options))


def _unverified(name: str, manifest: pd.DataFrame) -> Iterator[Finding]:
    marked = int((manifest["mark"] == UNVERIFIED).sum())
    if marked:
        yield variant_finding(
            "parents-unverified",
            "warning",
            name,
            expected="the photograph that each synthetic training image was made from, in training",
            found=f"{marked} of unknown parent",
            done="placed in training with a mark (split.unknown_parent: keep)",
            remedy="do not report test results of a model trained on them: an edit of a test image "
            "may be among them; set split.unknown_parent to exclude, or name the parents with "
            "`acne04 decide` (kind parent)",
        )


def _unproven(name: str, certificate: Certificate) -> Iterator[Finding]:
    if not certificate.optimal:
        entry = certificate.as_document()
        yield variant_finding(
            "quota-not-proven",
            "warning",
            name,
            expected=f"a proof that {entry['largest_deviation']} is the least largest deviation, "
            f"and {entry['total_deviation']} the least sum",
            found=f"bounds {entry['largest_deviation_bound']} and {entry['total_deviation_bound']}",
            done="took the best placement that was found within the limits",
            remedy="nothing, if the bounds are near enough; fewer folds leave more room"
            if name == "kfold"
            else "raise split.node_limit, or set split.relative_gap to 0",
        )
