"""The command line of the stand-in: ``acne04 standin FOLDER``."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from acne04.core.parameters import declare_flags, read_flags
from acne04.core.printing import say
from acne04.core.processes import available_processors
from acne04_standin.blueprint import SECTION, Parameters, check_style, plan
from acne04_standin.folder import check_target, write_upstream
from acne04_standin.looks import STYLES


@dataclass(frozen=True)
class StandinOptions:
    """Options of ``acne04 standin``.

    Attributes
    ----------
    folder : Path
        Folder to write: new, empty, or an earlier stand-in.
    parameters : Parameters
        What the upstream is made from, each within its range.
    workers : int
        Processes that draw; the bytes do not depend on it.
    """

    folder: Path
    parameters: Parameters
    workers: int


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``acne04 standin``."""
    parser.add_argument(
        "folder", type=Path, help="folder to write: new, empty, or an earlier stand-in"
    )
    declare_flags(parser, SECTION)
    parser.add_argument(
        "--style",
        default=Parameters.style,
        metavar="NAME",
        help=f"how everything looks, {' or '.join(STYLES)} (default: %(default)s)",
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=available_processors(),
        metavar="N",
        help="processes that draw; the bytes do not depend on it (default: all processors)",
    )


def read_options(arguments: argparse.Namespace) -> StandinOptions:
    """Make options of a parsed command line.

    Raises
    ------
    UsageError
        If a parameter is out of range.
    """
    parameters = Parameters(**read_flags(vars(arguments), SECTION), style=arguments.style)
    check_style(parameters.style)
    return StandinOptions(arguments.folder, parameters, arguments.workers)


def run(options: StandinOptions) -> int:
    """Write the stand-in; exit code 0.

    Raises
    ------
    UsageError
        If the parameters do not fit, or the folder holds anything but an earlier stand-in.
    """
    check_target(options.folder)
    corpus = plan(options.parameters)
    write_upstream(corpus, options.folder, options.workers)
    images = corpus.roster.images
    say(f"{options.folder}: a drawn stand-in, not the real data")
    say(
        f"  {len(images)} images of {len({image.subject for image in images})} subjects,"
        f" {len(corpus.synthetic)} synthetic ones"
    )
    say(
        f"  {sum(image.boxes for image in images)} boxes,"
        f" {sum(image.circles or 0 for image in images)} circles"
    )
    say(f"  what was planted: {options.folder / 'truth.json'}")
    return 0
