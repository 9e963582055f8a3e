"""Stages whose code changed, and outputs that are older than their code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acne04.diff.change import Change, Section, flat
from acne04.diff.revision import Revision

_FOLDERS = ("workflow/acne04/", "workflow/rules/", "schemas/", "upstreams/")


def section(before: Revision, after: Revision) -> Section:
    """Compare the code of every stage, file by file, as git has it."""
    return Section("Code", tuple(_changes(before, after)))


def _changes(before: Revision, after: Revision) -> Iterator[Change]:
    files = {s: _code(before, s) | _code(after, s) for s in _stages(before, after)}
    everything = sorted({path for paths in files.values() for path in paths})
    old, new = before.md5s(everything), after.md5s(everything)
    differing = {path for path in everything if old.get(path) != new.get(path)}
    for stage, paths in files.items():
        if stage not in after.stages:
            yield Change("removed", f"stage {stage}")
        elif stage not in before.stages:
            yield Change("added", f"stage {stage}")
        elif names := tuple(sorted(paths & differing)):
            yield Change("changed", f"stage {stage}", count=len(names), names=names)


def not_run(state: Revision) -> list[str]:
    """Say of which stages code, inputs or parameters are others than those of the last run."""
    files = {stage: state.files_of(stage, "deps") for stage in state.stages}
    now = state.digests(sorted({path for deps in files.values() for path in deps}))
    stale = [
        stage
        for stage, deps in files.items()
        if any(now[path] != deps[path] for path in deps.keys() & now.keys())
        or not _has_its_parameters(state, stage)
    ]
    if not stale:
        return []
    return [
        f"{state.name}: since the outputs of {', '.join(sorted(stale))} were made, code, inputs or"
        " parameters have changed; a run (`make lock`) may change more than is told here"
    ]


def _has_its_parameters(state: Revision, stage: str) -> bool:
    recorded = state.stages[stage].get("params") or {}
    # As text: DVC writes a small number in a form that YAML takes for a word.
    return all(
        flat(_at(state.mapping(path), key)) == flat(value)
        for path, values in recorded.items()
        for key, value in values.items()
    )


def _at(value: Any, key: str) -> Any:
    """Look up a dotted key, as DVC has it."""
    for step in key.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _stages(before: Revision, after: Revision) -> list[str]:
    return sorted(before.stages.keys() | after.stages.keys())


def _code(state: Revision, stage: str) -> set[str]:
    deps = (path for path in state.files_of(stage, "deps") if path.startswith(_FOLDERS))
    return {file for path in deps for file in state.below(path)}
