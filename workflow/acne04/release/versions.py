"""Versions and serials: what a release may be called, and which number it gets."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from acne04.core import tables
from acne04.core.errors import UsageError

INDEX = Path("releases/index.csv")
#: What PEP 440 and Semantic Versioning have in common: numbers, and a mark of a version to come.
_VERSION = re.compile(
    r"(0|[1-9]\d{0,5})(\.(0|[1-9]\d{0,5})){1,2}((a|b|rc)\d{1,3}|-(alpha|beta|rc)(\.\d{1,3})?)?",
    re.ASCII,
)
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
    if not _VERSION.fullmatch(version):
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


def next_serial(index: pd.DataFrame, version: str, asked: int | None) -> int:
    """Give the serial of a new release: one more than the greatest, or what is asked for.

    Raises
    ------
    UsageError
        If the version has been released, or the serial asked for does not rise.
    """
    same = index[[_key(released) == _key(version) for released in index["version"]]]
    if len(same):
        row = same.iloc[0]
        other = "" if row["version"] == version else f" as {row['version']}"
        raise UsageError(
            "VERSION",
            f"{version} has been released{other}, with serial {row['serial']}",
            expected="a version that no release has: others may hold the old one",
            done="nothing written",
        )
    greatest = int(index["serial"].max()) if len(index) else 0
    serial = greatest + 1 if asked is None else asked
    if not greatest < serial <= _LARGEST_SERIAL:
        raise UsageError(
            "--serial",
            "the serial must rise from release to release",
            expected=f"{greatest + 1} or more (at most {_LARGEST_SERIAL:,})",
            found=str(serial),
            done="nothing written",
            remedy="leave --serial away",
        )
    return serial


def _key(version: str) -> tuple[tuple[int, ...], str, int]:
    """Give what two spellings of one version have in common.

    >>> _key("1.0") == _key("1.0.0"), _key("2.0rc1") == _key("2.0.0-rc.1")
    (True, True)
    """
    mark = re.search(r"-?(a|b|rc|alpha|beta)\.?(\d*)$", version)
    numbers = [int(number) for number in version[: mark.start() if mark else None].split(".")]
    padded = (*numbers, 0, 0)[:3]
    return padded, mark[1][0] if mark else "", int(mark[2] or 0) if mark else 0


def with_row(index: pd.DataFrame, row: dict[str, object]) -> pd.DataFrame:
    """Give the table with one more release."""
    return pd.concat([index, tables.from_records("releases", [row])], ignore_index=True)
