"""The command line of ``acne04 diff``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from acne04.core import documents
from acne04.core.errors import UnavailableError
from acne04.core.files import write_text
from acne04.core.outputs import check_outputs
from acne04.diff import markdown, text
from acne04.diff.comparing import compare
from acne04.diff.revision import revision


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


def run(arguments: argparse.Namespace) -> int:
    """Compare two states and say what differs."""
    targets = {"--json": arguments.json, "--markdown": arguments.markdown}
    check_outputs(targets, {})
    places = {name: target.absolute() for name, target in targets.items() if target}
    if not (arguments.root / "dvc.yaml").is_file():
        raise UnavailableError(
            str(arguments.root),
            "no checkout of this project: there is no dvc.yaml",
            remedy="call it in the project's folder, or name that with --root",
        )
    os.chdir(arguments.root)
    document = compare(revision(arguments.before), revision(arguments.after))
    if "--json" in places:
        documents.write(places["--json"], document)
    if "--markdown" in places:
        write_text(places["--markdown"], markdown.text(document))
    sys.stdout.write("".join(f"{line}\n" for line in text.lines(document)))
    return int(arguments.exit_code and document["verdict"] != "same")
