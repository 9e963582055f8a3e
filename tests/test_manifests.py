"""What commands that are given manifests refuse, and where they say it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from acne04.core.errors import SchemaError, UsageError
from acne04.core.manifests import read_manifest

MANIFEST = Path(__file__).parent / "golden/split/repetition/holdout.csv"


def test_a_manifest_tells_its_variant() -> None:
    variant, rows = read_manifest(MANIFEST, "standin")
    assert variant == "holdout"
    assert len(rows) == len(MANIFEST.read_text().splitlines()) - 1


def test_a_row_of_another_variant_is_named_by_its_line(tmp_path: Path) -> None:
    """Its rows would be counted as those of whichever variant came first."""
    head, *rows = MANIFEST.read_text().splitlines(keepends=True)
    mixed = tmp_path / "mixed.csv"
    mixed.write_text(head + "".join([*rows[:-1], rows[-1].replace(",holdout,", ",paper,", 1)]))
    with pytest.raises(SchemaError) as refused:
        read_manifest(mixed, "standin")
    told = str(refused.value)
    assert f"mixed.csv (line {len(rows) + 1})" in told
    assert "holdout, as in line 2" in told
    assert "paper" in told


def test_a_manifest_without_rows_says_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text(MANIFEST.read_text().splitlines(keepends=True)[0])
    with pytest.raises(UsageError, match="no row"):
        read_manifest(empty, "standin")
