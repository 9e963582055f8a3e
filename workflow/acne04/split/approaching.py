"""Place whole groups near to the quotas of equal parts by rules in integers, with a proven bound.

For groups that are too large for the best totals: ten images of a rare grade in one group, where a
fold is to have six. An integer program with so many like parts spends its time on their
permutations; these rules take milliseconds, and the bound says what they may have missed.
"""

from __future__ import annotations

import heapq
import math

import numpy as np

from acne04.split.quotas import Integers, Parts, scaled_deviations, with_total
from acne04.split.solver import Solution


def approach(
    vectors: Integers, groups: Integers, parts: Parts, kept: Integers | None = None
) -> Solution:
    """Deal the groups, largest first, each where it adds least; then move single groups.

    Parameters
    ----------
    vectors : array of int, shape (class vectors, grades)
        Images of each grade in one group.
    groups : array of int, shape (class vectors,)
        Number of groups of each class vector.
    parts : Parts
        Parts of one size.
    kept : array of int, shape (grades, parts), optional
        Images that have their place already: the dealing starts from them.

    Returns
    -------
    Solution
        A placement, and bounds that hold for every placement of whole groups.
    """
    cells = with_total(vectors)
    if kept is None:
        kept = np.zeros((vectors.shape[1], parts.unit), dtype=np.int64)
    start = with_total(kept.T).T
    dealt = _deal(cells, groups, parts, start)
    # Each move lowers the sum, an integer: there is an end.
    while move := _best_move(cells, dealt, parts, start):
        kind, giving, taking = move
        dealt[kind, giving] -= 1
        dealt[kind, taking] += 1
    return Solution(dealt, *bounds_of_whole_groups(vectors, groups, parts, start))


def bounds_of_whole_groups(
    vectors: Integers, groups: Integers, parts: Parts, start: Integers
) -> tuple[int, int]:
    """Bound the largest deviation, and the sum of all, by looking at each cell alone.

    The largest groups of a grade, as many as there are parts, are whole: apart from each other,
    with all else torn into single images and levelled over the parts, they give the most even
    row there can be. A convex cost like the distance from the quota is least there. Where some
    images have their place already, these are whole instead, and all groups are torn.

    Parameters
    ----------
    start : array of int, shape (grades + 1, parts)
        Images that have their place already, by grade and in total.

    Returns
    -------
    tuple of int
        Largest and sum, in units.

    Examples
    --------
    >>> two = Parts.of({"a": 1, "b": 1})
    >>> bounds_of_whole_groups(np.array([[1], [5]]), np.array([3, 1]), two, np.zeros((2, 2)))
    (2, 8)
    """
    largest, total = 0, 0
    for images, kept in zip(with_total(vectors).T, start.tolist(), strict=True):
        row, torn = kept, int(images @ groups)
        if not start.any():
            whole = np.sort(np.repeat(images, groups))[::-1][: parts.unit].tolist()
            row, torn = whole + [0] * (parts.unit - len(whole)), torn - sum(whole)
        heapq.heapify(row)
        for _ in range(torn):
            heapq.heapreplace(row, row[0] + 1)
        deviations = np.abs(scaled_deviations(np.array([row]), parts))
        largest = max(largest, int(deviations.max()))
        total += int(deviations.sum())
    return largest, total


def _deal(cells: Integers, groups: Integers, parts: Parts, start: Integers) -> Integers:
    """Deal groups by the squares of their shares, and single images, at the end, by deviations."""
    quotas = (cells.T @ groups + start.sum(axis=1))[:, None]
    # Integers of any size: shares of the quotas, compared exactly.
    common = math.lcm(*(max(int(quota), 1) for quota in quotas.ravel()))
    shares = np.array([common // max(int(quota), 1) for quota in quotas.ravel()], dtype=object)
    placed = start.copy()
    dealt = np.zeros((len(groups), parts.unit), dtype=np.int64)
    for kind in sorted(range(len(groups)), key=lambda k: cells[k, ::-1].tolist(), reverse=True):
        group = cells[kind][:, None]
        for _ in range(int(groups[kind])):
            if group[-1] > 1:
                growth = (shares[:, None] * (group * (2 * placed + group))).sum(axis=0)
                part = int(np.argmin(growth))
            else:
                before, after = (
                    np.abs(parts.unit * images - quotas) for images in (placed, placed + group)
                )
                fullness = (group * placed).sum(axis=0)
                part = int(np.lexsort((fullness, (after - before).sum(axis=0)))[0])
            placed[:, [part]] += group
            dealt[kind, part] += 1
    return dealt


def _best_move(
    cells: Integers, dealt: Integers, parts: Parts, start: Integers
) -> tuple[int, int, int] | None:
    """Give the group to move, from where and to where, that lowers the sum of deviations most.

    The largest deviation may not rise; None where no move is left.
    """
    now = scaled_deviations(start + cells.T @ dealt, parts).T
    largest = np.abs(now).max()
    images = parts.unit * cells[:, None, :]
    sums, fits = [], []
    for then in (now - images, now + images):
        sums.append((np.abs(then) - np.abs(now)).sum(axis=-1))
        fits.append(np.abs(then).max(axis=-1) <= largest)
    gains = sums[0][:, :, None] + sums[1][:, None, :]
    allowed = (fits[0] & (dealt > 0))[:, :, None] & fits[1][:, None, :]
    allowed &= ~np.eye(parts.unit, dtype=bool)
    gains = np.where(allowed, gains, 0)
    best = np.unravel_index(np.argmin(gains), gains.shape)
    return (int(best[0]), int(best[1]), int(best[2])) if gains[best] < 0 else None
