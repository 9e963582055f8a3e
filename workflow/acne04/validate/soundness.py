"""Which records of a document are sound, and all that is to be said about the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from acne04.relations.decisions import Decision
from acne04.validate.circle_checks import (
    annotation_problems,
    circle_advice,
    duplicate_circles,
    with_image_size,
)
from acne04.validate.circle_decisions import CircleAnswer, answer, decided_circles
from acne04.validate.image_checks import (
    id_advice,
    image_advice,
    image_problems,
    promise_problems,
)
from acne04.validate.photographs import compare_photographs
from acne04.validate.problems import PlacedProblem, failed_checks
from acne04.validate.resizing import KIND, Resizing, is_scaled, resizing_problems
from acne04.validate.structure import spelling_problems

#: Largest number up to which float64 holds every integer, and JSON readers agree (RFC 8259, 6).
EXACT = 2**53 - 1
_IMAGE_NUMBERS = ("id", "width", "height")
_ANNOTATION_NUMBERS = ("id", "image_id", "radius")


@dataclass(frozen=True)
class AnnotationVerdict:
    """Sound and bad records.

    Attributes
    ----------
    images : pandas.DataFrame
        float64 columns id, width, height (px), object column file_name, the columns of
        `Photographs.columns`, bool columns bad and resized (bad for no other reason than that
        the photograph was); row = position in the array of the file.
    circles : pandas.DataFrame
        float64 columns id, image_id, radius, x, y, width, height (px), bool columns bad and
        decided (somebody has answered), object column repaired (the decision that changed its
        numbers, or empty); row = position in the array of the file.
    problems : list of PlacedProblem
        All that was found, those given included.
    answers : list of CircleAnswer
        What the decisions on circles come to.
    resizing : Resizing or None
        The photographs that were resized.
    on_sizes : list of Decision
        What people decided on those.
    """

    images: pd.DataFrame
    circles: pd.DataFrame
    problems: list[PlacedProblem]
    answers: list[CircleAnswer]
    resizing: Resizing | None
    on_sizes: list[Decision]

    @property
    def is_scaled(self) -> bool:
        """Whether somebody decided that the circles are scaled with their photographs."""
        return is_scaled(self.resizing, self.on_sizes)


def judge(
    document: Mapping[str, Any],
    form: Iterable[PlacedProblem],
    inventory: pd.DataFrame | None = None,
    promises: Mapping[str, Any] | None = None,
    decisions: Sequence[Decision] = (),
) -> AnnotationVerdict:
    """Judge the records of a document that has the arrays ``images`` and ``annotations``.

    Parameters
    ----------
    document : mapping
        The document.
    form : iterable of PlacedProblem
        What is wrong with its form: duplicate keys, NaN, breaches of the schema.
    inventory : pandas.DataFrame, optional
        Table ``inventory``; without it nothing is compared with the images.
    promises : mapping, optional
        Promised number of ``images`` and ``annotations``; without it none is checked.
    decisions : sequence of Decision
        What people decided on these very bytes.
    """
    problems = list(form)
    broken = {kind: _accused(problems, kind) for kind in ("images", "annotations")}
    images = _image_columns(document["images"], broken["images"])
    problems += image_problems(images)
    photographs = compare_photographs(images, inventory)
    problems += photographs.problems
    images = images.join(photographs.columns)
    resizing = photographs.resizing
    on_sizes = [given for given in decisions if given.kind == KIND]
    scaled = is_scaled(resizing, on_sizes)
    otherwise = _marks(problems, "images", len(images))
    problems += [] if scaled else resizing_problems(resizing)
    images["bad"] = _marks(problems, "images", len(images))
    images["resized"] = images["bad"] & ~otherwise
    circles = with_image_size(
        _annotation_columns(document["annotations"], broken["annotations"]), images
    )
    unusable = _marks(problems, "annotations", len(circles))
    on_circles = [given for given in decisions if given.kind != KIND]
    circles, wrong, answers = _decided(circles, images, unusable, on_circles)
    problems += wrong
    problems += circle_advice(circles[~circles["bad"]])
    problems += image_advice(images, circles)
    for kind, columns in (("images", images), ("annotations", circles)):
        problems += id_advice(columns["id"], kind)
        problems += spelling_problems(kind, document[kind], broken[kind])
    if promises is not None:
        counts = {kind: len(document[kind]) for kind in ("images", "annotations")}
        problems += promise_problems(counts, promises)
    return AnnotationVerdict(images, circles, problems, answers, resizing, on_sizes)


def _decided(
    circles: pd.DataFrame,
    images: pd.DataFrame,
    unusable: np.ndarray,
    decisions: Sequence[Decision],
) -> tuple[pd.DataFrame, list[PlacedProblem], list[CircleAnswer]]:
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
) -> tuple[pd.DataFrame, list[PlacedProblem]]:
    """Mark the circles that are bad, and say why."""
    problems = list(annotation_problems(circles, images))
    marked = circles.assign(bad=unusable | _marks(problems, "annotations", len(circles)))
    problems += duplicate_circles(marked[~marked["bad"]])
    marked["bad"] |= _marks(problems, "annotations", len(circles))
    return marked, problems


def _accused(problems: Iterable[PlacedProblem], kind: str) -> set[int]:
    """Give the positions of the records of one array that have a problem of severity error."""
    return {int(steps[1]) for steps in failed_checks(problems) if steps[0] == kind}


def _marks(problems: Iterable[PlacedProblem], kind: str, count: int) -> np.ndarray:
    marks = np.zeros(count, dtype=bool)
    marks[sorted(_accused(problems, kind))] = True
    return marks


def _image_columns(records: list[Any], broken: set[int]) -> pd.DataFrame:
    """Give the images as columns.

    Parameters
    ----------
    records : list
        The array ``images``.
    broken : set of int
        Positions of the records that break the schema.

    Returns
    -------
    pandas.DataFrame
        float64 columns id, width, height (px) and object column file_name; row = position in
        the array. What a broken record does not say is NaN or None: a comparison with it is
        false, so that no check of meaning speaks about it, and the sound fields are checked.
    """
    sound = [_sound(r, _IMAGE_NUMBERS) if i in broken else r for i, r in enumerate(records)]
    columns: dict[str, Any] = {name: _numbers(sound, name) for name in _IMAGE_NUMBERS}
    names = [record["file_name"] for record in sound]
    return pd.DataFrame(columns | {"file_name": pd.Series(names, dtype=object)})


def _annotation_columns(records: list[Any], broken: set[int]) -> pd.DataFrame:
    """Give the annotations as columns; see `_image_columns`.

    Returns
    -------
    pandas.DataFrame
        float64 columns id, image_id, radius, x, y (px); row = position in the array.
    """
    sound = [_sound(r, _ANNOTATION_NUMBERS) if i in broken else r for i, r in enumerate(records)]
    columns = {name: _numbers(sound, name) for name in _ANNOTATION_NUMBERS}
    centres = np.array([record["coordinates"] for record in sound], dtype=np.float64)
    columns["x"], columns["y"] = centres.reshape(-1, 2).T
    return pd.DataFrame(columns)


def _numbers(records: list[dict[str, Any]], name: str) -> np.ndarray:
    return np.array([record[name] for record in records], dtype=np.float64)


def _sound(record: Any, numbers: tuple[str, ...]) -> dict[str, Any]:
    """Keep of a broken record what is usable, and put NaN or None in place of the rest."""
    fields = record if isinstance(record, dict) else {}
    name, centre = fields.get("file_name"), fields.get("coordinates")
    usable = isinstance(centre, list) and len(centre) == 2 and all(map(_is_usable, centre))
    kept: dict[str, Any] = {
        field: fields[field] if _is_usable(fields.get(field)) else np.nan for field in numbers
    }
    kept["file_name"] = name if isinstance(name, str) else None
    kept["coordinates"] = centre if usable else [np.nan, np.nan]
    return kept


def _is_usable(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= EXACT and value == int(value)
