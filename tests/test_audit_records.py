"""Locks, a pipeline, a table of releases that are no such thing: told, and never passed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from project import Project
from test_audit_missing import copy, examine

pytestmark = pytest.mark.workflow

DEEP = "[" * 5000 + "]" * 5000
#: File -> texts that it must not hold, and the checks that must say so.
ODD: dict[str, tuple[set[str], dict[str, str]]] = {
    "dvc.yaml": (
        {"pipeline", "lock-complete", "jobs-recorded"},
        {
            "empty": "",
            "a list": "- stages\n",
            "no stages": "stages:\n",
            "stages as a list": "stages: [scan]\n",
            "a stage of nothing": "stages: {scan: null}\n",
            "a stage of text": "stages: {scan: 'true'}\n",
            "a number to repeat": "stages: {fetch: {foreach: 5, do: {cmd: x}}}\n",
            "nothing to do": "stages: {fetch: {foreach: [a]}}\n",
            "deps of a number": "stages: {scan: {cmd: x, deps: 1, outs: [a]}}\n",
            "outs of a mapping": "stages: {scan: {cmd: x, deps: [a], outs: {a: {persist: 1}}}}\n",
            "params of numbers": "stages: {scan: {cmd: x, deps: [a], outs: [a], params: [1, 2]}}\n",
            "a name of nothing": "stages: {scan: {cmd: '${nobody}', deps: [a], outs: [a]}}\n",
            "a date": "stages: {scan: {cmd: 2026-01-01, deps: [a], outs: [a]}}\n",
        },
    ),
    "dvc.lock": (
        {"lock-complete"},
        {
            "empty": "",
            "no stages": "schema: '2.0'\n",
            "stages as a list": "stages: [scan]\n",
            "a stage of nothing": "stages: {scan: null}\n",
            "other: null": "other: null\n",
            "deps of text": "stages: {scan: {cmd: x, deps: abc, outs: [1]}}\n",
            "params of text": "stages: {near: {cmd: x, params: abc}}\n",
            "a mark of a conflict": "<<<<<<< HEAD\nstages: {}\n",
            "deep": f"stages: {DEEP}\n",
        },
    ),
    "snakemake.lock": (
        {"jobs-recorded"},
        {
            "empty": "",
            "a list": "[]",
            "no jobs": json.dumps({"dataset": "standin", "jobs": []}),
            "jobs of nothing": json.dumps({"dataset": "standin", "jobs": [None]}),
            "jobs of text": json.dumps({"dataset": "standin", "jobs": "all"}),
            "another dataset": json.dumps({"dataset": "acne04", "jobs": []}),
            "outputs of a list": json.dumps({"dataset": "standin", "jobs": [{"outputs": ["a"]}]}),
            "deep": DEEP,
        },
    ),
    "releases/index.csv": (
        {"releases-recorded"},
        {
            "empty": "",
            "a header only": "dataset,version,serial,commit,attestation_sha256\n",
            "other columns": "a,b\n1,2\n",
            "a mark of a conflict": "<<<<<<< HEAD\n",
        },
    ),
}
CASES = [(file, name) for file, (_, texts) in ODD.items() for name in texts]


@pytest.fixture(scope="module")
def spoilt(audited: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return copy(audited, tmp_path_factory.mktemp("spoilt"), "acne04-store")


@pytest.fixture
def restored(spoilt: Project) -> Iterator[Project]:
    """A checkout whose files come back after the test."""
    before = {file: (spoilt.path / file).read_bytes() for file in ODD}
    yield spoilt
    for file, content in before.items():
        (spoilt.path / file).write_bytes(content)


@pytest.mark.parametrize(("file", "name"), CASES)
def test_what_is_no_record_is_told(file: str, name: str, restored: Project) -> None:
    checks, texts = ODD[file]
    Path(restored.path / file).write_text(texts[name])
    outcomes = examine(restored, *checks)
    assert set(outcomes) == checks
    for outcome in outcomes.values():
        assert outcome.status in ("failed", "impossible"), outcome
        assert outcome.reason or outcome.problems


@pytest.mark.parametrize("params", ["__import__('os')", "1 +", "'a' 'b' if", "[" * 3000])
def test_parameters_of_a_job_are_read_and_not_run(params: str, restored: Project) -> None:
    path = restored.path / "snakemake.lock"
    document = json.loads(path.read_text())
    document["jobs"][-1]["params"] = [params]
    path.write_text(json.dumps(document))
    (outcome,) = examine(restored, "jobs-recorded").values()
    assert outcome.status in ("failed", "impossible")
