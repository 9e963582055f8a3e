"""How the review queue is listed: for people, and as JSON."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from acne04.relations.decisions.review_queue import MATTERING, NOT_YET, Question


@dataclass(frozen=True)
class Selection:
    """Which questions are shown.

    Attributes
    ----------
    kind : str
        Only those of this kind; empty for all.
    image : str
        Only those that name this file; empty for all.
    limit : int or None
        No more than so many.
    """

    kind: str = ""
    image: str = ""
    limit: int | None = None

    def of(self, questions: Iterable[Question]) -> dict[int, Question]:
        """Give the questions by their numbers in the whole queue."""
        chosen = {
            number: question
            for number, question in enumerate(questions, start=1)
            if self.kind in ("", question.item.kind)
            and (not self.image or question.names(self.image))
        }
        return dict(islice(chosen.items(), self.limit))


def text_lines(questions: list[Question], selection: Selection) -> list[str]:
    """Give the number of questions by kind, then those selected, with the commands that answer."""
    shown = selection.of(questions)
    lines = [*_counted(questions)]
    for number, question in shown.items():
        item = question.item
        place = f"{item.path} ({item.target})" if item.target else item.path
        lines += [
            f"{number}. {item.kind}: {place}",
            f"   {item.question}",
            f"   known:    {item.evidence}",
            f"   holds:    {item.default}",
            *(f"   answer:   {command}" for command in question.commands() or [NOT_YET]),
            "",
        ]
    if selection.image and not shown:
        lines += [f"none of them names {selection.image}"]
    if len(shown) < len(questions):
        lines += [f"{len(shown)} of {len(questions)} shown"]
    return lines


def _counted(questions: list[Question]) -> Iterator[str]:
    """Say how many questions of which kind are open; a blank line follows where there are any."""
    yield f"{len(questions)} open question{'' if len(questions) == 1 else 's'}"
    times = Counter(question.item.kind for question in questions)
    yield from (f"  {times[kind]:>6}  {kind}" for kind in MATTERING if times[kind])
    if questions:
        yield ""


def as_document(questions: list[Question], selection: Selection) -> list[dict[str, Any]]:
    """Give the selected questions as JSON."""
    return [
        {
            "number": number,
            "dataset": question.dataset,
            **dataclasses.asdict(question.item),
            "commands": question.commands(),
        }
        for number, question in selection.of(questions).items()
    ]
