"""Place groups in parts as near to the quotas as whole groups can be, with a certificate.

First the groups are forgotten: the best integer totals of each grade in each part are found for
single images. No placement of whole groups can beat those, so where the groups can be dealt to
exactly these totals (`acne04.split.heuristics`), that placement is proven to be optimal (method
``dealt``). Real collections hold enough single-image groups for that. Where the dealing fails, the
same program is solved for the groups (method ``solved``).

For parts of one size (folds) the totals have a closed form, and where their dealing fails the
groups are dealt near to the quotas (method ``approached``). The program
is then solved only for few groups: like parts make it one whose proof may never end.

Two parts that a lot is drawn for (train and val of a fold) need no program: few groups are placed
by looking at all placements, and the totals of many have a closed form (`acne04.split.two_parts`).

Images that keep the place of an earlier release are a constraint of all of this: they count in the
quotas and in the deviations, nothing moves them, and the best totals are those beside them
(`acne04.split.totals`). Every bound is then one of the problem with this constraint.

The totals, and a ``solved`` placement, are optimal and least in sums of hash-drawn weights;
where that leaves one answer, as it does but for a rare chance, another version of the solver or
another machine finds the same. After a stop by limits only the same version is bound to.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from acne04.core.errors import SplitError
from acne04.split.heuristics import approach, deal, deal_groups
from acne04.split.quotas import Certificate, Integers, Parts, with_total
from acne04.split.solver import Limits, Solution, solve
from acne04.split.strata import codes_of
from acne04.split.totals import level, round_equally
from acne04.split.two_parts import enumerate_placements, round_in_two

#: Size up to which the program of groups in equal parts is solved: class vectors times parts. Parts
#: of one size can be exchanged, so every solution has a factorial of twins, and the solver refutes
#: each of them: with eight vectors in five folds that ends, with many more it need not.
UNKNOWNS_SOLVED = 40
#: The same, less strictly, where images keep their place: then no two parts are alike, and
#: solutions have no twins.
UNKNOWNS_SOLVED_BESIDE_KEPT = 140
#: Nodes for it. It is deep in permutations of like parts: what it does not find soon, it does not.
NODES_OF_EQUAL_PARTS = 100


def place_groups(
    images: pd.DataFrame,
    parts: Parts,
    limits: Limits,
    kept: Integers | None = None,
    draw: str = "",
) -> tuple[pd.Series, Certificate]:
    """Place the groups of some images.

    Parameters
    ----------
    images : pandas.DataFrame
        The images to be placed, all of them: columns group, grade (never missing); where there is
        a column stratum (`acne04.split.strata`), strata stand for grades in all that follows.
    kept : array of int, shape (grades, parts), optional
        Images that have their place already, and are not among `images`.
    draw : str
        Another text gives another placement, as near to the quotas; the empty one is that of the
        variants which are not repeated.

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
    if kept is None:
        kept = np.zeros((len(codes_of(images)[1]), len(parts.names)), dtype=np.int64)
    if images.empty and not kept.any():
        raise SplitError(
            "split",
            "no image can be placed",
            expected="at least one decodable real image with a grade",
            done="nothing written",
            remedy="see the reasons in the findings of scan and dedupe",
        )
    names, vectors, kinds, groups = class_vectors(images)
    place = _place_in_equal_parts if set(parts.ratios) == {1} else _place
    found, method = place(vectors, groups, parts, limits, kept, draw)
    certificate = _certify(vectors, parts, found, method, kept)
    return deal_groups(names, kinds, found.assigned, draw), certificate


def _place(
    vectors: Integers, groups: Integers, parts: Parts, limits: Limits, kept: Integers, draw: str
) -> tuple[Solution, str]:
    images = vectors.T @ groups
    single = np.eye(len(images), dtype=np.int64)
    is_drawn_in_two = draw != "" and len(parts.names) == len(("train", "val"))
    if is_drawn_in_two:
        found = enumerate_placements(vectors, groups, parts, kept, draw)
        if found is not None:
            return found, "solved"
    if kept.any():
        relaxed = level(images, parts, limits, kept)
    elif is_drawn_in_two:
        relaxed = round_in_two(images, parts)
    else:
        relaxed = solve(single, images, parts, limits)
    dealt = deal(vectors, groups, relaxed.assigned, draw)
    if dealt is not None:
        return replace(relaxed, assigned=dealt), "dealt"
    solved = solve(vectors, groups, parts, limits, kept)
    bound = max(solved.bound_largest, relaxed.bound_largest)
    return replace(solved, bound_largest=bound), "solved"


def _place_in_equal_parts(
    vectors: Integers, groups: Integers, parts: Parts, limits: Limits, kept: Integers, draw: str
) -> tuple[Solution, str]:
    images = vectors.T @ groups
    relaxed = level(images, parts, limits, kept) if kept.any() else round_equally(images, parts)
    dealt = deal(vectors, groups, relaxed.assigned, draw)
    if dealt is not None:
        return replace(relaxed, assigned=dealt), "dealt"
    near = approach(vectors, groups, parts, kept)
    near = replace(near, bound_largest=max(near.bound_largest, relaxed.bound_largest))
    certificate = _certify(vectors, parts, near, "approached", kept)
    most = UNKNOWNS_SOLVED_BESIDE_KEPT if kept.any() else UNKNOWNS_SOLVED
    if certificate.optimal or len(groups) * len(parts.names) > most:
        return near, "approached"
    few = Limits(min(limits.node_limit, NODES_OF_EQUAL_PARTS), limits.relative_gap)
    try:
        solved = solve(vectors, groups, parts, few, kept)
    except SplitError:  # No placement within so few nodes: there is one already.
        return near, "approached"
    # A bound on the sum holds for what is as good in the largest: the better of the two.
    better = _certify(vectors, parts, solved, "solved", kept)
    is_near = certificate.deviations <= better.deviations
    return Solution(
        near.assigned if is_near else solved.assigned,
        max(near.bound_largest, solved.bound_largest),
        max(near.bound_total, solved.bound_total),
    ), "approached" if is_near else "solved"


def _certify(
    vectors: Integers, parts: Parts, found: Solution, method: str, kept: Integers
) -> Certificate:
    return Certificate(
        parts=parts,
        placed=with_total((kept + vectors.T @ found.assigned).T).T,
        kept=with_total(kept.T).T,
        groups=tuple(found.assigned.sum(axis=0).tolist()),
        bound_largest=found.bound_largest,
        bound_total=found.bound_total,
        method=method,
    )


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
    numbers, names = pd.factorize(images["group"], sort=True)
    codes, strata = codes_of(images)
    table = np.zeros((len(names), len(strata)), dtype=np.int64)
    np.add.at(table, (numbers, codes), 1)
    vectors, kinds, groups = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    return pd.Series(names), vectors, kinds.ravel(), groups.astype(np.int64)
