"""Place groups in parts as near to the quotas as whole groups can be, with a certificate.

First the groups are forgotten: the best integer totals of each grade in each part are found for
single images. No placement of whole groups can beat those, so where the groups can be dealt to
exactly these totals (`acne04.split.dealing`, in integers), that placement is proven to be optimal
(method ``dealt``). Real collections hold enough single-image groups for that. Where the dealing
fails, the same program is solved for the groups (method ``solved``).

The totals, and a ``solved`` placement, are optimal and least in two sums of hash-drawn weights;
where that leaves one answer, as it does but for a rare chance, another version of the solver or
another machine finds the same. After a stop by limits only the same version is bound to.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from acne04.errors import SplitError
from acne04.grades import GRADES
from acne04.split.dealing import deal_groups, deal_to_totals
from acne04.split.quotas import Certificate, Integers, Parts, with_total
from acne04.split.solver import Limits, solve


def place_groups(
    images: pd.DataFrame, parts: Parts, limits: Limits
) -> tuple[pd.Series, Certificate]:
    """Place the groups of some images.

    Parameters
    ----------
    images : pandas.DataFrame
        The images to be placed, all of them: columns group, grade (never missing).

    Returns
    -------
    pandas.Series of int
        Number of the part of each group, indexed by the group's name.
    Certificate
        What was achieved, and what cannot be beaten.

    Raises
    ------
    SplitError
        If there is nothing to place.
    """
    if images.empty:
        raise SplitError(
            "split",
            "no image can be placed",
            expected="at least one decodable real image with a grade",
            done="nothing written",
            remedy="see the reasons in the findings of scan and dedupe",
        )
    names, vectors, kinds, groups = class_vectors(images)
    single = np.eye(len(GRADES), dtype=np.int64)
    relaxed = solve(single, vectors.T @ groups, parts, limits)
    assigned = deal_to_totals(vectors, groups, relaxed.assigned)
    method, bound = "dealt", relaxed
    if assigned is None:
        method, bound = "solved", solve(vectors, groups, parts, limits)
        assigned = bound.assigned
    certificate = Certificate(
        parts=parts,
        placed=with_total((vectors.T @ assigned).T).T,
        groups=tuple(assigned.sum(axis=0).tolist()),
        bound_largest=max(bound.bound_largest, relaxed.bound_largest),
        bound_total=bound.bound_total,
        method=method,
    )
    return deal_groups(names, kinds, assigned), certificate


def class_vectors(images: pd.DataFrame) -> tuple[pd.Series, Integers, Integers, Integers]:
    """Count the images of each grade in each group.

    Returns
    -------
    names : pandas.Series of str
        The groups.
    vectors : array of int, shape (class vectors, grades)
        The different class vectors, in lexicographic order.
    kinds : array of int, shape (groups,)
        Class vector of each group.
    groups : array of int, shape (class vectors,)
        Number of groups of each class vector.
    """
    table = pd.crosstab(images["group"], images["grade"].astype(int))
    table = table.reindex(columns=list(GRADES), fill_value=0)
    vectors, kinds, groups = np.unique(
        table.to_numpy(dtype=np.int64), axis=0, return_inverse=True, return_counts=True
    )
    return table.index.to_series(), vectors, kinds.ravel(), groups.astype(np.int64)
