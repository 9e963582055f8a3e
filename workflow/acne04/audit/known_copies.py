"""The check of copies that are known by name: each such pair must be found to be one photograph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.core import tables
from acne04.inspection.checks import Check, Evidence, Mismatch, NotOfThis
from acne04.invariants.dataset_tables import tables_of
from acne04.relations.kinship import KINDS


def _known(checkout: AuditedCheckout) -> Evidence:
    file = Path("workflow/expectations", f"{checkout.dataset}_copies.csv")
    if checkout.dataset == "standin":
        raise NotOfThis("the stand-in's copies have no list by name; expected-findings counts them")
    pairs = tables.read(file, "known_copies", checkout.dataset)
    problems = tuple(_apart(checkout, file, pairs))
    told = f"{len(pairs) - len(problems)} of {len(pairs)} pairs that are known to be one photograph"
    return Evidence(f"{told}, found to be one", problems)


def _apart(checkout: AuditedCheckout, file: Path, pairs: pd.DataFrame) -> Iterator[Mismatch]:
    real = checkout.table("inventory/images.csv", "inventory").query("origin == 'real'")
    tables = tables_of(checkout)
    id_of = dict(zip(tables.groups["path"], tables.groups["image_id"], strict=True))
    ids = {name: id_of.get(path) for name, path in zip(real["name"], real["path"], strict=True)}
    related = tables.all_kinship
    for row in pairs.itertuples():
        names = (str(row.a), str(row.b))
        expected, line = f"{row.a} and {row.b} as one photograph ({row.source})", int(row.Index) + 2
        if missing := [name for name in names if not ids.get(name)]:
            found = f"{' and '.join(missing)} not in the inventory"
            yield Mismatch(str(file), expected, found, line)
            continue
        one, other = related.positions(pd.Series([ids[name] for name in names]))
        holds = related.kinds(int(one), np.array([other]))[:, 0]
        kinds = [kind for kind, is_related in zip(KINDS, holds, strict=True) if is_related]
        if not {"exact", "near"} & set(kinds):
            found = f"related by {', '.join(kinds)} only" if kinds else "not related at all"
            yield Mismatch(str(file), expected, found, line)


CHECKS: tuple[Check[AuditedCheckout], ...] = (
    Check(
        "known-copies",
        "Photographs that are known to be one are not found to be: other images were delivered, or "
        "what compares them has lost its sight.",
        True,
        "quick",
        "look at both with `acne04 trace NAME`; where they are one, say so with `acne04 decide`",
        _known,
    ),
)
