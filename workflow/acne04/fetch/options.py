"""The options that `acne04 pin` and `acne04 fetch` share."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from acne04.core.errors import UsageError
from acne04.core.sources import Source, load_source
from acne04.fetch.pins import SET_ASIDE

UPSTREAM_VARIABLE = "ACNE04_UPSTREAM"
SET_ASIDE_VARIABLE = "ACNE04_SET_ASIDE_PINS"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options to a verb's parser."""
    parser.add_argument("source", metavar="SOURCE", help="key of the source, as in sources.yaml")
    parser.add_argument("--dataset", required=True, help="standin or acne04")
    parser.add_argument("--sources", required=True, type=Path, help="workflow/sources.yaml")
    parser.add_argument("--pins", required=True, type=Path, help="table of pins of this source")
    parser.add_argument("--version", required=True, help="version of the delivery to pin or fetch")
    parser.add_argument(
        "--upstream",
        required=True,
        type=Path,
        help="folder of this dataset's copies, downloaded or put there by hand; "
        f"{UPSTREAM_VARIABLE}=FOLDER names FOLDER/<dataset> instead",
    )
    parser.add_argument(
        "--set-aside-pins",
        action="store_true",
        default=os.environ.get(SET_ASIDE_VARIABLE) == "1",
        help="take other bytes than those known in sources.yaml, loudly, under a version of "
        f"their own; {SET_ASIDE_VARIABLE}=1 does the same. For rehearsals without the real data",
    )


def chosen_source(arguments: argparse.Namespace) -> Source:
    """Read the source that the call is about.

    Raises
    ------
    UsageError
        If the version asked for is not the one of ``sources.yaml``, with or without the
        parameters that a generator adds behind a space.
    """
    source = load_source(arguments.sources, arguments.dataset, arguments.source)
    known = source.delivery.version
    if arguments.version != known and not arguments.version.startswith(f"{known} "):
        raise UsageError(
            "--version",
            f"not the version of {source.dataset}/{source.key} in {arguments.sources}",
            expected=known,
            found=arguments.version,
        )
    return source


def chosen_version(arguments: argparse.Namespace) -> str:
    """Give the version under which pins are kept: another one where they are set aside."""
    version: str = arguments.version
    return version + SET_ASIDE if arguments.set_aside_pins else version


def chosen_upstream(arguments: argparse.Namespace) -> Path:
    """Give the folder of copies."""
    root = os.environ.get(UPSTREAM_VARIABLE)
    upstream: Path = arguments.upstream
    return Path(root, arguments.dataset) if root else upstream
