"""The comparison as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acne04.inspection.plain import visible

EXAMPLES = 3


def lines(document: dict[str, Any]) -> Iterator[str]:
    """Give the lines of the whole comparison."""
    yield visible(f"{document['before']['name']} -> {document['after']['name']}")
    yield visible(document["summary"])
    for note in document["notes"]:
        yield visible(f"note: {note}")
    for section in document["sections"]:
        yield ""
        yield section["title"]
        for change in section["changes"]:
            yield visible(f"  {change['kind']:<9}{told(change)}")
        yield from _balance(section["balance"])


def told(change: dict[str, Any]) -> str:
    """Say one change in one line."""
    text = str(change["what"])
    if change["names"]:
        more = change["count"] - EXAMPLES
        names = ", ".join(change["names"][:EXAMPLES]) + (f", and {more:,} more" if more > 0 else "")
        was = f" ({change['before']} -> {change['after']} in all)" if change["before"] else ""
        return f"{text}: {change['count']:,}{was}: {names}"
    if change["kind"] == "changed" and (change["before"] or change["after"]):
        return f"{text}: {change['before']} -> {change['after']}"
    value = change["before"] or change["after"]
    return f"{text}: {value}" if value else text


def grades(balance: list[dict[str, Any]]) -> list[str]:
    """List the grades of a balance."""
    return sorted({grade for row in balance for grade in (*row["before"], *row["after"])})


def counted(row: dict[str, Any], grade: str) -> str:
    """Say how many there are of a grade: one number where it stayed."""
    before, after = row["before"].get(grade, 0), row["after"].get(grade, 0)
    return f"{before:,}" if before == after else f"{before:,} -> {after:,}"


def is_kept(balance: list[dict[str, Any]]) -> bool:
    """Tell whether every part holds as many images of each grade as before."""
    return all(row["before"] == row["after"] for row in balance)


def _balance(balance: list[dict[str, Any]]) -> Iterator[str]:
    if not balance:
        return
    if is_kept(balance):
        yield "  balance  as many images of each grade in each part as before"
        return
    table = [["images by grade", *grades(balance)]]
    table += [[row["part"], *(counted(row, g) for g in grades(balance))] for row in balance]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = [row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]
        yield (
            visible("  balance  " + "  ".join(cells))
            if row is table[0]
            else visible("           " + "  ".join(cells))
        )
