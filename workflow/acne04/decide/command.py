"""The command line of ``acne04 decide``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from acne04.core import tables
from acne04.core.browser import PAGE, open_page
from acne04.core.errors import UnavailableError, UsageError
from acne04.core.outputs import declare_json, give_document, read_json
from acne04.core.printing import remark, say
from acne04.core.suggestions import did_you_mean
from acne04.decide.known_contents import ANNOTATED, known_contents
from acne04.decide.queue import Selection, as_document, text_lines
from acne04.decide.recorded_answers import check_answer, check_files, record, target_of
from acne04.provenance import git
from acne04.relations import decisions
from acne04.relations.decisions.review_queue import (
    MATTERING,
    Question,
    open_questions,
    read_queue,
)

#: Decisions file -> the stage that applies it.
STAGES = {
    "annotations.csv": "validate",
    "images.csv": "dedupe",
    "relations.csv": "dedupe",
    "places.csv": "split",
}


@dataclass(frozen=True)
class AnswerOptions:
    """An answer to be recorded.

    Attributes
    ----------
    kind : str
        One of `decisions.KINDS`.
    subject : str
        SHA-256 or the beginning of one, or a path below ``data/raw``; of a pair two of them.
    decision, reason : str
        What holds, and why.
    who : str
        Empty for the name that git knows.
    when : str
        A date, YYYY-MM-DD.
    target : str or None
        What within the subject; None for that of the one question it can answer.
    """

    kind: str
    subject: str
    decision: str
    reason: str
    who: str
    when: str
    target: str | None


@dataclass(frozen=True)
class DecideOptions:
    """What is to be done with the decisions.

    Attributes
    ----------
    data, decisions : pathlib.Path
        Folders ``data`` and ``decisions``.
    check : tuple of pathlib.Path or None
        Files to check and nothing else, none for all; None to list or to record.
    answer : AnswerOptions or None
        An answer to record; None to list the queue.
    json : pathlib.Path or None
        Where the queue goes as a JSON document (`acne04.core.outputs.read_json`).
    shows : bool
        Whether the page with the questions' pictures is opened instead.
    selection : Selection
        Which questions are listed.
    """

    data: Path
    decisions: Path
    check: tuple[Path, ...] | None
    answer: AnswerOptions | None
    json: Path | None
    shows: bool
    selection: Selection


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
    listed = parser.add_argument_group("to list only a part of the queue")
    listed.add_argument("--kind", dest="of_kind", choices=MATTERING, help="questions of this kind")
    listed.add_argument("--image", metavar="NAME", help="questions that name this image")
    listed.add_argument("--limit", type=int, metavar="N", help="no more than so many")
    other = parser.add_argument_group("otherwise")
    declare_json(other, "the queue")
    other.add_argument(
        "--open", action="store_true", help="show the questions with their pictures in a browser"
    )
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


def read_options(arguments: argparse.Namespace) -> DecideOptions:
    """Give the options of a call.

    Raises
    ------
    UsageError
        If only a part of an answer is given.
    """
    checks = arguments.check is not None
    return DecideOptions(
        data=arguments.data,
        decisions=arguments.decisions,
        check=tuple(arguments.check) if checks else None,
        answer=_read_answer(arguments) if arguments.kind and not checks else None,
        json=read_json(arguments),
        shows=arguments.open,
        selection=_read_selection(arguments),
    )


def _read_selection(arguments: argparse.Namespace) -> Selection:
    if arguments.limit is not None and arguments.limit < 1:
        raise UsageError("--limit", "at least one is needed", found=str(arguments.limit))
    selection = Selection(arguments.of_kind or "", arguments.image or "", arguments.limit)
    if selection != Selection() and (arguments.kind or arguments.check is not None):
        raise UsageError(
            "--kind, --image, --limit",
            "they choose what is listed, and nothing is listed by this call",
            done="nothing recorded",
        )
    return selection


def _read_answer(arguments: argparse.Namespace) -> AnswerOptions:
    needed = {
        "SUBJECT": arguments.subject,
        "DECISION": arguments.decision,
        "--reason": arguments.reason,
    }
    missing = [word for word, value in needed.items() if not value]
    if missing:
        raise UsageError(arguments.kind, f"add {', '.join(missing)}", done="nothing recorded")
    return AnswerOptions(
        kind=arguments.kind,
        subject=arguments.subject,
        decision=arguments.decision,
        reason=arguments.reason,
        who=arguments.who or "",
        when=arguments.when or date.today().isoformat(),
        target=arguments.target,
    )


def run(options: DecideOptions) -> int:
    """List, record or check; 0 fine, 1 the data is wrong, 2 not possible."""
    if options.check is not None:
        say(*check_files(options.decisions, options.check).split("\n"))
    elif options.answer:
        say(*_record(options.answer, options.data, options.decisions))
    elif options.shows:
        open_page(options.data / PAGE.relative_to("data"), "questions")
    else:
        questions = open_questions(options.data, options.decisions)
        _offer_known(options.selection.image, options.data, questions)
        if give_document(options.json, as_document(questions, options.selection)):
            say(*text_lines(questions, options.selection))
    return 0


def _offer_known(image: str, data: Path, questions: Sequence[Question]) -> None:
    """Offer names that are like that of no image: that nothing is asked of it says nothing."""
    inventory = _table(data / "inventory" / "images.csv", "inventory")
    if not image or inventory is None or any(question.names(image) for question in questions):
        return
    names = {*inventory["name"], *inventory["path"]}
    if image not in names and (asked := did_you_mean(image, names)):
        remark(f"--image {image}: no image has this name; {asked}")


def _record(answer: AnswerOptions, data: Path, folder: Path) -> list[str]:
    questions, inventory = _what_is_known(data)
    listing = _table(data / "raw" / f"{ANNOTATED}.csv", "listing")
    known = known_contents(questions, inventory, listing)
    subject, path = known.subject(answer.kind, answer.subject)
    decision = decisions.Decision(
        dataset=_dataset(questions, inventory),
        kind=answer.kind,
        subject=subject,
        path=path,
        target=target_of(answer.kind, subject, answer.target, questions),
        decision=answer.decision,
        reason=answer.reason,
        who=answer.who or _git_user(),
        when=answer.when,
        line=0,
    )
    check_answer(decision, known)
    file = record(folder, decision)
    return [
        f"{file}: {decision.kind} of {decision.path}: {decision.decision}",
        f"next: `snakemake --cores all` ({STAGES[file.name]} applies it), then commit {file}",
    ]


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
    name = git.user_name()
    if not name:
        raise UsageError("--who", "git knows no name either", remedy="add --who NAME")
    return name
