"""Checks that every image stands in each manifest, once, placed or left out with a true reason."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from acne04.core.variants import BY_FOLD, base_of
from acne04.inspection.checks import Check, Evidence, Mismatch
from acne04.invariants.comparing import differing, shown
from acne04.invariants.dataset import (
    FOLDS,
    GROUPS,
    INVENTORY,
    Dataset,
    manifest_of,
)
from acne04.invariants.dataset_tables import Tables, tables_of
from acne04.invariants.placements import expected_rows

#: Parts that each variant has beside those of ``holdout``, which the parameters name.
_PARTS = {
    "published": ("trainval", "test"),
    "published-clean": ("trainval", "test"),
    "published-matched": ("trainval", "test"),
    "paper": ("all",),
    "kfold": ("test", "train-only"),
}


def _whole(dataset: Dataset) -> Evidence:
    tables = tables_of(dataset)
    problems = list(_alone(tables))
    rows = 0
    for variant in tables.variants:
        manifest, file = tables.manifest(variant), dataset.file_of(manifest_of(variant))
        rows += len(manifest)
        if manifest.empty:
            problems.append(Mismatch(file, "a row for each image", "a header only"))
            continue
        problems += _of_variant(file, manifest, variant)
        problems += _images_once(file, manifest, tables, variant)
        problems += _placed_or_left_out(file, manifest, tables, variant)
        problems += _folds(file, manifest, tables, variant)
        problems += _validating(file, manifest, tables, variant)
        problems += _empty_parts(file, manifest, tables, variant)
    told = f"{rows:,} rows of {len(tables.variants)} manifests; {len(tables.images):,} images"
    return Evidence(told, tuple(problems))


def _alone(tables: Tables) -> Iterator[Mismatch]:
    """Yield images that inventory or groups alone know, and tables without any."""
    inventory, groups = (tables.dataset.file_of(artifact) for artifact in (INVENTORY, GROUPS))
    lines = tables.dataset.file_of(FOLDS)
    for file, table, what in (
        (inventory, tables.inventory, "a row for each image"),
        (groups, tables.groups, "a row for each image"),
        (lines, tables.folds, "label lines of at least one fold"),
    ):
        if table.empty:
            yield Mismatch(file, what, "a header only")
    told = set(tables.groups["path"])
    for path in sorted(set(tables.inventory["path"]) - told):
        yield Mismatch(groups, "each image of the inventory", "no row", pointer=path)
    for path in sorted(told - set(tables.inventory["path"])):
        yield Mismatch(inventory, "each image of the groups", "no row", pointer=path)
    for path in sorted(set(tables.groups.loc[tables.groups["path"].duplicated(), "path"])):
        yield Mismatch(groups, "one row for each image", "several", pointer=path)


def _of_variant(file: str, manifest: pd.DataFrame, variant: str) -> Iterator[Mismatch]:
    others = manifest.loc[manifest["variant"] != variant, "variant"]
    for name, rows in others.groupby(others):
        found = f"{len(rows)} rows of {name}"
        yield Mismatch(file, f"rows of variant {variant}", found, int(rows.index[0]) + 2)


def _fold_numbers(tables: Tables, variant: str) -> list[int]:
    if variant in BY_FOLD:
        return [int(fold) for fold in sorted(tables.folds["fold"].unique())]
    return list(range(tables.fold_count)) if base_of(variant) == "kfold" else []


def _images_once(
    file: str, manifest: pd.DataFrame, tables: Tables, variant: str
) -> Iterator[Mismatch]:
    """Yield images without a row (in a fold), with several, and rows of unknown images."""
    known = tables.images.index
    for row in manifest[~manifest["image_id"].isin(known)].itertuples():
        yield Mismatch(file, "images of the inventory", row.image_id, int(row.Index) + 2)
    folds = _fold_numbers(tables, variant) if variant in BY_FOLD else []
    by_fold = {f" in fold {n}": manifest[(manifest["fold"] == n).fillna(False)] for n in folds}
    for where, rows in (by_fold or {"": manifest}).items():
        expected = f"each image once{where}, placed or left out with the reason"
        for image_id in sorted(set(known) - set(rows["image_id"])):
            yield Mismatch(file, expected, "no row", pointer=image_id)
        twice = rows[rows["image_id"].duplicated()]
        for row in twice.itertuples():
            yield Mismatch(file, expected, "another row", int(row.Index) + 2, row.image_id)


def _placed_or_left_out(
    file: str, manifest: pd.DataFrame, tables: Tables, variant: str
) -> Iterator[Mismatch]:
    placed, left_out = manifest["split"] != "", manifest["excluded"] != ""
    for row in manifest[placed == left_out].itertuples():
        found = "both" if row.split else "neither"
        expected = "a part, or a reason to be left out"
        yield Mismatch(file, expected, found, int(row.Index) + 2, row.image_id)
    parts = _PARTS.get(base_of(variant)) or tuple(tables.parts)
    for row in manifest[placed & ~manifest["split"].isin(parts)].itertuples():
        expected = f"one of the parts {', '.join(parts)}"
        yield Mismatch(file, expected, row.split, int(row.Index) + 2, row.image_id)


def _folds(file: str, manifest: pd.DataFrame, tables: Tables, variant: str) -> Iterator[Mismatch]:
    """Yield rows of a fold that there is not, without one, or with one that means nothing."""
    folds = _fold_numbers(tables, variant)
    is_known = manifest["fold"].isin(folds)
    if base_of(variant) == "kfold":
        needs = manifest["split"] == "test"
        wrong = (needs & ~is_known) | (manifest["fold"].notna() & ~is_known)
    else:
        needs = pd.Series(bool(folds), index=manifest.index)
        wrong = needs & ~is_known | manifest["fold"].notna() & ~is_known
    expected = f"a fold from {folds[0]} to {folds[-1]}" if folds else "no fold"
    for row in manifest[wrong].itertuples():
        yield Mismatch(file, expected, shown(row.fold), int(row.Index) + 2, row.image_id)


def _validating(
    file: str, manifest: pd.DataFrame, tables: Tables, variant: str
) -> Iterator[Mismatch]:
    """Yield rows that validate a fold which there is not, which tests on them, or one twice."""
    folds = [str(number) for number in _fold_numbers(tables, variant)]
    has_validation = base_of(variant) == "kfold"
    for row in manifest[manifest["validates"] != ""].itertuples():
        said = row.validates.split("/")
        own = "" if pd.isna(row.fold) else str(row.fold)
        free = [fold for fold in folds if fold != own] if has_validation else []
        if not row.split or said != [fold for fold in free if fold in said]:
            expected = f"folds of {', '.join(free)} to validate" if free else "no fold to validate"
            yield Mismatch(file, expected, row.validates, int(row.Index) + 2, row.image_id)


def _empty_parts(
    file: str, manifest: pd.DataFrame, tables: Tables, variant: str
) -> Iterator[Mismatch]:
    """Yield parts that there must be and that no photograph is in."""
    photographs = manifest[manifest["origin"] == "real"]
    there = {
        (split, None if pd.isna(fold) else int(fold))
        for split, fold in photographs[["split", "fold"]].drop_duplicates().itertuples(index=False)
    }
    folds = _fold_numbers(tables, variant)
    wanted: dict[tuple[str, int | None], str]
    if base_of(variant) == "kfold":
        wanted = {("test", fold): f"test of fold {fold}" for fold in folds}
    elif variant in BY_FOLD:
        wanted = {
            (part, int(fold)): f"{part} of fold {fold}"
            for part, fold in sorted(
                set(zip(tables.folds["part"], tables.folds["fold"], strict=True))
            )
        }
    else:
        wanted = {(part, None): part for part in _PARTS.get(base_of(variant)) or tables.parts}
    for key, told in wanted.items():
        if key not in there:
            yield Mismatch(file, f"photographs in {told}", "none")


def _reasons(dataset: Dataset) -> Evidence:
    tables = tables_of(dataset)
    problems: list[Mismatch] = []
    number = 0
    for variant in tables.variants:
        expected = expected_rows(tables, variant)
        rows = tables.manifest(variant).loc[expected.index]
        number += int((rows["excluded"] != "").sum())
        file = dataset.file_of(manifest_of(variant))
        wrong = differing(rows["excluded"], expected["excluded"])
        for row, reason in zip(
            rows[wrong].itertuples(), expected.loc[wrong, "excluded"], strict=True
        ):
            found = row.excluded or f"placed in {row.split}"
            wanted = reason or "placed: no table bears out a reason to leave it out"
            problems.append(Mismatch(file, wanted, found, int(row.Index) + 2, row.image_id))
    told = f"{number:,} images left out of {len(tables.variants)} manifests, each with its reason"
    if tables.is_grown:
        told += "; not the earlier release, from which joins-parts, held-out-by-decision and "
        told += "test-frozen come"
    return Evidence(told, tuple(problems))


CHECKS: tuple[Check[Dataset], ...] = (
    Check(
        "manifests-whole",
        "A manifest lacks images or a whole part, or has an image twice, and every figure on it is "
        "about something else than its name says.",
        True,
        "quick",
        "do not use these manifests; make them again with `snakemake --cores all`, or ask the "
        "publisher for a release of an untouched run",
        _whole,
    ),
    Check(
        "reasons-hold",
        "An image is left out for a reason that nothing bears out: who leaves out what is hard "
        "reports better figures.",
        True,
        "quick",
        "run `snakemake --cores all`, or ask the publisher for a release of an untouched run",
        _reasons,
    ),
)
