"""The command line of ``acne04 diff``."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from acne04.core import documents
from acne04.core.errors import UnavailableError
from acne04.core.files import write_text
from acne04.core.outputs import check_outputs
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
        Files to write the comparison to, absolute.
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
    add("--json", type=Path, metavar="FILE", help="everything, every name, as one document")
    add("--markdown", type=Path, metavar="FILE", help="for a pull request")
    add("--exit-code", action="store_true", help="end with 1 where anything differs")


def read_options(arguments: argparse.Namespace) -> DiffOptions:
    """Make options of the arguments.

    Raises
    ------
    UsageError
        If a file to write to cannot be one.
    """
    check_outputs({"--json": arguments.json, "--markdown": arguments.markdown}, {})
    return DiffOptions(
        before=arguments.before,
        after=arguments.after,
        root=arguments.root,
        json=arguments.json and arguments.json.absolute(),
        markdown=arguments.markdown and arguments.markdown.absolute(),
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
    if options.json:
        documents.report(options.json, document)
    if options.markdown:
        write_text(options.markdown, markdown(document))
    say(*lines(document))
    return int(options.fails_on_change and document["verdict"] != "same")
