"""The variants that place whole groups: ``holdout`` and ``kfold``."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pandas as pd

from acne04.errors import UsageError
from acne04.findings import Finding
from acne04.grades import GRADES
from acne04.split.balancing import (
    choose_synthetic,
    reached,
    shortfalls,
    target_findings,
    training_weights,
)
from acne04.split.images import standing
from acne04.split.manifest import (
    UNVERIFIED,
    Options,
    Variant,
    blank_manifest,
    variant_finding,
)
from acne04.split.placing import place_groups
from acne04.split.quotas import Certificate, Parts

TRAIN, TRAIN_ONLY = "train", "train-only"


def holdout(images: pd.DataFrame, options: Options) -> Variant:
    """Place real images in train, val and test; balance train.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.images.join_images`.
    """
    manifest, real, reserve = _open(images, options)
    parts = Parts.of(options.ratios)
    part_of, certificate = place_groups(manifest[real], parts, options.limits)
    names = pd.Series(parts.names)
    manifest.loc[real, "split"] = manifest.loc[real, "group"].map(part_of).map(names)
    training = real & (manifest["split"] == TRAIN)
    counts = manifest.loc[training, "grade"].value_counts()
    trained = {grade: Fraction(int(counts.get(grade, 0))) for grade in GRADES}
    _balance(manifest, training, reserve, trained, options, TRAIN)
    return _close("holdout", manifest, certificate, trained, options)


def kfold(images: pd.DataFrame, options: Options) -> Variant:
    """Place real images in the folds that test on them; balance their training parts.

    A row says once for all folds how often training shows the image, wherever it trains.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.images.join_images`.

    Raises
    ------
    UsageError
        If there are more folds than images to place.
    """
    manifest, real, reserve = _open(images, options)
    if 0 < real.sum() < options.fold_count:
        raise UsageError(
            "--fold-count",
            "more folds than images to place",
            expected=f"at most {real.sum()}",
            found=str(options.fold_count),
            done="nothing written",
            remedy="lower split.folds in params.yaml (--fold-count)",
        )
    parts = Parts.of({f"fold-{fold}": 1 for fold in range(options.fold_count)})
    part_of, certificate = place_groups(manifest[real], parts, options.limits)
    manifest.loc[real, "fold"] = manifest.loc[real, "group"].map(part_of).astype("Int64")
    manifest.loc[real, "split"] = "test"
    counts = manifest.loc[real, "grade"].value_counts()
    share = Fraction(options.fold_count - 1, options.fold_count)
    trained = {grade: int(counts.get(grade, 0)) * share for grade in GRADES}
    _balance(manifest, real, reserve, trained, options, TRAIN_ONLY)
    return _close("kfold", manifest, certificate, trained, options)


def _open(images: pd.DataFrame, options: Options) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Give a manifest with the exclusions in it, and which real and synthetic images are left."""
    manifest = blank_manifest(images)
    manifest["excluded"] = standing(images, options.restrict)
    synthetic = images["origin"] == "synthetic"
    left = manifest["excluded"] == ""
    if options.balance != "synthetic":
        manifest.loc[left & synthetic, "excluded"] = "not-used"
    return manifest, left & ~synthetic, (manifest["excluded"] == "") & synthetic


def _balance(
    manifest: pd.DataFrame,
    training: pd.Series,
    reserve: pd.Series,
    trained: dict[int, Fraction],
    options: Options,
    split: str,
) -> None:
    weights = training_weights(manifest[training], trained, options)
    manifest.loc[training, "weight"] = weights.astype("Float64")
    chosen = choose_synthetic(manifest[reserve], trained, options.target)
    manifest.loc[chosen, "split"] = split
    manifest.loc[chosen, "weight"] = 1.0
    manifest.loc[chosen, "mark"] = UNVERIFIED
    manifest.loc[reserve & (manifest["split"] == ""), "excluded"] = "target-reached"


def _close(
    name: str,
    manifest: pd.DataFrame,
    certificate: Certificate,
    trained: dict[int, Fraction],
    options: Options,
) -> Variant:
    after = reached(manifest, trained, options)
    findings = [
        *target_findings(name, trained, after, options),
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
            found=f"{marked} synthetic images of unknown origin",
            done="placed in training with a mark",
            remedy="do not report test results of a model trained on them: an edit of a test image "
            "may be among them; split.balance knows ways without synthetic images",
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
