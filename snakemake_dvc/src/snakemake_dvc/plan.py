"""What is about to happen: how many jobs, of which rules, and why."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

_WIDTH = 100
#: Attribute of Snakemake's reason -> the words for it; what only follows from another job is left
#: out.
_REASONS = {
    "missing_output": "not made yet",
    "incomplete_output": "begun and not finished",
    "params_changed": "parameters or code changed",
    "code_changed": "its rule changed",
    "input_changed": "other inputs than before",
    "updated_input": "inputs changed",
    "software_stack_changed": "other software than before",
    "forced": "asked for",
}


def plan_lines(dag: Any, jobs: Iterable[Any]) -> Iterator[str]:
    """Say in a few lines what a run will do.

    Parameters
    ----------
    dag : snakemake.dag.DAG
        Knows why each job runs.
    jobs : iterable of snakemake.jobs.Job
        Those that will run.
    """
    wanted = [job for job in jobs if job.output]
    counts = Counter(str(job.rule.name) for job in wanted)
    names = [rule if number == 1 else f"{rule} ({number})" for rule, number in counts.items()]
    yield from _wrapped(f"To do    {len(wanted)} jobs: {', '.join(sorted(names))}")
    causes: dict[str, set[str]] = {}
    for job in wanted:
        for cause in _causes(dag.reason(job)):
            causes.setdefault(cause, set()).add(str(job.rule.name))
    for cause, rules in causes.items():
        yield from _wrapped(f"Because  {cause}: {', '.join(sorted(rules))}")


def _causes(reason: Any) -> list[str]:
    return [words for name, words in _REASONS.items() if getattr(reason, name, None)]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent=" " * 9, break_on_hyphens=False)
