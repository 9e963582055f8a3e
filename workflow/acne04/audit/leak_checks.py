"""Checks that nothing leaks, and that groups and decisions are about the bytes that are here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.audit.own_graph import DECISIONS, edges, kinship, listed
from acne04.inspection.checks import Check, Evidence, Mismatch
from acne04.relations.decisions import load, unapplied
from acne04.relations.leakage import ALL, ANY, leak_table, sides_of

#: Manifests that promise no leak, and the one whose leaks are told of.
CLEAN, TOLD = ("holdout", "kfold", "published-clean"), "published"


def _leaking(checkout: AuditedCheckout, variant: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give a manifest, and the rows of its leak table that tell of a leak, by kind."""
    manifest = checkout.table(f"splits/{variant}.csv", "splits")
    table = leak_table(
        sides_of(variant, manifest.assign(image_id=manifest["path"])), kinship(checkout)
    )
    leaks = (table["grade"] == ALL) & (table["kind"] != ANY) & (table["pairs"] > 0)
    return manifest, table[leaks]


def _leaks(checkout: AuditedCheckout) -> Evidence:
    placed, problems = 0, []
    for variant in CLEAN:
        manifest, leaking = _leaking(checkout, variant)
        placed += int((manifest["split"] != "").sum())
        for row in leaking.itertuples():
            fold = "" if pd.isna(row.fold) else f" of fold {row.fold}"
            problems.append(
                Mismatch(
                    f"data/splits/{variant}.csv",
                    f"no relation between {row.held_out} and {row.against}{fold}",
                    f"{row.images} of {row.of} images, by {row.kind}: {row.example_a} and "
                    f"{row.example_b}",
                    _line(manifest, row.example_a, row.held_out),
                )
            )
    told = f"{placed:,} places in {', '.join(CLEAN)}; {len(edges(checkout)):,} relations"
    return Evidence(told, tuple(problems))


def _line(manifest: pd.DataFrame, path: str, part: str) -> int | None:
    """Line of a row in its file; a train-only image stands there under that name."""
    rows = (manifest["path"] == path) & (manifest["split"] != "")
    exact = rows & (manifest["split"] == part)
    chosen = manifest.index[exact] if exact.any() else manifest.index[rows]
    return int(chosen[0]) + 2 if len(chosen) else None


def _published(checkout: AuditedCheckout) -> Evidence:
    manifest, leaking = _leaking(checkout, TOLD)
    file = f"data/splits/{TOLD}.csv"
    problems = tuple(
        Mismatch(file, f"no relation by {kind} between {held_out} and {against}", _by_fold(rows))
        for (held_out, against, kind), rows in leaking.groupby(["held_out", "against", "kind"])
    )
    folds = manifest["fold"].nunique()
    return Evidence(f"{folds} published folds; {len(edges(checkout)):,} relations", problems)


def _by_fold(rows: pd.DataFrame) -> str:
    shares = [f"{row.images} of {row.of} in fold {row.fold}" for row in rows.itertuples()]
    return f"{', '.join(shares)} held-out images are related to one that is trained on"


def _paper(checkout: AuditedCheckout) -> Evidence:
    table = checkout.table("splits/paper_leaks.csv", "paper_leaks")
    problems = tuple(
        Mismatch("data/splits/paper.csv", f"no edit of a photograph that {variant} holds out",
                ", ".join(_in_part(fold, part, rows) for (fold, part), rows in held_out))
        for variant, leaking in table[table["leaks"].fillna(False)].groupby("variant")
        for held_out in [leaking.groupby(["fold", "part"], dropna=False)]
    )  # fmt: skip
    return Evidence(f"{table['image_id'].nunique():,} synthetic images of paper", problems)


def _in_part(fold: Any, part: str, rows: pd.DataFrame) -> str:
    return f"{len(rows)} of {part}" + ("" if pd.isna(fold) else f" in fold {fold}")


def _groups(checkout: AuditedCheckout) -> Evidence:
    groups = checkout.table("groups/groups.csv", "groups")
    group_of = dict(zip(groups["path"], groups["group"], strict=True))
    related = edges(checkout)
    problems = [
        Mismatch("data/groups/groups.csv", f"one group for {edge.a} and {edge.b} ({edge.kind})",
                f"{group_of.get(edge.a)} and {group_of.get(edge.b)}")
        for edge in related.itertuples()
        if group_of.get(edge.a) != group_of.get(edge.b)
    ]  # fmt: skip
    for variant in CLEAN:
        problems += _regrouped(checkout, variant, groups)
    problems += _other_bytes(checkout)
    told = f"{len(related):,} relations, {groups['group'].nunique():,} groups"
    return Evidence(told, tuple(problems))


def _regrouped(checkout: AuditedCheckout, variant: str, groups: pd.DataFrame) -> Iterator[Mismatch]:
    """Compare group and person of every row with those that the groups give."""
    manifest = checkout.table(f"splits/{variant}.csv", "splits")
    for column in ("group", "subject"):
        told = dict(zip(groups["path"], groups[column], strict=True))
        expected = manifest["path"].map(told)
        for number in (expected != manifest[column]).to_numpy().nonzero()[0].tolist():
            row = manifest.iloc[number]
            yield Mismatch(
                f"data/splits/{variant}.csv",
                f"{row['path']} in {column} {told.get(row['path']) or 'none'}",
                row[column] or "none",
                number + 2,
            )


def _other_bytes(checkout: AuditedCheckout) -> Iterator[Mismatch]:
    """Compare the hashes that images are known by with those of the files that were fetched."""
    known = listed(checkout)
    for place, name in (("inventory/images.csv", "inventory"), ("splits/holdout.csv", "splits")):
        table: Any = checkout.table(place, name)
        for row in table[table["path"].map(known) != table["sha256"]].itertuples():
            expected = f"{row.path} with sha256 {known.get(row.path)}"
            yield Mismatch(f"data/{place}", expected, row.sha256, int(row.Index) + 2)


def _decisions(checkout: AuditedCheckout) -> Evidence:
    known: dict[str, set[str]] = {path: {sha256} for path, sha256 in listed(checkout).items()}
    problems, number = [], 0
    for file in sorted(DECISIONS.glob("*.csv")):
        decisions = load(file, checkout.dataset)
        number += len(decisions)
        problems += [
            Mismatch(str(file), finding.expected, finding.found, finding.line)
            for finding in unapplied(decisions, known, str(file))
            if finding.severity == "error"
        ]
    return Evidence(f"{number} decisions about {checkout.dataset}", tuple(problems))


CHECKS: tuple[Check[AuditedCheckout], ...] = (
    Check(
        "decisions",
        "A decision that was made about other bytes would be taken for one about these.",
        True,
        "quick",
        "look at the image again and answer anew with `acne04 decide`, or restore the bytes",
        _decisions,
    ),
    Check(
        "groups-agree",
        "Images that show one person, or share bytes, stand in two groups, which a split may part.",
        True,
        "quick",
        "run `snakemake --cores all`; where it stays, data/raw/subjects or the tables were altered",
        _groups,
    ),
    Check(
        "leaks",
        "A test image, its twin, its person or its synthetic child is trained on, and every "
        "published figure is too good.",
        True,
        "quick",
        "run `snakemake --cores all`: its splits never part a group",
        _leaks,
    ),
    Check(
        "leaks-published",
        "ACNE04's own folds share people and copies between training and test: say so with "
        "figures made on them.",
        False,
        "quick",
        "compare on published-clean.csv instead; data/splits/published_leaks.csv has the figures",
        _published,
    ),
    Check(
        "leaks-paper",
        "The synthetic images, all kept as in the paper, are edits of photographs that a split may "
        "hold out: say so with figures made on them.",
        False,
        "quick",
        "train on the synthetic images that the split itself holds; data/splits/paper_leaks.csv "
        "names the others",
        _paper,
    ),
)
