"""What came out: images, circles, splits, relations, groups and findings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from acne04.diff import moves
from acne04.diff.artifacts import ArtifactPair, Row
from acne04.diff.change import Change, Kind, Section, many

_IMAGES = "data/inventory/images.csv"
_ANNOTATED, _LESIONS = "data/annotations/images.csv", "data/annotations/lesions.csv"
_RELATIONS, _GROUPS = "data/groups/relations.csv", "data/groups/groups.csv"
#: Columns of the inventory whose change is told by itself, in the words for it.
_OF_IMAGES = {"sha256": "bytes", "grade": "grade", "lesions_v1": "number of lesions"}
#: Columns of the groups, likewise.
_OF_GROUPS = ("subject", "parent", "parent_status", "conflict", "decided_grade")


def sections(pair: ArtifactPair) -> Iterator[Section]:
    """Compare what the stages made, in the order in which a person cares."""
    yield from _image_sections(pair)
    yield from moves.sections(pair)
    yield from _relation_sections(pair)
    yield _finding_section(pair)


def _image_sections(pair: ArtifactPair) -> Iterator[Section]:
    """Compare the inventories, and the annotations."""
    pair.fetch((_IMAGES, _ANNOTATED, _LESIONS))
    if pair.differs(_IMAGES):
        before, after = (_by(rows, "path") for rows in pair.table(_IMAGES, "inventory"))
        yield Section("Images", tuple(_images(before, after)))
    yield Section("Annotations", tuple(_annotations(pair)))


def _by(rows: list[Row], *columns: str) -> dict[str, Row]:
    """Give the rows by what some columns hold."""
    return {" ".join(row[column] for column in columns): row for row in rows}


def _images(before: dict[str, Row], after: dict[str, Row]) -> Iterator[Change]:
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    places = {before[path]["sha256"]: path for path in sorted(gone)}
    moved = {path: places[after[path]["sha256"]] for path in new if after[path]["sha256"] in places}
    yield from many("added", "images", new - moved.keys())
    yield from many("removed", "images", gone - set(moved.values()))
    yield from many(
        "moved", "images, the same bytes elsewhere", (f"{b} -> {a}" for a, b in moved.items())
    )
    both = before.keys() & after.keys()
    for column, word in _OF_IMAGES.items():
        changed = (path for path in both if before[path][column] != after[path][column])
        yield from many("changed", word, (_told(path, column, before, after) for path in changed))
    others = {column for row in (*before.values(), *after.values()) for column in row}
    for column in sorted(others - _OF_IMAGES.keys() - {"dataset", "md5", "size"}):
        names = (p for p in both if before[p].get(column, "") != after[p].get(column, ""))
        yield from many("changed", f"column {column} of the inventory", names)


def _told(path: str, column: str, before: dict[str, Row], after: dict[str, Row]) -> str:
    if column == "sha256":
        return path
    values = (side[path][column] or "none" for side in (before, after))
    return f"{path}: {' -> '.join(values)}"


def _annotations(pair: ArtifactPair) -> Iterator[Change]:
    for path, schema, key, noun in (
        (_ANNOTATED, "annotated", ("file_name",), "annotated images"),
        (_LESIONS, "lesions", ("file_name", "annotation_id"), "circles"),
    ):
        if not pair.differs(path):
            continue
        before, after = (_by(rows, *key) for rows in pair.table(path, schema))
        yield from many("added", noun, after.keys() - before.keys())
        yield from many("removed", noun, before.keys() - after.keys())
        both = before.keys() & after.keys()
        yield from many("changed", noun, (k for k in both if before[k] != after[k]))


def _relation_sections(pair: ArtifactPair) -> Iterator[Section]:
    """Compare relations by their kind, and groups by their members."""
    pair.fetch((_RELATIONS, _GROUPS))
    if pair.differs(_RELATIONS):
        yield Section("Relations", tuple(_relations(*pair.table(_RELATIONS, "relations"))))
    if pair.differs(_GROUPS):
        yield Section("Groups", tuple(_groups(*pair.table(_GROUPS, "groups"))))


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
    old, new = _by(before, "image_id"), _by(after, "image_id")
    yield from _partition(old, new)
    both = old.keys() & new.keys()
    for column in _OF_GROUPS:
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


def _finding_section(pair: ArtifactPair) -> Section:
    """Compare the findings of all stages, by check."""
    paths = [path for path in pair.paths if PurePosixPath(path).name == "findings.json"]
    changes: list[Change] = []
    lists = {path: str(PurePosixPath(path).with_name("problems.csv")) for path in paths}
    for path, listed in lists.items():
        if pair.differs(path) or pair.differs(listed):
            pair.fetch_both((path, listed))
            changes += _compared(PurePosixPath(path).parent.name, *pair.findings(path, listed))
    return Section("Findings", tuple(changes))


def _compared(
    stage: str, before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> Iterator[Change]:
    old, new = Counter(map(_named, before)), Counter(map(_named, after))
    totals = [Counter(finding["check"] for finding in side) for side in (before, after)]
    more: tuple[tuple[Kind, Counter[tuple[str, str]]], ...]
    more = (("added", new - old), ("removed", old - new))
    for check in sorted(totals[0].keys() | totals[1].keys()):
        was, now = (str(total[check]) for total in totals)
        for kind, findings in more:
            names = tuple(sorted(name for (of, name) in findings.elements() if of == check))
            if names:
                yield Change(kind, f"{check} ({stage})", was, now, len(names), names)


def _named(finding: dict[str, Any]) -> tuple[str, str]:
    place = f"{finding.get('file', '')}{finding.get('pointer') or ''}"
    return finding["check"], f"{place}: {finding.get('found', '')}"
