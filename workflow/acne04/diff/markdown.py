"""The comparison as Markdown, for a pull request: the verdict first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acne04.diff.text import EXAMPLES, counted, grades, is_kept
from acne04.inspection.plain import in_markdown

#: A job summary may have 1 MiB; the JSON has every name.
NAMED, LONGEST, ROWS = 50, 300, 6


def text(document: dict[str, Any]) -> str:
    """Give the whole comparison."""
    verdict = {
        "same": "No difference in the dataset",
        "same-data": "The same data, from other code or settings",
        "different": "This changes the dataset",
        "other-dataset": "This is another dataset",
    }[document["verdict"]]
    sides = " → ".join(_cell(document[side]["name"]) for side in ("before", "after"))
    parts = [f"## {verdict}", sides]
    if document["sections"]:
        parts.append(_cell(document["summary"], longest=2_000))
    parts += [f"> {_cell(note, longest=1_000)}" for note in document["notes"]]
    for section in document["sections"]:
        parts += _section(section)
    return "\n\n".join(parts) + "\n"


def _section(section: dict[str, Any]) -> Iterator[str]:
    yield f"### {_cell(section['title'])}"
    rows = ["| | what | before | after | how many | such as |", "|---|---|---|---|---:|---|"]
    for change in section["changes"]:
        cells = [change["kind"], change["what"], change["before"], change["after"]]
        cells += [f"{change['count']:,}" if change["names"] else "", _examples(change["names"])]
        rows.append(f"| {' | '.join(map(_cell, cells))} |")
    yield "\n".join(rows)
    for change in section["changes"]:
        if len(change["names"]) > EXAMPLES:
            yield _all_names(change)
    if section["balance"]:
        yield _balance(section["balance"])


def _examples(names: list[str]) -> str:
    return ", ".join(names[:EXAMPLES]) + (", …" if len(names) > EXAMPLES else "")


def _all_names(change: dict[str, Any]) -> str:
    names = [f"- {_cell(name)}" for name in change["names"][:NAMED]]
    if len(change["names"]) > NAMED:
        names.append(f"- and {len(change['names']) - NAMED:,} more, in the JSON")
    return _folded(f"{change['kind']} {change['what']}: {change['count']:,}", "\n".join(names))


def _balance(balance: list[dict[str, Any]]) -> str:
    if is_kept(balance):
        return "Balance: as many images of each grade in each part as before."
    columns = grades(balance)
    rows = [f"| images by grade | {' | '.join(map(_cell, columns))} |"]
    rows.append("|---|" + "---:|" * len(columns))
    for row in balance:
        cells = [row["part"], *(counted(row, grade).replace("->", "→") for grade in columns)]
        rows.append(f"| {' | '.join(map(_cell, cells))} |")
    table = "\n".join(rows)
    return table if len(balance) <= ROWS else _folded("balance before and after", table)


def _folded(title: str, content: str) -> str:
    return f"<details><summary>{_cell(title)}</summary>\n\n{content}\n\n</details>"


def _cell(text: str, *, longest: int = LONGEST) -> str:
    return in_markdown(text if len(text) <= longest else f"{text[:longest]}…")
