"""Bring a source's folder back exactly as its listing says: from DVC, else from the upstream."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from acne04.core import dvc
from acne04.core.dvc import DigestCache, FolderState, compare
from acne04.core.errors import SourceError, UnavailableError
from acne04.core.printing import say, say_aside
from acne04.core.sources import STANDIN
from acne04.fetch.command import FetchOptions, declare_outputs, fetch_folder, read_outputs
from acne04.fetch.options import declare_source

#: The file by which the workflow knows that the stand-in's upstream is drawn.
DRAWN = "README.txt"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``acne04 restore``: those of ``acne04 fetch``."""
    declare_source(parser)
    declare_outputs(parser, "restored", "only read")


def read_options(arguments: argparse.Namespace) -> FetchOptions:
    """Give the options of a call."""
    return read_outputs(arguments)


def run(options: FetchOptions) -> int:
    """Restore the folder; give the exit code.

    Raises
    ------
    SourceError
        If the folder holds other files than listed, or the upstream gives others.
    UnavailableError
        If neither DVC nor the upstream gives it.
    """
    folder, listing = options.folder, options.listing
    state = _state(folder, listing)
    if state.missing:
        _ask_dvc(folder)
        state = _state(folder, listing)
    if state.foreign:
        raise _not_as_listed(folder, state.foreign, f"`rm -r {folder}`, and the same command again")
    if state.missing:
        say_aside(f"{folder}: neither DVC's cache nor the store gives it")
        _refuse_undrawn(options)
        fetch_folder(options)
        state = _state(folder, listing)
        lacking = [f"{folder / path}: expected this file, found none" for path in state.missing]
        if lacking or state.foreign:
            anew = f"where the listing is wrong, `acne04 fetch {options.source.key}` makes it anew"
            raise _not_as_listed(folder, [*lacking, *state.foreign], anew)
    say(f"{folder}: as listed in {listing}")
    return 0


def _ask_dvc(folder: Path) -> None:
    """Have DVC bring the folder from its cache, else from the store.

    Raises
    ------
    DvcError
        If the store cannot be asked, or gives other bytes: then nothing is fetched in its place.
    """
    answer = dvc.run("checkout", "--verbose", "--force", str(folder))
    if answer.returncode == 0:
        return
    say_aside(f"dvc checkout: {dvc.reason(answer)}")
    if not dvc.is_store_asked():
        return
    fault = dvc.pull(str(folder), force=True)
    if fault and fault.kind not in ("none", "missing"):
        raise dvc.refuse_store(
            fault,
            f"{folder} is not fetched from its source in its place",
            remedy="To have it fetched: `SNAKEMAKE_DVC_STORE=none snakemake --cores all`",
        )
    if fault:
        say_aside(f"{folder}: the store: {fault.what}")


def _refuse_undrawn(options: FetchOptions) -> None:
    drawn = options.source.upstream / DRAWN
    if options.source.dataset == STANDIN and not drawn.is_file():
        raise UnavailableError(
            str(options.folder),
            "the stand-in that it comes from is not drawn",
            expected=str(drawn),
            done="nothing written",
            remedy=f"`snakemake --cores all {drawn}`, then run again",
        )


def _not_as_listed(folder: Path, places: Sequence[str], remedy: str) -> SourceError:
    return SourceError(
        str(folder),
        "does not agree with its listing",
        found="\n            ".join(places),
        remedy=remedy,
    )


def _state(folder: Path, listing: Path) -> FolderState:
    # Every file is read: a restored folder is proved, not trusted.
    return compare(folder, listing, DigestCache(None))
