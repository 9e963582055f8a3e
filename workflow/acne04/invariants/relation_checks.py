"""Checks of the relations: each lies within a group, and none leads from one part to another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from acne04.inspection.checks import Check, Evidence, Impossible, Mismatch
from acne04.invariants.comparing import looked_up, shown
from acne04.invariants.components import components
from acne04.invariants.dataset import GROUPS, Dataset, manifest_of, metrics_of
from acne04.invariants.dataset_tables import Tables, tables_of
from acne04.relations.leakage import ALL, ANY, leak_table, sides_of


def _groups(dataset: Dataset) -> Evidence:
    tables = tables_of(dataset)
    groups, related = tables.groups, tables.all_relations
    file = dataset.file_of(GROUPS)
    problems = [*_torn(file, groups, related), *_joined(file, groups, related)]
    told = f"{len(related):,} relations, {groups['group'].nunique():,} groups"
    if dataset.delivered is None:
        told += "; not the delivered listings and subject files, which are not here"
    return Evidence(told, tuple(problems))


def _torn(file: str, groups: pd.DataFrame, related: pd.DataFrame) -> Iterator[Mismatch]:
    """Yield relations between two groups."""
    group_of = groups.set_index("image_id")["group"]
    a, b = (looked_up(related[side], group_of) for side in "ab")
    apart = ((a != b) | (a == "")).to_numpy()
    ends = zip(related[apart].itertuples(), a[apart], b[apart], strict=True)
    for edge, one, other in ends:
        expected = f"one group for {edge.a} and {edge.b} ({edge.kind})"
        yield Mismatch(file, expected, f"{shown(one)} and {shown(other)}", pointer=edge.a)


def _joined(file: str, groups: pd.DataFrame, related: pd.DataFrame) -> Iterator[Mismatch]:
    """Yield groups whose images nothing ties together, or that are named after no member."""
    component = components(groups["image_id"], related)
    sizes = component.groupby(groups["group"].to_numpy()).nunique()
    for group in sizes.index[sizes > 1]:
        found = f"{sizes[group]} sets of images that nothing ties together"
        yield Mismatch(file, f"images of group {group} that are related", found, pointer=str(group))
    own = groups.set_index("image_id")["group"].reindex(groups["group"]).to_numpy()
    for row in groups[own != groups["group"].to_numpy()].drop_duplicates("group").itertuples():
        expected = "a group named after one of its images"
        yield Mismatch(file, expected, row.group, int(row.Index) + 2, row.image_id)


def _leaks(dataset: Dataset) -> Evidence:
    tables = tables_of(dataset)
    figures = dataset.document_of(metrics_of("splits"))
    problems: list[Mismatch] = []
    pairs = placed = 0
    for variant in tables.clean:
        file, manifest = dataset.file_of(manifest_of(variant)), tables.manifest(variant)
        sides = sides_of(variant, manifest)
        placed += len(sides)
        unknown = set(sides["image_id"]) - set(tables.all_kinship.images)
        if unknown:
            raise Impossible(f"{file} places images that no table knows: {min(unknown)}")
        table = leak_table(sides, tables.all_kinship)
        table = table[table["grade"] == ALL]
        whole = table[table["kind"] == ANY]
        pairs += len(whole)
        if whole.empty:
            problems.append(Mismatch(file, "at least two parts", "nothing that could leak"))
        leaking = table[(table["kind"] != ANY) & (table["pairs"] > 0)]
        problems += [_leak(file, row, manifest) for row in leaking.itertuples()]
        problems += _told(tables, variant, figures, int(whole["pairs"].sum()))
    told = f"{placed:,} places in {', '.join(tables.clean)}; {pairs} pairs of parts; "
    return Evidence(f"{told}{len(tables.all_relations):,} relations", tuple(problems))


def _leak(file: str, row: Any, manifest: pd.DataFrame) -> Mismatch:
    fold = "" if pd.isna(row.fold) else f" of fold {row.fold}"
    return Mismatch(
        file,
        f"no relation between {row.held_out} and {row.against}{fold}",
        f"{row.images} of {row.of} images, by {row.kind}: {row.example_a} and {row.example_b}"
        + (f", by {row.via}" if row.via != row.kind else ""),
        _line(manifest, row.example_a, row.held_out),
    )


def _line(manifest: pd.DataFrame, image_id: str, part: str) -> int | None:
    """Line of a row in its file; a train-only image stands there under that name."""
    rows = (manifest["image_id"] == image_id) & (manifest["split"] != "")
    exact = rows & (manifest["split"] == part)
    chosen = manifest.index[exact] if exact.any() else manifest.index[rows]
    return int(chosen[0]) + 2 if len(chosen) else None


def _told(tables: Tables, variant: str, figures: Any, counted: int) -> Iterator[Mismatch]:
    """Compare the number of leaking pairs with the one that the metrics tell."""
    try:
        told = figures["variants"][variant]["leaking_pairs"]
    except (KeyError, TypeError):
        told = None
    if told != counted:
        file = tables.dataset.file_of(metrics_of("splits"))
        place = f"/variants/{variant}/leaking_pairs"
        yield Mismatch(file, f"{counted} leaking pairs", shown(told), pointer=place)


CHECKS: tuple[Check[Dataset], ...] = (
    Check(
        "groups-agree",
        "Images that show one person, or share bytes, stand in two groups, which a split may part.",
        True,
        "quick",
        "run `snakemake --cores all`; where it stays, data/raw/subjects or the tables were "
        "altered. Of a release, tell the publisher",
        _groups,
    ),
    Check(
        "leaks",
        "A test image, its twin, its person or its synthetic child is trained on, and every "
        "published figure is too good.",
        True,
        "quick",
        "report no figure on these manifests; run `snakemake --cores all`, whose splits never part "
        "a group, or tell the publisher",
        _leaks,
    ),
)
