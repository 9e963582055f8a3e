"""The comparison for a person: as text for a terminal, as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acne04.core.printing import shown_in_line
from acne04.inspection.markdown import in_markdown

_EXAMPLES = 3
#: Of Markdown: a job summary may have 1 MiB; the JSON has every name.
_NAMED, _LONGEST, _ROWS = 50, 300, 6


def lines(document: dict[str, Any]) -> Iterator[str]:
    """Give the lines of the whole comparison."""
    yield shown_in_line(f"{document['before']['name']} -> {document['after']['name']}")
    yield shown_in_line(document["summary"])
    for note in document["notes"]:
        yield shown_in_line(f"note: {note}")
    for section in document["sections"]:
        yield ""
        yield section["title"]
        for change in section["changes"]:
            yield shown_in_line(f"  {change['kind']:<9}{_told(change)}")
        yield from _balance_lines(section["balance"])


def _told(change: dict[str, Any]) -> str:
    """Say one change in one line."""
    text = str(change["what"])
    if change["names"]:
        more = change["count"] - _EXAMPLES
        names = ", ".join(change["names"][:_EXAMPLES]) + (
            f", and {more:,} more" if more > 0 else ""
        )
        was = f" ({change['before']} -> {change['after']} in all)" if change["before"] else ""
        return f"{text}: {change['count']:,}{was}: {names}"
    if change["kind"] == "changed" and (change["before"] or change["after"]):
        return f"{text}: {change['before']} -> {change['after']}"
    value = change["before"] or change["after"]
    return f"{text}: {value}" if value else text


def _balance_lines(balance: list[dict[str, Any]]) -> Iterator[str]:
    if not balance:
        return
    if _is_kept(balance):
        yield "  balance  as many images of each grade in each part as before"
        return
    table = [["images by grade", *_grades(balance)]]
    table += [[row["part"], *(_counted(row, g) for g in _grades(balance))] for row in balance]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = [row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]
        yield (
            shown_in_line("  balance  " + "  ".join(cells))
            if row is table[0]
            else shown_in_line("           " + "  ".join(cells))
        )


def markdown(document: dict[str, Any]) -> str:
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
        parts += _markdown_section(section)
    return "\n\n".join(parts) + "\n"


def _markdown_section(section: dict[str, Any]) -> Iterator[str]:
    yield f"### {_cell(section['title'])}"
    rows = ["| | what | before | after | how many | such as |", "|---|---|---|---|---:|---|"]
    for change in section["changes"]:
        cells = [change["kind"], change["what"], change["before"], change["after"]]
        cells += [f"{change['count']:,}" if change["names"] else "", _examples(change["names"])]
        rows.append(f"| {' | '.join(map(_cell, cells))} |")
    yield "\n".join(rows)
    for change in section["changes"]:
        if len(change["names"]) > _EXAMPLES:
            yield _all_names(change)
    if section["balance"]:
        yield _balance_table(section["balance"])


def _examples(names: list[str]) -> str:
    return ", ".join(names[:_EXAMPLES]) + (", …" if len(names) > _EXAMPLES else "")


def _all_names(change: dict[str, Any]) -> str:
    names = [f"- {_cell(name)}" for name in change["names"][:_NAMED]]
    if len(change["names"]) > _NAMED:
        names.append(f"- and {len(change['names']) - _NAMED:,} more, in the JSON")
    return _folded(f"{change['kind']} {change['what']}: {change['count']:,}", "\n".join(names))


def _balance_table(balance: list[dict[str, Any]]) -> str:
    if _is_kept(balance):
        return "Balance: as many images of each grade in each part as before."
    columns = _grades(balance)
    rows = [f"| images by grade | {' | '.join(map(_cell, columns))} |"]
    rows.append("|---|" + "---:|" * len(columns))
    for row in balance:
        cells = [row["part"], *(_counted(row, grade).replace("->", "→") for grade in columns)]
        rows.append(f"| {' | '.join(map(_cell, cells))} |")
    table = "\n".join(rows)
    return table if len(balance) <= _ROWS else _folded("balance before and after", table)


def _folded(title: str, content: str) -> str:
    return f"<details><summary>{_cell(title)}</summary>\n\n{content}\n\n</details>"


def _cell(text: str, *, longest: int = _LONGEST) -> str:
    return in_markdown(text if len(text) <= longest else f"{text[:longest]}…")


def _grades(balance: list[dict[str, Any]]) -> list[str]:
    """List the grades of a balance."""
    return sorted({grade for row in balance for grade in (*row["before"], *row["after"])})


def _counted(row: dict[str, Any], grade: str) -> str:
    """Say how many there are of a grade: one number where it stayed."""
    before, after = row["before"].get(grade, 0), row["after"].get(grade, 0)
    return f"{before:,}" if before == after else f"{before:,} -> {after:,}"


def _is_kept(balance: list[dict[str, Any]]) -> bool:
    """Tell whether every part holds as many images of each grade as before."""
    return all(row["before"] == row["after"] for row in balance)
