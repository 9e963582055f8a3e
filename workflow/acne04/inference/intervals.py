"""How sure a figure is: a bootstrap over persons, whose photographs are not independent.

Persons are drawn with replacement, each with all its images, and the figure is computed anew for
each draw (the cluster bootstrap: Field and Welsh 2007, J. R. Statist. Soc. B 69, 369-390). With few
persons the plain percentile interval is too short; its percentiles are moved outwards as those of
Student's distribution lie outside the normal ones (the expanded percentile interval: Hesterberg
2015, "What teachers should know about the bootstrap", The American Statistician 69, 371-386).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from acne04.inference.measures import Numbers, PersonTallies, figures, persons_behind

#: Draws of the persons; twice as many move no interval by a hundredth.
DRAWS = 4_000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval.

    Attributes
    ----------
    value : float or None
        None where it makes no sense for these predictions.
    low, high : float or None
        Borders of the 95 % interval; None where fewer than two persons are behind it.
    persons : int
        So many persons it rests on, of the rarest grade if it rests on several.
    """

    value: float | None
    low: float | None
    high: float | None
    persons: int


@dataclass(frozen=True)
class Difference:
    """By how much the first model's figure is above the second's, on the same persons.

    Attributes
    ----------
    estimate : Estimate
        The difference, and its interval.
    p : float or None
        Two-sided; the share of draws on the far side of nothing, doubled.
    """

    estimate: Estimate
    p: float | None


def drawn_weights(persons: int, seed: int, draws: int = DRAWS) -> Numbers:
    """Draw how often each person counts.

    Returns
    -------
    numpy.ndarray
        Shape (draws, persons): each row sums to their number.
    """
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(persons, np.full(persons, 1 / persons), size=draws)
    return drawn.astype(np.float64)


def estimates(tallies: PersonTallies, weights: Numbers) -> list[Estimate]:
    """Give every figure of `measures.NAMES` with its interval."""
    values = _of_all(tallies)
    drawn = figures(tallies, weights)
    behind = persons_behind(tallies)
    return [bootstrap_estimate(*one) for one in zip(values, drawn, behind, strict=True)]


def differences(one: PersonTallies, other: PersonTallies, weights: Numbers) -> list[Difference]:
    """Compare two models, figure by figure; their persons are the same, in the same order."""
    values = _of_all(one) - _of_all(other)
    drawn = figures(one, weights) - figures(other, weights)
    behind = np.minimum(persons_behind(one), persons_behind(other))
    found = []
    for value, of_one, persons in zip(values, drawn, behind, strict=True):
        estimate = bootstrap_estimate(value, of_one, persons)
        known = of_one[~np.isnan(of_one)]
        p = None
        if estimate.low is not None:
            far = min((known <= 0).mean(), (known >= 0).mean())
            p = min(1.0, 2 * float(far))
        found.append(Difference(estimate, p))
    return found


def _of_all(tallies: PersonTallies) -> Numbers:
    everybody = np.ones((1, len(tallies.confusion)))
    return figures(tallies, everybody)[:, 0]


def bootstrap_estimate(value: float, drawn: Numbers, persons: int | np.int64) -> Estimate:
    """Give a figure with the expanded percentile interval of its draws.

    Parameters
    ----------
    value : float
        The figure; NaN where it makes no sense.
    drawn : numpy.ndarray
        The figure for each draw of the persons; NaN where it makes no sense there.
    persons : int
        So many persons it rests on.
    """
    number = int(persons)
    if math.isnan(value):
        return Estimate(None, None, None, number)
    known = drawn[~np.isnan(drawn)]
    if number < 2 or not len(known):
        return Estimate(float(value), None, None, number)
    low, high = np.quantile(known, _percentiles(number))
    return Estimate(float(value), float(low), float(high), number)


def _percentiles(persons: int) -> npt.NDArray[np.float64]:
    """Give where the borders lie among the draws.

    >>> [round(float(p), 4) for p in _percentiles(10_000)]
    [0.025, 0.975]
    """
    tail = (1 - CONFIDENCE) / 2
    wider = math.sqrt(persons / (persons - 1)) * stats.t.ppf(tail, persons - 1)
    low = float(stats.norm.cdf(wider))
    return np.array([low, 1 - low])
