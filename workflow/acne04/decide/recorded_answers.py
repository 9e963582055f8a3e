"""Answers in the decisions files: each is checked against all that is known before it is added."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from acne04.core import tables
from acne04.core.errors import Acne04Error, SchemaError, UsageError
from acne04.decide.known_contents import KnownContents
from acne04.relations.decisions import FILES, Decision, every, id_ranges, row_problems
from acne04.relations.decisions.review_queue import Question

#: Kinds whose answer says what within the subject it is about -> what that is, in words.
_NEED_TARGET = {"circles": "circles", "resized": "sizes"}
_FOR_EXAMPLE = {"circles": "ids 3, 7-9", "resized": "sizes 0123456789abcdef"}


def file_of(kind: str) -> str:
    """Name the decisions file of a kind."""
    return next(name for name, kinds in FILES.items() if kind in kinds)


def target_of(kind: str, subject: str, target: str | None, questions: Iterable[Question]) -> str:
    """Give the target of an answer: the one given, or that of the one question it can answer.

    Raises
    ------
    UsageError
        If there are several such questions.
    """
    if target is not None or kind not in _NEED_TARGET:
        return target or ""
    asked = [
        question.item.target
        for question in questions
        if (question.item.kind, question.item.subject) == (kind, subject)
    ]
    if len(asked) == 1:
        return asked[0]
    raise UsageError(
        "--target",
        f"which {_NEED_TARGET[kind]} are meant?",
        found="; ".join(asked) or f"no open question on {_NEED_TARGET[kind]} of this file",
        done="nothing recorded",
        remedy=f"give --target '{_FOR_EXAMPLE[kind]}'",
    )


def check_answer(decision: Decision, known: KnownContents) -> None:
    """Refuse an answer that cannot be right.

    Raises
    ------
    UsageError
        If it has not the form of an answer of its kind.
    SchemaError
        If it names an image that is not there, or not the right one.
    """
    malformed = list(row_problems(decision))
    if malformed:
        raise UsageError(decision.kind, "\n  ".join(malformed), done="nothing recorded")
    wrong = list(_contradicted(decision, known))
    if wrong:
        raise SchemaError(decision.decision, "; ".join(wrong), done="nothing recorded")


def record(folder: Path, decision: Decision) -> Path:
    """Add a decision to its file, atomically, and give the file.

    Raises
    ------
    SchemaError
        If the file is not sound, or already decides on the same thing.
    """
    path = folder / file_of(decision.kind)
    earlier = every(path) if path.is_file() else []
    _refuse_second(path, decision, earlier)
    rows = [dataclasses.asdict(row) for row in (*earlier, decision)]
    tables.write_records(path, "decisions", rows)
    return path


def check_files(folder: Path, files: Sequence[Path]) -> str:
    """Check decisions files, and say that they are in order.

    Parameters
    ----------
    folder : pathlib.Path
        Where the decisions are.
    files : sequence of pathlib.Path
        The files to check; empty for all that lie in `folder`, none of which may be absent.

    Raises
    ------
    SchemaError
        If one is not in order; the message lists every place of every file.
    """
    chosen = files or sorted({*folder.glob("*.csv"), *(folder / name for name in FILES)})
    wrong: list[str] = []
    rows = 0
    for file in chosen:
        if file.name not in FILES:
            expected = ", ".join(FILES)
            wrong.append(f"{file}: no stage reads a file of this name (but {expected})")
            continue
        try:
            rows += len(every(file))
        except Acne04Error as error:
            wrong.append(str(error))
    if wrong:
        raise SchemaError("--check", "\n".join(["not in order", *wrong]))
    return f"{len(chosen)} decisions files with {rows} decisions: in order"


def _contradicted(decision: Decision, known: KnownContents) -> Iterator[str]:
    images = known.images()
    origins = {origin for digest, origin in images.values() if digest == decision.subject}
    named = images.get(decision.decision)
    if decision.kind == "keep" and (named is None or named[0] != decision.subject):
        yield f"expected the path of an image with the bytes {decision.subject}"
    if decision.kind == "parent":
        if "synthetic" not in origins:
            yield f"expected a synthetic image as subject, found {decision.path}"
        if decision.decision != "none" and (named is None or named[1] != "real"):
            yield "expected the path of a photograph, or none"


def _refuse_second(path: Path, decision: Decision, earlier: Sequence[Decision]) -> None:
    for row in earlier:
        if _same_thing(row, decision):
            raise SchemaError(
                f"{path} (line {row.line})",
                "somebody has decided on this already",
                found=f"{row.decision} ({row.who}, {row.when}: {row.reason})",
                done="nothing recorded",
                remedy="edit that row where it is wrong",
            )


def _same_thing(one: Decision, other: Decision) -> bool:
    if (one.dataset, one.kind, one.subject) != (other.dataset, other.kind, other.subject):
        return False
    if one.kind != "circles":
        return one.target == other.target or "" in (one.target, other.target)
    return any(
        first <= end and start <= last
        for first, last in id_ranges(one.target)
        for start, end in id_ranges(other.target)
    )
