"""Place groups in two parts without a solver: exact for few groups, and for single images.

A fold's training and validation parts are two, and there are many folds and repeats of them; an
integer program for each takes most of the time of a run.
"""

from __future__ import annotations

import hashlib
import itertools
import math

import numpy as np

from acne04.split.quotas import Integers, Parts, scaled_quotas, with_total
from acne04.split.solver import Solution

#: Placements that are looked at one by one.
MOST = 4096


def enumerate_placements(
    vectors: Integers, groups: Integers, parts: Parts, kept: Integers, lot: str
) -> Solution | None:
    """Look at every placement of whole groups; None where there are more than `MOST`.

    Parameters
    ----------
    vectors, groups, kept : array of int
        As of `acne04.split.solver.solve`.
    parts : Parts
        Two parts.
    lot : str
        Draws one of several that are as good.

    Examples
    --------
    >>> one, none = np.array([[1]]), np.zeros((1, 2), dtype=np.int64)
    >>> two = Parts.of({"train": 3, "val": 1})
    >>> enumerate_placements(one, np.array([4]), two, none, "").assigned
    array([[3, 1]])
    """
    number = math.prod((groups + 1).tolist())
    if number > MOST:
        return None
    taken = np.array(list(itertools.product(*(range(n + 1) for n in groups.tolist()))))
    # Without a group there is one placement, of none.
    taken = taken.reshape(number, len(groups)).astype(np.int64)
    second: Integers = kept[:, 1] + (taken @ vectors).astype(np.int64)
    largest, total = _deviations(second, vectors.T @ groups, parts, kept)
    order = np.lexsort((total, largest))
    best = order[0]
    alike = np.flatnonzero((largest == largest[best]) & (total == total[best]))
    draw = int.from_bytes(hashlib.sha256(lot.encode()).digest()[:8]) % len(alike)
    chosen = taken[alike[draw]]
    assigned = np.column_stack([groups - chosen, chosen])
    return Solution(assigned, int(largest[best]), int(total[best]))


def round_in_two(images: Integers, parts: Parts) -> Solution:
    """Give the best totals of single images in two parts.

    A deviation of one part is that of the other, with its sign turned. Each grade of the second
    part has the floor or the ceiling of its quota in the best totals: what is further off deviates
    by an image or more, and the total of all grades comes within one image of its own quota by
    floors and ceilings alone. Of these there are 16.

    Examples
    --------
    >>> round_in_two(np.array([4, 4, 0, 2]), Parts.of({"train": 3, "val": 1})).assigned.tolist()
    [[3, 1], [3, 1], [0, 0], [2, 0]]
    """
    quotas = images * parts.ratios[1]
    floors = quotas // parts.unit
    steps = np.array(list(itertools.product(*((0, 1) if q else (0,) for q in quotas % parts.unit))))
    second = floors + steps.reshape(-1, len(images)).astype(np.int64)
    none = np.zeros((len(images), 2), dtype=np.int64)
    largest, total = _deviations(second, images, parts, none)
    best = np.lexsort((total, largest))[0]
    assigned = np.column_stack([images - second[best], second[best]])
    return Solution(assigned, int(largest[best]), int(total[best]))


def _deviations(
    second: Integers, images: Integers, parts: Parts, kept: Integers
) -> tuple[Integers, Integers]:
    """Give largest and sum, in units, of each placement, shape (placements, grades) in part two."""
    quotas = scaled_quotas(with_total(images + kept.sum(axis=1)), parts)[:, 1]
    apart = np.abs(parts.unit * with_total(second) - quotas)
    return apart.max(axis=1), 2 * apart.sum(axis=1)
