"""What ``near`` has to say: findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from acne04.core.findings import Finding, Severity
from acne04.near.calibration import LEAST_NULL, LEAST_TAIL, Calibration
from acne04.near.candidates import Nearest, whole_vectors
from acne04.near.comparing import DEPTH, Comparer
from acne04.near.contents import Content
from acne04.near.judging import Verdict
from acne04.near.parents import Parent
from acne04.near.verifying import LEAST_BLOCKS

#: What undoes a form, where that is another one.
_TURNED_BACK = {"turned-90": "turned-270", "turned-270": "turned-90"}


def pair_findings(contents: Sequence[Content], judged: Sequence[Verdict]) -> Iterator[Finding]:
    """Report every pair that is not plainly different."""
    for pair in judged:
        a, b = contents[pair.a].path, contents[pair.b].path
        # The later path is told of the earlier one: what is done to it to lie on that.
        first, second = sorted((a, b))
        form = pair.form if second == a else _TURNED_BACK.get(pair.form, pair.form)
        found = f"{pair.score:.0%} of the textured blocks coincide with {first}"
        if form != "same":
            found += f" ({form})"
        if pair.verdict == "same":
            yield _finding(
                "near-duplicate",
                "info",
                second,
                "a photograph that no other file shows",
                found,
                "one photograph: both stay in one group",
                "nothing; the file stays where it is",
            )
        elif pair.verdict == "review":
            yield _finding(
                "near-review",
                "warning",
                second,
                "a pair that is plainly one photograph, or plainly two",
                found,
                "not taken for one photograph",
                "look at both and answer with `acne04 decide`",
            )
        else:
            yield _finding(
                "near-undecidable",
                "warning",
                second,
                f"{LEAST_BLOCKS} blocks with something to recognise in both pictures",
                f"fewer, where it is compared with {first}",
                "not taken for one photograph",
                "look at both; if they are one, say so with `acne04 decide`",
            )


def parent_findings(
    contents: Sequence[Content], parents: Sequence[Parent], calibration: Calibration
) -> Iterator[Finding]:
    """Report every synthetic image without a verified parent."""
    for parent in parents:
        path = contents[parent.image].path
        expected = (
            f"a photograph with which {calibration.threshold:.0%} of the textured blocks coincide"
        )
        if parent.status == "review" and parent.parent is not None:
            best = contents[parent.parent].path
            yield _finding(
                "parent-review",
                "warning",
                path,
                expected,
                f"at best {parent.score:.0%}, with {best}",
                "parent unknown",
                "look at both and answer with `acne04 decide`",
            )
        elif parent.status == "unknown":
            yield _finding(
                "parent-unknown",
                "warning",
                path,
                expected,
                f"none among the {parent.candidates} most alike",
                "parent unknown: splits leave the image out, unless split.unknown_parent says keep",
                "ask its publisher which photograph it was made from, and record the answer with "
                "`acne04 decide`",
            )


def search_findings(comparer: Comparer, nearest: Nearest, floor: float) -> Iterator[Finding]:
    """Report the pictures that the search can say nothing of, or not enough."""
    if len(comparer.contents) - 1 > DEPTH:
        for image in np.flatnonzero(nearest.likeness[:, -1] >= floor).tolist():
            yield _finding(
                "candidate-cap-reached",
                "warning",
                comparer.contents[image].path,
                f"at most {DEPTH - 1} other pictures as alike as copies are (likeness {floor:.3f})",
                f"{DEPTH} or more",
                f"compared with the {DEPTH} nearest",
                "look whether it is a picture of little detail; it may have copies that were not "
                "compared",
            )
    # Who has no others may also be the only picture that shows anything.
    alone = np.flatnonzero((nearest.others < 0).all(axis=1))
    is_uniform = ~whole_vectors(comparer.thumbnails()[alone]).any(axis=(1, 2))
    for image in alone[is_uniform].tolist():
        yield _finding(
            "near-undecidable",
            "warning",
            comparer.contents[image].path,
            "a picture with something to recognise",
            "a uniform picture",
            "compared with none, and related to none",
            "look at the file",
        )


def null_findings(calibration: Calibration) -> Iterator[Finding]:
    """Report a null that is too small to set a threshold by."""
    if not calibration.is_fitted:
        yield _finding(
            "null-too-small",
            "warning",
            "calibration.json",
            f"{LEAST_NULL} pairs of photographs of different subjects, {LEAST_TAIL} of them alike",
            f"{calibration.pairs} pairs, too few of them alike for a fit",
            f"took the floor {calibration.threshold} as it is",
            "nothing, for a small corpus; otherwise see whether the subject table is there",
        )


def _finding(
    check: str, severity: Severity, path: str, expected: str, found: str, done: str, remedy: str
) -> Finding:
    return Finding(check, severity, path, "", None, expected, found, done, remedy)
