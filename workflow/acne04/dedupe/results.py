"""What ``dedupe`` makes: the items of its steps, its tables, its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from acne04.core.findings import Finding
from acne04.core.naming import COLLISIONS
from acne04.core.review import ReviewItem
from acne04.dedupe import catalogue
from acne04.dedupe.answers import AppliedDecision
from acne04.dedupe.edges import KINDS, Relation

#: Kinds of question that this stage asks, and of decision that it applies.
QUESTIONS = ("grade", "keep", "relation", "parent")
PARENT_STATUSES = ("verified", "decided", "review", "unknown")


class KnownParent(NamedTuple):
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


Item = Relation | Finding | ReviewItem | AppliedDecision | KnownParent


@dataclass
class StepItems:
    """The items of all steps, by type."""

    relations: list[Relation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    questions: list[ReviewItem] = field(default_factory=list)
    applied: list[AppliedDecision] = field(default_factory=list)
    parents: list[KnownParent] = field(default_factory=list)

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
                case AppliedDecision():
                    self.applied.append(item)
                case KnownParent():
                    self.parents.append(item)


@dataclass(frozen=True)
class Grouping:
    """What ``dedupe`` makes: four tables of these names, and what is to be told of them.

    Attributes
    ----------
    largest_near : int
        Images that near relations alone hang together, at most.
    applied : list of AppliedDecision
        The decisions that were applied.
    """

    names: pd.DataFrame
    relations: pd.DataFrame
    groups: pd.DataFrame
    review: pd.DataFrame
    findings: list[Finding]
    largest_near: int
    applied: list[AppliedDecision]


def metrics(dataset: str, made: Grouping, counts: dict[str, int]) -> dict[str, Any]:
    """Count what was made; `counts` says how many findings there are of each check."""
    collisions = Counter(made.names["collision"])
    applied = Counter(item.decision.kind for item in made.applied)
    return {
        "dataset": dataset,
        "images": len(made.groups),
        "groups": int(made.groups["group"].nunique()),
        "subjects": len(set(made.groups["subject"]) - {""}),
        "largest_group": int(made.groups["group"].value_counts().max()) if len(made.groups) else 0,
        "largest_near_component": made.largest_near,
        "identical_pairs": counts.get(catalogue.IDENTICAL_BYTES.name, 0),
        "near_copies": counts.get(catalogue.NEAR_COPY.name, 0),
        "copies_disagree": {
            "grade": counts.get(catalogue.COPIES_DISAGREE_ON_GRADE.name, 0),
            "count": counts.get(catalogue.COPIES_DISAGREE_ON_COUNT.name, 0),
        },
        "name_collisions": {kind: collisions[kind] for kind in COLLISIONS},
        "relations": _counted(made.relations["kind"], KINDS),
        "parents": _counted(made.groups["parent_status"], PARENT_STATUSES),
        "review": _counted(made.review["kind"], QUESTIONS),
        "decisions_applied": {kind: applied[kind] for kind in QUESTIONS},
        "findings": counts,
    }


def report_lines(document: dict[str, Any]) -> list[str]:
    """Say in a few lines what the metrics tell."""
    lines = [
        f"dedupe: {document['images']} images in {document['groups']} groups, "
        f"the largest of {document['largest_group']}; "
        f"{sum(document['relations'].values())} relations"
    ]
    for title, key in (
        ("relations", "relations"),
        ("parents of synthetic images", "parents"),
        ("questions for review", "review"),
        ("decisions applied", "decisions_applied"),
    ):
        told = ", ".join(f"{count} {name}" for name, count in document[key].items() if count)
        if told:
            lines.append(f"  {title}: {told}")
    return lines


def _counted(values: Any, kinds: tuple[str, ...]) -> dict[str, int]:
    counted = Counter(values)
    return {kind: counted[kind] for kind in kinds}
