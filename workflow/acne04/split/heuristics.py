"""Deal whole groups to parts by rules in integers: the same on every machine, with every solver.

`deal_to_totals` meets given totals exactly, or gives up. `approach` comes near to the quotas of
equal parts, with a proven bound, for groups that are too large for the best totals: ten images of
a rare grade in one group, where a fold is to have six. An integer program with so many like parts
spends its time on their permutations; these rules take milliseconds, and the bound says what they
may have missed.
"""

from __future__ import annotations

import hashlib
import heapq
import math
from fractions import Fraction
from itertools import accumulate

import numpy as np
import pandas as pd

from acne04.split.quotas import Integers, Parts, scaled_deviations, with_total
from acne04.split.solver import Solution

#: How often lots are drawn before the groups are dealt by rule.
LOTS = 20


def deal_to_totals(
    vectors: Integers, groups: Integers, totals: Integers, lot: str = ""
) -> Integers | None:
    """Deal whole groups so that each part gets exactly its total of each grade.

    Largest groups first, each to the part that keeps the greatest share of its total open, so that
    groups of every size are spread over the parts in proportion; groups of one image come last and
    fill what is left.

    Parameters
    ----------
    vectors : array of int, shape (class vectors, grades)
        Images of each grade in one group.
    groups : array of int, shape (class vectors,)
        Number of groups of each class vector.
    totals : array of int, shape (grades, parts)
        Images that each part is to get; together all images.
    lot : str
        Where there is one, groups of several images go to a part by lot, not to the most open one.

    Returns
    -------
    array of int, shape (class vectors, parts), or None
        Number of groups; None where this rule leads nowhere (others may).

    Examples
    --------
    >>> deal_to_totals(np.array([[1], [2]]), np.array([3, 1]), np.array([[3, 2]]))
    array([[1, 2],
           [1, 0]])
    """
    left: list[list[int]] = totals.T.tolist()
    wanted: list[list[int]] = totals.T.tolist()
    dealt = np.zeros((len(groups), totals.shape[1]), dtype=np.int64)
    kinds = [tuple(vector) for vector in vectors.tolist()]
    for kind in sorted(range(len(kinds)), key=lambda k: (sum(kinds[k]), kinds[k]), reverse=True):
        for number in range(int(groups[kind])):
            if lot and sum(kinds[kind]) > 1:
                part = _drawn(kinds[kind], left, f"{lot}{kinds[kind]}:{number}")
            else:
                part = _most_open(kinds[kind], left, wanted)
            if part is None:
                return None
            dealt[kind, part] += 1
            left[part] = [open_ - n for open_, n in zip(left[part], kinds[kind], strict=True)]
    return dealt


def deal(vectors: Integers, groups: Integers, totals: Integers, draw: str = "") -> Integers | None:
    """Deal as `deal_to_totals`; where a draw is named, first by lot.

    By lot a group goes to a part with the probability that the part's share of the open total is:
    without it the largest groups, of which no two are alike, would lie in the same part in every
    repeat. A lot that leads nowhere is drawn again, up to `LOTS` times.

    Parameters
    ----------
    draw : str
        Names the lot; the empty one is none.
    """
    for lot in range(LOTS if draw else 0):
        dealt = deal_to_totals(vectors, groups, totals, f"{draw}{lot}:")
        if dealt is not None:
            return dealt
    return deal_to_totals(vectors, groups, totals)


def deal_groups(names: pd.Series, kinds: Integers, assigned: Integers, draw: str = "") -> pd.Series:
    """Say which groups go where: within a class vector by the hash of the group's name.

    Parameters
    ----------
    names : pandas.Series of str
        The groups' names.
    kinds : array of int, shape (groups,)
        Class vector of each group: a row of `assigned`.
    assigned : array of int, shape (class vectors, parts)
        Number of groups.
    draw : str
        Stands before each name when it is hashed.

    Returns
    -------
    pandas.Series of int
        Number of the part of each group, indexed by the group's name.
    """
    table = pd.DataFrame({"name": names.to_numpy(), "kind": kinds})
    table["hash"] = [hashlib.sha256(f"{draw}{name}".encode()).hexdigest() for name in names]
    table = table.sort_values(["kind", "hash"], ignore_index=True)
    parts = np.tile(np.arange(assigned.shape[1]), len(assigned))
    return pd.Series(np.repeat(parts, assigned.ravel()), index=table["name"])


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


def _drawn(vector: tuple[int, ...], left: list[list[int]], lot: str) -> int | None:
    """Draw a part that has room for the group, by the images that it has open in its grades."""
    opened = [
        sum(o for o, n in zip(open_, vector, strict=True) if n)
        if all(o >= n for o, n in zip(open_, vector, strict=True))
        else 0
        for open_ in left
    ]
    if not any(opened):
        return None
    at = int.from_bytes(hashlib.sha256(lot.encode()).digest()[:8]) % sum(opened)
    return next(part for part, until in enumerate(accumulate(opened)) if at < until)


def _most_open(
    vector: tuple[int, ...], left: list[list[int]], wanted: list[list[int]]
) -> int | None:
    """Give the part that, with this group, keeps the greatest share open in its fullest grade."""
    best: tuple[Fraction, int] | None = None
    for part, (open_, total) in enumerate(zip(left, wanted, strict=True)):
        shares = [
            Fraction(o - n, t) if t else Fraction(-1)
            for o, n, t in zip(open_, vector, total, strict=True)
            if n
        ]
        share = min(shares)
        if share >= 0 and (best is None or share > best[0]):
            best = (share, part)
    return None if best is None else best[1]


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
