"""From an inventory and its images to verdicts and parents, in memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from acne04.core.findings import Finding
from acne04.near.calibration import Calibration, as_document, calibrate, null_findings
from acne04.near.candidates import Nearest
from acne04.near.scores import DEPTH, Comparer, search_findings
from acne04.near.verdicts import (
    PairVerdict,
    ParentVerdict,
    Scores,
    find_parents,
    first_pairs,
    judge,
    pair_findings,
    parent_findings,
)

#: Others that each photograph is compared with, at first: 98.9 % of the copies that were tried are
#: among the 20 nearest of their originals.
AT_FIRST = 20


@dataclass(frozen=True)
class NearOutcome:
    """What ``near`` makes: rows of two tables, two documents, and the findings."""

    verdicts: list[dict[str, Any]]
    parents: list[dict[str, Any]]
    calibration: dict[str, Any]
    figures: dict[str, Any]
    findings: list[Finding]


def compare_all(comparer: Comparer, dataset: str, method: str, rate: float) -> NearOutcome:
    """Compare the pictures, set the threshold, and judge.

    Parameters
    ----------
    rate : float
        As of `acne04.near.calibration.calibrate`.
    """
    nearest = comparer.nearest()
    pairs = _photograph_pairs(comparer, nearest, AT_FIRST, -1.0)
    scores = comparer.scores(pairs | first_pairs(comparer, nearest))
    calibration = calibrate(_between(comparer, scores, same_subject=False), rate)
    floor = _likeness_floor(nearest, scores, calibration)
    scores |= comparer.scores(_photograph_pairs(comparer, nearest, DEPTH, floor))
    parents = find_parents(comparer, nearest, calibration)
    judged = judge(comparer.pictures, scores, calibration)
    row = {"dataset": dataset, "method": method, "threshold": calibration.threshold}
    distributions = {
        "different_subjects": _between(comparer, scores, same_subject=False),
        "same_subject": _between(comparer, scores, same_subject=True),
        "parents": [parent.score for parent in parents if parent.score is not None],
    }
    return NearOutcome(
        verdicts=[{**row, **verdict.as_row(comparer.pictures)} for verdict in judged],
        parents=[{**row, **parent.as_row(comparer.pictures)} for parent in parents],
        calibration={
            "dataset": dataset,
            "method": method,
            **as_document(calibration, rate, distributions),
        },
        figures=_figures(len(comparer.compared), judged, parents, calibration),
        findings=[
            *pair_findings(comparer.pictures, judged),
            *parent_findings(comparer.pictures, parents, calibration),
            *search_findings(comparer, nearest, floor),
            *null_findings(calibration),
        ],
    )


def _photograph_pairs(
    comparer: Comparer, nearest: Nearest, most: int, floor: float
) -> set[tuple[int, int]]:
    """Pair each photograph with its nearest others that are photographs and so alike at least."""
    real = np.array([picture.is_real for picture in comparer.pictures], dtype=bool)
    fits = (nearest.others >= 0) & real[nearest.others] & (nearest.likeness >= floor)
    fits &= real[:, None]
    fits &= np.cumsum(fits, axis=1) <= most
    images, places = np.nonzero(fits)
    others = nearest.others[images, places]
    first, second = np.minimum(images, others), np.maximum(images, others)
    return set(zip(first.tolist(), second.tolist(), strict=True))


def _between(comparer: Comparer, scores: Scores, *, same_subject: bool) -> list[float]:
    """Scores of the pairs of photographs of known subjects, the same ones or different ones."""
    subjects = [picture.subject for picture in comparer.pictures]
    return [
        score.share
        for (a, b), (_, score) in scores.items()
        if subjects[a] and subjects[b] and (subjects[a] == subjects[b]) == same_subject
    ]


def _likeness_floor(nearest: Nearest, scores: Scores, calibration: Calibration) -> float:
    """Likeness that all but one in a hundred of the pairs found to be the same reach.

    Pictures whose last candidate is more alike than that may have more copies further down.
    Without such a pair no picture is looked at again.
    """
    same = [pair for pair, (_, score) in scores.items() if score.share >= calibration.threshold]
    likeness = sorted(
        max(
            float(nearest.likeness[one][nearest.others[one] == other].max(initial=-1.0))
            for one, other in ((a, b), (b, a))
        )
        for a, b in same
    )
    return likeness[len(likeness) // 100] if likeness else 2.0


def _figures(
    compared: int, judged: list[PairVerdict], parents: list[ParentVerdict], calibration: Calibration
) -> dict[str, Any]:
    verdicts = Counter(verdict.verdict for verdict in judged)
    statuses = Counter(parent.status for parent in parents)
    return {
        "pairs_compared": compared,
        "verdicts": {name: verdicts[name] for name in ("same", "review", "undecidable")},
        "parents": {name: statuses[name] for name in ("verified", "review", "unknown")},
        "threshold": calibration.threshold,
        "null_pairs": calibration.pairs,
        "null_largest": round(calibration.largest, 4),
    }
