"""Folders against the tables that stand for them."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from snakemake_dvc.digests import DigestCache
from snakemake_dvc.errors import BridgeError

_LEFTOVER = re.compile(r"\.[\w-]{20,}(\.tmp)?")


@dataclass(frozen=True)
class FolderState:
    """How a folder differs from its listing.

    Attributes
    ----------
    missing : list of str
        Listed files that are not there.
    foreign : list of str
        One line for each file that is altered or not listed, with what was expected and found.
    leftovers : list of pathlib.Path
        What a killed `dvc checkout` or `dvc pull` leaves: temporary names, read by nothing.
    """

    missing: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    leftovers: list[Path] = field(default_factory=list)


def compare_names(folder: Path, listing: Path) -> FolderState:
    """Compare the names in a folder with its listing: no file is opened or asked for its times."""
    return _compare(folder, listing, lambda path, expected: expected)


def compare(folder: Path, listing: Path, digests: DigestCache) -> FolderState:
    """Compare a folder with its listing: stat first, hash only what moved."""
    return _compare(folder, listing, lambda path, expected: digests.sha256(path))


def _compare(folder: Path, listing: Path, found_in: Callable[[Path, str], str]) -> FolderState:
    expected = _listed(listing)
    state = FolderState()
    present = set()
    for name in _files_below(folder):
        path = folder / name
        if name not in expected and _LEFTOVER.fullmatch(path.name):
            state.leftovers.append(path)
            continue
        present.add(name)
        if name not in expected:
            state.foreign.append(f"{path}: expected no such file, found one")
        elif (found := found_in(path, expected[name])) != expected[name]:
            state.foreign.append(f"{path}: expected sha256 {expected[name]}, found {found}")
    state.missing.extend(sorted(set(expected) - present))
    return state


def _listed(listing: Path) -> dict[str, str]:
    try:
        with listing.open(encoding="utf-8", newline="") as stream:
            return {row["path"]: row["sha256"] for row in csv.DictReader(stream, strict=True)}
    except (UnicodeDecodeError, csv.Error, KeyError) as error:
        raise BridgeError(
            str(listing),
            f"not a table with the columns path and sha256 ({error})",
            done="nothing ran",
            remedy=f"`rm {listing}`, and run again: what was recorded comes back from DVC's cache",
        ) from None


def _files_below(folder: Path) -> list[str]:
    root = os.fspath(folder)
    start = len(root) + 1
    return sorted(
        f"{parent}/{name}"[start:] for parent, _, names in os.walk(root) for name in names
    )
