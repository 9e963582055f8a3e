"""Settle what a grown collection puts between two parts: by a person's decision, or by leaving out.

Without a decision new images that join images of different places are left out, and photographs
that keep their places keep them although a relation between them is a leak: an error either way.
``leave-out`` leaves out the image that was decided on. ``hold-out`` gives the joined group to the
place that is furthest from training (of folds to the one with most of its images): its members
elsewhere leave the split, and what is new in it goes there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from acne04.relations.decisions import Decision
from acne04.split.joining import Conflict, Joins, find_joins

LEAVE_OUT, HOLD_OUT = "leave-out", "hold-out"
#: Why an image is left out: nobody has decided, or somebody has.
JOINS, BY_DECISION = "joins-parts", "held-out-by-decision"
#: A decision, what it was found to bear on, and what was done.
Applied = tuple[Decision, str, str]


@dataclass(frozen=True)
class Fate:
    """What becomes of an image: its unit, the place this keeps (or none), and why it is out."""

    unit: str
    place: str
    excluded: str


@dataclass(frozen=True)
class Outcome:
    """What becomes of a torn group.

    Attributes
    ----------
    fates : dict of str to Fate
        By image_id.
    open : list of Conflict
        Those that nobody has decided.
    applied : list of (Decision, str, str)
        What was decided.
    """

    fates: dict[str, Fate]
    open: list[Conflict]
    applied: list[Applied]


def resolve(
    place: Mapping[str, str],
    relations: pd.DataFrame,
    rank: Mapping[str, int],
    answers: Mapping[str, Decision],
) -> Outcome:
    """Settle one group whose images have several places.

    Parameters
    ----------
    place : mapping of str to str
        image_id to its earlier place, empty for a loose image.
    relations : pandas.DataFrame
        Table ``relations``, those of this group.
    rank : mapping of str to int
        Place to its distance from training.
    answers : mapping of str to Decision
        image_id to the decision on it, where there is one.
    """
    joins, left_out, applied = _without_left_out(place, relations, rank, answers)
    answered = {conflict: _answer(conflict, answers) for conflict in joins.conflicts}
    applied += [(a, told(conflict), _done(a)) for conflict, a in answered.items() if a]
    holding = any(answer and answer.decision == HOLD_OUT for answer in answered.values())
    there = {image: where for image, where in place.items() if image not in left_out}
    fates = _held_out(there, rank) if holding else _regions(there, joins)
    for conflict, answer in answered.items():
        if not conflict.settled and (answer.decision == LEAVE_OUT if answer else not holding):
            fates |= dict.fromkeys(conflict.images, Fate(conflict.images[0], "", JOINS))
    # What has no fate yet was left out by a decision, or is cut off with what was.
    return Outcome(
        {image: fates.get(image, Fate(image, "", BY_DECISION)) for image in place},
        [] if holding else [conflict for conflict, answer in answered.items() if not answer],
        applied,
    )


def told(conflict: Conflict) -> str:
    """Tell a conflict in one line, with one relation to each place."""
    first = {where: (image, kind) for where, image, kind in reversed(conflict.touched)}
    ends = [f"{image} in {where} ({kind})" for where, (image, kind) in sorted(first.items())]
    others = len(conflict.images) - 1
    name = conflict.images[0] + (f" and {others} more" if others else "")
    return f"{name} related to {' and '.join(ends)}"


def as_answers(
    images: pd.DataFrame, variant: str, decisions: Sequence[Decision]
) -> dict[str, Decision]:
    """Give the decision on each image; one on this variant outweighs one on all.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns image_id, sha256.
    """
    by_bytes: dict[str, Decision] = {}
    for decision in sorted(decisions, key=lambda decision: decision.target):
        if decision.target in ("", variant) and decision.decision in (LEAVE_OUT, HOLD_OUT):
            by_bytes[decision.subject] = decision
    known = images[images["sha256"].isin(by_bytes)]
    return {row.image_id: by_bytes[row.sha256] for row in known.itertuples()}


def _without_left_out(
    place: Mapping[str, str],
    relations: pd.DataFrame,
    rank: Mapping[str, int],
    answers: Mapping[str, Decision],
) -> tuple[Joins, set[str], list[Applied]]:
    """Take out the settled images that a person left out, as long as that shows further ones."""
    left_out: set[str] = set()
    applied = []
    while True:
        joins = find_joins(place, relations, rank, left_out)
        found = False
        for conflict in joins.conflicts:
            answer = answers.get(conflict.images[0])
            if conflict.settled and answer and answer.decision == LEAVE_OUT:
                left_out.add(conflict.images[0])
                applied.append((answer, told(conflict), _done(answer)))
                found = True
        if not found:
            return joins, left_out, applied


def _answer(conflict: Conflict, answers: Mapping[str, Decision]) -> Decision | None:
    """Give the decision on any image of a conflict; of several, one that holds out."""
    given = [answers[image] for image in conflict.images if image in answers]
    return next((a for a in given if a.decision == HOLD_OUT), next(iter(given), None))


def _done(answer: Decision) -> str:
    if answer.decision == LEAVE_OUT:
        return "left out; the others keep their places"
    return (
        "the joined group has one place, the furthest from training (of folds the one with most "
        "of its images); its images elsewhere left the split"
    )


def _regions(place: Mapping[str, str], joins: Joins) -> dict[str, Fate]:
    home = {region: place[image] for image, region in joins.regions.items() if place[image]}
    return {image: Fate(region, home[region], "") for image, region in joins.regions.items()}


def _held_out(place: Mapping[str, str], rank: Mapping[str, int]) -> dict[str, Fate]:
    sizes = Counter(where for where in place.values() if where)
    kept = max(sizes, key=lambda where: (rank[where], sizes[where], where))
    unit = min(place)
    return {image: Fate(unit, kept, "") for image, where in place.items() if where in ("", kept)}
