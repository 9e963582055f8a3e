"""Judge what a method says of near-duplicates and parents against the stand-in's truth.

Everything is judged by content: two files with the same bytes are one. A pair is right where
truth says that both are the same photograph, directly or through their original.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path

from near_gathered import IMAGES

LOCAL_EDIT = "local edits (synthetic)"
#: Recall that is asked for, by kind of transform; what is not named is shown only.
RECALL = dict.fromkeys(
    ("re-encoded", "resized", "brightness", "mirrored", "turned-90", "crop-2-centre",
     "crop-2-corner", "crop-5-centre", "crop-5-corner", LOCAL_EDIT), 0.98,
) | dict.fromkeys(("turned-2", "crop-10-centre", "crop-10-corner"), 0.93)  # fmt: skip
PRECISION, PARENTS_RIGHT, PARENTS_WRONG = 0.995, 0.98, 0.005

Pair = tuple[str, str]


@dataclass(frozen=True)
class Planted:
    """A pair that truth tells of: its kind, and the two contents."""

    kind: str
    pair: Pair


@dataclass(frozen=True)
class Truth:
    """What a corpus holds, by SHA-256 of the contents.

    Attributes
    ----------
    path : mapping of str to str
        First path of each content.
    content : mapping of str to str
        Content of each path.
    planted : tuple of Planted
        Every pair of a copy and its original, and of a synthetic image and its parent.
    photograph : mapping of str to str
        Content of the photograph that each content shows.
    parent : mapping of str to str
        Content of the parent of each synthetic content.
    lookalikes : tuple of Planted
        Pairs that are nearly the same photograph and are not.
    """

    path: Mapping[str, str]
    content: Mapping[str, str]
    planted: tuple[Planted, ...]
    photograph: Mapping[str, str]
    parent: Mapping[str, str]
    lookalikes: tuple[Planted, ...] = ()


@dataclass(frozen=True)
class Said:
    """What a method says of a corpus: pairs that are the same or to be reviewed, and parents.

    `parents` gives status and content of the parent (or candidate) of synthetic contents.
    """

    same: frozenset[Pair]
    review: frozenset[Pair] = frozenset()
    parents: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass
class Tally:
    """Counts of one method; tallies of several corpora can be added up."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    review: Counter[str] = field(default_factory=Counter)
    joined: Counter[str] = field(default_factory=Counter)
    parents: Counter[str] = field(default_factory=Counter)
    right: int = 0
    wrong: int = 0
    wrong_review: int = 0
    lookalikes: Counter[str] = field(default_factory=Counter)
    taken_in: Counter[str] = field(default_factory=Counter)
    contents: int = 0
    largest: int = 0
    listed: list[str] = field(default_factory=list)


def pair_of(one: str, other: str) -> Pair:
    """Give the pair in its order."""
    return (one, other) if one < other else (other, one)


def read_truth(truth: Path, inventory: Path) -> Truth:
    """Read what was planted, and which content lies where."""
    document = json.loads(truth.read_text(encoding="utf-8"))
    content = {row["path"]: row["sha256"] for row in _rows(inventory)}

    def real(name: str) -> str:
        return content[f"{IMAGES}/{name}"]

    def synthetic(path: str) -> str:
        return content[path.replace("ACNEDIT/", "acnedit/", 1)]

    copies = [(d["kind"], d["name"], d["original"]) for d in document["near_duplicates"]]
    parent = {synthetic(path): real(s["parent"]) for path, s in document["synthetic"].items()}
    planted = [Planted(kind, pair_of(real(copy), real(first))) for kind, copy, first in copies]
    planted += [Planted(LOCAL_EDIT, pair_of(child, of)) for child, of in sorted(parent.items())]
    photograph = {sha: sha for sha in content.values()}
    photograph.update({real(copy): real(first) for _, copy, first in copies})
    photograph.update({child: photograph[of] for child, of in parent.items()})
    path = {sha: name for name, sha in sorted(content.items(), reverse=True)}
    different = tuple(p for p in planted if p.pair[0] != p.pair[1])
    lookalikes = tuple(
        Planted(d["kind"], pair_of(real(d["name"]), real(d["original"])))
        for d in document.get("lookalikes", ())
    )
    return Truth(path, content, different, photograph, parent, lookalikes)


def read_said(verdicts: Path | None, parents: Path | None) -> Said:
    """Read the tables of ``acne04 near``."""
    said: dict[str, set[Pair]] = {"same": set(), "review": set()}
    for row in _rows(verdicts):
        if row["verdict"] in said:
            said[row["verdict"]].add(pair_of(row["sha256_a"], row["sha256_b"]))
    found = {row["sha256"]: (row["status"], row["parent_sha256"]) for row in _rows(parents)}
    return Said(frozenset(said["same"]), frozenset(said["review"]), found)


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
        _judge_planted(planted, found, asked, root, truth, tally)
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
    in_review = planted.pair in review
    tally.review[kind] += in_review
    how = "in review" if in_review else "missed"
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


def _rows(table: Path | None) -> list[dict[str, str]]:
    if table is None:
        return []
    with table.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
