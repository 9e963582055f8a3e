"""Draws how many circles v2 has on each image."""

from __future__ import annotations

from bisect import bisect_left

from acne04.core.grades import HAYASHI_UPPER
from acne04_standin.chance import Chance
from acne04_standin.figures import Figures, Size
from acne04_standin.relations import Relations
from acne04_standin.sizes import SMALL_SIDE
from acne04_standin.subjects import NoPlanError

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
