"""Round the quotas of equal parts in closed form: no solver, whatever the number of parts."""

from __future__ import annotations

import numpy as np

from acne04.split.quotas import Integers, Parts, with_total
from acne04.split.solver import Solution


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
