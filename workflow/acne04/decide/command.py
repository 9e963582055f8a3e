"""The command line of ``acne04 decide``."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from acne04.core import documents, tables
from acne04.core.errors import UnavailableError, UsageError
from acne04.decide.checking import check_files
from acne04.decide.known import ANNOTATED, known_contents
from acne04.decide.listing import as_document, as_text
from acne04.decide.queue import Question, read_queue
from acne04.decide.recording import check_answer, record, target_of
from acne04.relations import decisions

#: Decisions file -> the stage that applies it.
STAGES = {
    "annotations.csv": "validate",
    "images.csv": "dedupe",
    "relations.csv": "dedupe",
    "places.csv": "split",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 decide``."""
    parser.description = (
        "Without arguments: list the open questions, with the commands that answer them. With "
        "KIND, SUBJECT and DECISION: record an answer. With --check: check the decisions files."
    )
    parser.add_argument("kind", nargs="?", metavar="KIND", choices=decisions.KINDS)
    parser.add_argument(
        "subject",
        nargs="?",
        metavar="SUBJECT",
        help="SHA-256 (8 digits or more) or path below data/raw; of a pair A:B, or PATH|PATH",
    )
    parser.add_argument("decision", nargs="?", metavar="DECISION", help="the answer")
    answer = parser.add_argument_group("to record an answer")
    answer.add_argument("--reason", metavar="TEXT", help="why, in a plain sentence")
    answer.add_argument("--who", metavar="NAME", help="default: `git config user.name`")
    answer.add_argument("--when", metavar="DATE", help="YYYY-MM-DD; default: today")
    answer.add_argument("--target", metavar="TEXT", help="which circles: 'ids 3, 7-9'")
    other = parser.add_argument_group("otherwise")
    other.add_argument("--json", action="store_true", help="list the queue as JSON")
    other.add_argument(
        "--check",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="check these decisions files, or all of --decisions, and do nothing else",
    )
    places = parser.add_argument_group("places")
    places.add_argument("--data", type=Path, default=Path("data"), metavar="FOLDER")
    places.add_argument("--decisions", type=Path, default=Path("decisions"), metavar="FOLDER")


def run(arguments: argparse.Namespace) -> int:
    """List, record or check; 0 fine, 1 the data is wrong, 2 not possible."""
    if arguments.check is not None:
        print(check_files(arguments.decisions, arguments.check))
        return 0
    if arguments.kind:
        print(_record(arguments))
        return 0
    questions = _open(arguments)
    if arguments.json:
        sys.stdout.write(documents.to_text(as_document(questions)))
    else:
        print(as_text(questions))
    return 0


def _open(arguments: argparse.Namespace) -> list[Question]:
    questions = read_queue(arguments.data)
    files = [arguments.decisions / name for name in decisions.FILES]
    given = [row for file in files if file.is_file() for row in decisions.every(file)]
    return [question for question in questions if not question.answered(given)]


def _record(arguments: argparse.Namespace) -> str:
    missing = [
        word
        for word, value in (
            ("SUBJECT", arguments.subject),
            ("DECISION", arguments.decision),
            ("--reason", arguments.reason),
        )
        if not value
    ]
    if missing:
        raise UsageError(arguments.kind, f"add {', '.join(missing)}", done="nothing recorded")
    questions, inventory = _what_is_known(arguments.data)
    listing = _table(arguments.data / "raw" / f"{ANNOTATED}.csv", "listing")
    known = known_contents(questions, inventory, listing)
    subject, path = known.subject(arguments.kind, arguments.subject)
    decision = decisions.Decision(
        dataset=_dataset(questions, inventory),
        kind=arguments.kind,
        subject=subject,
        path=path,
        target=target_of(arguments.kind, subject, arguments.target, questions),
        decision=arguments.decision,
        reason=arguments.reason,
        who=arguments.who or _git_user(),
        when=arguments.when or date.today().isoformat(),
        line=0,
    )
    check_answer(decision, known)
    file = record(arguments.decisions, decision)
    return (
        f"{file}: {decision.kind} of {decision.path}: {decision.decision}\n"
        f"next: `snakemake --cores all` ({STAGES[file.name]} applies it), then commit {file}"
    )


def _what_is_known(data: Path) -> tuple[list[Question], pd.DataFrame | None]:
    inventory = _table(data / "inventory" / "images.csv", "inventory")
    try:
        return read_queue(data), inventory
    except UnavailableError:
        if inventory is None:
            raise
        return [], inventory


def _table(path: Path, name: str) -> pd.DataFrame | None:
    return tables.read(path, name) if path.is_file() else None


def _dataset(questions: Sequence[Question], inventory: pd.DataFrame | None) -> str:
    here = {question.dataset for question in questions}
    here |= set() if inventory is None else set(inventory["dataset"])
    if len(here) != 1:
        raise UsageError(
            "data",
            "one checkout holds one dataset",
            found=", ".join(sorted(here)) or "no row of any",
            done="nothing recorded",
        )
    return here.pop()


def _git_user() -> str:
    try:
        words = ["git", "config", "user.name"]
        name = subprocess.run(words, capture_output=True, encoding="utf-8", check=False).stdout
    except FileNotFoundError:
        name = ""
    if not name.strip():
        raise UsageError("--who", "git knows no name either", remedy="add --who NAME")
    return name.strip()
