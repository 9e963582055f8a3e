"""Verdicts: which photographs are one, which show one person, and what a synthetic image is of.

A verdict rests on two figures of a pair. The *score*, the share of all textured blocks that
coincide, tells a person from strangers (real ones reach .22). The *steadiness*, the share of the
blocks that are alike that stay where the map puts them, tells a copy from a retake: of 8,226 pairs
of one photograph none was below .54, of 190 natural retakes none above .43, 303 altered ones .45
(`docs/near-duplicates.md`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from acne04.core.findings import Finding
from acne04.near import catalogue
from acne04.near.calibration import REVIEW_BAND, Calibration
from acne04.near.candidates import Nearest
from acne04.near.pictures import Picture
from acne04.near.registration import FORMS, LEAST_BLOCKS, Score
from acne04.near.scores import DEPTH, Comparer

#: Steadiness from which on a pair is a copy, and below which it is a retake; a person looks at what
#: lies between.
STEADY_FROM, RETAKE_BELOW = 0.50, 0.40
#: What can be said of a pair that is not plainly different.
VERDICTS = ("same", "retake", "review", "undecidable")
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
    score : Score
        The figures that the verdict rests on.
    verdict : {"same", "retake", "review", "undecidable"}
        As in table ``verdicts``.
    """

    a: int
    b: int
    form: str
    score: Score
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
            "score": round(self.score.share, 4),
            "steadiness": round(self.score.steadiness, 4) if self.score.alike else None,
            "verdict": self.verdict,
        }


def verdict_of(score: Score, calibration: Calibration) -> str:
    """Say what a score means: ``same``, ``retake``, ``review``, ``undecidable`` or ``different``.

    Parameters
    ----------
    score : Score
        Of two photographs, or of a synthetic image and a photograph.

    Notes
    -----
    What was altered lowers the score and leaves the rest steady; what moved between two shots is
    alike and not steady. So a low score that is steady may be a copy under a watermark, and a
    score that is very high and not steady one whose lens was corrected: a person looks at both.
    """
    if score.share < calibration.review:
        return "different"
    if not score.is_decidable:
        return "undecidable"
    if not score.alike:
        # Too few blocks are alike to say whether they are steady.
        return "review"
    if score.steadiness >= STEADY_FROM:
        return "same" if score.share >= calibration.threshold else "review"
    is_nearly_all = score.share >= calibration.threshold + REVIEW_BAND
    return "review" if score.steadiness >= RETAKE_BELOW or is_nearly_all else "retake"


def judge(
    pictures: Sequence[Picture], scores: Scores, calibration: Calibration
) -> list[PairVerdict]:
    """Judge the pairs of photographs; plainly different ones are left out."""
    judged = []
    for (a, b), (form, score) in sorted(scores.items()):
        if pictures[a].is_real and pictures[b].is_real:
            verdict = verdict_of(score, calibration)
            if verdict != "different":
                judged.append(PairVerdict(a, b, FORMS[form], score, verdict))
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
        ordered(image, photograph)
        for image in _synthetic(comparer)
        for photograph in _photographs(nearest, image)[:AT_FIRST]
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
        candidates = {i: _photographs(nearest, i)[:number] for i in searching}
        pairs = [ordered(i, photograph) for i in searching for photograph in candidates[i]]
        scores = comparer.scores(pairs)
        for image in searching:
            of_image = {p: scores[ordered(image, p)][1] for p in candidates[image]}
            found[image] = _best(image, of_image, calibration)
        searching = [
            image
            for image in searching
            if found[image].status != "verified" and number < len(_photographs(nearest, image))
        ]
        number = min(2 * number, DEPTH)
    return [found[image] for image in sorted(found)]


def _synthetic(comparer: Comparer) -> list[int]:
    return [n for n, picture in enumerate(comparer.pictures) if not picture.is_real]


def _photographs(nearest: Nearest, image: int) -> list[int]:
    """Give the nearest photographs of a picture, the nearest first."""
    return [other for other in nearest.others[image].tolist() if other >= 0]


def _best(image: int, scores: dict[int, Score], calibration: Calibration) -> ParentVerdict:
    verdicts = {p: verdict_of(score, calibration) for p, score in scores.items()}
    open_ones = [p for p in scores if verdicts[p] not in ("different", "undecidable")]
    if open_ones:
        # A retake of the parent may score higher than the parent under its edits; of equals, max()
        # takes the first, which is the nearest.
        parent = max(
            open_ones, key=lambda p: (verdicts[p] == "same", scores[p].share, scores[p].blocks)
        )
        status = "verified" if verdicts[parent] == "same" else "review"
        return ParentVerdict(image, parent, scores[parent].share, status, len(scores))
    return ParentVerdict(image, None, None, "unknown", len(scores))


def ordered(a: int, b: int) -> tuple[int, int]:
    """Give a pair of numbers, the smaller one first."""
    return (a, b) if a < b else (b, a)


def pair_findings(pictures: Sequence[Picture], judged: Sequence[PairVerdict]) -> Iterator[Finding]:
    """Report every pair that is not plainly different."""
    for pair in judged:
        a, b = pictures[pair.a].path, pictures[pair.b].path
        # The later path is told of the earlier one: what is done to it to lie on that.
        first, second = sorted((a, b))
        form = pair.form if second == a else _TURNED_BACK.get(pair.form, pair.form)
        found = f"{pair.score.share:.0%} of the textured blocks coincide with {first}"
        if form != "same":
            found += f" ({form})"
        if pair.verdict == "same":
            yield catalogue.NEAR_DUPLICATE.at(
                second,
                expected="a photograph that no other file shows",
                found=found,
                done="one photograph: both stay in one group",
            )
        elif pair.verdict == "retake":
            yield catalogue.NEAR_RETAKE.at(
                second,
                expected="a photograph that no other was taken beside",
                found=f"{found}, and {pair.score.steadiness:.0%} of those that are alike lie still",
                done="another photograph of the same person: both stay in one group, each with its "
                "own labels",
            )
        elif pair.verdict == "review":
            if pair.score.alike:
                found += f", and {pair.score.steadiness:.0%} of those that are alike lie still"
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
