"""The command line of ``acne04 diff``."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from acne04.core.errors import UnavailableError
from acne04.core.outputs import (
    STANDARD_OUTPUT,
    absolute,
    check_reports,
    declare_json,
    give_document,
    give_text,
    read_json,
)
from acne04.core.printing import say
from acne04.diff.comparison import compare
from acne04.diff.presentation import lines, markdown
from acne04.diff.revision import revision


@dataclass(frozen=True)
class DiffOptions:
    """Which states to compare, and where to say what differs.

    Attributes
    ----------
    before : str
        Revision of git.
    after : str or None
        Revision of git; None for the working tree.
    root : pathlib.Path
        The checkout.
    json, markdown : pathlib.Path or None
        Where the comparison goes: absolute files, or `STANDARD_OUTPUT` in place of the text.
    fails_on_change : bool
        Whether to end with 1 where anything differs.
    """

    before: str
    after: str | None
    root: Path
    json: Path | None
    markdown: Path | None
    fails_on_change: bool


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 diff``."""
    parser.epilog = "Exit code: 0 compared, 2 not possible; with --exit-code 1 where they differ."
    add = parser.add_argument
    add("before", metavar="REV_A", help="the older state: any name that git knows")
    add("after", metavar="REV_B", nargs="?", help="the newer state (default: the working tree)")
    add("--root", type=Path, default=Path(), help="checkout to look at (default: here)")
    declare_json(parser, "everything, every name")
    add("--markdown", type=Path, metavar="FILE", help="for a pull request (“-”: standard output)")
    add("--exit-code", action="store_true", help="end with 1 where anything differs")


def read_options(arguments: argparse.Namespace) -> DiffOptions:
    """Make options of the arguments.

    Raises
    ------
    UsageError
        If a file to write to cannot be one, or two are to be the same.
    """
    json = read_json(arguments)
    check_reports({"--json": json, "--markdown": arguments.markdown})
    return DiffOptions(
        before=arguments.before,
        after=arguments.after,
        root=arguments.root,
        json=absolute(json),
        markdown=absolute(arguments.markdown),
        fails_on_change=arguments.exit_code,
    )


def run(options: DiffOptions) -> int:
    """Compare two states and say what differs."""
    if not (options.root / "dvc.yaml").is_file():
        raise UnavailableError(
            str(options.root),
            "no checkout of this project: there is no dvc.yaml",
            remedy="call it in the project's folder, or name that with --root",
        )
    os.chdir(options.root)
    document = compare(revision(options.before), revision(options.after))
    is_told = give_document(options.json, document)
    if options.markdown:
        give_text(options.markdown, markdown(document))
    if is_told and options.markdown != STANDARD_OUTPUT:
        say(*lines(document))
    return int(options.fails_on_change and document["verdict"] != "same")
