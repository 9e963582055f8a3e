"""The words at the end of a run: what was made, what was found, where to look."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

from acne04.core.rows import read_rows

_NAMES = {
    "standin": "standin: the drawn stand-in, not photographs",
    "acne04": "acne04: the real images; they may go to a private store only",
}
#: Folder of artifacts -> the rule that makes it.
_MAKERS = {
    "inventory": "scan",
    "annotations": "validate",
    "near": "near",
    "groups": "dedupe",
    "splits": "split",
    "cohort": "cohort",
    "shortcuts": "shortcuts",
}
#: Columns of the table, before the words.
_FOLDER = 16
_SEVERITIES = {"error": 6, "warning": 9, "info": 6}
#: Where there is less room than this beside the counts, the words stand below them.
_LEAST_ROOM = 30
#: Stands for a space that no line is folded at.
_TIE = "\xa0"
#: Figures for whoever looks for the cause of something.
_DETAILS = ("largest_group", "largest_near_component", "subjects")
#: Manifests to begin with.
_MANIFESTS = ("holdout", "kfold", "published-clean")


def summary_lines(
    dataset: str, ran: Container[str], width: int, data: Path = Path("data")
) -> Iterator[str]:
    """Give the summary of the artifacts that a run made, line by line.

    Parameters
    ----------
    dataset : str
        Which one it is.
    ran : container of str
        Names of the rules that ran.
    width : int
        Columns that the table may take.
    data : pathlib.Path
        Where the artifacts lie.
    """
    yield f"Dataset  {_NAMES[dataset]}"
    table = [
        line
        for folder, rule in _MAKERS.items()
        if rule in ran
        for line in _rows(data / folder, width)
    ]
    if table:
        titles = "".join(name.rjust(room) for name, room in _SEVERITIES.items())
        yield f"{'Findings':{_FOLDER}}{titles}"
        yield from table
    ledger = data / "ledger" / "ledger.json"
    asked = sum(_questions(data / folder / "review.csv") for folder in _MAKERS)
    yield ""
    # What a part of the flow has made anew, the stages behind it know nothing of.
    is_changed = any(rule in ran for rule in ("standin", "fetch", *_MAKERS.values()))
    is_whole = "split" in ran or not is_changed
    page = data / "report" / "index.html"
    shown = [str(page)] if page.is_file() and ("report" in ran or not is_changed) else []
    if ledger.is_file() and ("record" in ran or not is_changed):
        yield f"Ledger   {ledger}: {_recorded(_load(ledger))}"
    if look := [*shown, *_to_look_at(data, ran, is_whole=is_whole)]:
        yield f"Look at  {', '.join(look)}"
    if not is_whole:
        yield "Part     of the flow; `snakemake --cores all` makes the manifests"
    if asked:
        yield f"Decide   {asked:,} questions that only a person can settle: `acne04 decide`"
    yield "Next     `dvc push` keeps all of it in the store; `dvc metrics show` has the key figures"


def _to_look_at(data: Path, ran: Container[str], *, is_whole: bool) -> Iterator[str]:
    """Name the manifests and findings that are there, and are of what lies before them."""
    names = [name for name in _MANIFESTS if (data / "splits" / f"{name}.csv").is_file()]
    if names and is_whole:
        yield f"{data}/splits/{{{','.join(names)}}}.csv"
    if "fetch" in ran and not is_whole:
        yield f"{data}/raw"
    made = [folder for folder, rule in _MAKERS.items() if is_whole or rule in ran]
    found = [folder for folder in made if (data / folder / "findings.json").is_file()]
    if found == list(_MAKERS):
        yield f"{data}/*/findings.json"
    else:
        yield from (f"{data}/{folder}/findings.json" for folder in found)


def _rows(folder: Path, width: int) -> Iterator[str]:
    """Give the rows of one folder: how much was found in what was made, then what."""
    metrics, findings = (folder / f"{noun}.json" for noun in ("metrics", "findings"))
    if not (metrics.is_file() and findings.is_file()):
        return
    document = _load(findings)
    counts = "".join(
        f"{document['severities'].get(name, 0):{room},}" for name, room in _SEVERITIES.items()
    )
    head = f"{folder.as_posix():{_FOLDER}}{counts}  "
    is_narrow = width - len(head) < _LEAST_ROOM
    room = width - (2 if is_narrow else len(head))
    words = [line for text in _made(_load(metrics)) for line in _wrapped(text, room)]
    words += _kinds(document, room)
    beside = "" if is_narrow else "".join(words[:1])
    yield (head + beside).rstrip()
    for line in words if is_narrow else words[1:]:
        yield " " * (width - room) + line


def _wrapped(text: str, room: int) -> list[str]:
    """Fold a list of figures; a name stays with its number."""
    kept = re.sub(r"(?<![,:]) ", _TIE, text)
    lines = textwrap.wrap(kept, room, break_on_hyphens=False, break_long_words=False)
    return [line.replace(_TIE, " ") for line in lines]


def _kinds(document: dict[str, Any], room: int) -> list[str]:
    """Name the kinds of findings, the errors all, of the others the most frequent in a line."""
    errors = {f["check"] for f in document["findings"] if f["severity"] == "error"}
    ranked = sorted(document["counts"].items(), key=lambda kind: (-kind[1], kind[0]))
    bad, others = (
        [f"{check} {number:,}" for check, number in ranked if (check in errors) is wanted]
        for wanted in (True, False)
    )
    lines = _wrapped(f"errors: {', '.join(bad)}", room) if bad else []
    for left in range(len(others) + 1):
        shown = others[: len(others) - left]
        more = [f"{left} more {'kind' if left == 1 else 'kinds'}"] if left else []
        line = ", ".join(shown + more)
        if len(line) <= room:
            return [*lines, line] if line else lines
    return lines


def _recorded(ledger: dict[str, Any]) -> str:
    artifacts = sum(len(stage["outputs"]) for stage in ledger["stages"])
    return f"{artifacts:,} artifacts of {len(ledger['stages'])} stages; `acne04 trace` asks it"


def _questions(review: Path) -> int:
    """Count the rows of a review queue; 0 where there is none."""
    return sum(1 for _ in read_rows(review, "review")) if review.is_file() else 0


def _made(metrics: dict[str, Any]) -> Iterator[str]:
    counts = []
    for name, value in metrics.items():
        if isinstance(value, int) and name not in _DETAILS:
            counts.append(f"{name.replace('_', ' ')} {value:,}")
        elif name == "images" and all(isinstance(n, int) for n in value.values()):
            counts.append("images " + " + ".join(f"{n:,} {kind}" for kind, n in value.items()))
    if counts:
        yield ", ".join(counts)
    placed = [
        f"{name} {variant['placed']:,}/{variant['placed'] + sum(variant['excluded'].values()):,}"
        for name, variant in metrics.get("variants", {}).items()
    ]
    if placed:
        yield f"placed: {', '.join(placed)}"


def _load(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
