"""Copies that are known by name: found by bytes or by verdict, or missed by name."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from acne04.audit import known_copies
from acne04.inspection.checks import CheckOutcome, run
from acne04.relations.kinship import Kinship

ROOT = Path(__file__).parents[1]
TABLE = "workflow/expectations/acne04_copies.csv"
PAIRS = [("a.jpg", "b.jpg"), ("c.jpg", "d.jpg"), ("e.jpg", "f.jpg"), ("g.jpg", "h.jpg")]


class Checkout:
    """What the check asks a checkout, and the tables of one, for."""

    dataset = "acne04"
    groups = pd.DataFrame({"path": [], "image_id": []})
    all_kinship: Kinship

    def table(self, path: str, name: str) -> pd.DataFrame:
        names = [name for pair in PAIRS for name in pair if name != "h.jpg"]
        paths = [f"classification/{name}" for name in names]
        return pd.DataFrame({"origin": "real", "name": names, "path": paths})


@pytest.fixture
def outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CheckOutcome:
    monkeypatch.chdir(tmp_path)
    Path(TABLE).parent.mkdir(parents=True)
    rows = [f"acne04,{a},{b},they coincide\n" for a, b in PAIRS]
    Path(TABLE).write_text("".join(["dataset,a,b,source\n", *rows]))
    edges = [("exact", "a", "b"), ("near", "c", "x"), ("exact", "x", "d"), ("retake", "e", "f")]
    named = [(k, f"classification/{a}.jpg", f"classification/{b}.jpg") for k, a, b in edges]
    checkout = Checkout()
    checkout.all_kinship = Kinship([], pd.DataFrame(named, columns=["kind", "a", "b"]))
    checkout.groups = checkout.table("", "")[["path"]].assign(image_id=lambda t: t["path"])
    monkeypatch.setattr(known_copies, "tables_of", lambda checkout: checkout)
    (outcome,) = run(known_copies.CHECKS, checkout)  # type: ignore[arg-type]
    return outcome


def test_one_photograph_is_one_by_bytes_by_verdict_or_by_both(outcome: CheckOutcome) -> None:
    told = {problem.line: problem.found for problem in outcome.problems}
    assert told == {4: "related by retake only", 5: "h.jpg not in the inventory"}
    assert outcome.looked_at.startswith("2 of 4 pairs")
    assert outcome.status == "failed"


def test_the_table_is_that_of_the_pairs_that_were_seen(reference: Path) -> None:
    with (reference / "acne04_duplicate_pairs.csv").open(newline="") as stream:
        seen = {tuple(sorted((row["a"], row["b"]))) for row in csv.DictReader(stream)}
    with (ROOT / TABLE).open(newline="") as stream:
        known = [(row["a"], row["b"]) for row in csv.DictReader(stream)]
    assert set(known) == seen
    assert known == sorted(known)
    schema = json.loads((ROOT / "schemas/known_copies.table.json").read_text())
    assert schema["primaryKey"] == ["a", "b"]
