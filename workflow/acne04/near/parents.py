"""Find the photograph that each synthetic image was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from acne04.near.calibration import Calibration
from acne04.near.candidates import Nearest
from acne04.near.comparing import DEPTH, Comparer
from acne04.near.contents import Content
from acne04.near.verifying import Score

#: Photographs that a synthetic image is compared with, at first; doubled until one is verified.
AT_FIRST = 10


@dataclass(frozen=True)
class Parent:
    """What was found for one synthetic content.

    Attributes
    ----------
    image : int
        Number of the synthetic content.
    parent : int or None
        Number of the photograph; None where unknown.
    score : float or None
        Share of blocks that coincide with it.
    status : {"verified", "review", "unknown"}
        Where it is to be reviewed, `parent` is the best candidate.
    candidates : int
        Photographs that it was compared with.
    """

    image: int
    parent: int | None
    score: float | None
    status: str
    candidates: int

    def as_row(self, contents: Sequence[Content]) -> dict[str, Any]:
        """Give the columns of table ``parents`` that tell of it."""
        image = contents[self.image]
        parent = None if self.parent is None else contents[self.parent]
        return {
            "path": image.path,
            "sha256": image.sha256,
            "parent_path": parent.path if parent else None,
            "parent_sha256": parent.sha256 if parent else None,
            "score": None if self.score is None else round(self.score, 4),
            "status": self.status,
            "candidates": self.candidates,
        }


def first_pairs(comparer: Comparer, nearest: Nearest) -> set[tuple[int, int]]:
    """Pair each synthetic content with the photographs it is compared with at first."""
    return {
        _pair(image, photograph)
        for image in _synthetic(comparer)
        for photograph in _photographs(comparer, nearest, image)[:AT_FIRST]
    }


def find_parents(comparer: Comparer, nearest: Nearest, calibration: Calibration) -> list[Parent]:
    """Compare each synthetic content with ever more photographs until one is verified.

    Returns
    -------
    list of Parent
        By number. Of photographs with the same score the one whose likeness comes first counts.
    """
    found: dict[int, Parent] = {}
    searching = _synthetic(comparer)
    number = AT_FIRST
    while searching:
        candidates = {i: _photographs(comparer, nearest, i)[:number] for i in searching}
        pairs = [_pair(i, photograph) for i in searching for photograph in candidates[i]]
        scores = comparer.scores(pairs)
        for image in searching:
            of_image = {p: scores[_pair(image, p)][1] for p in candidates[image]}
            found[image] = _best(image, of_image, calibration)
        searching = [
            image
            for image in searching
            if found[image].status != "verified"
            and number < len(_photographs(comparer, nearest, image))
        ]
        number = min(2 * number, DEPTH)
    return [found[image] for image in sorted(found)]


def _synthetic(comparer: Comparer) -> list[int]:
    return [n for n, content in enumerate(comparer.contents) if not content.is_real]


def _photographs(comparer: Comparer, nearest: Nearest, image: int) -> list[int]:
    """Photographs among the nearest others of a content, the nearest first."""
    others = nearest.others[image].tolist()
    return [other for other in others if other >= 0 and comparer.contents[other].is_real]


def _best(image: int, scores: dict[int, Score], calibration: Calibration) -> Parent:
    decidable = {p: score for p, score in scores.items() if score.is_decidable}
    if decidable:
        # max() takes the first of equals: the nearest.
        parent = max(decidable, key=lambda p: (decidable[p].share, decidable[p].blocks))
        share = decidable[parent].share
        if share >= calibration.review:
            status = "verified" if share >= calibration.threshold else "review"
            return Parent(image, parent, share, status, len(scores))
    return Parent(image, None, None, "unknown", len(scores))


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)
