"""The words at the end of a run: what was made, what was found, where to look."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

from acne04.core.rows import read_rows

_NAMES = {
    "standin": "standin: the drawn stand-in, not photographs",
    "acne04": "acne04: the real images; they may go to a private store only",
}
_WIDTH = 100
#: Folder of artifacts -> the rule that makes it.
_MAKERS = {
    "inventory": "scan",
    "annotations": "validate",
    "near": "near",
    "groups": "dedupe",
    "splits": "split",
}
#: Manifests to begin with.
_MANIFESTS = ("holdout", "kfold", "published-clean")


def summary_lines(dataset: str, ran: Container[str], data: Path = Path("data")) -> Iterator[str]:
    """Give the summary of the artifacts that a run made, line by line.

    Parameters
    ----------
    dataset : str
        Which one it is.
    ran : container of str
        Names of the rules that ran.
    data : pathlib.Path
        Where the artifacts lie.
    """
    yield f"Dataset  {_NAMES[dataset]}"
    for folder in (folder for folder, rule in _MAKERS.items() if rule in ran):
        metrics, findings = (data / folder / f"{noun}.json" for noun in ("metrics", "findings"))
        if metrics.is_file() and findings.is_file():
            yield ""
            yield f"{data / folder}"
            for line in (*_made(_load(metrics)), *_found(_load(findings))):
                yield from _wrapped(line)
    ledger = data / "ledger" / "ledger.json"
    asked = sum(_questions(data / folder / "review.csv") for folder in _MAKERS)
    yield ""
    # What a part of the flow has made anew, the stages behind it know nothing of.
    is_changed = any(rule in ran for rule in ("standin", "fetch", *_MAKERS.values()))
    is_whole = "split" in ran or not is_changed
    if ledger.is_file() and ("record" in ran or not is_changed):
        yield f"Ledger   {ledger}: {_recorded(_load(ledger))}"
    if look := list(_to_look_at(data, ran, is_whole=is_whole)):
        yield f"Look at  {', '.join(look)}"
    if not is_whole:
        yield "Part     of the flow; `snakemake --cores all` makes the manifests"
    if asked:
        yield f"Decide   {asked:,} questions that only a person can settle: `acne04 decide`"
    yield "Next     `dvc push` keeps all of it in the store; `dvc metrics show` has every figure"


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


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
    )


def _recorded(ledger: dict[str, Any]) -> str:
    artifacts = sum(len(stage["outputs"]) for stage in ledger["stages"])
    return f"{artifacts:,} artifacts of {len(ledger['stages'])} stages; `acne04 trace` asks it"


def _questions(review: Path) -> int:
    """Count the rows of a review queue; 0 where there is none."""
    return sum(1 for _ in read_rows(review, "review")) if review.is_file() else 0


def _made(metrics: dict[str, Any]) -> Iterator[str]:
    counts = []
    for name, value in metrics.items():
        if isinstance(value, int):
            counts.append(f"{name.replace('_', ' ')} {value:,}")
        elif name == "images" and all(isinstance(n, int) for n in value.values()):
            counts.append("images " + " + ".join(f"{n:,} {kind}" for kind, n in value.items()))
    if counts:
        yield ", ".join(counts)
    for name, variant in metrics.get("variants", {}).items():
        excluded = sum(variant["excluded"].values())
        yield f"{name}: {variant['placed']:,} rows placed, {excluded:,} excluded with a reason"


def _found(findings: dict[str, Any]) -> Iterator[str]:
    severities = [f"{n:,} {severity}" for severity, n in findings["severities"].items() if n]
    if not severities:
        yield "no findings"
        return
    checks = [f"{check} {n:,}" for check, n in findings["counts"].items()]
    yield f"findings: {', '.join(severities)} ({', '.join(checks)})"


def _load(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
