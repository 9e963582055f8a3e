"""Record what an upstream delivers, where nobody has published a hash.

Runs before `acne04 fetch`. Where the table of pins knows the version, nothing is downloaded: the
table is only compared with the sizes and hashes of ``sources.yaml``. Otherwise the delivery is had
once, its content is looked at (`promised_contents`), and its files are added to the table, loudly:
the table belongs into git, and every later fetch, anywhere, must match it.

``--move`` pins anew on purpose: what a copy put there by hand or else the addresses give now takes
the place of what is pinned, and each file that differs is told with both hashes. A copy of the old
bytes stays, under another name.

Setting pins aside (``--set-aside-pins`` or ``ACNE04_SET_ASIDE_PINS=1``) is for rehearsals: bytes
that are not those of the real upstream, under the real names. A hash of ``sources.yaml`` that does
not fit is then a warning on every file, and the pins are kept, and later looked for, under the
version "<version> (pins set aside)": they can never be mistaken for pins of the real thing.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from acne04.core.hashing import Digest
from acne04.core.printing import loud, say
from acne04.core.sources import SET_ASIDE, Source
from acne04.fetch.delivery import obtain
from acne04.fetch.options import SourceOptions, declare_source, read_source_options
from acne04.fetch.pins import (
    Delivered,
    Expectation,
    add_pins,
    check_against_stated,
    pinned,
    read_pins,
    stated,
    unpinned,
    warn_set_aside,
)
from acne04.fetch.promised_contents import check_promised

SHOWN_CHANGES = 5


@dataclass(frozen=True)
class PinOptions:
    """A source, and whether what is pinned of it may change.

    Attributes
    ----------
    source : SourceOptions
        Which delivery.
    move : bool
        Whether what is delivered now takes the place of what is pinned.
    """

    source: SourceOptions
    move: bool


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``acne04 pin``."""
    declare_source(parser)
    parser.add_argument(
        "--move",
        action="store_true",
        help="pin what is delivered now in place of what is pinned, and show what changed",
    )


def read_options(arguments: argparse.Namespace) -> PinOptions:
    """Give the options of a call."""
    return PinOptions(read_source_options(arguments), arguments.move)


def run(options: PinOptions) -> int:
    """Pin what is not pinned yet, or anew; give the exit code."""
    wanted = options.source
    source, version = wanted.read_source(), wanted.pinned_version
    statement = stated(source, wanted.sources)
    pins = read_pins(wanted.pins, source, version)
    missing = unpinned(source, pins)
    if options.move and pins:
        return _move(wanted, source, pins, statement)
    if not wanted.set_aside_pins:
        check_against_stated(pins, statement, wanted.pins, version)
    name = f"{source.dataset}/{source.key}"
    if not missing:
        say(f"{name}: pinned at version {version} in {wanted.pins}, files: {len(pins):,}")
        return 0
    delivered = obtain(source, missing, wanted.upstream, _expected(wanted, statement))
    _look(wanted, source, delivered, statement, is_whole=not pins)
    add_pins(wanted.pins, source, version, delivered)
    _tell(source, version, delivered, wanted.pins)
    return 0


def _expected(wanted: SourceOptions, statement: Expectation) -> Expectation:
    if wanted.set_aside_pins:
        return Expectation({}, exhaustive=False, origin=statement.origin)
    return statement


def _look(
    wanted: SourceOptions,
    source: Source,
    delivered: list[Delivered],
    statement: Expectation,
    *,
    is_whole: bool,
) -> None:
    """Look at the content before it is pinned; a rehearsal's is told to be none of the real one."""
    if wanted.set_aside_pins:
        warn_set_aside(source, delivered, statement)
    elif is_whole:
        check_promised(source, delivered)


def _move(
    wanted: SourceOptions, source: Source, pins: dict[str, Digest], statement: Expectation
) -> int:
    """Let what is delivered now take the place of what is pinned, and show what changed."""
    delivered = obtain(
        source,
        list(source.delivery.files),
        wanted.upstream,
        _expected(wanted, statement),
        passing_over=frozenset(pins.values()),
    )
    version, name = wanted.pinned_version, f"{source.dataset}/{source.key}"
    before = pinned(pins, wanted.pins, version)
    differences = before.differences(delivered)
    if not differences:
        say(f"{name}: nothing has changed; the pins of {wanted.pins} stay")
        return 0
    _look(wanted, source, delivered, statement, is_whole=True)
    add_pins(wanted.pins, source, version, delivered, instead=True)
    told = [
        line
        for difference in differences[:SHOWN_CHANGES]
        for line in (
            f"  {difference.path}",
            f"    before  {difference.expected}",
            f"    now     {difference.found}",
        )
    ]
    more = len(differences) - SHOWN_CHANGES
    loud(
        f"PINS MOVED: {name}, version {version}, files that differ: {len(differences):,}",
        *told,
        *([f"  and {more:,} more: `git diff {wanted.pins}`"] if more > 0 else []),
        f"  commit {wanted.pins} if you trust them; `acne04 fetch {source.key}`, or a run, takes "
        "them over",
    )
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
