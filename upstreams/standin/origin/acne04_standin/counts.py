"""Draws how many lesions each image is said to have: circles of v2, boxes of ACNE04."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from acne04.core.grades import HAYASHI_UPPER
from acne04_standin.chance import Chance
from acne04_standin.figures import FIRST_COUNT, SMALL_SIDE, Figures, Size
from acne04_standin.people import NoPlanError, Relations

#: Circles at these percentages of the images, by grade: as in the published file, except that
#: the least is never below the least number of boxes of the grade.
_PERCENTAGES = (0, 10, 25, 50, 75, 90, 100)
_QUANTILES = (
    (2, 4, 7, 12, 21, 35, 109),
    (8, 10, 14, 22, 37, 58, 143),
    (24, 27, 30, 47, 74, 110, 232),
    (60, 62, 70, 85, 125, 200, 330),
)
#: Circles of a pair that shares three of them, and of a pair with too few to tell.
FAINT, FEW = (4, 3), (2, 2)
#: Least circles of an echo pair that is not a faint one.
LEAST_OF_ECHO = 8


def draw_circle_counts(
    relations: Relations,
    sizes: list[Size],
    broken_image: int,
    figures: Figures,
    chance: Chance,
) -> dict[int, int]:
    """Circles of every image that v2 annotates.

    The sums by grade, the median, the least (1) and the largest number are those of `figures`;
    members of a pair have similar numbers, a copy as many as its original.

    Raises
    ------
    NoPlanError
        If the draw cannot meet them.
    """
    counts = _fixed(relations, sizes, broken_image, figures, chance)
    lists = []
    for grade in range(4):
        fixed = [n for i, n in counts.items() if relations.grade[i] == grade]
        many = figures.annotated[grade] - len(fixed)
        values = [_quantile(grade, chance.below(100 * 256)) for _ in range(many)]
        bounds = (_QUANTILES[grade][0], figures.circles_largest - 1)
        adjust(values, figures.circles[grade] - sum(fixed), bounds, chance)
        lists.append(values)
    _set_median(lists, list(counts.values()), figures.circles_median)
    _hand_out(counts, [sorted(values) for values in lists], relations, sizes, chance)
    return counts


def _fixed(
    relations: Relations, sizes: list[Size], broken: int, figures: Figures, chance: Chance
) -> dict[int, int]:
    counts = {broken: figures.broken_circles}
    for pair in relations.pairs:
        if pair.circles in ("few", "faint"):
            counts[pair.first], counts[pair.second] = FAINT if pair.circles == "faint" else FEW
    free = [i for i, inside in enumerate(relations.annotated) if inside and i not in counts]
    related = relations.related()
    lonely = [i for i in free if i not in related]
    of_grade = {g: [i for i in lonely if relations.grade[i] == g] for g in (0, 3)}
    if not of_grade[0] or not of_grade[3]:
        raise NoPlanError("no image is free for the least or the largest number of circles")
    counts[chance.pick(of_grade[0])] = 1
    largest = max(of_grade[3], key=lambda i: min(sizes[i]))
    counts[largest] = figures.circles_largest
    return counts


def _quantile(grade: int, place: int) -> int:
    """Number at `place` 256ths of a percent, between the points of `_QUANTILES`."""
    percent = bisect_left(_PERCENTAGES, place // 256 + 1)
    low, high = _PERCENTAGES[percent - 1], _PERCENTAGES[percent]
    start, end = _QUANTILES[grade][percent - 1], _QUANTILES[grade][percent]
    return start + (end - start) * (place - low * 256) // ((high - low) * 256)


def adjust(values: list[int], total: int, bounds: tuple[int, int], chance: Chance) -> None:
    """Move single `values` by one, within `bounds`, until their sum is `total`."""
    low, high = bounds
    difference = total - sum(values)
    step = 1 if difference > 0 else -1
    for _ in range(1000 * abs(difference) + 1):
        if difference == 0:
            return
        index = chance.below(len(values)) if values else 0
        if values and low <= values[index] + step <= high:
            values[index] += step
            difference -= step
    raise NoPlanError("the numbers drawn cannot reach their sum")


def _set_median(lists: list[list[int]], fixed: list[int], median: int) -> None:
    """Move values by one, each move undone in sum by another of the same list."""
    for _ in range(10_000):
        ordered = sorted([n for values in lists for n in values] + fixed)
        low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
        if low == high == median:
            return
        wrong, step = (low, 1) if low < median else (high, -1)
        for values in lists[:2]:
            far = [i for i, n in enumerate(values) if n > median + 8]
            if wrong in values and far:
                values[values.index(wrong)] += step
                values[far[wrong * 7 % len(far)]] -= step
                break
        else:
            raise NoPlanError("the median cannot be reached")
    raise NoPlanError("the median cannot be reached")


def _hand_out(
    counts: dict[int, int],
    lists: list[list[int]],
    relations: Relations,
    sizes: list[Size],
    chance: Chance,
) -> None:
    grade = relations.grade
    inside = [i for i, annotated in enumerate(relations.annotated) if annotated]
    for image in inside:
        if image not in counts and min(sizes[image]) < SMALL_SIDE:
            counts[image] = lists[grade[image]].pop(0)
    for copy in relations.copies:
        if relations.annotated[copy.image]:
            values = lists[grade[copy.image]]
            twins = [i for i in range(len(values) - 1) if values[i] == values[i + 1]]
            if copy.original in counts or not twins:
                raise NoPlanError("no two equal numbers are left for a copy")
            place = chance.pick(twins)
            counts[copy.original], counts[copy.image] = values.pop(place), values.pop(place)
    for pair in relations.pairs:
        # No image may have more boxes than circles, and those of such a pair are known.
        least = HAYASHI_UPPER[1] if pair.counts == "high" else LEAST_OF_ECHO
        if pair.circles in ("echo", "half"):
            counts[pair.first] = _take(lists[grade[pair.first]], least, None, chance)
        if pair.circles == "echo":
            near = counts[pair.first]
            counts[pair.second] = _take(lists[grade[pair.second]], least, near, chance)
    for image in inside:
        if image not in counts:
            values = lists[grade[image]]
            counts[image] = values.pop(chance.below(len(values)))


def _take(values: list[int], least: int, near: int | None, chance: Chance) -> int:
    """Remove a value that suits a pair: any one from `least` on, or of these the nearest."""
    suitable = [i for i, n in enumerate(values) if n >= least]
    if not suitable:
        raise NoPlanError("no number of circles is left for a pair")
    if near is None:
        return values.pop(chance.pick(suitable))
    return values.pop(min(suitable, key=lambda i: abs(values[i] - near)))


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
