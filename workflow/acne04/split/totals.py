"""The best totals of each grade in each part, if every image could be placed by itself.

Parts of one size have them in closed form: no solver, whatever the number of parts. Where some
images have their place already, grades send the others to parts like goods through a network, so
every optimum is reached in whole images: the least largest deviation is found by bisection, in
integers, each step a maximum flow; the least sum by a program whose relaxation is exact.
"""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from acne04.split.quotas import Integers, Parts, scaled_quotas, with_total
from acne04.split.solver import Limits, Model, Solution


def round_equally(images: Integers, parts: Parts) -> Solution:
    """Give the best totals of single images in equal parts.

    Each part gets the whole share of each grade; what is left over is dealt round the parts, each
    grade going on where the one before it stopped. So no cell, that of all grades together
    included, is further than its floor or its ceiling from its quota. Where images are left over,
    some part must have the floor or less and another the ceiling or more, and a sum of distances
    with a given total is least there: both bounds are met, by any such rounding ("controlled
    rounding", L. H. Cox, Journal of the American Statistical Association 82, 1987).

    Parameters
    ----------
    images : array of int, shape (grades,)
        Images of each grade.
    parts : Parts
        Parts of one size.

    Returns
    -------
    Solution
        The totals, shape (grades, parts), and bounds in units, which they meet.

    Examples
    --------
    >>> round_equally(np.array([4, 2, 3]), Parts.of({"a": 1, "b": 1, "c": 1})).assigned
    array([[2, 1, 1],
           [0, 1, 1],
           [1, 1, 1]])
    """
    number = parts.unit
    whole, rest = np.divmod(images, number)
    turns = np.arange(rest.sum())
    totals = np.repeat(whole[:, None], number, axis=1)
    np.add.at(totals, (np.repeat(np.arange(len(images)), rest), turns % number), 1)
    left = with_total(images) % number
    return Solution(
        assigned=totals,
        bound_largest=int(np.where(left, np.maximum(left, number - left), 0).max()),
        bound_total=int((2 * left * (number - left)).sum()),
    )


def level(images: Integers, parts: Parts, limits: Limits, kept: Integers) -> Solution:
    """Give the best totals of single images beside those that keep their place.

    Parameters
    ----------
    images : array of int, shape (grades,)
        Images of each grade that are to be placed.
    parts : Parts
        The parts that take them.
    limits : Limits
        For the sum; the largest deviation is always the least.
    kept : array of int, shape (grades, parts)
        Images that have their place.

    Returns
    -------
    Solution
        Totals of the new images, shape (grades, parts), and bounds in units that no placement of
        these images beats, in whole groups or not.

    Raises
    ------
    SplitError
        If the solver stopped before it had any totals.

    Examples
    --------
    >>> kept = np.array([[3, 0, 1], [0, 0, 0]])
    >>> three = Parts.of({"a": 1, "b": 1, "c": 1})
    >>> level(np.array([2, 0]), three, Limits(1000, 0.0), kept).assigned[0]
    array([0, 1, 1])
    """
    largest = least_largest(images, parts, kept)
    model = Model(np.eye(len(images), dtype=np.int64), images, parts, kept)
    model.hold_cells(*_intervals(images, parts, kept, largest))
    return model.finish(largest, limits)


def least_largest(images: Integers, parts: Parts, kept: Integers) -> int:
    """Give the least largest deviation of any cell, in units, that single images can reach."""
    most = parts.unit * int(images.sum() + kept.sum())
    return bisect_left(
        range(most), True, key=lambda largest: _is_possible(images, parts, kept, largest)
    )


def _intervals(
    images: Integers, parts: Parts, kept: Integers, largest: int
) -> tuple[Integers, Integers]:
    """Least and most images of each cell, shape (cells, parts), that deviate no more than that."""
    quotas = scaled_quotas(with_total(images + kept.sum(axis=1)), parts)
    return -((largest - quotas) // parts.unit), (quotas + largest) // parts.unit


def _is_possible(images: Integers, parts: Parts, kept: Integers, largest: int) -> bool:
    """Whether every cell can be within `largest` units of its quota.

    A circulation: source, grades, parts, sink, and back. What an edge must carry at least enters
    at its end and leaves at its start, from and to two further nodes; it exists if a maximum flow
    between those carries all of it.
    """
    start = with_total(kept.T).T
    least, most = _intervals(images, parts, kept, largest)
    least, most = np.maximum(least - start, 0), most - start
    if (most < least).any():
        return False
    grades, width = kept.shape
    size = grades + width + 4
    source, sink, extra, drain = size - 4, size - 3, size - 2, size - 1
    capacity = np.zeros((size, size), dtype=np.int64)
    demand = np.zeros((size, size), dtype=np.int64)
    here, there = np.arange(grades), grades + np.arange(width)
    demand[source, here] = images
    demand[np.ix_(here, there)] = least[:-1]
    demand[there, sink] = least[-1]
    capacity[np.ix_(here, there)] = (most - least)[:-1]
    capacity[there, sink] = (most - least)[-1]
    capacity[sink, source] = images.sum()
    capacity[extra] = demand.sum(axis=0)
    capacity[:, drain] = demand.sum(axis=1)
    flow = maximum_flow(csr_array(capacity.astype(np.int32)), extra, drain)
    return bool(flow.flow_value == demand.sum())
