"""Draws a stand-in for everything that the upstreams of the ACNE04 family deliver.

Nobody may pass on the real images, so that the workflow's default data are drawn: the same
archives, trees, figures and defects, half faces that are recognisably drawings, and a
``truth.json`` for tests and benchmarks. The plan (`corpus.plan`) is made first and holds every
figure by construction; then each photograph is drawn by itself (`jobs`) and all is written at
once (`write`).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from acne04.core.processors import available_processors
from acne04_standin.corpus import Corpus, Parameters, plan
from acne04_standin.style import STYLES
from acne04_standin.target import check_target
from acne04_standin.write import write_upstream

__all__ = ["Corpus", "Parameters", "configure", "plan", "run", "write_upstream"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``acne04 standin``."""
    default = Parameters()
    parser.add_argument(
        "folder", type=Path, help="folder to write: new, empty, or an earlier stand-in"
    )
    parser.add_argument(
        "--scale",
        type=int,
        default=default.scale,
        metavar="N",
        help="divide each side of the real sizes by N, 1 to 16 (default: %(default)s)",
    )
    parser.add_argument(
        "--fraction",
        type=int,
        default=default.fraction,
        metavar="N",
        help="1 for all images, 32 for a thirty-second of them (default: %(default)s)",
    )
    parser.add_argument(
        "--near-duplicates",
        type=int,
        default=default.near_duplicates,
        metavar="N",
        help="near-duplicates of each kind, 1 to 25 (default: %(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=default.seed,
        metavar="N",
        help="another one draws another corpus with the same figures (default: %(default)s)",
    )
    parser.add_argument(
        "--style",
        default=default.style,
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


def run(arguments: argparse.Namespace) -> int:
    """Write the stand-in; exit code 0.

    Raises
    ------
    UsageError
        If the parameters do not fit, or the folder holds anything but an earlier stand-in.
    """
    check_target(arguments.folder)
    parameters = Parameters(
        arguments.scale,
        arguments.fraction,
        arguments.near_duplicates,
        arguments.seed,
        arguments.style,
    )
    corpus = plan(parameters)
    write_upstream(corpus, arguments.folder, arguments.workers)
    images = corpus.roster.images
    print(f"{arguments.folder}: a drawn stand-in, not the real data")
    print(
        f"  {len(images)} images of {len({image.subject for image in images})} subjects,"
        f" {len(corpus.synthetic)} synthetic ones"
    )
    print(
        f"  {sum(image.boxes for image in images)} boxes,"
        f" {sum(image.circles or 0 for image in images)} circles"
    )
    print(f"  what was planted: {arguments.folder / 'truth.json'}")
    return 0
