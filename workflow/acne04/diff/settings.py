"""What people wrote: parameters, sources, pins, decisions."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from functools import partial

from acne04.diff.change import Change, Section, flat, many, values
from acne04.diff.revision import Revision

_PINS, _DECISIONS = "upstreams/", "decisions/"


def sections(before: Revision, after: Revision) -> Iterator[Section]:
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
        yield from many("changed", path, tell(new[k] for k in both))


def _is_table(path: str, folder: str) -> bool:
    return path.startswith(folder) and path.endswith(".csv")


def _names(named: Callable[[dict[str, str]], str], rows: Iterator[dict[str, str]]) -> list[str]:
    return [named(row) for row in rows]


def _table(state: Revision, path: str) -> list[dict[str, str]]:
    content = state.read(path)
    if content is None:
        return []
    try:
        text = content.decode("utf-8")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise state.unreadable(path, f"not a CSV file in UTF-8 ({error})") from None
    return [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]


def _pinned(row: dict[str, str]) -> str:
    return f"{row.get('path', '?')} (version {row.get('version', '?')})"


def _decided(row: dict[str, str]) -> str:
    what = " ".join(filter(None, (row.get("path") or row.get("subject"), row.get("target"))))
    return f"{row.get('kind', '?')} {what}: {row.get('decision', '?')}"
