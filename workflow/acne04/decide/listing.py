"""Show the review queue, for people and for programs."""

from __future__ import annotations

import dataclasses
from typing import Any

from acne04.decide.queue import Question

NOT_YET = "not before the images are here: an answer is bound to their bytes"


def as_text(questions: list[Question]) -> str:
    """Give the questions with their numbers and the commands that answer them."""
    lines = []
    for number, question in enumerate(questions, start=1):
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
    total = f"{len(questions)} open question{'' if len(questions) == 1 else 's'}"
    return "\n".join([*lines, total])


def as_document(questions: list[Question]) -> list[dict[str, Any]]:
    """Give the questions as JSON."""
    return [
        {
            "number": number,
            "dataset": question.dataset,
            **dataclasses.asdict(question.item),
            "commands": question.commands(),
        }
        for number, question in enumerate(questions, start=1)
    ]
