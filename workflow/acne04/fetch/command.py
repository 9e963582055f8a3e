"""Bring a source to ``data/raw``: have its delivery, compare it with its pins, unpack or copy it.

The folder is written as a whole, and beside it a listing (path, size, SHA-256 of every file) which
stands for it downstream. Names stay as delivered, byte for byte.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from acne04.core import tables
from acne04.core.errors import UnavailableError
from acne04.core.files import staged_folder
from acne04.core.outputs import check_outputs
from acne04.core.sources import Source
from acne04.fetch.landing import land, landing_path
from acne04.fetch.obtain import obtain
from acne04.fetch.options import add_options, chosen_source, chosen_upstream, chosen_version
from acne04.fetch.pins import check_against_stated, pinned, read_pins, stated, unpinned
from acne04.fetch.rehearsal import warn_set_aside
from acne04.fetch.target import check_replaceable, unlisted_files
from acne04.fetch.transports import progress_bar


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `acne04 fetch`."""
    add_options(parser)
    parser.add_argument(
        "--output",
        required=True,
        type=Path,
        help="folder to write, data/raw/SOURCE: new, empty, or of an earlier fetch",
    )
    parser.add_argument(
        "--listing", required=True, type=Path, help="table to write, data/raw/SOURCE.csv"
    )


def run(arguments: argparse.Namespace) -> int:
    """Fetch a source; give the exit code."""
    folder = arguments.output
    check_outputs({"--listing": arguments.listing}, {"--sources": arguments.sources})
    unlisted = unlisted_files(folder, arguments.listing)
    source = chosen_source(arguments)
    version = chosen_version(arguments)
    statement = stated(source, arguments.sources)
    pins = read_pins(arguments.pins, source, version)
    if unpinned(source, pins):
        raise _no_pins(source, version, arguments)
    if not arguments.set_aside_pins:
        check_against_stated(pins, statement, arguments.pins, version)
    if source.delivery.kind != "archive":
        # What an archive holds is only known when it is there.
        check_replaceable(folder, unlisted, [landing_path(source, path) for path in pins])
    expectation = pinned(pins, arguments.pins, version)
    delivered = obtain(source, list(source.delivery.files), chosen_upstream(arguments), expectation)
    if arguments.set_aside_pins:
        warn_set_aside(source, delivered, statement)
    with progress_bar(source.key) as progress, staged_folder(folder) as staging:
        rows = land(source, delivered, staging, progress)
        check_replaceable(folder, unlisted, [row["path"] for row in rows])
    tables.write_records(arguments.listing, "listing", rows)
    size = sum(int(row["size"]) for row in rows)
    print(
        f"{source.dataset}/{source.key}: in {folder}, files: {len(rows):,}, "
        f"bytes: {size:,}; listed in {arguments.listing}"
    )
    return 0


def _no_pins(source: Source, version: str, arguments: argparse.Namespace) -> UnavailableError:
    return UnavailableError(
        str(arguments.pins),
        f"no pins of {source.dataset}/{source.key} at version {version}: nothing says which bytes "
        "are the right ones",
        done="nothing fetched",
        remedy=f"run `acne04 pin {source.key}` with the same options first",
    )
