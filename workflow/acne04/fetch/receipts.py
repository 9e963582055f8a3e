"""Receipts: which address delivered a download, and when.

They lie beside the downloads and never enter an artifact of the workflow: times differ from machine
to machine. A copy that was put there by hand has none.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from acne04.core import documents
from acne04.core.sources import Source


@dataclass(frozen=True)
class Receipt:
    """One downloaded file: its path, address, time (UTC, ISO 8601), size (bytes) and SHA-256.

    The address is written without who logs in, and without its query.
    """

    path: str
    url: str
    time: str
    size: int
    sha256: str


def now() -> str:
    """Give the time, in UTC to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_receipts(upstream: Path, source: Source, receipts: list[Receipt]) -> None:
    """Add to ``<upstream>/receipts/<source>.json``; a newer receipt replaces an older one."""
    if not receipts:
        return
    path = upstream / "receipts" / f"{source.key}.json"
    files = {str(receipt["path"]): receipt for receipt in _earlier(path)}
    files |= {receipt.path: asdict(receipt) for receipt in receipts}
    document = {
        "dataset": source.dataset,
        "source": source.key,
        "files": [files[name] for name in sorted(files)],
    }
    documents.report(path, document)


def _earlier(path: Path) -> list[dict[str, object]]:
    try:
        files: list[dict[str, object]] = json.loads(path.read_text(encoding="utf-8"))["files"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        # Receipts are for people: a damaged one is no reason to stop.
        return []
    return files
