"""What other projects import: the functions, and that they say what the verbs say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from drawn import Folder, portrait, recompressed

import acne04

EXAMPLES = Path(__file__).parent / "examples"


def test_every_name_is_there_and_described() -> None:
    for name in acne04.__all__:
        assert getattr(acne04, name).__doc__, name
        assert f"`{name}`" in (acne04.__doc__ or ""), name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        acne04.nothing  # noqa: B018


def test_importing_it_imports_nothing_else() -> None:
    code = "import sys, acne04; sys.exit('pandas' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_published_defect_is_found(reference: Path) -> None:
    findings = acne04.validate_annotations(reference / "Acne04-v2_annotations.json")
    assert sum(finding.severity == "error" for finding in findings) == 49


def test_leaks_between_two_parts() -> None:
    sides = pd.DataFrame(
        {
            "fold": [None] * 3,
            "part": ["train", "test", "test"],
            "image_id": ["a", "b", "c"],
            "grade": [0, 1, 2],
        }
    )
    relations = pd.DataFrame({"kind": ["subject"], "a": ["a"], "b": ["b"]})
    leaks = acne04.find_leaks(sides, relations)
    found = leaks[leaks["images"] > 0]
    assert set(found["kind"]) == {"subject", "any"}
    assert set(found["grade"]) == {"1", "all"}


def test_tables_are_checked_against_their_schemas(tmp_path: Path) -> None:
    assert acne04.load_schema("groups.table.json")["fields"][0]["name"] == "dataset"
    (tmp_path / "groups.csv").write_text("a,b\n1,2\n")
    with pytest.raises(acne04.Acne04Error, match=r"the header is not that of groups.table.json"):
        acne04.read_table(tmp_path / "groups.csv", "groups")


def test_a_photograph_in_other_bytes_is_found(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for person in range(4):
        folder.add(f"{person}.png", portrait(person, 0))
    folder.add("again.jpg", recompressed(portrait(1, 0), 70))
    folder.write_tables()
    inventory = acne04.read_table(tmp_path / "images.csv", "inventory")
    verdicts, parents = acne04.find_near_duplicates(inventory, tmp_path)
    same = verdicts[verdicts["verdict"] == "same"]
    assert {*same["path_a"], *same["path_b"]} == {"1.png", "again.jpg"}
    assert parents.empty
