"""What is counted of the groups, and what is said of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from acne04.core.naming import COLLISIONS
from acne04.dedupe.relations import KINDS
from acne04.dedupe.stage import Grouping

#: Kinds of question that this stage asks, and of decision that it applies.
QUESTIONS = ("grade", "keep", "relation", "parent")
PARENT_STATUSES = ("verified", "decided", "review", "unknown")


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
        "identical_pairs": counts.get("identical-bytes", 0),
        "copies_disagree": {
            "grade": counts.get("copies-disagree-on-grade", 0),
            "count": counts.get("copies-disagree-on-count", 0),
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
