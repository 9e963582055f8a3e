"""Deal groups to parts by rules in integers: the same on every machine, with every solver."""

from __future__ import annotations

import hashlib
from fractions import Fraction

import numpy as np
import pandas as pd

from acne04.split.quotas import Integers


def deal_to_totals(vectors: Integers, groups: Integers, totals: Integers) -> Integers | None:
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
        for _ in range(int(groups[kind])):
            part = _most_open(kinds[kind], left, wanted)
            if part is None:
                return None
            dealt[kind, part] += 1
            left[part] = [open_ - n for open_, n in zip(left[part], kinds[kind], strict=True)]
    return dealt


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


def deal_groups(names: pd.Series, kinds: Integers, assigned: Integers) -> pd.Series:
    """Say which groups go where: within a class vector by the hash of the group's name.

    Parameters
    ----------
    names : pandas.Series of str
        The groups' names.
    kinds : array of int, shape (groups,)
        Class vector of each group: a row of `assigned`.
    assigned : array of int, shape (class vectors, parts)
        Number of groups.

    Returns
    -------
    pandas.Series of int
        Number of the part of each group, indexed by the group's name.
    """
    table = pd.DataFrame({"name": names.to_numpy(), "kind": kinds})
    table["hash"] = [hashlib.sha256(name.encode("utf-8")).hexdigest() for name in names]
    table = table.sort_values(["kind", "hash"], ignore_index=True)
    parts = np.tile(np.arange(assigned.shape[1]), len(assigned))
    return pd.Series(np.repeat(parts, assigned.ravel()), index=table["name"])
