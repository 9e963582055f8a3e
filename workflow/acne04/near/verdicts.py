"""Verdicts: which photographs are one, and which of them a synthetic image was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from acne04.core.findings import Finding
from acne04.near import catalogue
from acne04.near.calibration import Calibration
from acne04.near.candidates import Nearest
from acne04.near.pictures import Picture
from acne04.near.registration import FORMS, LEAST_BLOCKS, Score
from acne04.near.scores import DEPTH, Comparer

#: Photographs that a synthetic image is compared with, at first; doubled until one is verified.
AT_FIRST = 10
#: What undoes a form, where that is another one.
_TURNED_BACK = {"turned-90": "turned-270", "turned-270": "turned-90"}

#: Pair of numbers of pictures, the smaller first, to form and score.
Scores = Mapping[tuple[int, int], tuple[int, Score]]


@dataclass(frozen=True)
class PairVerdict:
    """What is to be said of a pair of photographs that are not plainly different.

    Attributes
    ----------
    a, b : int
        Numbers of the pictures.
    form : str
        What is done to `a` so that it lies on `b`, one of `FORMS`.
    score : float
        Share of the textured blocks that coincide.
    verdict : {"same", "review", "undecidable"}
        As in table ``verdicts``.
    """

    a: int
    b: int
    form: str
    score: float
    verdict: str

    def as_row(self, pictures: Sequence[Picture]) -> dict[str, Any]:
        """Give the columns of table ``verdicts`` that tell of it."""
        a, b = pictures[self.a], pictures[self.b]
        return {
            "sha256_a": a.sha256,
            "sha256_b": b.sha256,
            "path_a": a.path,
            "path_b": b.path,
            "form": self.form,
            "score": round(self.score, 4),
            "verdict": self.verdict,
        }


def judge(
    pictures: Sequence[Picture], scores: Scores, calibration: Calibration
) -> list[PairVerdict]:
    """Judge the pairs of photographs; plainly different ones are left out."""
    judged = []
    for (a, b), (form, score) in sorted(scores.items()):
        if pictures[a].is_real and pictures[b].is_real and score.share >= calibration.review:
            verdict = "same" if score.share >= calibration.threshold else "review"
            if not score.is_decidable:
                verdict = "undecidable"
            judged.append(PairVerdict(a, b, FORMS[form], score.share, verdict))
    return judged


@dataclass(frozen=True)
class ParentVerdict:
    """What was found for one synthetic picture.

    Attributes
    ----------
    image : int
        Number of the synthetic picture.
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

    def as_row(self, pictures: Sequence[Picture]) -> dict[str, Any]:
        """Give the columns of table ``parents`` that tell of it."""
        image = pictures[self.image]
        parent = None if self.parent is None else pictures[self.parent]
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
    """Pair each synthetic picture with the photographs it is compared with at first."""
    return {
        _pair(image, photograph)
        for image in _synthetic(comparer)
        for photograph in _photographs(comparer, nearest, image)[:AT_FIRST]
    }


def find_parents(
    comparer: Comparer, nearest: Nearest, calibration: Calibration
) -> list[ParentVerdict]:
    """Compare each synthetic picture with ever more photographs until one is verified.

    Returns
    -------
    list of ParentVerdict
        By number. Of photographs with the same score the one whose likeness comes first counts.
    """
    found: dict[int, ParentVerdict] = {}
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
    return [n for n, picture in enumerate(comparer.pictures) if not picture.is_real]


def _photographs(comparer: Comparer, nearest: Nearest, image: int) -> list[int]:
    """Photographs among the nearest others of a picture, the nearest first."""
    others = nearest.others[image].tolist()
    return [other for other in others if other >= 0 and comparer.pictures[other].is_real]


def _best(image: int, scores: dict[int, Score], calibration: Calibration) -> ParentVerdict:
    decidable = {p: score for p, score in scores.items() if score.is_decidable}
    if decidable:
        # max() takes the first of equals: the nearest.
        parent = max(decidable, key=lambda p: (decidable[p].share, decidable[p].blocks))
        share = decidable[parent].share
        if share >= calibration.review:
            status = "verified" if share >= calibration.threshold else "review"
            return ParentVerdict(image, parent, share, status, len(scores))
    return ParentVerdict(image, None, None, "unknown", len(scores))


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def pair_findings(pictures: Sequence[Picture], judged: Sequence[PairVerdict]) -> Iterator[Finding]:
    """Report every pair that is not plainly different."""
    for pair in judged:
        a, b = pictures[pair.a].path, pictures[pair.b].path
        # The later path is told of the earlier one: what is done to it to lie on that.
        first, second = sorted((a, b))
        form = pair.form if second == a else _TURNED_BACK.get(pair.form, pair.form)
        found = f"{pair.score:.0%} of the textured blocks coincide with {first}"
        if form != "same":
            found += f" ({form})"
        if pair.verdict == "same":
            yield catalogue.NEAR_DUPLICATE.at(
                second,
                expected="a photograph that no other file shows",
                found=found,
                done="one photograph: both stay in one group",
            )
        elif pair.verdict == "review":
            yield catalogue.NEAR_REVIEW.at(
                second,
                expected="a pair that is plainly one photograph, or plainly two",
                found=found,
                done="not taken for one photograph",
            )
        else:
            yield catalogue.UNDECIDABLE_PAIR.at(
                second,
                expected=f"{LEAST_BLOCKS} blocks with something to recognise in both pictures",
                found=f"fewer, where it is compared with {first}",
                done="not taken for one photograph",
            )


def parent_findings(
    pictures: Sequence[Picture], parents: Sequence[ParentVerdict], calibration: Calibration
) -> Iterator[Finding]:
    """Report every synthetic image without a verified parent."""
    for parent in parents:
        path = pictures[parent.image].path
        expected = (
            f"a photograph with which {calibration.threshold:.0%} of the textured blocks coincide"
        )
        if parent.status == "review" and parent.parent is not None:
            best = pictures[parent.parent].path
            yield catalogue.PARENT_REVIEW.at(
                path,
                expected=expected,
                found=f"at best {parent.score:.0%}, with {best}",
                done="parent unknown",
            )
        elif parent.status == "unknown":
            yield catalogue.PARENT_UNKNOWN.at(
                path,
                expected=expected,
                found=f"none among the {parent.candidates} most alike",
                done="parent unknown: splits leave the image out, unless split.unknown_parent says "
                "keep",
            )
