"""``dvc.yaml``, made from the rules of the Snakefile, so that the two cannot drift apart."""

from __future__ import annotations

import itertools
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from snakemake.api import SnakemakeApi
from snakemake.settings.types import (
    DAGSettings,
    OutputSettings,
    Quietness,
    ResourceSettings,
    WorkflowSettings,
)

from snakemake_dvc.code_folders import paths_of
from snakemake_dvc.dvc import DVC_YAML
from snakemake_dvc.run import Bridge

_HEADER = """\
# Made by `python -m snakemake_dvc` from the rules of the Snakefile. Each stage calls Snakemake,
# which alone knows how to make the outputs.
"""


def dvc_yaml(snakefile: Path) -> str:
    """Text of ``dvc.yaml`` for the rules as they are."""
    bridge, jobs = _jobs(snakefile)
    stages: dict[str, Any] = {}
    for rule, group in itertools.groupby(jobs, key=lambda job: str(job.rule.name)):
        same = list(group)
        entries = [(dict(job.wildcards_dict), _entry(job, bridge)) for job in same]
        stages[rule] = _folded(rule, entries) if entries[0][0] else entries[0][1]
    document: dict[str, Any] = {"stages": stages}
    if bridge.settings.plots:
        document["plots"] = [dict(plot) for plot in bridge.settings.plots]
    return _HEADER + yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=99)


class _Dumper(yaml.SafeDumper):
    """YAML with the options of an output on the line of its path."""

    def represent_mapping(
        self, tag: str, mapping: Any, flow_style: bool | None = None
    ) -> yaml.MappingNode:
        """Write what says of an output that it persists in braces."""
        return super().represent_mapping(tag, mapping, "persist" in mapping or flow_style)


def _jobs(snakefile: Path) -> tuple[Bridge, list[Any]]:
    """Give the jobs of all stages, in the order of the rules and then of the outputs."""
    quiet = OutputSettings(quiet={Quietness.ALL}, dryrun=True)
    with SnakemakeApi(quiet) as api:
        workflow_api = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            workflow_settings=WorkflowSettings(),
            snakefile=snakefile,
        )
        workflow = workflow_api._workflow
        bridge = next(v for v in workflow.globals.values() if isinstance(v, Bridge))
        workflow_api.dag(dag_settings=DAGSettings(targets=set(bridge.settings.targets)))
        workflow._prepare_dag(forceall=False, ignore_incomplete=True, lock_warn_only=True)
        workflow._build_dag()
        order = {rule.name: number for number, rule in enumerate(workflow.rules)}
        jobs = [job for job in workflow.dag.jobs if bridge.stage_of(job)]
        jobs.sort(key=lambda job: (order[job.rule.name], sorted(job.output)))
        return bridge, jobs


def _entry(job: Any, bridge: Bridge) -> dict[str, Any]:
    """Describe a job as a DVC stage."""
    parameters = dict(job.params.items())
    outputs = sorted(map(str, job.output))
    metrics = [path for path in outputs if Path(path).name in bridge.settings.metrics]
    folder = parameters.get("folder")
    target = outputs[0] if job.wildcards_dict else job.rule.name
    # DVC takes no dvc.yaml as a dependency: what is read there, the other inputs decide.
    inputs = {
        path
        for path in map(str, job.input)
        if not bridge.settings.is_outside(path) and path != str(DVC_YAML)
    }
    code = set(paths_of(parameters["code"])) if "code" in parameters else set()
    # The file with the rule's command; a run that finds only words changed there records it.
    rule_file = Path(os.path.relpath(str(job.rule.snakefile))).as_posix()
    entry: dict[str, Any] = {
        "cmd": f"snakemake --cores all {target}",
        "deps": sorted({_templated(path, bridge) for path in inputs | code | {rule_file}}),
        "params": list(_parameters(job, parameters, bridge)),
        "outs": [
            {path: {"persist": True}}
            for path in ([folder] if folder else []) + outputs
            if path not in metrics
        ],
    }
    if metrics:
        entry["metrics"] = [{path: {"persist": True}} for path in metrics]
    return {name: value for name, value in entry.items() if value}


def _parameters(job: Any, given: dict[str, Any], bridge: Bridge) -> Iterator[Any]:
    """Give the sections that a rule takes as they are, and what the project adds."""
    config = bridge.workflow.config
    own = [name for name, value in given.items() if name in config and value == config[name]]
    more = bridge.settings.parameters
    added = more(str(job.rule.name), job.wildcards_dict, given) if more else []
    yield from own
    yield from (entry for entry in added if entry not in own)


def _folded(rule: str, entries: list[tuple[dict[str, str], dict[str, Any]]]) -> dict[str, Any]:
    """Fold the jobs of a rule with wildcards into one ``foreach`` stage of DVC.

    Raises
    ------
    ValueError
        If the jobs differ in more than their wildcards: then DVC cannot state them as one.
    """
    for values, entry in entries:
        template = _template(entry, values)
        if all(_filled(template, other) == told for other, told in entries):
            break
    else:
        raise ValueError(f"the jobs of rule {rule} differ in more than their wildcards")
    if len(entries[0][0]) == 1:
        items: Any = [item for values, _ in entries for item in values.values()]
        template = json.loads(re.sub(r"\$\{item\.\w+\}", "${item}", json.dumps(template)))
    else:
        items = {"-".join(values.values()): values for values, _ in entries}
    return {"foreach": items, "do": template}


def _template(entry: dict[str, Any], values: Mapping[str, str]) -> Any:
    text = json.dumps(entry)
    for name, value in values.items():
        # A value between letters or digits is part of another word.
        text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(value)}(?![A-Za-z0-9])", f"\0{name}\0", text)
    return json.loads(re.sub("\0(\\w+)\0", r"${item.\1}", text))


def _filled(template: Any, values: Mapping[str, str]) -> Any:
    return json.loads(
        re.sub(r"\$\{item\.(\w+)\}", lambda match: values[match[1]], json.dumps(template))
    )


def _templated(path: str, bridge: Bridge) -> str:
    for text, template in bridge.settings.templates.items():
        if path.startswith(text):
            return template + path.removeprefix(text)
    return path
