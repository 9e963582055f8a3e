"""The open questions as cards: what is asked, which images it is about, which commands answer."""

from __future__ import annotations

from dataclasses import dataclass

from acne04.relations.decisions.review_queue import NOT_YET, Question, open_questions
from acne04.report.image_records import Images
from acne04.samples.place import DatasetPlace


@dataclass(frozen=True)
class Card:
    """One open question.

    Attributes
    ----------
    number : int
        As ``acne04 decide`` numbers it.
    kind, question, evidence, default : str
        As it stands in the queue.
    path, target : str
        What it is about.
    images : tuple of int
        Numbers of the images that it is about, those to be compared first.
    answers : tuple of (str, str)
        Option, and the command that records it; empty where none can be given yet.
    not_yet : str
        Why there is no command; empty where there is.
    """

    number: int
    kind: str
    question: str
    evidence: str
    default: str
    path: str
    target: str
    images: tuple[int, ...]
    answers: tuple[tuple[str, str], ...]
    not_yet: str


def read_cards(place: DatasetPlace, images: Images) -> list[Card]:
    """Read the questions that no decision answers, those that matter most first."""
    queue = open_questions(place.tables, place.root / "decisions")
    return [_card(number, question, images) for number, question in enumerate(queue, start=1)]


def _card(number: int, question: Question, images: Images) -> Card:
    item = question.item
    about: dict[int, None] = {}
    for path in item.path.split("|"):
        about.update(dict.fromkeys(images.called(path)))
    about.update(dict.fromkeys(images.mentioned(item.evidence)))
    commands = question.commands()
    return Card(
        number=number,
        kind=item.kind,
        question=item.question,
        evidence=item.evidence,
        default=item.default,
        path=item.path,
        target=item.target,
        images=tuple(about),
        answers=tuple(zip(item.options, commands, strict=True)) if commands else (),
        not_yet="" if commands else NOT_YET,
    )
