"""What truth tells of a corpus, and what a method says of it: both by content.

Two files with the same bytes are one.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from near_gathered import IMAGES

LOCAL_EDIT = "local edits (synthetic)"

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
    """What a method says of a corpus: pairs that are the same, to be reviewed or retakes; parents.

    `parents` gives status and content of the parent (or candidate) of synthetic contents.
    """

    same: frozenset[Pair]
    review: frozenset[Pair] = frozenset()
    retakes: frozenset[Pair] = frozenset()
    parents: Mapping[str, tuple[str, str]] = field(default_factory=dict)


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
    said: dict[str, set[Pair]] = {"same": set(), "review": set(), "retake": set()}
    for row in _rows(verdicts):
        if row["verdict"] in said:
            said[row["verdict"]].add(pair_of(row["sha256_a"], row["sha256_b"]))
    found = {row["sha256"]: (row["status"], row["parent_sha256"]) for row in _rows(parents)}
    return Said(*(frozenset(said[verdict]) for verdict in ("same", "review", "retake")), found)


def _rows(table: Path | None) -> list[dict[str, str]]:
    if table is None:
        return []
    with table.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
