"""The one lock of the dependencies: hashes, no addresses, one version for every Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

LOCK = (Path(__file__).parents[1] / "requirements.lock").read_text(encoding="utf-8")


def _entries() -> list[str]:
    logical = LOCK.replace("\\\n", " ").splitlines()
    return [line for line in logical if line and not line.startswith("#")]


@pytest.mark.parametrize(
    ("package", "series"),
    [
        ("numpy", "2.4."),
        ("scipy", "1.17."),
        ("pillow", "13."),
        ("pandas", "3.1."),
        ("snakemake", "9.27."),
        ("dvc", "3.67."),
    ],
)
def test_one_version_for_all_pythons(package: str, series: str) -> None:
    (entry,) = (line for line in _entries() if re.match(rf"{package}==", line))
    assert entry.startswith(f"{package}=={series}")
    assert "python_" not in entry, "the version must not depend on the Python"


def test_every_entry_has_a_hash() -> None:
    assert [line for line in _entries() if "--hash=sha256:" not in line] == []


def test_no_addresses() -> None:
    assert not re.search(r"https?://|--index|--find-links|file:", LOCK)
