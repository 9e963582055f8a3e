"""Faults that one check alone can see: everything else is made to agree with them.

They prove that the check is needed. Some run the workflow after the change, as somebody would who
has nothing to hide.
"""

from __future__ import annotations

import json
from typing import Any

from fault import Fault
from faulting import LEDGER, commit, dvc, edit, locked, make_consistent, replace, stored
from project import Project

from acne04.core import documents

GRADES = "workflow/acne04/core/grades.py"
PINS = "upstreams/standin/pins/subjects.csv"
SOURCES = "workflow/sources.yaml"
DECISIONS = "decisions/annotations.csv"


def _ledger(project: Project) -> dict[str, Any]:
    ledger: dict[str, Any] = json.loads(project.read(LEDGER))
    return ledger


def _tell(project: Project, ledger: dict[str, Any], *paths: str) -> None:
    documents.write(project.path / LEDGER, ledger)
    make_consistent(project, *paths)


def ledger_of_other_code(project: Project) -> None:
    ledger = _ledger(project)
    ledger["files"][GRADES]["sha256"] = "0" * 64
    _tell(project, ledger)


def ledger_of_other_parameters(project: Project) -> None:
    ledger = _ledger(project)
    ledger["parameters"]["split"]["node_limit"] = 99
    _tell(project, ledger)


def ledger_of_other_terms(project: Project) -> None:
    ledger = _ledger(project)
    ledger["sources"][0]["licence"]["name"] = "CC0"
    _tell(project, ledger)


def pin_of_a_file_that_nobody_delivered(project: Project) -> None:
    def add(rows: list[dict[str, str]]) -> None:
        of_here = [row for row in rows if "fraction=32" in row["version"]]
        rows.append(of_here[-1] | {"path": "zz.jsonl", "sha256": "0" * 64})

    edit(project.path / PINS, add)
    make_consistent(project, PINS)


def decision_about_other_bytes(project: Project) -> None:
    def other(rows: list[dict[str, str]]) -> None:
        next(row for row in rows if row["dataset"] == "standin")["target"] = "0" * 64

    edit(project.path / DECISIONS, other)
    make_consistent(project, DECISIONS)


def undeclared_import_and_a_run(project: Project) -> None:
    module = "workflow/acne04/relations/leakage.py"
    first = "from collections.abc import Iterator\n"
    replace(project.path / module, first, f"{first}import acne04.diff.change  # noqa\n")
    _run(project)


def _run(project: Project) -> None:
    commit(project)
    done = project.snakemake()
    assert done.returncode == 0, done.stdout + done.stderr
    commit(project)
    dvc(project, "push")


def object_of_a_later_run_gone(project: Project) -> None:
    """No release needs it."""
    stored(project, locked(project, "data/splits/metrics.json")).unlink()


def other_promise(project: Project) -> None:
    replace(project.path / SOURCES, "boxes: 18983", "boxes: 18984")
    # Two stages have the promises as a parameter.
    for _ in range(2):
        replace(project.path / "snakemake.lock", "'boxes': 18983", "'boxes': 18984")
        replace(project.path / LEDGER, '"boxes": 18983', '"boxes": 18984')
    make_consistent(project, SOURCES)


SEEN_BY_ONE = (
    Fault("a ledger of other code: all made consistent", ledger_of_other_code, "code-recorded",
          GRADES, alone=True),
    Fault("a ledger of other parameters: all made consistent", ledger_of_other_parameters,
          "parameters-recorded", "params.yaml", alone=True),
    Fault("a ledger of other terms: all made consistent", ledger_of_other_terms, "licences",
          SOURCES, alone=True),
    Fault("a pin of a file that nobody delivered: all made consistent",
          pin_of_a_file_that_nobody_delivered, "pins", PINS, alone=True),
    Fault("a decision about other bytes: all made consistent", decision_about_other_bytes,
          "decisions", DECISIONS, alone=True),
    Fault("an import that is not declared, and a run", undeclared_import_and_a_run, "code-declared",
          "workflow/acne04/diff/change.py", alone=True),
    Fault("an object of a later run gone from the store", object_of_a_later_run_gone,
          "store-complete", "data/splits/metrics.json", "full", base="rerun", alone=True),
    Fault("another promise of a source: all made consistent", other_promise, "source-promises",
          "data/raw/detection.csv", base="whole", alone=True),
)  # fmt: skip
