"""The words at the end of a run: what was made, what was found, where to look."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_NAMES = {
    "standin": "standin: the drawn stand-in, not photographs",
    "acne04": "acne04: the real images; they may go to a private store only",
}
_FOLDERS = ("inventory", "annotations", "groups", "splits")


def lines(dataset: str, data: Path = Path("data")) -> Iterator[str]:
    """Give the summary of the artifacts that lie in `data`, line by line."""
    yield f"Dataset  {_NAMES[dataset]}"
    for folder in _FOLDERS:
        metrics, findings = (data / folder / f"{noun}.json" for noun in ("metrics", "findings"))
        if metrics.is_file() and findings.is_file():
            yield from _stage(data / folder, _load(metrics), _load(findings))
    yield f"Manifests  {data / 'splits'}/*.csv; a balance table: `acne04 split --help`"
    yield "Next  `dvc push` keeps all of it in the store; `dvc metrics show` has the figures"


def _stage(folder: Path, metrics: dict[str, Any], findings: dict[str, Any]) -> Iterator[str]:
    counts = [f"{name} {value:,}" for name, value in metrics.items() if isinstance(value, int)]
    severities = [f"{n:,} {severity}" for severity, n in findings["severities"].items() if n]
    yield f"{folder}  {', '.join(counts)}"
    yield f"    findings: {', '.join(severities) or 'none'}; see {folder}/findings.json"
    checks = [f"{check} {n:,}" for check, n in findings["counts"].items()]
    if checks:
        yield f"    {', '.join(checks)}"


def _load(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
