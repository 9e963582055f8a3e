"""Judge what a method says of near-duplicates and parents against the stand-in's truth.

A pair is right where truth says that both are the same photograph, directly or through their
original.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from near_lookalikes import RETAKES
from near_truth import LOCAL_EDIT, Pair, Planted, Said, Truth, pair_of

#: Recall that is asked for, by kind of transform; what is not named is shown only.
RECALL = dict.fromkeys(
    ("re-encoded", "resized", "brightness", "mirrored", "turned-90", "crop-2-centre",
     "crop-2-corner", "crop-5-centre", "crop-5-corner", LOCAL_EDIT), 0.98,
) | dict.fromkeys(("turned-2", "crop-10-centre", "crop-10-corner"), 0.93) | dict.fromkeys(
    ("caption bar", "watermark", "screenshot"), 0.95,
)  # fmt: skip
PRECISION, PARENTS_RIGHT, PARENTS_WRONG = 0.995, 0.98, 0.005


@dataclass
class Tally:
    """Counts of one method on one corpus.

    Attributes
    ----------
    planted, found, review, retaken, joined : Counter of str
        By kind of transform: pairs there are, those accepted, those to be reviewed, those taken for
        a retake, and those in one component.
    parents : Counter of str
        Synthetic images by what is said of their parent: right, copy, wrong, review, unknown.
    right, wrong, wrong_review : int
        Accepted pairs that are right, that are not, and pairs to be reviewed that are not.
    lookalikes, taken_in, doubted, told_apart : Counter of str
        By kind: pairs that are nearly one photograph, and those of them that were accepted, that
        are to be reviewed, and that were taken for a retake.
    contents, largest : int
        Different contents in all, and in the largest component.
    listed : list of str
        What was missed, and what is wrong.
    """

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    review: Counter[str] = field(default_factory=Counter)
    retaken: Counter[str] = field(default_factory=Counter)
    joined: Counter[str] = field(default_factory=Counter)
    parents: Counter[str] = field(default_factory=Counter)
    right: int = 0
    wrong: int = 0
    wrong_review: int = 0
    lookalikes: Counter[str] = field(default_factory=Counter)
    taken_in: Counter[str] = field(default_factory=Counter)
    doubted: Counter[str] = field(default_factory=Counter)
    told_apart: Counter[str] = field(default_factory=Counter)
    contents: int = 0
    largest: int = 0
    listed: list[str] = field(default_factory=list)

    @property
    def retakes(self) -> tuple[int, int]:
        """Retakes that were taken for one photograph, and all retakes."""
        taken_in, of = (sum(c[kind] for kind in RETAKES) for c in (self.taken_in, self.lookalikes))
        return taken_in, of


def judge(truth: Truth, said: Said) -> Tally:
    """Count what is right, what is wrong and what is missing."""
    tally = Tally(contents=len(truth.path))
    accepted = {pair_of(c, p) for c, (status, p) in said.parents.items() if status == "verified"}
    same = said.same | accepted
    review = said.review | {
        pair_of(c, p) for c, (status, p) in said.parents.items() if status == "review" and p
    }
    root = components(same)
    found, asked = same | _by_a_copy(truth, same), review | _by_a_copy(truth, review)
    for planted in truth.planted:
        _judge_planted(planted, found, asked, said.retakes, root, truth, tally)
    for one, other in sorted(same):
        if truth.photograph[one] == truth.photograph[other]:
            tally.right += 1
        else:
            tally.wrong += 1
            tally.listed.append(f"wrong pair: {truth.path[one]} {truth.path[other]}")
    tally.wrong_review = sum(
        truth.photograph[one] != truth.photograph[other] for one, other in review - same
    )
    for planted in truth.lookalikes:
        tally.lookalikes[planted.kind] += 1
        tally.taken_in[planted.kind] += planted.pair in same
        tally.doubted[planted.kind] += planted.pair in review - same
        tally.told_apart[planted.kind] += planted.pair in said.retakes
    if said.parents:
        _judge_parents(truth, said, tally)
    tally.largest = max(Counter(root.values()).values(), default=1)
    return tally


def _by_a_copy(truth: Truth, pairs: Iterable[Pair]) -> set[Pair]:
    """Synthetic images and their parents, where the pair is with a copy of the parent."""
    return {
        pair_of(child, truth.parent[child])
        for pair in pairs
        for child, real in (pair, pair[::-1])
        if child in truth.parent and real not in truth.parent
        if truth.photograph[child] == truth.photograph[real]
    }


def _judge_planted(
    planted: Planted,
    same: Set[Pair],
    review: Set[Pair],
    retakes: Set[Pair],
    root: Mapping[str, str],
    truth: Truth,
    tally: Tally,
) -> None:
    kind, (one, other) = planted.kind, planted.pair
    tally.planted[kind] += 1
    tally.joined[kind] += root.get(one, one) == root.get(other, other)
    if planted.pair in same:
        tally.found[kind] += 1
        return
    in_review, is_retake = planted.pair in review, planted.pair in retakes
    tally.review[kind] += in_review
    tally.retaken[kind] += is_retake
    how = "in review" if in_review else "taken for a retake" if is_retake else "missed"
    tally.listed.append(f"{how}, {kind}: {truth.path[one]} {truth.path[other]}")


def _judge_parents(truth: Truth, said: Said, tally: Tally) -> None:
    for child, parent in sorted(truth.parent.items()):
        status, named = said.parents.get(child, ("unknown", ""))
        if status != "verified":
            word = status
        elif named == parent:
            word = "right"
        elif truth.photograph[named] == truth.photograph[parent]:
            word = "copy"
        else:
            word = "wrong"
        tally.parents[word] += 1
        if word != "right":
            named_path = truth.path.get(named, "none")
            tally.listed.append(f"parent {word}: {truth.path[child]} {named_path}")


def components(pairs: Iterable[Pair]) -> dict[str, str]:
    """Give each linked content the first content that it is linked with by a chain."""
    root: dict[str, str] = {}

    def find(one: str) -> str:
        while (above := root.setdefault(one, one)) != one:
            root[one] = one = root[above]
        return one

    for one, other in pairs:
        low, high = sorted((find(one), find(other)))
        root[high] = low
    return {one: find(one) for one in list(root)}


def interval(found: int, of: int) -> tuple[float, float]:
    """95 % interval of a share by Wilson's score.

    >>> [round(end, 3) for end in interval(49, 50)]
    [0.895, 0.996]
    """
    if of == 0:
        return 0.0, 1.0
    z, share = 1.959964, found / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * (share * (1 - share) / of + z * z / (4 * of * of)) ** 0.5 / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)
