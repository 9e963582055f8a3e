"""Relations between images, and the groups that they make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from acne04.diff.change import Change, Section, many
from acne04.diff.images import by
from acne04.diff.reading import Reader, Row

RELATIONS, GROUPS = "data/groups/relations.csv", "data/groups/groups.csv"
_TOLD = ("subject", "parent", "parent_status", "conflict", "decided_grade")


def sections(reader: Reader) -> Iterator[Section]:
    """Compare relations by their kind, and groups by their members."""
    reader.fetch((RELATIONS, GROUPS))
    if reader.differs(RELATIONS):
        yield Section("Relations", tuple(_relations(*reader.table(RELATIONS, "relations"))))
    if reader.differs(GROUPS):
        yield Section("Groups", tuple(_groups(*reader.table(GROUPS, "groups"))))


def _relations(before: list[Row], after: list[Row]) -> Iterator[Change]:
    for kind in sorted({row["kind"] for row in (*before, *after)}):
        old, new = (
            {f"{row['a']} - {row['b']}": row for row in rows if row["kind"] == kind}
            for rows in (before, after)
        )
        yield from many("added", kind, new.keys() - old.keys())
        yield from many("removed", kind, old.keys() - new.keys())
        both = old.keys() & new.keys()
        yield from many("changed", kind, (pair for pair in both if old[pair] != new[pair]))


def _groups(before: list[Row], after: list[Row]) -> Iterator[Change]:
    old, new = by(before, "image_id"), by(after, "image_id")
    yield from _partition(old, new)
    both = old.keys() & new.keys()
    for column in _TOLD:
        yield from many(
            "changed",
            column.replace("_", " "),
            (
                f"{image}: {old[image][column] or 'none'} -> {new[image][column] or 'none'}"
                for image in both
                if old[image][column] != new[image][column]
            ),
        )


def _partition(old: dict[str, Row], new: dict[str, Row]) -> Iterator[Change]:
    """Tell groups that were joined or divided, going by members, not by the groups' names."""
    targets: defaultdict[str, set[str]] = defaultdict(set)
    origins: defaultdict[str, set[str]] = defaultdict(set)
    for image in old.keys() & new.keys():
        targets[old[image]["group"]].add(new[image]["group"])
        origins[new[image]["group"]].add(old[image]["group"])
    yield from many(
        "changed",
        "groups joined",
        (f"{_list(of)} -> {g}" for g, of in origins.items() if of - {g} and len(of) > 1),
    )
    yield from many(
        "changed",
        "groups divided",
        (f"{g} -> {_list(to)}" for g, to in targets.items() if len(to) > 1),
    )
    sides = [{row["group"] for row in side.values()} for side in (old, new)]
    yield from many("added", "groups of new images only", sides[1] - origins.keys())
    yield from many("removed", "groups whose images have all gone", sides[0] - targets.keys())


def _list(groups: set[str]) -> str:
    return " + ".join(sorted(groups))
