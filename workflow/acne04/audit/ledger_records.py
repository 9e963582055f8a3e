"""The check of the ledger: exactly the stages, sources and files, computed again."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acne04.audit.audited_checkout import LEDGER, SOURCES, AuditedCheckout
from acne04.audit.pipeline import FILE
from acne04.inspection.checks import Check, Evidence, Mismatch
from acne04.provenance.ledger import RecordedSource, RecordedStage
from acne04.record.graph import resolved_stages

#: Terms have a check of their own (licences).
_LEFT_OUT = {"licence"}


def _complete(checkout: AuditedCheckout) -> Evidence:
    ledger = checkout.ledger
    made = resolved_stages({"stages": checkout.declared}, checkout.parameters, checkout.sources)
    problems = list(_unlike("stage", "name", made, ledger.stages, FILE))
    problems += _unlike("source", "key", tuple(_sources(checkout)), ledger.sources, str(SOURCES))
    problems += _unlike_files(checkout, made)
    if ledger.dataset != checkout.dataset:
        problems.append(_at("dataset", checkout.dataset, ledger.dataset))
    told = (
        f"{len(ledger.stages)} stages, {len(ledger.sources)} sources and {len(ledger.files)} files "
        "of the ledger, computed again"
    )
    return Evidence(told, tuple(problems))


def _sources(checkout: AuditedCheckout) -> Iterator[RecordedSource]:
    """Give what the ledger must say of the sources; under which version, the lists of pins say."""
    versions = {source.key: source.pins_version for source in checkout.ledger.sources}
    for key, source in checkout.sources.items():
        version = source.delivery.version
        if checkout.dataset == "standin":
            drawn = checkout.parameters.get("standin") or {}
            version = " ".join([version, *(f"{name}={value}" for name, value in drawn.items())])
        elif versions.get(key, "").startswith(version):
            # Bytes that were set aside are pinned under a name that says so.
            version = versions[key]
        pins = f"upstreams/{checkout.dataset}/pins/{key}.csv"
        sizes = checkout.listing(key)["size"].tolist()
        yield RecordedSource.of(source, sizes, pins=pins, pins_version=version)


def _unlike(
    what: str, name: str, made: tuple[Any, ...], recorded: tuple[Any, ...], file: str
) -> Iterator[Mismatch]:
    """Compare two lists of records by their name and then field by field."""
    wanted = {getattr(entry, name): entry for entry in made}
    found = {getattr(entry, name): entry for entry in recorded}
    if len(found) < len(recorded):
        yield _at(what, f"each {what} once", "one more than once")
    for key in [*wanted, *(key for key in found if key not in wanted)]:
        if key not in found:
            yield _at(f"{what} {key}", f"a record: {file} has it", "none")
        elif key not in wanted:
            yield _at(f"{what} {key}", f"none: {file} has no such", "a record")
        else:
            for field in dataclasses.fields(wanted[key]):
                one, other = (getattr(e[key], field.name) for e in (wanted, found))
                if field.name not in _LEFT_OUT and _spelt(one) != _spelt(other):
                    told = f"{field.name}: {_spelt(one)[:300]}"
                    yield _at(f"{what} {key}", told, _spelt(other)[:300])


def _unlike_files(checkout: AuditedCheckout, made: tuple[RecordedStage, ...]) -> Iterator[Mismatch]:
    files = checkout.ledger.files
    wanted = {path for stage in made for path in (*stage.code, *stage.inputs, *stage.outputs)}
    wanted |= {checkout.ledger.environment.lock, SOURCES.as_posix()}
    wanted |= {f"upstreams/{checkout.dataset}/pins/{key}.csv" for key in checkout.sources}
    for path in sorted(wanted - files.keys()):
        yield _at(path, "a record: a stage has it", "none")
    for path in sorted(files.keys() - wanted):
        yield _at(path, "none: no stage has it", "a record")
    found = checkout.digests(Path(path) for path in files)
    for path, recorded in files.items():
        digests = found[Path(path)]
        if digests is not None and digests.sha256 == recorded.sha256:
            if digests.size != recorded.size:
                yield _at(path, f"{digests.size} bytes", f"{recorded.size} bytes")
        elif path.startswith("decisions/"):
            # Of artifacts, code and pins other checks tell.
            told = f"sha256 {digests.sha256}" if digests else "no such file"
            yield _at(path, f"sha256 {recorded.sha256} as the run had it", told)


def _spelt(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def _at(pointer: str, expected: str, found: str) -> Mismatch:
    return Mismatch(LEDGER.as_posix(), f"of {pointer}: {expected}", found, pointer=pointer)


CHECKS: tuple[Check[AuditedCheckout], ...] = (
    Check(
        "ledger-complete",
        "The ledger tells a story of stages, sources or files that there are not, or leaves some "
        "out.",
        True,
        "quick",
        "run `snakemake --cores all`, and commit what it recorded",
        _complete,
    ),
)
