"""The review queue: the questions of all stages, open until a decision answers them."""

from __future__ import annotations

import dataclasses
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from acne04.core import tables
from acne04.core.checkout import not_here
from acne04.core.review import ReviewItem
from acne04.relations.decisions.decision import FILES, Decision, id_ranges
from acne04.relations.decisions.decision_files import every

#: Folders below data/ whose stage asks questions, in the order of the workflow.
ASKING = ("annotations", "groups", "splits")
#: Kinds in the order in which they matter: a delivery, labels, what may leak, then single records.
MATTERING = ("resized", "grade", "relation", "parent", "circles", "keep", "place")
#: Digits of a digest in a command: as many as tell it apart.
SHORT = 16
NOT_YET = "not before the images are here: an answer is bound to their bytes"


@dataclass(frozen=True)
class Question:
    """A question of a dataset.

    Attributes
    ----------
    dataset : str
        ``standin`` or ``acne04``.
    item : ReviewItem
        What is asked.
    concerned : frozenset of str
        Names of images that the answer decides on, where it is about more than its words name.
    """

    dataset: str
    item: ReviewItem
    concerned: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What an answer is bound to; two stages may ask about the same."""
        item = self.item
        return self.dataset, item.kind, item.subject or item.path, item.target

    def commands(self) -> list[str]:
        """Give the command of each possible answer; none where the bytes are not known."""
        item = self.item
        if not item.subject:
            return []
        subject = ":".join(digest[:SHORT] for digest in item.subject.split(":"))
        target = ["--target", item.target] if item.target else []
        return [
            shlex.join(["acne04", "decide", item.kind, subject, option, *target, "--reason", "WHY"])
            for option in item.options
        ]

    def names(self, image: str) -> bool:
        """Tell whether it is about a file, given by name or path: in its words or its paths."""
        item = self.item
        if Path(image).name in self.concerned:
            return True
        whole = re.compile(rf"(?<![\w.~-]){re.escape(image)}(?![\w~/-]|\.\w)")
        return any(whole.search(text) for text in (item.path, item.question, item.evidence))

    def answered(self, decisions: Iterable[Decision]) -> bool:
        """Tell whether a decision answers it."""
        item = self.item
        same = [
            given
            for given in decisions
            if (given.dataset, given.kind, given.subject) == (self.dataset, item.kind, item.subject)
        ]
        if item.kind != "circles":
            # An answer without a target is one for every variant of the splits.
            return any(given.target in ("", item.target) for given in same)
        spans = sorted(span for given in same for span in id_ranges(given.target))
        return all(_covered(start, end, spans) for start, end in id_ranges(item.target))


def read_queue(data: Path) -> list[Question]:
    """Read the questions of all stages that have run.

    Parameters
    ----------
    data : pathlib.Path
        The folder ``data``.

    Returns
    -------
    list of Question
        Each once, the kinds in the order in which they matter, in each the order of the stages and
        then of their tables; where two stages ask the same, the evidence of both.

    Raises
    ------
    UnavailableError
        If no stage that asks has run.
    """
    places = [data / folder / "review.csv" for folder in ASKING]
    present = [place for place in places if place.is_file()]
    if not present:
        raise not_here(data, places[0], "--data names another")
    questions: dict[tuple[str, str, str, str], Question] = {}
    for place in present:
        for row in tables.read(place, "review").to_dict("records"):
            dataset, options = row.pop("dataset"), row.pop("options").split(" | ")
            concerned = _resized(data) if row["kind"] == "resized" else frozenset()
            asked = Question(dataset, ReviewItem(**row, options=tuple(options)), concerned)
            earlier = questions.get(asked.key)
            questions[asked.key] = _joined(earlier, asked) if earlier else asked
    return sorted(questions.values(), key=lambda asked: MATTERING.index(asked.item.kind))


def open_questions(data: Path, folder: Path) -> list[Question]:
    """Read the questions that no decision in a folder answers; errors as `read_queue` raises."""
    questions = read_queue(data)
    files = [folder / name for name in FILES]
    given = [row for file in files if file.is_file() for row in every(file)]
    return [question for question in questions if not question.answered(given)]


def _joined(earlier: Question, later: Question) -> Question:
    one, other = earlier.item, later.item
    evidence = one.evidence
    if other.evidence != evidence:
        evidence = f"{evidence}; {other.evidence}"
    options = tuple(dict.fromkeys((*one.options, *other.options)))
    item = dataclasses.replace(one, evidence=evidence, options=options)
    return Question(earlier.dataset, item, earlier.concerned | later.concerned)


def _resized(data: Path) -> frozenset[str]:
    """Name the images whose photographs were resized: one question is about all of them."""
    place = data / "annotations/images.csv"
    if not place.is_file():
        return frozenset()
    images = tables.read(place, "annotated")
    held = images["quarantined_by"].fillna("").str.contains("photographs-resized", regex=False)
    return frozenset(images.loc[held, "file_name"])


def _covered(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    """Tell whether ascending ranges together hold all numbers from `start` to `end`."""
    for first, last in spans:
        if first <= start:
            start = max(start, last + 1)
    return start > end
