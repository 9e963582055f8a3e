"""What is about to happen: how many jobs, of which rules, and why."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

#: Attribute of Snakemake's reason -> the words for it; what only follows from another job is left
#: out.
_REASONS = {
    "missing_output": "not made yet",
    "incomplete_output": "begun and not finished",
    "code_changed": "its rule changed",
    "input_changed": "other inputs than before",
    "updated_input": "inputs changed",
    "software_stack_changed": "other software than before",
    "forced": "asked for",
}
#: The value of the parameter by which a rule names its code.
_CODE = re.compile(r"'?[0-9a-f]{64}'?")


def plan_lines(dag: Any, jobs: Iterable[Any]) -> Iterator[str]:
    """Say in a few lines what a run will do, its rules in the order of the flow.

    Parameters
    ----------
    dag : snakemake.dag.DAG
        Knows why each job runs.
    jobs : iterable of snakemake.jobs.Job
        Those that will run.
    """
    wanted = [job for job in _in_order(dag, jobs) if job.output]
    counts = Counter(str(job.rule.name) for job in wanted)
    names = [rule if number == 1 else f"{rule} ({number})" for rule, number in counts.items()]
    number = len(wanted)
    yield f"To do    {number} {'job' if number == 1 else 'jobs'}: {', '.join(names)}"
    causes: dict[str, dict[str, None]] = {}
    for job in wanted:
        for cause in _causes(job, dag.reason(job)):
            causes.setdefault(cause, {})[str(job.rule.name)] = None
    for cause, rules in causes.items():
        yield f"Because  {cause}: {', '.join(rules)}"


def _in_order(dag: Any, jobs: Iterable[Any]) -> list[Any]:
    """Sort jobs by the longest way that leads to them, then by the order of the Snakefile."""
    depth: dict[Any, int] = {}
    wanted = list(jobs)
    for level in dag.toposorted(wanted):
        for job in level:
            above = (depth.get(other, 0) for other in dag.dependencies[job])
            depth[job] = 1 + max(above, default=0)
    return sorted(wanted, key=lambda job: (depth.get(job, 0), str(job.rule.name)))


def _causes(job: Any, reason: Any) -> Iterator[str]:
    for name, words in _REASONS.items():
        if getattr(reason, name, None):
            yield words
    if reason.params_changed:
        yield from _changed_params(job, reason.params_changed)


def _changed_params(job: Any, change: Any) -> Iterator[str]:
    """Name the parameters that changed, those of a section each by itself, and the code."""
    before, now = (sorted(map(str, values)) for values in (change.only_old, change.only_new))
    told = False
    if any(map(_CODE.fullmatch, (*before, *now))):
        told = True
        yield "code changed"
    sections = [value for value in map(_as_mapping, before) if value]
    for name, value in job.params.items():
        old = _most_alike(value, sections) if isinstance(value, dict) else None
        if old is None or not any(_as_mapping(text) == value for text in now):
            continue
        for key in value:
            if old.get(key) != value[key]:
                told = True
                yield f"{name}.{key} is {value[key]}, was {old.get(key, 'not there')}"
    if not told:
        yield "parameters changed"


def _as_mapping(text: str) -> dict[str, Any]:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return {}
    return value if isinstance(value, dict) else {}


def _most_alike(value: dict[str, Any], others: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Find what a section was before: another one has other keys."""
    alike = [other for other in others if len(value.keys() & other.keys()) * 2 > len(value)]
    return max(alike, key=lambda other: len(value.keys() & other.keys()), default=None)
