"""The knobs of ``acne04 split``: what ``split`` in ``params.yaml`` sets."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from acne04.core.errors import UsageError
from acne04.split.balancing import METHODS
from acne04.split.manifest import Options
from acne04.split.solver import Limits

#: As many folds as schemas/params.schema.json allows.
MOST_FOLDS = 20
PARTS = ("train", "val", "test")


def configure_knobs(parser: argparse.ArgumentParser) -> None:
    """Declare the knobs; their defaults are those of ``split`` in the shipped ``params.yaml``."""

    def add(name: str, default: object, text: str, **more: Any) -> None:
        parser.add_argument(name, default=default, help=f"{text} (default %(default)s)", **more)

    parser.add_argument(
        "--ratios",
        nargs=3,
        type=int,
        default=[65, 15, 20],
        metavar=("TRAIN", "VAL", "TEST"),
        help="parts of holdout in percent, together 100 (default 65 15 20)",
    )
    add("--fold-count", 5, f"folds of kfold, 2 to {MOST_FOLDS}", type=int)
    add("--restrict", "none", "v2: only the images it annotates", choices=("none", "v2"))
    add("--balance", "synthetic", "how to balance training", choices=METHODS)
    add("--target", 400, "training images a grade", type=int)
    parents = "synthetic images of unknown parent: leave out, or keep in training with a mark"
    add("--unknown-parent", "exclude", parents, choices=("exclude", "keep"))
    add("--node-limit", 100_000, "the solver stops after so many nodes", type=int)
    add("--relative-gap", 0.0, "the solver may stop at such a gap, 0 to 1", type=float)
    parser.add_argument(
        "--previous",
        default="",
        metavar="FOLDER",
        help="holdout.csv and kfold.csv of an earlier release, whose images keep their places "
        "(default none)",
    )


def read_knobs(arguments: argparse.Namespace) -> Options:
    """Check the knobs, and what they need of the other arguments.

    Raises
    ------
    UsageError
        If one is out of range, or needs a table that is not given.
    """
    for option, least in (("fold_count", 2), ("target", 1), ("node_limit", 1)):
        if getattr(arguments, option) < least:
            raise _wrong(f"--{option.replace('_', '-')}", f"at least {least}", arguments, option)
    if arguments.fold_count > MOST_FOLDS:
        raise _wrong("--fold-count", f"at most {MOST_FOLDS}", arguments, "fold_count")
    if min(arguments.ratios) < 1 or sum(arguments.ratios) != 100:
        expected = "three positive integers, together 100"
        raise _wrong("--ratios", expected, arguments, "ratios")
    if not 0 <= arguments.relative_gap <= 1:
        raise _wrong("--relative-gap", "a fraction, 0 to 1", arguments, "relative_gap")
    for option, needed, by in (
        ("--folds", "published" in arguments.variants, "the variant published"),
        ("--annotated", arguments.restrict == "v2", "--restrict v2"),
        ("--folds", "published-clean" in arguments.variants, "the variant published-clean"),
        ("--relations", "published-clean" in arguments.variants, "the variant published-clean"),
        ("--relations", bool(arguments.previous), "--previous"),
    ):
        if needed and not getattr(arguments, option.removeprefix("--")):
            raise UsageError(option, f"needed by {by}", done="nothing written")
    if arguments.previous and Path(arguments.previous).resolve() == arguments.output.resolve():
        raise UsageError(
            "--previous",
            "the folder that the new manifests are to be written to",
            found=arguments.previous,
            done="nothing written",
            remedy="copy the manifests of the earlier release to a folder of their own",
        )
    return Options(
        ratios=dict(zip(PARTS, arguments.ratios, strict=True)),
        fold_count=arguments.fold_count,
        restrict=arguments.restrict,
        balance=arguments.balance,
        target=arguments.target,
        unknown_parent=arguments.unknown_parent,
        limits=Limits(arguments.node_limit, arguments.relative_gap),
    )


def _wrong(where: str, expected: str, arguments: argparse.Namespace, name: str) -> UsageError:
    found = str(getattr(arguments, name))
    return UsageError(where, "out of range", expected=expected, found=found, done="nothing written")
