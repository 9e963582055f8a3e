"""Record what an upstream delivers, where nobody has published a hash.

Runs before `acne04 fetch`. Where the table of pins knows the version, nothing is downloaded: the
table is only compared with the sizes and hashes of ``sources.yaml``. Otherwise the delivery is had
once, and its files are added to the table, loudly: the table belongs into git, and every later
fetch, anywhere, must match it. To pin anew on purpose, delete the rows of a version and run again.

Setting pins aside (``--set-aside-pins`` or ``ACNE04_SET_ASIDE_PINS=1``) is for rehearsals: bytes
that are not those of the real upstream, under the real names. A hash of ``sources.yaml`` that does
not fit is then a warning on every file, and the pins are kept, and later looked for, under the
version "<version> (pins set aside)": they can never be mistaken for pins of the real thing.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from acne04.core.printing import loud, say
from acne04.core.sources import SET_ASIDE, Source
from acne04.fetch.delivery import obtain
from acne04.fetch.options import SourceOptions, declare_source, read_source_options
from acne04.fetch.pins import (
    Delivered,
    Expectation,
    add_pins,
    check_against_stated,
    read_pins,
    stated,
    unpinned,
    warn_set_aside,
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``acne04 pin``."""
    declare_source(parser)


def read_options(arguments: argparse.Namespace) -> SourceOptions:
    """Give the options of a call."""
    return read_source_options(arguments)


def run(options: SourceOptions) -> int:
    """Pin what is not pinned yet; give the exit code."""
    source = options.read_source()
    version = options.pinned_version
    statement = stated(source, options.sources)
    pins = read_pins(options.pins, source, version)
    missing = unpinned(source, pins)
    if not options.set_aside_pins:
        check_against_stated(pins, statement, options.pins, version)
    name = f"{source.dataset}/{source.key}"
    if not missing:
        say(f"{name}: pinned at version {version} in {options.pins}, files: {len(pins):,}")
        return 0
    expectation = statement
    if options.set_aside_pins:
        expectation = Expectation({}, exhaustive=False, origin=statement.origin)
    delivered = obtain(source, missing, options.upstream, expectation)
    if options.set_aside_pins:
        warn_set_aside(source, delivered, statement)
    add_pins(options.pins, source, version, delivered)
    _tell(source, version, delivered, options.pins)
    return 0


def _tell(source: Source, version: str, delivered: list[Delivered], pins: Path) -> None:
    size = sum(file.digest.size for file in delivered)
    advice = f"commit {pins} if you trust them"
    if version.endswith(SET_ASIDE):
        advice = f"a rehearsal: do not commit these rows of {pins}"
    files = "1 file" if len(delivered) == 1 else f"{len(delivered):,} files"
    loud(
        f"PINNED FOR THE FIRST TIME: {source.dataset}/{source.key}, {files}, {size:,} bytes: "
        f"{advice}",
        f"  version {version}; every later fetch must deliver the same",
        *(f"  {d.path}: {d.digest.size:,} bytes, sha256 {d.digest.sha256}" for d in delivered[:5]),
        *([f"  and {len(delivered) - 5:,} more"] if len(delivered) > 5 else []),
    )
