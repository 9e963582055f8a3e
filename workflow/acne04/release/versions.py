"""Versions and serials: what a release may be called, and which number it gets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from acne04.core import tables
from acne04.core.errors import UsageError
from acne04.provenance.release_history import INDEX, ReleaseHistory
from acne04.provenance.version_order import is_version, order

#: What the schema of an attestation allows: nine digits.
_LARGEST_SERIAL = 999_999_999


def check_version(version: str) -> str:
    """Give the version back, if it is one.

    Raises
    ------
    UsageError
        If it is none.

    Examples
    --------
    >>> check_version("1.0.0"), check_version("2.1rc1"), check_version("2.0.0-rc.1")
    ('1.0.0', '2.1rc1', '2.0.0-rc.1')
    """
    if not is_version(version):
        raise UsageError(
            "VERSION",
            "not a version",
            expected="like 1.0.0, 1.1 or 2.0.0rc1",
            found=repr(version[:80]),
            done="nothing written",
        )
    return version


def read_index(path: Path) -> pd.DataFrame:
    """Read the table of releases; one without rows where there has been no release."""
    return tables.read(path, "releases") if path.is_file() else tables.empty("releases")


def next_serial(history: ReleaseHistory, version: str, asked: int | None) -> int:
    """Give the serial of a new release: one more than the greatest, or what is asked for.

    Raises
    ------
    UsageError
        If the version has been released, or the serial asked for does not rise.
    """
    if said := history.of(version):
        # Who knows the serial says the most; the table is asked first.
        known = next((t for t in said if t.serial is not None), said[0])
        other = "" if known.version == version else f" as {known.version}"
        serial = "" if known.serial is None else f", with serial {known.serial}"
        raise UsageError(
            "VERSION",
            f"{version} has been released{other}{serial}, by {known.witness}",
            expected="a version that no release has: others may hold the old one",
            done="nothing written",
        )
    greatest = history.greatest_serial
    serial_given = greatest + 1 if asked is None else asked
    if not greatest < serial_given <= _LARGEST_SERIAL:
        raise UsageError(
            "--serial",
            "the serial must rise from release to release",
            expected=f"{greatest + 1} or more (at most {_LARGEST_SERIAL:,})",
            found=str(serial_given),
            done="nothing written",
            remedy="leave --serial away",
        )
    return serial_given


def remarks(history: ReleaseHistory, version: str) -> Iterator[str]:
    """Say what whoever releases should know: what the table lost, what came later by PEP 440."""
    for expected, found in history.disagreements():
        yield f"warning: {INDEX}: expected {expected}, found {found}"
    if newer := [known for known in history.versions if known > order(version)]:
        yield f"note: {version} comes before {max(newer)}, which has been released"


def with_row(index: pd.DataFrame, row: dict[str, object]) -> pd.DataFrame:
    """Give the table with one more release."""
    return pd.concat([index, tables.from_records("releases", [row])], ignore_index=True)
