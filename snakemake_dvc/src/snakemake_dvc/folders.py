"""Source folders against the listings that stand for them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from acne04.core.hashing import files_below
from acne04.core.rows import read_rows
from snakemake_dvc.digests import DigestCache

RAW = Path("data/raw")
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


def compare(folder: Path, listing: Path, digests: DigestCache) -> FolderState:
    """Compare a folder with its listing: stat first, hash only what moved."""
    expected = {row["path"]: row["sha256"] for row in read_rows(listing, "listing")}
    state = FolderState()
    present = set()
    for name in files_below(folder):
        path = folder / name
        if name not in expected and _LEFTOVER.fullmatch(path.name):
            state.leftovers.append(path)
            continue
        present.add(name)
        if name not in expected:
            state.foreign.append(f"{path}: expected no such file, found one")
        elif (found := digests.sha256(path)) != expected[name]:
            state.foreign.append(f"{path}: expected sha256 {expected[name]}, found {found}")
    state.missing.extend(sorted(set(expected) - present))
    return state
