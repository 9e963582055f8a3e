"""Bring a source's folder back from DVC, exactly as its listing says."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from acne04.core import dvc
from acne04.core.dvc import DigestCache, FolderState, compare
from acne04.core.errors import SourceError

#: Exit code that is neither "wrong" nor "impossible": the caller fetches instead.
NOT_TO_BE_HAD = 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("folder", type=Path, help="folder below data/raw")
    parser.add_argument("--listing", type=Path, required=True, help="its listing (CSV)")


def run(arguments: argparse.Namespace) -> int:
    """Restore the folder; exit code 3 where neither DVC's cache nor the store gives it."""
    folder, listing = arguments.folder, arguments.listing
    state = _state(folder, listing)
    if state.missing:
        for command in (["checkout", "--quiet", "--force"], ["pull", "--quiet", "--force"]):
            answer = dvc.run(*command, str(folder))
            if answer.returncode == 0:
                break
            print(f"dvc {command[0]}: {dvc.last_line(answer.stderr)}", file=sys.stderr)
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
            f"{folder}: neither DVC's cache nor the store gives it; fetch it again",
            file=sys.stderr,
        )
        return NOT_TO_BE_HAD
    print(f"{folder}: as listed in {listing}")
    return 0


def _state(folder: Path, listing: Path) -> FolderState:
    # Every file is read: a restored folder is proved, not trusted.
    return compare(folder, listing, DigestCache(None))
