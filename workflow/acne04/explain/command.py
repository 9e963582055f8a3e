"""The command line of ``acne04 explain``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from acne04.core.errors import UsageError
from acne04.core.printing import say
from acne04.core.suggestions import did_you_mean
from acne04.inspection.check_catalogue import (
    CATALOGUE,
    CatalogueEntry,
    every_entry,
    findings,
    with_places,
)


@dataclass(frozen=True)
class ExplainOptions:
    """The name of a finding or a check."""

    name: str


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 explain``."""
    parser.epilog = f"Exit code: 0, or 2 where no finding or check has that name. All: {CATALOGUE}"
    parser.add_argument("name", metavar="NAME", help="as in findings.json or in a report")


def read_options(arguments: argparse.Namespace) -> ExplainOptions:
    """Give the options of a call."""
    return ExplainOptions(arguments.name)


def run(options: ExplainOptions) -> int:
    """Print what the catalogue says of a name."""
    # The checks are looked up last: not every installation has what they import.
    finding = findings().get(options.name)
    entries = [finding] if finding else [e for e in every_entry() if e.name == options.name]
    if not entries:
        names = dict.fromkeys(entry.name for entry in every_entry())
        asked = did_you_mean(options.name, names)
        raise UsageError(
            options.name,
            "no finding and no check has this name",
            found=asked,
            remedy=f"{CATALOGUE} lists all of them",
        )
    for entry in entries:
        say(*_lines(entry))
    return 0


def _lines(entry: CatalogueEntry) -> Iterator[str]:
    yield f"{entry.name} ({entry.weight}; {entry.made_by})"
    yield f"  {entry.meaning}"
    if entry.expected:
        yield f"  expected: {entry.expected}"
    for case, remedy in entry.remedies:
        told = f"{case}: " if case else ""
        yield f"  next:     {told}{with_places(remedy, '<{}>')}"
