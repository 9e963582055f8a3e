"""What went in: what people wrote, the code of the stages, and the packages that it ran with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from acne04.core import rows as csv_rows
from acne04.diff.change import Change, Section, flat, many, values
from acne04.diff.revision import Revision

_PINS, _DECISIONS = "upstreams/", "decisions/"
_FOLDERS = ("workflow/acne04/", "workflow/rules/", "schemas/", "upstreams/")


def edited_sections(before: Revision, after: Revision) -> Iterator[Section]:
    """Compare the files that are edited by hand."""
    for title, path in (("Parameters", "params.yaml"), ("Sources", "workflow/sources.yaml")):
        sides = (flat(before.mapping(path)), flat(after.mapping(path)))
        yield Section(title, tuple(values(*sides)))
    yield Section("Pins", tuple(_rows(before, after, _PINS, ("version", "path"), _pinned)))
    key = ("dataset", "kind", "subject", "target")
    yield Section("Decisions", tuple(_rows(before, after, _DECISIONS, key, _decided)))


def _rows(
    before: Revision,
    after: Revision,
    folder: str,
    key: tuple[str, ...],
    named: Callable[[dict[str, str]], str],
) -> Iterator[Change]:
    """Compare the tables of a folder, row by row."""
    files = sorted({f for side in (before, after) for f in side.files if _is_table(f, folder)})
    for path in files:
        old, new = (
            {tuple(row.get(k) or "" for k in key): row for row in _table(side, path)}
            for side in (before, after)
        )
        tell = partial(_names, named)
        yield from many("added", path, tell(new[k] for k in new.keys() - old.keys()))
        yield from many("removed", path, tell(old[k] for k in old.keys() - new.keys()))
        both = [k for k in old.keys() & new.keys() if old[k] != new[k]]
        yield from many("changed", path, [_altered(named(old[k]), named(new[k])) for k in both])


def _is_table(path: str, folder: str) -> bool:
    return path.startswith(folder) and path.endswith(".csv")


def _names(named: Callable[[dict[str, str]], str], rows: Iterator[dict[str, str]]) -> list[str]:
    return [named(row) for row in rows]


def _altered(before: str, after: str) -> str:
    return after if before == after else f"{after} (was: {before})"


def _table(state: Revision, path: str) -> list[dict[str, str]]:
    content = state.read(path)
    if content is None:
        return []
    try:
        rows = list(csv_rows.parse(content))
    except csv_rows.RowError as error:
        raise state.unreadable(path, f"not a CSV file in UTF-8 ({error})") from None
    header = rows[0].texts if rows else []
    return [dict(zip(header, row.texts, strict=False)) for row in rows[1:]]


def _pinned(row: dict[str, str]) -> str:
    return f"{row.get('path', '?')} (version {row.get('version', '?')})"


def _decided(row: dict[str, str]) -> str:
    what = " ".join(filter(None, (row.get("path") or row.get("subject"), row.get("target"))))
    told = f"{row.get('kind', '?')} {what}: {row.get('decision', '?')}"
    # Who decided can be forged as well as what: a person has to see both.
    return (
        f"{told}, by {row.get('who') or 'nobody'}, {row.get('when') or 'never'}"
        if "who" in row
        else told
    )


def code_section(before: Revision, after: Revision) -> Section:
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


def package_section(before: Revision, after: Revision) -> Section:
    """Compare the packages that the lock of the environment pins."""
    return Section("Packages", tuple(_updates(_packages(before), _packages(after))))


def _updates(before: dict[str, str], after: dict[str, str]) -> Iterator[Change]:
    yield from many("added", "packages", after.keys() - before.keys())
    yield from many("removed", "packages", before.keys() - after.keys())
    both = before.keys() & after.keys()
    yield from values({p: before[p] for p in both}, {p: after[p] for p in both})


def _packages(state: Revision) -> dict[str, str]:
    text = (state.read("requirements.lock") or b"").decode("utf-8", "replace")
    return dict(re.findall(r"^([\w.\[\],-]+)==([^\s;\\]+)", text, re.MULTILINE))
