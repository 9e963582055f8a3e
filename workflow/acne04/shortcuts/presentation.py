"""Shortcuts as tables for people."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from rich import box
from rich.table import Table

from acne04.core.grades import GRADES
from acne04.core.printing import say, say_table
from acne04.shortcuts.measurement import GRADING, TELLING


def print_shortcuts(document: dict[str, Any]) -> None:
    """Print two tables a manifest: what grades, and what tells synthetic from real."""
    for manifest in document["manifests"]:
        graded = [each for each in manifest["shortcuts"] if each["task"] == GRADING]
        told = [each for each in manifest["shortcuts"] if each["task"] == TELLING]
        say(*_headline(document["dataset"], manifest["name"], graded).split("\n"))
        say_table(_graded(graded))
        if told:
            say("Synthetic or real, within a grade: area under the curve, chance .5")
            say_table(_told(told))
    for gap in document["not_run"]:
        say(f"not run, so not passed: {gap['check']}: {gap['reason']}")
    for finding in document["findings"]:
        say(
            f"{finding['check']}: {finding['file']}: {finding['found']}",
            f"  next: {finding['remedy']}",
        )
    say(
        "* above chance with the whole 95 % interval, by persons; docs/statistics.md says how this "
        "is measured."
    )


def _headline(dataset: str, name: str, graded: list[dict[str, Any]]) -> str:
    whole = max(graded, key=lambda each: each["images"], default=None)
    if whole is None or not whole["images"]:
        return f"{name} ({dataset}): no photographs to judge by"
    return (
        f"{name} ({dataset}): {whole['images']:,} photographs of {whole['persons']:,} persons, "
        f"chance {_text(whole['chance'])}\nBalanced accuracy, and recall by grade"
    )


def _graded(entries: Iterable[dict[str, Any]]) -> Table:
    table = _table("grades by", "accuracy", "95 %", *(f"grade {g}" for g in GRADES))
    for entry in entries:
        recalls = (_text(entry[f"recall_{grade}"]) for grade in GRADES)
        table.add_row(_name(entry), _text(entry["value"]), _interval(entry), *recalls)
    return table


def _told(entries: list[dict[str, Any]]) -> Table:
    grades = sorted({entry["grade"] for entry in entries})
    titles = [title for grade in grades for title in (f"grade {grade}", "95 %")]
    table = _table("tells by", *titles)
    for feature in dict.fromkeys(entry["feature"] for entry in entries):
        cells = []
        for grade in grades:
            own = [e for e in entries if (e["feature"], e["grade"]) == (feature, grade)]
            mark = " *" if own and own[0]["exceeds_chance"] else ""
            cells += [_text(own[0]["value"]), _interval(own[0]) + mark] if own else ["-", "-"]
        table.add_row(feature, *cells)
    return table


def _table(first: str, *titles: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column(first, no_wrap=True)
    for title in titles:
        table.add_column(title, justify="right")
    return table


def _name(entry: dict[str, Any]) -> str:
    return f"{entry['feature']}{' *' if entry['exceeds_chance'] else ''}"


def _interval(entry: dict[str, Any]) -> str:
    return "too few" if entry["low"] is None else f"{_text(entry['low'])}–{_text(entry['high'])}"


def _text(value: float | None) -> str:
    """Spell a figure without the zero before the point."""
    return "-" if value is None else re.sub(r"^(-?)0\.", r"\1.", f"{value:.3f}")
