"""The command line of ``acne04 sources``."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from acne04.core.errors import Acne04Error
from acne04.core.outputs import declare_json, give_document, read_json
from acne04.core.printing import say, say_aside
from acne04.core.sources import pins_of
from acne04.fetch.options import (
    declare_dataset,
    read_dataset,
    read_upstream,
)
from acne04.sources.checklist import RAW, Item, Places, State, as_document, checklist_here, in_lines
from acne04.sources.taking import take


@dataclass(frozen=True)
class SourcesOptions:
    """What ``acne04 sources`` is asked for.

    Attributes
    ----------
    dataset : str
        ``standin`` or ``acne04``.
    sources : pathlib.Path
        ``workflow/sources.yaml``.
    places : Places
        Where to look.
    take : bool
        Whether near misses are taken.
    json : pathlib.Path or None
        Where a JSON document goes (`acne04.core.outputs.read_json`).
    """

    dataset: str
    sources: Path
    places: Places
    take: bool
    json: Path | None


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 sources``."""
    parser.epilog = (
        "Exit code: 0 every file is here, 1 one is wrong or cannot be taken, 2 one is missing."
    )
    declare_dataset(parser)
    parser.add_argument(
        "--pins", type=Path, metavar="FOLDER", help="default: upstreams/DATASET/pins"
    )
    parser.add_argument(
        "--from",
        dest="besides",
        type=Path,
        metavar="FOLDER",
        help="look there, too, for files that are nearly the ones wanted: ~/Downloads, say",
    )
    parser.add_argument(
        "--take",
        action="store_true",
        help="take them: checked first, then renamed, unpacked or joined; nothing is overwritten",
    )
    declare_json(parser, "the checklist")


def read_options(arguments: argparse.Namespace) -> SourcesOptions:
    """Give the options of a call."""
    dataset = read_dataset(arguments)
    more = "" if arguments.dataset is None else f" --dataset {dataset}"
    pins = arguments.pins or Path(pins_of(dataset, "any")).parent
    places = Places(read_upstream(arguments, dataset), pins, RAW, arguments.besides, more)
    return SourcesOptions(dataset, arguments.sources, places, arguments.take, read_json(arguments))


def run(options: SourcesOptions) -> int:
    """Show how it stands with every file; give the exit code."""
    items = checklist_here(options.dataset, options.sources, options.places)
    refused = False
    if options.take:
        for item in items:
            refused |= not _taken(item)
        items = checklist_here(options.dataset, options.sources, options.places)
    if give_document(options.json, as_document(options.dataset, items)):
        say(*in_lines(items))
    states = {item.state for item in items}
    if State.WRONG in states or refused:
        return 1
    return 2 if states - {State.HERE} else 0


def _taken(item: Item) -> bool:
    """Take the first near miss that can be; False where there is one and none can."""
    ready = [miss for miss in item.near_misses if not miss.hindrance]
    for miss in ready:
        try:
            take(miss, item.source, item.file, item.target, item.expectation)
        except Acne04Error as error:
            say_aside(*f"acne04 sources: {error}".split("\n"))
        else:
            say_aside(f"taken: {miss.names}, as {item.target}")
            return True
    return not ready
