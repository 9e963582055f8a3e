"""The command line of ``acne04 doctor``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acne04.core.checkout import is_checkout
from acne04.core.errors import Acne04Error, UnavailableError
from acne04.core.outputs import absolute, declare_json, give_document, read_json
from acne04.core.printing import loudness, say
from acne04.doctor.registry import CHECKS
from acne04.doctor.surroundings import Surroundings
from acne04.inspection.check_reports import EXIT_CODES, as_document
from acne04.inspection.checks import run as run_checks

#: Things wrong of one check that are told; the document has all.
_SHOWN = 5


@dataclass(frozen=True)
class DoctorOptions:
    """What ``acne04 doctor`` is asked for.

    Attributes
    ----------
    root : pathlib.Path
        Checkout to look at.
    json : pathlib.Path or None
        Where a JSON document goes (`acne04.core.outputs.read_json`); absolute.
    """

    root: Path
    json: Path | None


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 doctor``."""
    parser.epilog = "Exit code: 0 nothing is wrong, 1 something is, 2 one could not be looked at."
    parser.add_argument(
        "--root", type=Path, default=Path(), metavar="FOLDER", help="checkout (default: here)"
    )
    declare_json(parser, "every check")


def read_options(arguments: argparse.Namespace) -> DoctorOptions:
    """Give the options of a call."""
    return DoctorOptions(arguments.root, absolute(read_json(arguments)))


def run(options: DoctorOptions) -> int:
    """Look at everything, and say of each what it is and what to do."""
    if not is_checkout(options.root):
        raise UnavailableError(
            str(options.root),
            "no checkout of this project: there is no dvc.yaml",
            remedy="call it in the project's folder, or name that with --root",
        )
    # What is imported later is still ours, whatever lies in the checkout.
    sys.path[:] = [os.path.abspath(place) for place in sys.path]  # noqa: PTH100 - "" is here
    os.chdir(options.root)
    around = Surroundings()
    document = as_document("doctor", _dataset(around), "quick", run_checks(CHECKS, around))
    if give_document(options.json, document):
        say(*_lines(document))
    return EXIT_CODES[document["verdict"]]


def _dataset(around: Surroundings) -> str:
    try:
        return around.dataset if around.dataset in ("standin", "acne04") else "unknown"
    except Acne04Error:
        # What is wrong with that file, its own check says.
        return "unknown"


def _lines(document: dict[str, Any]) -> Iterator[str]:
    counts = document["counts"]
    for check in document["checks"]:
        is_fine = check["status"] in ("passed", "not-run")
        if loudness() < 0 and (is_fine or not check["required"]):
            continue
        yield from _told(check)
    wrong = counts["failed"]
    rest = [
        f"{counts['passed']} fine",
        f"{counts['advice']} to know" if counts["advice"] else "",
        f"{counts['not_run']} not there yet" if counts["not_run"] else "",
        f"{counts['impossible']} could not be looked at" if counts["impossible"] else "",
    ]
    yield ""
    verdict = f"{wrong} wrong" if wrong else "nothing is wrong"
    yield f"doctor: {verdict}; {', '.join(filter(None, rest))}"


def _told(check: dict[str, Any]) -> Iterator[str]:
    word = {"passed": "ok", "failed": "WRONG", "not-run": "not yet", "impossible": "UNKNOWN"}
    name = word[check["status"]]
    if check["status"] == "failed" and not check["required"]:
        name = "advice"
    yield f"{name:<9}{check['id']}: {check['reason'] or check['looked_at']}"
    shown = check["problems"] if loudness() > 0 else check["problems"][:_SHOWN]
    for problem in shown:
        yield f"{'':9}{problem['file']}: {problem['found']}; expected {problem['expected']}"
    if len(check["problems"]) > len(shown):
        yield f"{'':9}and {len(check['problems']) - len(shown):,} more; -v tells"
    if check["status"] in ("failed", "impossible"):
        yield f"{'':9}next: {check['remedy']}"
