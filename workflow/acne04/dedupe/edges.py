"""Relations between images: the edges of the graph whose components are the groups.

Each kind of relation is a function that gives edges with their method and evidence. A set of
images that belong together is told as a star: each member is tied to the first one, so that a
large set costs no more edges than it has members.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from acne04.core import tables
from acne04.dedupe.identical_bytes import Content
from acne04.dedupe.image_subjects import Subjects

#: Kinds of relation, in the order in which they are told of.
KINDS = ("exact", "near", "retake", "subject", "derived-from")
#: Method of a relation that a person has decided.
DECISION = "decision"
# How far each is to be trusted; what is not named here goes by its score.
_RANKS = {"sha256": 3, DECISION: 2, "subject-table": 1}


class Relation(NamedTuple):
    """An edge: two images that must stay together, and why. Fields as in table ``relations``."""

    kind: str
    a: str
    b: str
    method: str
    evidence: str
    score: float | None = None
    threshold: float | None = None

    @property
    def certainty(self) -> tuple[int, float]:
        """How far it is to be trusted: more is more.

        >>> near = Relation("near", "b", "a", "blocks-1", "", 0.9, 0.6)
        >>> near.certainty < Relation("subject", "b", "a", "subject-table", "s1").certainty
        True
        """
        return _RANKS.get(self.method, 0), self.score or 0.0

    def __str__(self) -> str:
        """Kind, both images, and the score where there is one.

        >>> str(Relation("near", "b", "a", "blocks-1", "", 0.9, 0.6))
        'near b a 0.9'
        """
        if self.score is None:
            return f"{self.kind} {self.a} {self.b}"
        return f"{self.kind} {self.a} {self.b} {score_text(self.score)}"


def score_text(score: float) -> str:
    """Spell a score as tables do."""
    return f"{score:.{tables.NUMBER_DECIMALS}f}".rstrip("0").rstrip(".")


def exact_relations(contents: Iterable[Content]) -> Iterator[Relation]:
    """Tie every image to the one that stands for its bytes."""
    for content in contents:
        for row in content.members:
            if row.image_id != content.image_id:
                yield Relation("exact", row.image_id, content.image_id, "sha256", content.sha256)


def subject_relations(order: list[str], subjects: Subjects) -> Iterator[Relation]:
    """Tie every image of a person to that person's first one.

    Parameters
    ----------
    order : list of str
        Every image_id, in the order of precedence.
    subjects : dict of str to list of str
        Image_id to the persons it shows.
    """
    first: dict[str, str] = {}
    tied = set()
    for image_id in order:
        for subject in subjects.get(image_id, ()):
            centre = first.setdefault(subject, image_id)
            # Two persons who share two images would tie these twice.
            if centre != image_id and (image_id, centre) not in tied:
                tied.add((image_id, centre))
                yield Relation("subject", image_id, centre, "subject-table", subject)


def as_table(dataset: str, relations: Iterable[Relation]) -> pd.DataFrame:
    """Give relations as the table of that name."""
    records = [{"dataset": dataset, **relation._asdict()} for relation in relations]
    return tables.from_records("relations", records)
