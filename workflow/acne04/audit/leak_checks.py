"""Advice on what others published leaks, and that decisions are about the bytes that are here."""

from __future__ import annotations

from typing import Any

import pandas as pd

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.audit.own_graph import DECISIONS, listed
from acne04.inspection.checks import Check, Evidence, Mismatch
from acne04.invariants.dataset_tables import tables_of
from acne04.relations.decisions import load, unapplied
from acne04.relations.leakage import ALL, ANY, leak_table, sides_of

#: The manifest whose leaks are told of.
TOLD = "published"


def _published(checkout: AuditedCheckout) -> Evidence:
    tables = tables_of(checkout)
    manifest = tables.manifest(TOLD)
    table = leak_table(sides_of(TOLD, manifest), tables.all_kinship)
    leaking = table[(table["grade"] == ALL) & (table["kind"] != ANY) & (table["pairs"] > 0)]
    file = f"data/splits/{TOLD}.csv"
    problems = tuple(
        Mismatch(file, f"no relation by {kind} between {held_out} and {against}", _by_fold(rows))
        for (held_out, against, kind), rows in leaking.groupby(["held_out", "against", "kind"])
    )
    folds = manifest["fold"].nunique()
    return Evidence(f"{folds} published folds; {len(tables.all_relations):,} relations", problems)


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


def _decisions(checkout: AuditedCheckout) -> Evidence:
    files = listed(checkout)
    known = {path: {d} for path, d in zip(files["path"], files["sha256"], strict=True)}
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
