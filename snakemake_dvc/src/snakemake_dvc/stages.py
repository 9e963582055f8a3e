"""Generate ``dvc.yaml`` from the rules of the Snakefile, so that the two cannot drift apart.

Run ``python -m snakemake_dvc.stages`` in the project's root; ``--check`` only compares.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import sys
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

from acne04.core.files import write_text
from snakemake_dvc.run import STATE, stage_of
from snakemake_dvc.store import DVC_YAML

_HEADER = """\
# Made by `make dvc.yaml` from the rules in workflow/rules; a test compares the two.
# Each stage calls Snakemake, which alone knows how to make the outputs: see
# docs/decisions/0002-records-travel.md.
"""


def dag_jobs(snakefile: Path = Path("Snakefile")) -> tuple[str, list[Any]]:
    """Dataset and jobs of all stages, in the order of the rules and then of the outputs."""
    quiet = OutputSettings(quiet={Quietness.ALL}, dryrun=True)
    with SnakemakeApi(quiet) as api:
        workflow_api = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            workflow_settings=WorkflowSettings(),
            snakefile=snakefile,
        )
        # The ledger needs every other stage, and is itself no default target after a partial pull.
        workflow_api.dag(dag_settings=DAGSettings(targets={"all", "record"}))
        workflow = workflow_api._workflow
        workflow._prepare_dag(forceall=False, ignore_incomplete=True, lock_warn_only=True)
        workflow._build_dag()
        order = {rule.name: number for number, rule in enumerate(workflow.rules)}
        jobs = [job for job in workflow.dag.jobs if stage_of(job)]
        jobs.sort(key=lambda job: (order[job.rule.name], sorted(job.output)))
        return str(workflow.config["dataset"]), jobs


def stage_entry(job: Any, dataset: str) -> dict[str, Any]:
    """Describe a job as a DVC stage."""
    parameters = dict(job.params.items())
    outputs = sorted(map(str, job.output))
    folder = parameters.get("folder")
    target = outputs[0] if job.wildcards_dict else job.rule.name
    # DVC takes no dvc.yaml as a dependency; what the ledger reads there, its other inputs decide.
    outside = (str(STATE), "upstream/", str(DVC_YAML))
    inputs = [path for path in map(str, job.input) if not path.startswith(outside)]
    # The file with the rule's command; a run that finds only words changed there records it.
    rule_file = Path(str(job.rule.snakefile)).resolve().relative_to(Path.cwd()).as_posix()
    entry: dict[str, Any] = {
        "cmd": f"snakemake --cores all {target}",
        "deps": sorted({_templated(path, dataset) for path in [*inputs, rule_file]}),
        "params": _params(job, parameters),
        "outs": [
            {path: {"persist": True}}
            for path in ([folder] if folder else []) + outputs
            if not path.endswith("metrics.json")
        ],
    }
    metrics = [{path: {"persist": True}} for path in outputs if path.endswith("metrics.json")]
    if metrics:
        entry["metrics"] = metrics
    return entry


def _params(job: Any, parameters: dict[str, Any]) -> list[Any]:
    if "parameters" in parameters:
        # The whole configuration, as one text.
        return list(json.loads(parameters["parameters"]))
    own = [name for name in ("dataset", "standin", job.rule.name) if name in parameters]
    facts = [f"${{dataset}}.{source}.promises" for source in parameters.get("promises", ())]
    if "delivery" in parameters:
        facts.append(f"${{dataset}}.{job.wildcards.source}.delivery")
    return [*own, {"workflow/sources.yaml": sorted(facts)}] if facts else list(own)


def _foreach(rule: str, entries: dict[str, Any]) -> dict[str, Any]:
    """Fold the jobs of a rule with one wildcard into one ``foreach`` stage of DVC."""

    def replaced(entry: Any, pattern: str, text: str) -> Any:
        return json.loads(re.sub(pattern, text, json.dumps(entry)))

    templates = [
        replaced(entry, rf"(?<=[/.}}]){re.escape(item)}(?=[./\"])", "${item}")
        for item, entry in entries.items()
    ]
    for item, entry in entries.items():
        if replaced(templates[0], r"\$\{item\}", item) != entry:
            raise ValueError(f"the jobs of rule {rule} differ in more than their wildcard ({item})")
    return {"foreach": list(entries), "do": templates[0]}


def _templated(path: str, dataset: str) -> str:
    return path.replace(f"upstreams/{dataset}/pins/", "upstreams/${dataset}/pins/")


def dvc_yaml() -> str:
    """Text of ``dvc.yaml`` for the rules as they are."""
    dataset, jobs = dag_jobs()
    stages: dict[str, Any] = {}
    for rule, group in itertools.groupby(jobs, key=lambda job: str(job.rule.name)):
        entries = {
            "-".join(job.wildcards_dict.values()): stage_entry(job, dataset) for job in group
        }
        stages[rule] = entries[""] if "" in entries else _foreach(rule, entries)
    return _HEADER + yaml.safe_dump({"stages": stages}, sort_keys=False, width=99)


def main() -> int:
    """Write or check ``dvc.yaml``; exit code 1 where the check finds a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    arguments = parser.parse_args()
    text = dvc_yaml()
    if not arguments.check:
        write_text(DVC_YAML, text)
        return 0
    if DVC_YAML.is_file() and DVC_YAML.read_text(encoding="utf-8") == text:
        return 0
    print("dvc.yaml is not what the rules say; run `make dvc.yaml`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
