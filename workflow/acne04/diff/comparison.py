"""Compare two states of the checkout, as one document."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from typing import Any

from acne04.diff import dataset, inputs
from acne04.diff.artifacts import ArtifactPair, Artifacts
from acne04.diff.change import Section, many
from acne04.diff.revision import Revision

#: It tells of the code, and changes with it.
_LEDGER = "data/ledger/"
_KINDS = ("added", "removed", "moved", "changed")


def compare(before: Revision, after: Revision) -> dict[str, Any]:
    """Give the document of ``schemas/diff.schema.json``.

    Raises
    ------
    UnavailableError
        If bytes that are needed are neither in the cache nor in the store, or not to be understood.
    """
    pair = ArtifactPair(Artifacts(before), Artifacts(after))
    sections = [section for section in _sections(pair) if section.changes]
    return {
        "before": _named(before),
        "after": _named(after),
        "verdict": _verdict(pair, sections),
        "summary": _summary(before, after, sections),
        "notes": [*dict.fromkeys(_notes(pair))],
        "sections": [_section(section) for section in sections],
    }


def _verdict(pair: ArtifactPair, sections: list[Section]) -> str:
    before, after = (side.state.dataset for side in pair.sides)
    if before != after:
        return "other-dataset"
    if any(pair.differs(path) for path in pair.paths if not path.startswith(_LEDGER)):
        return "different"
    return "same-data" if sections else "same"


def _named(state: Revision) -> dict[str, Any]:
    return {"name": state.name, "commit": state.commit, "dataset": state.dataset}


def _sections(pair: ArtifactPair) -> Iterator[Section]:
    before, after = (side.state for side in pair.sides)
    yield from inputs.edited_sections(before, after)
    yield from dataset.sections(pair)
    yield inputs.code_section(before, after)
    yield inputs.package_section(before, after)
    sides = [side.md5s for side in pair.sides]
    differing = [path for path in pair.paths if pair.differs(path)]
    both = [path for path in differing if path in sides[0] and path in sides[1]]
    yield Section(
        "Outputs",
        (
            *many("added", "outputs", (path for path in differing if path not in sides[0])),
            *many("removed", "outputs", (path for path in differing if path not in sides[1])),
            *many("changed", "outputs", both),
        ),
    )


def _notes(pair: ArtifactPair) -> Iterator[str]:
    for side in pair.sides:
        if not side.state.stages:
            yield f"{side.state.name} has no dvc.lock: it holds no data yet"
        if side.altered:
            files = ", ".join(sorted(side.altered))
            yield f"not what dvc.lock names, but what is in data/ was compared: {files}"
    yield from pair.notes
    yield from inputs.not_run(pair.sides[1].state)


def _summary(before: Revision, after: Revision, sections: list[Section]) -> str:
    if not sections:
        return "No difference in the dataset"
    told = "; ".join(f"{section.title}: {_counts(section)}" for section in sections)
    if before.dataset != after.dataset:
        return f"Another dataset: {before.dataset} before, {after.dataset} after. {told}"
    return told


def _counts(section: Section) -> str:
    totals: Counter[str] = Counter()
    for change in section.changes:
        totals[change.kind] += change.count
    return ", ".join(f"{totals[kind]:,} {kind}" for kind in _KINDS if totals[kind])


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "changes": [
            {**dataclasses.asdict(change), "names": list(change.names)}
            for change in section.changes
        ],
        "balance": [dataclasses.asdict(row) for row in section.balance],
    }
