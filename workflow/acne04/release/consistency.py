"""Whether the checkout is what its records say: the lock of DVC, and the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acne04.core import dvc, yaml_files
from acne04.core.hashing import digest_file
from acne04.provenance.ledger import Ledger


def unlike_lock() -> Iterator[str]:
    """Say of each file that ``dvc.lock`` records how it differs, read from disk."""
    entries = dvc.lock_entries()
    for stage in sorted(dvc.declared_outs().keys() - set(entries)):
        yield f"dvc.lock: no entry for stage {stage}; it has not run"
    recorded: dict[str, set[str]] = {}
    for entry in entries.values():
        for item in (*entry.get("deps", []), *entry.get("outs", [])):
            recorded.setdefault(item["path"], set()).add(item["md5"])
    for path, digests in sorted(recorded.items()):
        found = _md5(Path(path))
        for md5 in sorted(digests - {found}):
            yield f"{path}: dvc.lock has md5 {md5}, found {found}"


def unlike_ledger(ledger: Ledger) -> Iterator[str]:
    """Say of each file that the ledger names, and of the parameters, how they differ."""
    for path, recorded in ledger.files.items():
        found = digest_file(Path(path)).sha256 if Path(path).is_file() else "no such file"
        if found != recorded.sha256:
            yield f"{path}: the ledger has sha256 {recorded.sha256}, found {found}"
    parameters = _parameters()
    for name in sorted({*parameters, *ledger.parameters}):
        now, then = parameters.get(name), ledger.parameters.get(name)
        if now != then:
            yield f"params.yaml: the ledger has {name} {_shown(then)}, found {_shown(now)}"


def _parameters() -> dict[str, Any]:
    document = yaml_files.read(Path("params.yaml"))
    return dict(document) if isinstance(document, dict) else {}


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _md5(path: Path) -> str:
    return dvc.code_md5(path) or "no such file"
