"""What ``dvc.lock`` tells of stages whose code or parameters moved since they ran."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from snakemake_dvc import records, store

LEDGER = Path("data/ledger/ledger.json")
_RULES = "workflow/rules/"

_SMALL = re.compile(r"-?\d+(\.\d+)?e[-+]?\d+")


def stages_with_moved_rules() -> set[str]:
    """Stages whose rule file is not the recorded one, be it for a comment only."""
    return {
        stage
        for stage, entry in store.lock_entries().items()
        if any(_moved(dep) for dep in entry.get("deps", []) if dep["path"].startswith(_RULES))
    }


def pull_inputs_of_stale_stages() -> list[str]:
    """Pull absent inputs of the stages that will run from the store, where it has them.

    After a partial pull Snakemake would make them again, from the sources on. What cannot be
    pulled it still makes.

    Returns
    -------
    list of str
        What was asked for, sorted; empty where nothing is stale or nothing is absent.
    """
    entries = store.lock_entries()
    stale = _stale(entries)
    made_anew = {out["path"] for stage in stale for out in entries[stage].get("outs", [])}
    absent = sorted(
        {
            dep["path"]
            for stage in stale
            for dep in entries[stage].get("deps", [])
            if dep["path"].startswith("data/")
            and dep["path"] not in made_anew
            and not Path(dep["path"]).exists()
        }
    )
    if absent:
        print(f"Asking the store for what is needed: {' '.join(absent)}", file=sys.stderr)
        answer = store.run("pull", "--quiet", *absent)
        if answer.returncode != 0:
            print(f"dvc pull: {store.last_line(answer.stderr)}; making it again", file=sys.stderr)
    return absent


def ledger_wanted(manifests: Iterable[str]) -> bool:
    """Tell whether a run is to end with a ledger.

    It depends on every artifact: to miss it after a partial pull would be to miss all of them. So
    where it is recorded, no stage before it is stale and the `manifests` are there, so that the run
    has nothing else to make, it is made from what is there or not at all: nothing is fetched for
    its sake.
    """
    if LEDGER.exists() or not all(Path(manifest).exists() for manifest in manifests):
        return True
    entries = store.lock_entries()
    entry = entries.get("record")
    if entry is None or _stale(entries) - {"record"}:
        return True
    outs = [out["path"] for other in entries.values() for out in other.get("outs", [])]
    if records.LiveRecords().incomplete(outs):
        # A job was killed while it wrote: it is made again, and the ledger with it.
        return True
    return all(Path(dep["path"]).exists() for dep in entry.get("deps", []))


def _stale(entries: dict[str, Any]) -> set[str]:
    """Stages with moved code or parameters, and all that depend on their outputs."""
    stale = {stage for stage, entry in entries.items() if _code_moved(stage, entry)}
    while True:
        made = {out["path"] for stage in stale for out in entries[stage].get("outs", [])}
        more = {
            stage
            for stage, entry in entries.items()
            if made & {dep["path"] for dep in entry.get("deps", [])}
        }
        if more <= stale:
            return stale
        stale |= more


def _code_moved(stage: str, entry: dict[str, Any]) -> bool:
    # Of its own rule file Snakemake alone can tell whether more than a comment moved.
    own_rule = f"_{stage.partition('@')[0]}.smk"
    code = (
        dep
        for dep in entry.get("deps", [])
        if not dep["path"].startswith("data/")
        and not (dep["path"].startswith(_RULES) and dep["path"].endswith(own_rule))
    )
    return any(_moved(dep) for dep in code) or any(
        _plain(_value(file, key)) != _plain(value)
        for file, values in entry.get("params", {}).items()
        for key, value in values.items()
    )


def _moved(dep: dict[str, Any]) -> bool:
    path = Path(dep["path"])
    return not path.is_file() or bool(store.file_md5(path) != dep["md5"])


def _plain(value: Any) -> Any:
    """Read small numbers that DVC writes as ``1e-06``, which is text to YAML 1.1."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, str) and _SMALL.fullmatch(value):
        return float(value)
    return value


def _value(file: str, key: str) -> Any:
    value = _parsed(Path(file).read_text(encoding="utf-8"))
    for step in key.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


@cache
def _parsed(text: str) -> Any:
    return yaml.load(text, yaml.CSafeLoader)
