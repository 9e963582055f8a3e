"""What the steps of the stage give: relations, findings, questions, applied decisions, parents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from acne04.core.findings import Finding
from acne04.core.review import ReviewItem
from acne04.dedupe.relations import Relation
from acne04.relations.decisions import Decision


class Applied(NamedTuple):
    """A decision that was applied: to what, and what that did."""

    decision: Decision
    found: str
    done: str


class Parent(NamedTuple):
    """What is known of the photograph that a synthetic image was made from.

    Attributes
    ----------
    sha256 : str
        The synthetic image's bytes.
    image_id : str
        The parent; empty where there is none that can be relied on.
    status : {"verified", "decided", "review", "unknown"}
        As in table ``groups``.
    """

    sha256: str
    image_id: str
    status: str


Item = Relation | Finding | ReviewItem | Applied | Parent


@dataclass
class Outcome:
    """The items of all steps, by type."""

    relations: list[Relation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    questions: list[ReviewItem] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)
    parents: list[Parent] = field(default_factory=list)

    def add(self, items: Iterable[Item]) -> None:
        """Sort items in."""
        for item in items:
            match item:
                case Relation():
                    self.relations.append(item)
                case Finding():
                    self.findings.append(item)
                case ReviewItem():
                    self.questions.append(item)
                case Applied():
                    self.applied.append(item)
                case Parent():
                    self.parents.append(item)
