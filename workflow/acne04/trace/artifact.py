"""The chain of one file: the stages back to the sources, with pins and licences."""

from __future__ import annotations

import dataclasses
from pathlib import PurePosixPath
from typing import Any

from acne04.core.errors import UnavailableError
from acne04.provenance.ledger import Ledger, RecordedSource, RecordedStage
from acne04.trace.checkout_records import Records


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
        "findings": records.findings_on({path, PurePosixPath(path).name}),
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
        **_described(source),
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


def origin(records: Records, path: str) -> dict[str, Any]:
    """Tell where a file below ``data/raw`` comes from.

    Parameters
    ----------
    records : Records
        The checkout.
    path : str
        Relative to ``data/raw``: the source, then the path inside its folder.

    Returns
    -------
    dict
        `source` (with the licence), `pinned` (the delivered file: its row in the pins), `listed`
        (its row in the listing) and `file` (path, and whether it is here as recorded).
    """
    key, _, member = path.partition("/")
    source = next(source for source in records.ledger.sources if source.key == key)
    row = next(iter(records.rows(source.listing, "listing", "path", (member,))), None)
    if row is None:
        raise UnavailableError(
            source.listing,
            "the listing does not have a file that the inventory has",
            found=member,
            remedy="`acne04 audit` says what has been changed",
        )
    return {
        "source": _described(source),
        "pinned": _pinned(records, source, member),
        "listed": {
            "listing": source.listing,
            "path": member,
            "size": int(row["size"]),
            "sha256": row["sha256"],
        },
        "file": {
            "path": f"data/raw/{path}",
            "state": records.state(f"data/raw/{path}", row["sha256"]),
        },
    }


def _described(source: RecordedSource) -> dict[str, Any]:
    """Give what a person needs to know of a source."""
    names = ("key", "title", "producer", "citation", "described_at", "date_published", "version")
    return {
        **{name: getattr(source, name) for name in names},
        "licence": dataclasses.asdict(source.licence),
    }


def _pinned(records: Records, source: RecordedSource, member: str) -> dict[str, Any] | None:
    """Find the delivered file that holds a member: itself, or the archive that it was in."""
    rows = records.rows(source.pins, "pins", "version", (source.pins_version,))
    own = [row for row in rows if f"/{row['path']}".endswith(f"/{member}")]
    if not own and len(rows) == 1:
        own = rows
    if not own:
        return None
    row = own[0]
    archive = PurePosixPath(row["path"]).name != PurePosixPath(member).name
    return {
        "pins": source.pins,
        "path": row["path"],
        "size": int(row["size"]),
        "sha256": row["sha256"],
        "member": member if archive else None,
    }
