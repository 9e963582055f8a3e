"""What ``dvc.lock`` tells of stages whose code or parameters moved since they ran."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from snakemake_dvc import dvc, records
from snakemake_dvc.settings import Settings

#: Small numbers as DVC writes them, which is text to YAML 1.1.
_SMALL = re.compile(r"-?\d+(\.\d+)?e[-+]?\d+")


@dataclass(frozen=True)
class Staleness:
    """The stages of a project against its lock.

    Attributes
    ----------
    settings : Settings
        Those of the project.
    rule_files : mapping of str to str
        Rule -> the file that it stands in.
    """

    settings: Settings
    rule_files: Mapping[str, str]

    def with_moved_rules(self) -> set[str]:
        """Stages of which a file with rules is not the recorded one, be it for a comment only."""
        files = set(self.rule_files.values())
        return {
            stage
            for stage, entry in dvc.lock_entries().items()
            if any(_moved(dep) for dep in entry.get("deps", []) if dep["path"] in files)
        }

    def is_current(self, stage: str) -> bool:
        """Tell whether a stage is as ``dvc.lock`` has it: code, parameters, inputs and outputs."""
        entry = dvc.lock_entries().get(stage)
        if entry is None or self._code_moved(stage, entry):
            return False
        # Folders are code, which was looked at, or artifacts that have a listing among the outputs.
        files = [
            item
            for item in (*entry.get("deps", []), *entry.get("outs", []))
            if not item["md5"].endswith(".dir")
        ]
        return all(
            Path(file["path"]).is_file() and dvc.file_md5(Path(file["path"])) == file["md5"]
            for file in files
        )

    def needed(self, targets: Iterable[str], is_named: bool) -> list[str]:
        """List what is recorded and absent of what a run needs, inputs of stale stages and targets.

        Snakemake would make it again, from the sources on, though the store may have it.

        Parameters
        ----------
        targets : iterable of str
            Files that the run is asked for. Where nothing of what is recorded is here, all is.
        is_named : bool
            Whether the call names them: then no stage is looked at that they do not hang on.

        Returns
        -------
        list of str
            Sorted; without what stale stages make, which is made anew.
        """
        entries = dvc.lock_entries()
        made_by = {o["path"]: stage for stage, e in entries.items() for o in e.get("outs", [])}
        stale = self._stale(entries)
        asked = [path for path in targets if path in made_by]
        if is_named:
            stale &= self._behind({made_by[path] for path in asked}, made_by)
        elif not any(Path(path).exists() for path in made_by):
            asked = list(made_by)
        wanted = {*asked} | self.inputs_of(stale)
        fresh = {path for path in wanted if made_by.get(path) not in stale}
        return sorted(path for path in fresh if not Path(path).exists())

    def _behind(self, stages: set[str], made_by: Mapping[str, str]) -> set[str]:
        """Give stages, and all whose outputs they are made of."""
        while True:
            more = {made_by[path] for path in self.inputs_of(stages) if path in made_by}
            if more <= stages:
                return stages
            stages = stages | more

    def inputs_of(self, stages: Iterable[str]) -> set[str]:
        """Give the artifacts that stages read, as they are recorded."""
        entries = dvc.lock_entries()
        deps = (dep["path"] for stage in stages for dep in entries[stage].get("deps", []))
        return {path for path in deps if self.settings.tracks(path)}

    def is_wanted(self, output: str, stage: str, others: Iterable[str]) -> bool:
        """Tell whether a run is to end with an output that depends on every artifact.

        To miss it after a partial pull would be to miss all of them. So where it is recorded, no
        stage before it is stale and the `others` are there, so that the run has nothing else to
        make, it is made from what is there or not at all: nothing is fetched for its sake.
        """
        if Path(output).exists() or not all(Path(other).exists() for other in others):
            return True
        entries = dvc.lock_entries()
        entry = entries.get(stage)
        if entry is None or self._stale(entries) - {stage}:
            return True
        outs = [out["path"] for other in entries.values() for out in other.get("outs", [])]
        if records.LiveRecords().incomplete(outs):
            # A job was killed while it wrote: it is made again, and this with it.
            return True
        return all(Path(dep["path"]).exists() for dep in entry.get("deps", []))

    def _stale(self, entries: dict[str, Any]) -> set[str]:
        """Stages with moved code or parameters, and all that depend on their outputs."""
        moved = {stage for stage, entry in entries.items() if self._code_moved(stage, entry)}
        return self.with_dependents(moved)

    def with_dependents(self, stages: Iterable[str]) -> set[str]:
        """Give stages, and all that are made of their outputs."""
        entries, stale = dvc.lock_entries(), set(stages)
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

    def _code_moved(self, stage: str, entry: dict[str, Any]) -> bool:
        # Of its own rule file Snakemake alone can tell whether more than a comment moved.
        own = self.rule_files.get(stage.partition("@")[0])
        code = (
            dep
            for dep in entry.get("deps", [])
            if not self.settings.tracks(dep["path"]) and dep["path"] != own
        )
        return any(_moved(dep) for dep in code) or any(
            _plain(_value(file, key)) != _plain(value)
            for file, values in entry.get("params", {}).items()
            for key, value in values.items()
        )


def _moved(dep: dict[str, Any]) -> bool:
    return bool(dvc.code_md5(Path(dep["path"])) != dep["md5"])


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
