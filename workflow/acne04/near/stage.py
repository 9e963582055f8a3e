"""From an inventory and its images to verdicts and parents, in memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acne04.core.findings import Finding
from acne04.near.calibration import Calibration, as_document, calibrate, null_findings
from acne04.near.candidates import Nearest
from acne04.near.scores import DEPTH, Comparer, search_findings
from acne04.near.verdicts import (
    VERDICTS,
    PairVerdict,
    ParentVerdict,
    Scores,
    find_parents,
    first_pairs,
    judge,
    ordered,
    pair_findings,
    parent_findings,
    verdict_of,
)

#: Photographs that each photograph is compared with, whatever else there is. Among 2,531 real
#: pictures, 28 copies of each original among them, the original comes at the 30th place or before
#: in 26 of 28 kinds of change (captions, screenshots, borders: 16th); of 60 crops by a fifth 17 lie
#: behind that, and 12 behind the 60th.
AT_FIRST = 30
#: Where one of so many last ones is a copy, there may be more further down: so the search goes on.
LAST = 10


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
    photographs = np.flatnonzero(comparer.is_real)
    pairs = _pairs(photographs, nearest, 0, AT_FIRST)
    scores = comparer.scores(pairs | first_pairs(comparer, nearest))
    calibration = calibrate(_between(comparer, scores, same_subject=False), rate)
    crowded, depth = _crowded(photographs, nearest, scores, calibration, AT_FIRST), AT_FIRST
    while len(crowded) and depth < DEPTH:
        deeper = min(2 * depth, DEPTH)
        scores |= comparer.scores(_pairs(crowded, nearest, depth, deeper))
        crowded, depth = _crowded(crowded, nearest, scores, calibration, deeper), deeper
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
            *search_findings(comparer, nearest, crowded.tolist()),
            *null_findings(calibration),
        ],
    )


def _pairs(
    images: NDArray[np.int64], nearest: Nearest, start: int, stop: int
) -> set[tuple[int, int]]:
    """Pair some pictures with their nearest photographs, from place `start` up to `stop`."""
    others = nearest.others[images, start:stop]
    rows, places = np.nonzero(others >= 0)
    one, other = images[rows], others[rows, places]
    first, second = np.minimum(one, other), np.maximum(one, other)
    return set(zip(first.tolist(), second.tolist(), strict=True))


def _crowded(
    images: NDArray[np.int64],
    nearest: Nearest,
    scores: Scores,
    calibration: Calibration,
    depth: int,
) -> NDArray[np.int64]:
    """Give those of some pictures that have a copy among the last that they were compared with."""
    if depth >= len(nearest.others) - 1:
        # All others have been looked at: there is nothing further down.
        return np.array([], dtype=np.int64)
    found = []
    for image in images.tolist():
        others = nearest.others[image, depth - LAST : depth]
        pairs = [ordered(image, other) for other in others[others >= 0].tolist()]
        if any(verdict_of(scores[pair][1], calibration) == "same" for pair in pairs):
            found.append(image)
    return np.array(found, dtype=np.int64)


def _between(comparer: Comparer, scores: Scores, *, same_subject: bool) -> list[float]:
    """Scores of the pairs of photographs of known subjects, the same ones or different ones."""
    subjects = [picture.subject for picture in comparer.pictures]
    return [
        score.share
        for (a, b), (_, score) in scores.items()
        if subjects[a] and subjects[b] and (subjects[a] == subjects[b]) == same_subject
    ]


def _figures(
    compared: int, judged: list[PairVerdict], parents: list[ParentVerdict], calibration: Calibration
) -> dict[str, Any]:
    verdicts = Counter(verdict.verdict for verdict in judged)
    statuses = Counter(parent.status for parent in parents)
    return {
        "pairs_compared": compared,
        "verdicts": {name: verdicts[name] for name in VERDICTS},
        "parents": {name: statuses[name] for name in ("verified", "review", "unknown")},
        "threshold": calibration.threshold,
        "null_pairs": calibration.pairs,
        "null_largest": round(calibration.largest, 4),
    }
