"""Bring a source's folder back from DVC, exactly as its listing says."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from acne04.bridge import store
from acne04.bridge.digests import DigestCache
from acne04.bridge.folders import FolderState, compare
from acne04.errors import SourceError


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("folder", type=Path, help="folder below data/raw")
    parser.add_argument("--listing", type=Path, required=True, help="its listing (CSV)")


def run(arguments: argparse.Namespace) -> int:
    """Restore the folder; exit code 1 where neither DVC's cache nor the store holds it."""
    folder, listing = arguments.folder, arguments.listing
    state = _state(folder, listing)
    if state.missing:
        for command in (["checkout", "--quiet", "--force"], ["pull", "--quiet", "--force"]):
            if store.run(*command, str(folder)).returncode == 0:
                break
        state = _state(folder, listing)
    if state.foreign:
        raise SourceError(
            str(folder),
            "does not agree with its listing",
            found="\n            ".join(state.foreign),
            remedy=f"`dvc checkout --force {folder}`",
        )
    if state.missing:
        print(
            f"{folder}: neither DVC's cache nor the store holds it; fetching it again",
            file=sys.stderr,
        )
        return 1
    print(f"{folder}: as listed in {listing}")
    return 0


def _state(folder: Path, listing: Path) -> FolderState:
    # Without a saved cache of digests every file is read: a restored folder is proved, not trusted.
    return compare(folder, listing, DigestCache(Path(".acne04", "restore-digests-never-saved")))
