"""The chain of one file of the workflow: the stages back to the sources, with pins and licences."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from acne04.provenance.ledger import Ledger, RecordedStage
from acne04.trace.naming import findings_on
from acne04.trace.origin import described, origin
from acne04.trace.records import Records


def trace_artifact(records: Records, path: str) -> dict[str, Any]:
    """Tell how a file of the ledger was made: an artifact, or one that lies in git."""
    ledger = records.ledger
    recorded = ledger.files[path]
    maker = ledger.maker(path)
    chain = _back(ledger, maker) if maker else []
    return {
        "kind": "artifact",
        "file": {"path": path, "state": records.state(path, recorded.sha256)},
        "size": recorded.size,
        "sha256": recorded.sha256,
        "chain": [_stage(ledger, stage) for stage in chain],
        "sources": [_source(records, stage) for stage in chain if stage.folders],
        "environment": {
            "packages": ledger.environment.packages,
            "decoder": ledger.environment.decoder,
            "solver": ledger.environment.solver,
        },
        "findings": _findings(records, path, maker) if maker else [],
        "read_by": [stage.name for stage in ledger.readers(path)],
    }


def trace_member(records: Records, path: str) -> dict[str, Any]:
    """Tell where a file below ``data/raw`` that is no image comes from."""
    return {
        "kind": "file",
        **origin(records, path),
        "findings": findings_on(records, {path, PurePosixPath(path).name}),
    }


def _back(ledger: Ledger, stage: RecordedStage) -> list[RecordedStage]:
    """Give a stage and all before it, the nearest first."""
    needed = {stage.name}
    chain = []
    for earlier in reversed(ledger.stages):
        if earlier.name in needed:
            chain.append(earlier)
            makers = (ledger.maker(path) for path in earlier.inputs)
            needed |= {maker.name for maker in makers if maker}
    return chain


def _stage(ledger: Ledger, stage: RecordedStage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "rule": stage.rule,
        "command": stage.command,
        "parameters": stage.parameters,
        "code": {path: ledger.files[path].sha256 for path in stage.code},
        "inputs": {path: ledger.files[path].sha256 for path in stage.inputs},
        "outputs": {path: ledger.files[path].sha256 for path in stage.outputs},
    }


def _source(records: Records, stage: RecordedStage) -> dict[str, Any]:
    ledger = records.ledger
    source = next(s for s in ledger.sources if s.folder in stage.folders)
    pinned = records.rows(source.pins, "pins", "version", (source.pins_version,))
    return {
        **described(source),
        "pins": source.pins,
        "pins_sha256": ledger.files[source.pins].sha256,
        "pinned": len(pinned),
        "files": source.files,
        "bytes": source.bytes,
    }


def _findings(records: Records, path: str, maker: RecordedStage) -> list[dict[str, Any]]:
    """Findings on the artifact itself, by the stage that made it; fetching reports none."""
    reports = [output for output in maker.outputs if output.endswith("/findings.json")]
    return [
        {"stage": maker.rule, **finding}
        for report in reports
        for finding in records.document(report)["findings"]
        if finding["file"] in (path, PurePosixPath(path).name)
    ]
