"""Checks of ``dvc.lock``: exactly the stages, and of each what ``dvc.yaml`` and its files say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.audit.pipeline import Stage, stages
from acne04.core import yaml_files
from acne04.core.errors import UnavailableError
from acne04.inspection.checks import Check, Evidence, Mismatch

LOCK = "dvc.lock"
_KEYS = {"cmd", "deps", "params", "outs"}
_OF_A_FILE = {"path", "hash", "md5", "size", "nfiles"}
_EXPONENT = re.compile(r"-?\d+(\.\d+)?e[+-]?\d+")
#: A value that a file does not have, which no text of JSON spells.
_NOTHING = "not there"


def _complete(checkout: AuditedCheckout) -> Evidence:
    declared, locked = stages(checkout), checkout.locked
    problems = [_at(name, "an entry", "none") for name in declared if name not in locked]
    problems += [
        _at(name, "no entry: dvc.yaml has no such stage", "one")
        for name in locked
        if name not in declared
    ]
    for name, stage in declared.items():
        if name in locked:
            problems += _unlike_stage(stage, locked[name])
            problems += _unlike_values(checkout, stage, locked[name])
    problems += _unlike_makers(locked)
    told = f"{len(locked)} stages of {LOCK} against dvc.yaml and params.yaml"
    return Evidence(told, tuple(problems))


def _unlike_stage(stage: Stage, entry: Mapping[str, Any]) -> Iterator[Mismatch]:
    if entry.get("cmd") != stage.entry.get("cmd"):
        yield _at(stage.name, f"cmd: {stage.entry.get('cmd')}", str(entry.get("cmd")))
    for key in sorted(map(str, entry.keys() - _KEYS)):
        yield _at(stage.name, "nothing but cmd, deps, params and outs", key)
    for kind, wanted in (("deps", stage.deps), ("outs", stage.outs)):
        items = _items(entry, kind)
        found = [str(item.get("path")) for item in items]
        for path in sorted({*wanted, *found}):
            if found.count(path) != wanted.count(path):
                expected = f"{path} {_times(wanted.count(path))} in {kind}"
                yield _at(stage.name, expected, _times(found.count(path)))
        for item in items:
            if item.get("hash") != "md5" or item.keys() - _OF_A_FILE:
                yield _at(stage.name, f"{kind} recorded by path, md5 and size", _spelt(item)[:300])


def _unlike_values(
    checkout: AuditedCheckout, stage: Stage, entry: Mapping[str, Any]
) -> Iterator[Mismatch]:
    """Compare the recorded parameters with the values that their files have now."""
    recorded = entry.get("params") or {}
    for file in sorted(recorded.keys() - stage.params.keys()):
        yield _at(stage.name, f"no parameters of {file}", "some")
    for file, keys in stage.params.items():
        values = recorded.get(file) or {}
        for key in sorted(values.keys() - set(keys)):
            yield _at(stage.name, f"no parameter {key}", _spelt(values[key])[:300])
        for key in keys:
            wanted = _spelt(_value(checkout, file, key.replace("${dataset}", checkout.dataset)))
            found = _spelt(_numbers(values[key])) if key in values else _NOTHING
            if wanted != found:
                yield _at(stage.name, f"{file}, {key}: {wanted[:300]}", found[:300])


def _value(checkout: AuditedCheckout, file: str, key: str) -> Any:
    value: Any = _document(checkout, file)
    for name in key.split("."):
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value


@lru_cache(maxsize=2)
def _document(checkout: AuditedCheckout, file: str) -> Any:
    try:
        return yaml_files.read(Path(file))
    except OSError as error:
        raise UnavailableError(file, f"cannot be read ({error.strerror})") from None


def _numbers(value: Any) -> Any:
    """Take those texts for numbers that DVC writes as such by YAML 1.2, and YAML 1.1 does not."""
    if isinstance(value, dict):
        return {key: _numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_numbers(inner) for inner in value]
    return float(value) if isinstance(value, str) and _EXPONENT.fullmatch(value) else value


def _spelt(value: Any) -> str:
    """Spell a value: 1 is not true, and the order of keys is nothing."""
    return json.dumps(value, sort_keys=True, default=str)


def _unlike_makers(locked: Mapping[str, Any]) -> Iterator[Mismatch]:
    """Compare what stages read with what others made, and with what others read."""
    known: dict[str, tuple[str, Any]] = {}
    for kind in ("outs", "deps"):
        for name, entry in locked.items():
            for item in _items(entry, kind):
                path, bytes_of = str(item.get("path")), (item.get("md5"), item.get("size"))
                other, recorded = known.setdefault(path, (name, bytes_of))
                if recorded != bytes_of:
                    expected = f"{path} with md5 {recorded[0]}, as stage {other} has it"
                    yield _at(name, expected, f"md5 {bytes_of[0]}, {bytes_of[1]} bytes")


def _items(entry: Any, kind: str) -> list[dict[str, Any]]:
    listed = entry.get(kind) if isinstance(entry, dict) else None
    return [item for item in listed or () if isinstance(item, dict)]


def _at(stage: str, expected: str, found: str) -> Mismatch:
    return Mismatch(LOCK, f"of stage {stage}: {expected}", found, pointer=stage)


def _times(number: int) -> str:
    return {0: "nowhere", 1: "once"}.get(number, f"{number} times")


CHECKS: tuple[Check[AuditedCheckout], ...] = (
    Check(
        "lock-complete",
        "The lock tells of a run that was none of this pipeline: a stage, an input or a parameter "
        "is not the one of dvc.yaml and params.yaml.",
        True,
        "quick",
        "run `snakemake --cores all`; commit both locks together",
        _complete,
    ),
)
