"""Judge every record of a document: which are sound, and all that is to be said about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from acne04.relations.decisions import Decision
from acne04.validate.advice import circle_advice, id_advice, image_advice
from acne04.validate.catalogue import check_of
from acne04.validate.comparison import inventory_problems, promise_problems
from acne04.validate.deciding import Answer, answer, decided_circles
from acne04.validate.meaning import (
    annotation_problems,
    duplicate_circles,
    image_problems,
    with_image_size,
)
from acne04.validate.problems import Problem
from acne04.validate.records import annotation_columns, image_columns
from acne04.validate.spelling import spelling_problems


@dataclass(frozen=True)
class Verdict:
    """Sound and bad records.

    Attributes
    ----------
    images : pandas.DataFrame
        float64 columns id, width, height (px), object column file_name, bool column bad;
        row = position in the array of the file.
    circles : pandas.DataFrame
        float64 columns id, image_id, radius, x, y, width, height (px), bool columns bad and
        decided (somebody has answered), object column repaired (the decision that changed its
        numbers, or empty); row = position in the array of the file.
    problems : list of Problem
        All that was found, those given included.
    answers : list of Answer
        What the decisions come to.
    """

    images: pd.DataFrame
    circles: pd.DataFrame
    problems: list[Problem]
    answers: list[Answer]


def judge(
    document: Mapping[str, Any],
    form: Iterable[Problem],
    inventory: pd.DataFrame | None = None,
    promises: Mapping[str, Any] | None = None,
    decisions: Sequence[Decision] = (),
) -> Verdict:
    """Judge the records of a document that has the arrays ``images`` and ``annotations``.

    Parameters
    ----------
    document : mapping
        The document.
    form : iterable of Problem
        What is wrong with its form: duplicate keys, NaN, breaches of the schema.
    inventory : pandas.DataFrame, optional
        Table ``inventory``; without it nothing is compared with the images.
    promises : mapping, optional
        Promised number of ``images`` and ``annotations``; without it none is checked.
    decisions : sequence of Decision
        What people decided on circles of these very bytes.
    """
    problems = list(form)
    broken = {kind: accused(problems, kind) for kind in ("images", "annotations")}
    images = image_columns(document["images"], broken["images"])
    problems += image_problems(images)
    if inventory is not None:
        problems += inventory_problems(images, inventory)
    images["bad"] = _marks(problems, "images", len(images))
    circles = with_image_size(
        annotation_columns(document["annotations"], broken["annotations"]), images
    )
    unusable = _marks(problems, "annotations", len(circles))
    circles, wrong, answers = _decided(circles, images, unusable, decisions)
    problems += wrong
    problems += circle_advice(circles[~circles["bad"]])
    problems += image_advice(images, circles)
    for kind, columns in (("images", images), ("annotations", circles)):
        problems += id_advice(columns["id"], kind)
        problems += spelling_problems(kind, document[kind], broken[kind])
    if promises is not None:
        counts = {kind: len(document[kind]) for kind in ("images", "annotations")}
        problems += promise_problems(counts, promises)
    return Verdict(images, circles, problems, answers)


def _decided(
    circles: pd.DataFrame,
    images: pd.DataFrame,
    unusable: np.ndarray,
    decisions: Sequence[Decision],
) -> tuple[pd.DataFrame, list[Problem], list[Answer]]:
    """Judge the circles as the file has them, then as decided: a repair must pass every check."""
    judged, problems = _judged(circles, images, unusable)
    answers = [answer(decision, judged, unusable) for decision in decisions]
    judged = decided_circles(judged, answers)
    if not any(given.divisor for given in answers):
        return judged, problems, answers
    judged, problems = _judged(judged, images, unusable)
    repaired = judged["repaired"]
    worded = [
        replace(problem, found=f"{problem.found} (after `{repaired[problem.steps[1]]}`)")
        if repaired[problem.steps[1]]
        else problem
        for problem in problems
    ]
    return judged, worded, answers


def _judged(
    circles: pd.DataFrame, images: pd.DataFrame, unusable: np.ndarray
) -> tuple[pd.DataFrame, list[Problem]]:
    """Mark the circles that are bad, and say why."""
    problems = list(annotation_problems(circles, images))
    marked = circles.assign(bad=unusable | _marks(problems, "annotations", len(circles)))
    problems += duplicate_circles(marked[~marked["bad"]])
    marked["bad"] |= _marks(problems, "annotations", len(circles))
    return marked, problems


def accused(problems: Iterable[Problem], kind: str) -> set[int]:
    """Give the positions of the records of one array that have a problem of severity error."""
    return {
        int(problem.steps[1])
        for problem in problems
        if len(problem.steps) > 1
        and problem.steps[0] == kind
        and check_of(problem.check).severity == "error"
    }


def _marks(problems: Iterable[Problem], kind: str, count: int) -> np.ndarray:
    marks = np.zeros(count, dtype=bool)
    marks[sorted(accused(problems, kind))] = True
    return marks
