"""Bring a source to ``data/raw``: have its delivery, compare it with its pins, unpack or copy it.

The folder is written as a whole, and beside it a listing (path, size, SHA-256 of every file) which
stands for it downstream. Names stay as delivered, byte for byte.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acne04.core import tables
from acne04.core.errors import UnavailableError
from acne04.core.files import remove_stale_folders, staged_folder
from acne04.core.outputs import check_outputs
from acne04.core.printing import say
from acne04.core.progress import Progress
from acne04.core.sources import Source
from acne04.fetch.delivery import obtain
from acne04.fetch.options import SourceOptions, declare_source, read_source_options
from acne04.fetch.pins import (
    check_against_stated,
    pinned,
    read_pins,
    stated,
    unpinned,
    warn_set_aside,
)
from acne04.fetch.promised_contents import check_promised
from acne04.fetch.raw_folder import check_replaceable, land, landing_path, unlisted_files


@dataclass(frozen=True)
class FetchOptions:
    """A source, and what it becomes.

    Attributes
    ----------
    source : SourceOptions
        What is wanted.
    folder : pathlib.Path
        ``data/raw/<source>``.
    listing : pathlib.Path
        The table that stands for it, ``data/raw/<source>.csv``.
    """

    source: SourceOptions
    folder: Path
    listing: Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``acne04 fetch``."""
    declare_source(parser)
    declare_outputs(parser, "new, empty, or of an earlier fetch", "written")


def declare_outputs(parser: argparse.ArgumentParser, folder: str, listing: str) -> None:
    """Declare the folder of a source and its listing, as a run names them where they are not given.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        That of the verb.
    folder, listing : str
        What is done with them.
    """
    parser.add_argument(
        "--output", type=Path, help=f"folder of the source: {folder} (default: data/raw/SOURCE)"
    )
    parser.add_argument(
        "--listing", type=Path, help=f"its listing: {listing} (default: data/raw/SOURCE.csv)"
    )


def read_options(arguments: argparse.Namespace) -> FetchOptions:
    """Give the options of a call; a listing that would overwrite the sources is refused."""
    options = read_outputs(arguments)
    check_outputs({"--listing": options.listing}, {"--sources": arguments.sources})
    return options


def read_outputs(arguments: argparse.Namespace) -> FetchOptions:
    """Give the options of a verb that has a source and its outputs."""
    raw = Path("data/raw")
    return FetchOptions(
        read_source_options(arguments),
        arguments.output or raw / arguments.source,
        arguments.listing or raw / f"{arguments.source}.csv",
    )


def run(options: FetchOptions) -> int:
    """Fetch a source and list it; give the exit code."""
    rows = fetch_folder(options)
    tables.write_records(options.listing, "listing", rows)
    size = sum(int(row["size"]) for row in rows)
    say(
        f"{options.source.dataset}/{options.source.key}: in {options.folder}, "
        f"files: {len(rows):,}, bytes: {size:,}; listed in {options.listing}"
    )
    return 0


def fetch_folder(options: FetchOptions) -> list[dict[str, Any]]:
    """Fetch a source and write its folder as a whole; the listing is only read.

    Returns
    -------
    list of dict
        Records of the table ``listing``.

    Raises
    ------
    UsageError
        If the folder holds what no fetch of this source has made.
    UnavailableError
        If nothing is pinned, or the delivery is nowhere to be had.
    SourceError
        If what is delivered is not what is pinned.
    """
    wanted, folder = options.source, options.folder
    remove_stale_folders(folder)
    unlisted = unlisted_files(folder, options.listing)
    source = wanted.read_source()
    version = wanted.pinned_version
    statement = stated(source, wanted.sources)
    pins = read_pins(wanted.pins, source, version)
    if unpinned(source, pins):
        raise _no_pins(source, version, wanted.pins)
    if not wanted.set_aside_pins:
        check_against_stated(pins, statement, wanted.pins, version)
    if source.delivery.kind != "archive":
        # What an archive holds is only known when it is there.
        check_replaceable(folder, unlisted, [landing_path(source, path) for path in pins])
    expectation = pinned(pins, wanted.pins, version)
    delivered = obtain(source, list(source.delivery.files), wanted.upstream, expectation)
    if wanted.set_aside_pins:
        warn_set_aside(source, delivered, statement)
    else:
        check_promised(source, delivered)
    with Progress(source.key, unit="bytes") as progress, staged_folder(folder) as staging:
        rows = land(source, delivered, staging, progress.reach)
        check_replaceable(folder, unlisted, [row["path"] for row in rows])
    return rows


def _no_pins(source: Source, version: str, pins: Path) -> UnavailableError:
    return UnavailableError(
        str(pins),
        f"no pins of {source.dataset}/{source.key} at version {version}: nothing says which bytes "
        "are the right ones",
        done="nothing fetched",
        remedy=f"run `acne04 pin {source.key}` with the same options first",
    )
