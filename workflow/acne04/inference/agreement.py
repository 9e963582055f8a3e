r"""How well the labels agree with themselves: photographs that were graded twice.

With :math:`n_{gh}` the number of pairs of gradings g and h, each pair counted in both orders, for
nobody can say which of two copies was graded first:

agreement
    :math:`A`, the share of pairs with one grade.
kappa
    :math:`1 - \sum w_{gh} n_{gh} / \sum w_{gh} e_{gh}` with :math:`e_{gh}` the product of the
    margins over the total; weights 1 for all unlike grades (for two raters that may be exchanged:
    Scott 1955, Publ. Opin. Q. 19; Fleiss 1971, Psychol. Bull. 76) or :math:`(g - h)^2` (Cohen
    1968, Psychol. Bull. 70).
ceiling
    :math:`\sqrt{A}`, which no model's expected accuracy exceeds on such labels: where two gradings
    of a photograph are independent and right with chance p, they agree with chance
    :math:`p^2` and more, and :math:`E[p] \le \sqrt{E[p^2]}`.

Intervals are over persons (`acne04.inference.intervals`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from acne04.core.grades import GRADES
from acne04.inference.intervals import DRAWS, Estimate, bootstrap_estimate, drawn_weights
from acne04.inference.measures import Numbers

SEED = 0
_NUMBER = len(GRADES)
_UNLIKE = 1.0 - np.eye(_NUMBER)
_SQUARED = np.subtract.outer(np.arange(_NUMBER), np.arange(_NUMBER)).astype(np.float64) ** 2


@dataclass(frozen=True)
class Agreement:
    """What photographs that were graded twice say of the labels.

    Attributes
    ----------
    pairs, persons : int
        So many pairs, of so many persons.
    agreement, kappa, quadratic_kappa, ceiling : Estimate
        As the module says.
    """

    pairs: int
    persons: int
    agreement: Estimate
    kappa: Estimate
    quadratic_kappa: Estimate
    ceiling: Estimate


def agreement_of(pairs: pd.DataFrame, seed: int = SEED, draws: int = DRAWS) -> Agreement:
    """Judge pairs of gradings of one photograph.

    Parameters
    ----------
    pairs : pandas.DataFrame
        Columns grade_a, grade_b (0 to 3), person; at least one row, in any order.
    seed, draws : int
        Of the bootstrap over persons.
    """
    persons = sorted(set(pairs["person"]))
    codes = pd.Categorical(pairs["person"], categories=persons).codes
    a, b = (pairs[name].to_numpy(dtype=np.int64) for name in ("grade_a", "grade_b"))
    counts = np.zeros((len(persons), _NUMBER, _NUMBER))
    np.add.at(counts, (codes, a, b), 0.5)
    np.add.at(counts, (codes, b, a), 0.5)
    value = _figures(counts, np.ones((1, len(persons))))[:, 0]
    drawn = _figures(counts, drawn_weights(len(persons), seed, draws))
    estimates = [
        bootstrap_estimate(float(one), of_one, len(persons))
        for one, of_one in zip(value, drawn, strict=True)
    ]
    return Agreement(len(pairs), len(persons), *estimates)


def _figures(counts: Numbers, weights: Numbers) -> Numbers:
    """Give agreement, kappa, quadratic kappa and ceiling for each weighting of the persons."""
    tables = (weights @ counts.reshape(len(counts), -1)).reshape(-1, _NUMBER, _NUMBER)
    total = tables.sum(axis=(1, 2))
    expected = tables.sum(axis=2)[:, :, None] * tables.sum(axis=1)[:, None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = expected / total[:, None, None]
        kappas = [
            1 - (weight * tables).sum(axis=(1, 2)) / (weight * expected).sum(axis=(1, 2))
            for weight in (_UNLIKE, _SQUARED)
        ]
        share = np.trace(tables, axis1=1, axis2=2) / total
    return np.vstack([share, *kappas, np.sqrt(share)])
