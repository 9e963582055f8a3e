"""One decision, as a row of a decisions file states it."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

#: File in ``decisions/`` -> the kinds that it holds: the stage that reads the file applies them.
FILES = {
    "annotations.csv": ("circles", "resized"),
    "images.csv": ("grade", "keep"),
    "relations.csv": ("relation", "parent"),
    "places.csv": ("place",),
}
KINDS = tuple(kind for kinds in FILES.values() for kind in kinds)


@dataclass(frozen=True)
class Decision:
    """One row of a decisions file, as ``schemas/decisions.table.json`` describes it."""

    dataset: str
    kind: str
    subject: str
    path: str
    target: str
    decision: str
    reason: str
    who: str
    when: str
    line: int

    @property
    def contents(self) -> list[tuple[str, str]]:
        """What the decision is bound to: (sha256, path) of the file, or of both of a pair."""
        hashes = self.subject.split(":")
        paths = self.path.split("|") if len(hashes) > 1 else [self.path]
        return list(zip(hashes, paths, strict=False))

    def holds(self, contents: Set[str]) -> bool:
        """Tell whether all that the decision is bound to is among `contents` (SHA-256 digests)."""
        return all(digest in contents for digest, _ in self.contents)


def id_ranges(target: str) -> list[tuple[int, int]]:
    """Give the ids that a target of kind circles names, as ranges with both ends.

    >>> id_ranges("ids 3, 7-9")
    [(3, 3), (7, 9)]
    """
    parts = [part.partition("-") for part in target.removeprefix("ids ").split(", ")]
    return [(int(first), int(last or first)) for first, _, last in parts]


def id_target(ids: Iterable[int]) -> str:
    """Name ids as a target of kind circles.

    >>> id_target([9, 3, 7, 8])
    'ids 3, 7-9'
    """
    ranges: list[list[int]] = []
    for number in sorted(ids):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return "ids " + ", ".join(f"{a}-{b}" if b > a else f"{a}" for a, b in ranges)
