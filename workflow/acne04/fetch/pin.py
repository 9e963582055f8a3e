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

from acne04.core.printing import loud
from acne04.core.sources import Source
from acne04.fetch.obtain import obtain
from acne04.fetch.options import add_options, chosen_source, chosen_upstream, chosen_version
from acne04.fetch.pins import (
    SET_ASIDE,
    Delivered,
    Expectation,
    add_pins,
    check_against_stated,
    read_pins,
    stated,
    unpinned,
)
from acne04.fetch.rehearsal import warn_set_aside


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `acne04 pin`."""
    add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Pin what is not pinned yet; give the exit code."""
    source = chosen_source(arguments)
    version = chosen_version(arguments)
    statement = stated(source, arguments.sources)
    pins = read_pins(arguments.pins, source, version)
    missing = unpinned(source, pins)
    if not arguments.set_aside_pins:
        check_against_stated(pins, statement, arguments.pins, version)
    name = f"{source.dataset}/{source.key}"
    if not missing:
        print(f"{name}: pinned at version {version} in {arguments.pins}, files: {len(pins):,}")
        return 0
    expectation = statement
    if arguments.set_aside_pins:
        expectation = Expectation({}, exhaustive=False, origin=statement.origin)
    delivered = obtain(source, missing, chosen_upstream(arguments), expectation)
    if arguments.set_aside_pins:
        warn_set_aside(source, delivered, statement)
    add_pins(arguments.pins, source, version, delivered)
    _tell(source, version, delivered, arguments.pins)
    return 0


def _tell(source: Source, version: str, delivered: list[Delivered], pins: Path) -> None:
    size = sum(file.digest.size for file in delivered)
    advice = f"If you trust them, commit this file: {pins}"
    if version.endswith(SET_ASIDE):
        advice = f"A rehearsal: do not commit these rows of {pins}"
    loud(
        f"PINNED FOR THE FIRST TIME: {source.dataset}/{source.key} at version {version}:",
        *(f"  {d.path}: {d.digest.size:,} bytes, sha256 {d.digest.sha256}" for d in delivered[:5]),
        *([f"  and {len(delivered) - 5:,} more"] if len(delivered) > 5 else []),
        f"  Files: {len(delivered):,}, bytes: {size:,}. Every later fetch must deliver the same.",
        f"  {advice}",
    )
