"""The threshold, set by the corpus's own null: pairs of photographs of different subjects.

The null are the pairs that the search proposes, the most alike of all strangers. An exponential
tail is fitted to the upper twentieth of their scores ("peaks over threshold", A. C. Davison and
R. L. Smith, Journal of the Royal Statistical Society B 52, 1990, with shape 0); the threshold is
where it falls to the stated rate of false positives, or the floor where that is higher.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from acne04.core.errors import SplitError
from acne04.core.findings import Finding
from acne04.near import catalogue

#: Least threshold, and width of the band below a threshold whose pairs a person looks at. Measured
#: with copies changed in 30 ways, see docs/near-duplicates.md.
FLOOR, REVIEW_BAND = 0.60, 0.15
#: Pairs that a fit needs, in all and in the tail.
LEAST_NULL, LEAST_TAIL = 200, 30
TAIL_SHARE = 20
#: Share of the null in the review band or above it from which on nothing is grouped: strangers are
#: so alike here that this check cannot tell them apart.
LARGEST_REVIEWED = 0.01
#: Of the histograms: one for each hundredth of a score.
BINS = 100


@dataclass(frozen=True)
class Calibration:
    """The threshold and where it comes from.

    Attributes
    ----------
    threshold, review : float
        Scores from which on a pair is the same photograph, or is to be looked at; 0 to 1.
    pairs : int
        Pairs of the null.
    tail : int
        Pairs above `start`; 0 without a fit.
    start, mean_excess : float
        Where the tail begins, and by how much its scores exceed that on average; 0 without a fit.
    largest : float
        Greatest score of the null below the floor.
    above : int
        Pairs of different subjects at or above the floor, left out of the fit.
    """

    threshold: float
    review: float
    pairs: int
    tail: int
    start: float
    mean_excess: float
    largest: float
    above: int

    @property
    def is_fitted(self) -> bool:
        """Whether the null was large enough for a fit."""
        return self.tail > 0


def calibrate(null: Sequence[float], rate: float) -> Calibration:
    """Set the threshold.

    Parameters
    ----------
    null : sequence of float
        Scores of pairs of different subjects, 0 to 1. Those at or above the floor are taken for
        one person under two names, which ``dedupe`` reports, and stay out of the fit.
    rate : float
        Share of pairs of strangers that may be taken for the same photograph, above 0.

    Raises
    ------
    SplitError
        If more than `LARGEST_REVIEWED` of the null reach the review band at the floor.
    """
    below = sorted(score for score in null if score < FLOOR)
    start, excess = _tail(below)
    mean, threshold = 0.0, FLOOR
    if excess:
        mean = math.fsum(excess) / len(excess)
        reach = start + mean * _log(len(excess) / len(below) / rate)
        threshold = max(FLOOR, math.ceil(reach * 1000) / 1000)
    found = Calibration(
        threshold=min(threshold, 1.0),
        review=round(min(threshold, 1.0) - REVIEW_BAND, 3),
        pairs=len(below),
        tail=len(excess),
        start=start,
        mean_excess=mean,
        largest=below[-1] if below else 0.0,
        above=len(null) - len(below),
    )
    _refuse_crowd(null)
    return found


def _log(value: float) -> float:
    """Natural logarithm, rounded correctly: those of the machines' libraries differ."""
    return float(Decimal(value).ln())


def _tail(below: list[float]) -> tuple[float, list[float]]:
    """Say where the tail begins, and by how much its scores exceed that; none without a fit.

    A score of 0 was not measured: the gate was shut. The tail may not begin among these, or it
    would seem to be as long as the gate is high.
    """
    measured = [score for score in below if score > 0]
    if len(below) < LEAST_NULL or not measured:
        return 0.0, []
    start = max(below[-len(below) // TAIL_SHARE], measured[len(measured) // 2])
    excess = [score - start for score in below if score > start]
    return (start, excess) if len(excess) >= LEAST_TAIL else (0.0, [])


def _refuse_crowd(null: Sequence[float]) -> None:
    least = round(FLOOR - REVIEW_BAND, 3)
    alike = sum(score >= least for score in null)
    if len(null) >= LEAST_NULL and alike > LARGEST_REVIEWED * len(null):
        raise SplitError(
            "near",
            "too many pairs of different subjects are nearly alike: the check does not separate",
            expected=f"at most {LARGEST_REVIEWED:.0%} of {len(null)} pairs with a score of {least} "
            "or more",
            found=str(alike),
            done="nothing written",
            remedy="look at the pairs with the highest scores: is the subject table right? Frames "
            "of a film, or screenshots with one border, cannot be told apart like this",
        )


def null_findings(calibration: Calibration) -> Iterator[Finding]:
    """Report a null that is too small to set a threshold by."""
    if not calibration.is_fitted:
        yield catalogue.NULL_TOO_SMALL.at(
            "calibration.json",
            expected=f"{LEAST_NULL} pairs of photographs of different subjects, {LEAST_TAIL} of "
            "them alike",
            found=f"{calibration.pairs} pairs, too few of them alike for a fit",
            done=f"took the floor {calibration.threshold} as it is",
        )


def as_document(
    found: Calibration, rate: float, scores: Mapping[str, Sequence[float]]
) -> dict[str, Any]:
    """Give the entries of ``calibration.json`` that tell of the threshold and the distributions.

    Parameters
    ----------
    scores : mapping of str to sequence of float
        Scores of the pairs of each class, for the histograms.
    """
    return {
        "threshold": found.threshold,
        "review_from": found.review,
        "floor": FLOOR,
        "false_positive_rate": rate,
        "null": {
            "pairs": found.pairs,
            "largest": round(found.largest, 4),
            "at_or_above_floor": found.above,
            "fitted": found.is_fitted,
            "tail_start": round(found.start, 4),
            "tail_mean_excess": round(found.mean_excess, 6),
            # With none of n pairs above it, 3 / n bounds the rate at 95 % ("rule of three").
            "rate_bound_95": round(3 / found.pairs, 6) if found.pairs else None,
        },
        "histograms": {
            "bins": BINS,
            **{name: _histogram(values) for name, values in scores.items()},
        },
    }


def _histogram(scores: Sequence[float]) -> dict[str, int]:
    """Count scores by hundredths, rounded down; empty bins are left out."""
    counts: dict[int, int] = {}
    for score in scores:
        # 0.29 * 100 is a little less than 29; a score has fewer than 300 blocks.
        place = min(int(score * BINS + 1e-6), BINS - 1)
        counts[place] = counts.get(place, 0) + 1
    return {f"{place / BINS:.2f}": counts[place] for place in sorted(counts)}
