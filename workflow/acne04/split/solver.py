"""Find the numbers of groups of each kind in each part that come nearest to the quotas.

Groups with equal numbers of images of each grade (their *class vector*) are interchangeable, so
the unknowns are how many groups of each class vector go to each part. HiGHS, through
`scipy.optimize.milp`, minimises the largest deviation, then the sum of all, then (so that the
answer does not hang on the solver's path) sums of weights drawn from hashes.

The deviation of a cell is a convex function of an integer: beside the two lines of
``|placed - quota|`` the model holds the line through its values at the integers around the quota,
which no integer placement crosses. With it the relaxation is nearly tight, and a proof takes one
node instead of thousands.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from acne04.core.errors import SplitError
from acne04.split.quotas import Integers, Parts, scaled_deviations, scaled_quotas, with_total

#: The solver calls integral what is within 1e-6 of an integer.
TOLERANCE = 1e-5
#: Greatest weights of the draws that break ties: small enough for `TOLERANCE`, so there are two.
TIE_WEIGHTS = (997, 997)
#: Beside kept images a draw takes longer than all else: one, whose ties are as rare.
TIE_WEIGHTS_BESIDE_KEPT = (99_991,)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Limits:
    """When the solver may stop before it has a proof; never by time.

    Attributes
    ----------
    node_limit : int
        Nodes of the search, for each of its objectives.
    relative_gap : float
        Gap between the best placement and the bound, as a fraction; 0 demands the optimum.
    """

    node_limit: int
    relative_gap: float


@dataclass(frozen=True)
class Solution:
    """Numbers of groups, shape (class vectors, parts), and bounds in units as of `Certificate`."""

    assigned: Integers
    bound_largest: int
    bound_total: int


def solve(
    vectors: Integers, groups: Integers, parts: Parts, limits: Limits, kept: Integers | None = None
) -> Solution:
    """Minimise the largest deviation from the quotas, then the sum of all.

    Parameters
    ----------
    vectors : array of int, shape (class vectors, grades)
        Images of each grade in one group.
    groups : array of int, shape (class vectors,)
        Number of groups of each class vector.
    kept : array of int, shape (grades, parts), optional
        Images that have their place already; they count, and do not move.

    Raises
    ------
    SplitError
        If the solver stopped before it had any placement.
    """
    model = Model(vectors, groups, parts, kept)
    largest = model.minimise(model.cost_of_largest(), limits)
    return model.finish(math.ceil(largest - TOLERANCE), limits)


class Model:
    """The unknowns: groups of a class vector in a part; deviation of a cell; the largest one."""

    def __init__(
        self, vectors: Integers, groups: Integers, parts: Parts, kept: Integers | None
    ) -> None:
        self.parts = parts
        self.groups = groups
        self.vectors = vectors
        self.cells = with_total(vectors)
        grades = np.zeros((vectors.shape[1], len(parts.ratios)), np.int64) if kept is None else kept
        self.kept = with_total(grades.T).T
        self.assignments = len(groups) * len(parts.ratios)
        self.deviations = self.cells.shape[1] * len(parts.ratios)
        size = self.assignments + self.deviations + 1
        self.integrality = np.zeros(size)
        self.integrality[: self.assignments] = 1
        self.upper = np.full(size, np.inf)
        self.upper[: self.assignments] = np.repeat(groups, len(parts.ratios))
        self.constraints = self._constraints()
        self.assigned: Integers = np.zeros((len(groups), len(parts.ratios)), dtype=np.int64)
        #: Costs minimised so far, with what they may be at most.
        self.held: list[tuple[Floats, float]] = []

    def _constraints(self) -> list[LinearConstraint]:
        groups, unit, width = self.groups, self.parts.unit, len(self.parts.ratios)
        images = sparse.kron(self.cells.T, sparse.eye_array(width), format="csr")
        quota = scaled_quotas(self.cells.T @ groups + self.kept.sum(axis=1), self.parts).ravel()
        below, rest = quota // unit, quota % unit
        kept = self.kept.ravel()
        one = sparse.eye_array(self.deviations)
        gap = sparse.csr_array((self.deviations, 1))
        every = np.ones((self.deviations, 1))
        # Between the integers around the quota the deviation rises from `rest` to `unit - rest`.
        slope = unit - 2 * rest
        whole = sparse.kron(sparse.eye_array(len(groups)), np.ones((1, width)))
        rows = [
            ([unit * images, -one, gap], -np.inf, quota - unit * kept),
            ([unit * images, one, gap], quota - unit * kept, np.inf),
            (
                [-sparse.diags_array(slope.astype(float)) @ images, one, gap],
                rest - slope * (below - kept),
                np.inf,
            ),
            ([sparse.csr_array((self.deviations, self.assignments)), one, -every], -np.inf, 0),
            ([whole, sparse.csr_array((len(groups), self.deviations + 1))], groups, groups),
        ]
        return [LinearConstraint(sparse.hstack(row, format="csr"), lo, hi) for row, lo, hi in rows]

    def hold_cells(self, least: Integers, most: Integers) -> None:
        """Hold the images that are placed in each cell, shape (cells, parts), within bounds."""
        width = len(self.parts.ratios)
        images = sparse.kron(self.cells.T, sparse.eye_array(width), format="csr")
        rest = sparse.csr_array((self.deviations, self.deviations + 1))
        rows = sparse.hstack([images, rest], format="csr")
        low, high = (least - self.kept).ravel(), (most - self.kept).ravel()
        self.constraints.append(LinearConstraint(rows, low, high))

    def finish(self, bound_largest: int, limits: Limits) -> Solution:
        """Minimise what comes after the largest deviation: the sum, then what breaks ties."""
        total = self.minimise(self.cost_of_total(), limits)
        ties = TIE_WEIGHTS_BESIDE_KEPT if self.kept.any() else TIE_WEIGHTS
        for draw, most in enumerate(ties):
            self.minimise(self.cost_of_tie(draw, most), limits)
        return Solution(self.assigned, bound_largest, math.ceil(total - TOLERANCE))

    def minimise(self, cost: Floats, limits: Limits) -> float:
        """Minimise a cost, hold it from now on, and give the proven lower bound."""
        result = milp(
            cost,
            integrality=self.integrality,
            bounds=Bounds(0, self.upper),
            constraints=self.constraints,
            options={"node_limit": limits.node_limit, "mip_rel_gap": limits.relative_gap},
        )
        before = self.assigned
        if result.x is not None:
            answer = np.rint(result.x[: self.assignments]).astype(np.int64)
            self.assigned = answer.reshape(before.shape)
        if not self._is_placement():
            self.assigned = before
        if not self._is_placement():
            raise SplitError(
                "split",
                f"the solver has no placement to show ({result.message})",
                done="nothing written",
                remedy="raise split.node_limit in params.yaml (--node-limit)",
            )
        reached = float(cost @ self._values())
        self.held.append((cost, reached))
        self.constraints.append(LinearConstraint(cost[None, :], -np.inf, reached))
        bound = result.mip_dual_bound
        return 0.0 if bound is None else min(max(float(bound), 0.0), reached)

    def _is_placement(self) -> bool:
        """Check in integers that the assignments are one, as good as all that is held."""
        values = self._values()
        return (
            bool((self.assigned >= 0).all())
            and bool((self.assigned.sum(axis=1) == self.groups).all())
            and all(cost @ values <= reached for cost, reached in self.held)
        )

    def _values(self) -> Floats:
        """Values of all unknowns, recomputed in integers from the assignments alone."""
        placed = self.kept + self.cells.T @ self.assigned
        deviations = np.abs(scaled_deviations(placed, self.parts)).ravel()
        values = np.concatenate([self.assigned.ravel(), deviations, [deviations.max()]])
        return values.astype(float)

    def cost_of_largest(self) -> Floats:
        """Cost that counts the largest deviation."""
        return self._cost(slice(-1, None), 1)

    def cost_of_total(self) -> Floats:
        """Cost that counts all deviations."""
        return self._cost(slice(self.assignments, -1), 1)

    def cost_of_tie(self, draw: int, most: int) -> Floats:
        """Cost drawn from hashes: one answer of several that are as good."""
        weights = [
            _tie_weight(f"{draw}:{part}:{','.join(map(str, vector))}", most)
            for vector in self.vectors.tolist()
            for part in self.parts.names
        ]
        return self._cost(slice(0, self.assignments), weights)

    def _cost(self, where: slice, weight: int | list[int]) -> Floats:
        cost = np.zeros(len(self.upper))
        cost[where] = weight
        return cost


def _tie_weight(text: str, most: int) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) % most + 1
