"""Draws how many boxes ACNE04 has on each image: the count of its label line."""

from __future__ import annotations

from collections.abc import Mapping

from acne04.core.grades import HAYASHI_UPPER
from acne04_standin.chance import Chance
from acne04_standin.figures import FIRST_COUNT, Figures
from acne04_standin.relations import Relations
from acne04_standin.subjects import NoPlanError

#: Least and largest number of boxes by grade; no published count is above 70.
LEAST = (1, *(upper + 1 for upper in HAYASHI_UPPER))
MOST = (*HAYASHI_UPPER, 70)


def draw_box_counts(
    relations: Relations, circles: Mapping[int, int], figures: Figures, chance: Chance
) -> list[int]:
    """Boxes of each image, in the order of `relations`.

    Each is within the band of its image's grade and, where v2 annotates the image, at most its
    number of circles. Near-duplicates have as many as their original.

    Raises
    ------
    NoPlanError
        If the totals of `figures` cannot be reached.
    """
    most = [
        min(MOST[grade], circles.get(image, MOST[grade]))
        for image, grade in enumerate(relations.grade)
    ]
    if any(m < LEAST[grade] for m, grade in zip(most, relations.grade, strict=True)):
        raise NoPlanError("an image has fewer circles than its grade has boxes")
    counts, fixed = _draw(relations, most, chance)
    units = _units(relations, fixed)
    outside = [i for i, annotated in enumerate(relations.annotated) if not annotated]
    loose = [unit for unit in units if not any(relations.annotated[i] for i in unit)]
    if loose:
        _reach(counts, loose, outside, figures.boxes_other, relations.grade, most, chance)
    everyone = list(range(len(counts)))
    held = [unit for unit in units if unit not in loose]
    _reach(counts, held, everyone, figures.boxes, relations.grade, most, chance)
    return counts


def _draw(relations: Relations, most: list[int], chance: Chance) -> tuple[list[int], set[int]]:
    counts = [
        _one(grade, relations.annotated[image], most[image], chance)
        for image, grade in enumerate(relations.grade)
    ]
    counts[relations.first_image] = FIRST_COUNT
    fixed = {relations.first_image}
    for pair in relations.pairs:
        fixed |= {pair.first, pair.second}
        limit = min(most[pair.first], most[pair.second])
        if pair.counts in ("low", "high"):
            upper = HAYASHI_UPPER[0 if pair.counts == "low" else 1]
            counts[pair.first], counts[pair.second] = upper, upper + 1
        else:
            counts[pair.first] = counts[pair.second] = min(counts[pair.first], limit)
            if pair.counts == "count":
                grade = relations.grade[pair.second]
                apart = [n for n in (-2, -1, 1, 2) if LEAST[grade] <= counts[pair.first] + n]
                apart = [n for n in apart if counts[pair.first] + n <= most[pair.second]]
                counts[pair.second] += chance.pick(apart)
    for copy in relations.copies:
        both = min(counts[copy.original], most[copy.image])
        counts[copy.original] = counts[copy.image] = both
    return counts, fixed


def _one(grade: int, annotated: bool, most: int, chance: Chance) -> int:
    """A count of the grade, small ones more often."""
    spread = (4, 12 if annotated else 14, 22, 20)[grade]
    return min(most, LEAST[grade] + min(chance.below(spread), chance.below(spread)))


def _units(relations: Relations, fixed: set[int]) -> list[list[int]]:
    """Images that must have the same count: an original with its copies, any other alone."""
    unit = {image: [image] for image in range(len(relations.grade)) if image not in fixed}
    for copy in relations.copies:
        unit[copy.original].append(copy.image)
        unit[copy.image] = []
    return [images for images in unit.values() if images]


def _reach(
    counts: list[int],
    units: list[list[int]],
    images: list[int],
    total: int,
    grades: list[int],
    most: list[int],
    chance: Chance,
) -> None:
    """Move the counts of whole units by one until those of `images` add up to `total`."""
    difference = total - sum(counts[i] for i in images)
    for _ in range(200 * abs(difference) + 1):
        if difference == 0:
            return
        step = 1 if difference > 0 else -1
        unit = chance.pick(units)
        allowed = all(LEAST[grades[i]] <= counts[i] + step <= most[i] for i in unit)
        if allowed and len(unit) <= abs(difference):
            for image in unit:
                counts[image] += step
            difference -= step * len(unit)
    raise NoPlanError("the boxes cannot reach their total")
