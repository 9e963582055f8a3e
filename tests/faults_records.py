"""Faults in what is recorded: pipeline, locks, ledger, expectations, releases."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

import yaml
from fault import Fault
from faulting import LEDGER, Rows, commit, edit, flip, make_consistent, replace, stored
from project import Project

from acne04.core import documents

NEWEST = "releases/1.1.0"
INDEX = "releases/index.csv"
LOCK, JOBS, STAGES = "dvc.lock", "snakemake.lock", "dvc.yaml"
EXPECTATIONS = "workflow/expectations/standin.csv"
Jobs = list[dict[str, Any]]


# --- the pipeline


def _restage(project: Project, old: str, new: str, *, in_lock: bool = False) -> None:
    """Change dvc.yaml, with all that records it; its stages look up to date."""
    replace(project.path / STAGES, old, new)
    if in_lock:
        replace(project.path / LOCK, old.strip("\n"), new.strip("\n"))
    sha256 = hashlib.sha256((project.path / STAGES).read_bytes()).hexdigest()

    def sum_again(jobs: Jobs) -> None:
        for rule in ("report", "record"):
            _job(jobs, rule)["input_checksums"][STAGES] = f"sha256:{sha256}"

    _rejob(project, sum_again)


def command_that_does_nothing(project: Project) -> None:
    command = "cmd: snakemake --cores all scan\n"
    _restage(project, command, "cmd: 'true'\n", in_lock=True)
    commit(project)


def command_with_more_than_the_rule(project: Project) -> None:
    command = "cmd: snakemake --cores all near\n"
    _restage(project, command, "cmd: snakemake --cores all near || true\n", in_lock=True)
    commit(project)


def command_of_another_stage(project: Project) -> None:
    _restage(project, "--cores all split\n", "--cores all near\n", in_lock=True)
    commit(project)


def stage_frozen(project: Project) -> None:
    _restage(project, "  scan:\n", "  scan:\n    frozen: true\n")
    commit(project)


def stage_always_changed(project: Project) -> None:
    _restage(project, "  near:\n", "  near:\n    always_changed: true\n")
    commit(project)


def output_that_dvc_does_not_keep(project: Project) -> None:
    _restage(
        project,
        "data/splits/holdout.csv: {persist: true}",
        "data/splits/holdout.csv: {cache: false, persist: true}",
    )
    commit(project)


def code_that_is_no_dependency(project: Project) -> None:
    path = "    - workflow/acne04/near\n"
    _restage(project, path, "")
    _relock(project, "near", lambda entry: _drop(entry, "workflow/acne04/near"))
    commit(project)


def stage_without_a_rule(project: Project) -> None:
    more = "stages:\n  more:\n    cmd: 'true'\n    deps:\n    - README.md\n"
    replace(project.path / STAGES, "stages:\n", more)
    commit(project)


def pipeline_not_generated(project: Project) -> None:
    """Its stages say the same: only who makes the file anew sees that somebody wrote in it."""
    _restage(project, "stages:\n", "# By hand.\nstages:\n")
    commit(project)


def input_taken_out_of_a_stage(project: Project) -> None:
    _restage(project, "    - decisions/places.csv\n", "")
    _relock(project, "split", lambda entry: _drop(entry, "decisions/places.csv"))
    commit(project)


# --- dvc.lock


def _relock(project: Project, stage: str, change: Callable[[dict[str, Any]], None]) -> None:
    path = project.path / LOCK
    document = yaml.safe_load(path.read_text())
    change(document["stages"][stage])
    path.write_text(yaml.safe_dump(document, sort_keys=False))


def _drop(entry: dict[str, Any], path: str) -> None:
    entry["deps"] = [item for item in entry["deps"] if item["path"] != path]


def parameter_of_no_run(project: Project) -> None:
    replace(project.path / LOCK, "target: 400", "target: 999")
    commit(project)


def parameter_of_another_type(project: Project) -> None:
    replace(project.path / LOCK, "folds: 5", "folds: true")
    commit(project)


def promise_of_no_source(project: Project) -> None:
    replace(project.path / LOCK, "annotations: ", "annotations: 1")
    commit(project)


def parameter_left_out(project: Project) -> None:
    _relock(project, "near", lambda entry: entry["params"]["params.yaml"].pop("near"))
    commit(project)


def dependency_left_out(project: Project) -> None:
    _relock(project, "split", lambda entry: _drop(entry, "schemas/splits.table.json"))
    commit(project)


def command_of_no_stage(project: Project) -> None:
    _relock(project, "scan", lambda entry: entry.update(cmd="true"))
    commit(project)


def entry_of_no_stage(project: Project) -> None:
    path = project.path / LOCK
    document = yaml.safe_load(path.read_text())
    document["stages"]["polish"] = {"cmd": "true"}
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    commit(project)


# --- snakemake.lock


def _rejob(project: Project, change: Callable[[Jobs], None]) -> None:
    path = project.path / JOBS
    document = json.loads(path.read_text())
    change(document["jobs"])
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def _job(jobs: Jobs, rule: str) -> dict[str, Any]:
    return next(job for job in jobs if job["rule"] == rule)


def one_job_of_all(project: Project) -> None:
    """The one that is left made the ledger, so that its bytes are still vouched for."""

    def keep(jobs: Jobs) -> None:
        jobs[:] = [_job(jobs, "record")]

    _rejob(project, keep)
    commit(project)


def job_of_no_stage_gone(project: Project) -> None:
    _rejob(project, lambda jobs: jobs.remove(_job(jobs, "restore")))
    commit(project)


def output_of_another_job(project: Project) -> None:
    def move(jobs: Jobs) -> None:
        path = "data/groups/names.csv"
        _job(jobs, "scan")["outputs"][path] = _job(jobs, "dedupe")["outputs"].pop(path)

    _rejob(project, move)
    commit(project)


def input_of_another_sum(project: Project) -> None:
    def change(jobs: Jobs) -> None:
        _job(jobs, "split")["input_checksums"]["decisions/places.csv"] = f"sha256:{'0' * 64}"

    _rejob(project, change)
    commit(project)


def input_that_no_job_read(project: Project) -> None:
    def change(jobs: Jobs) -> None:
        job = _job(jobs, "dedupe")
        job["input"].remove("decisions/images.csv")
        job["input_checksums"].pop("decisions/images.csv")

    _rejob(project, change)
    commit(project)


def job_with_another_parameter(project: Project) -> None:
    def change(jobs: Jobs) -> None:
        job = _job(jobs, "split")
        job["params"] = [text.replace("'target': 400", "'target': 999") for text in job["params"]]

    _rejob(project, change)
    commit(project)


def job_of_other_code(project: Project) -> None:
    def change(jobs: Jobs) -> None:
        job = _job(jobs, "near")
        job["params"] = [re.sub(r"^'[0-9a-f]{64}'$", f"'{'0' * 64}'", t) for t in job["params"]]

    _rejob(project, change)
    commit(project)


def job_with_another_command(project: Project) -> None:
    _rejob(project, lambda jobs: _job(jobs, "validate").update(code="\n        true\n        "))
    commit(project)


def job_twice(project: Project) -> None:
    _rejob(project, lambda jobs: jobs.append(_job(jobs, "scan")))
    commit(project)


# --- the ledger


def _rewrite(project: Project, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the ledger, and let all records of it agree."""
    ledger = json.loads(project.read(LEDGER))
    change(ledger)
    documents.write(project.path / LEDGER, ledger)
    make_consistent(project)


def stage_left_out_of_the_ledger(project: Project) -> None:
    _rewrite(project, lambda ledger: ledger["stages"].pop(0))


def stage_of_the_ledger_with_another_command(project: Project) -> None:
    _rewrite(project, lambda ledger: ledger["stages"][-1].update(command="snakemake scan"))


def parameter_of_a_stage_of_the_ledger(project: Project) -> None:
    def change(ledger: dict[str, Any]) -> None:
        split = next(stage for stage in ledger["stages"] if stage["name"] == "split")
        split["parameters"]["split"].update(target=999)

    _rewrite(project, change)


def file_that_no_stage_has(project: Project) -> None:
    def add(ledger: dict[str, Any]) -> None:
        content = (project.path / "README.md").read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        ledger["files"]["README.md"] = {"size": len(content), "sha256": sha256}

    _rewrite(project, add)


def size_of_a_recorded_file(project: Project) -> None:
    _rewrite(project, lambda ledger: ledger["files"]["requirements.lock"].update(size=1))


def number_of_files_of_a_source(project: Project) -> None:
    _rewrite(project, lambda ledger: ledger["sources"][0].update(files=1))


# --- what is expected of the data


def _expectations(project: Project, change: Callable[[Rows], None]) -> None:
    edit(project.path / EXPECTATIONS, change)
    commit(project)


def nothing_known_of_what_was_drawn(project: Project) -> None:
    _expectations(project, lambda rows: [row.update(source="not known") for row in rows] and None)


def expectations_of_another_version(project: Project) -> None:
    def rename(rows: Rows) -> None:
        for row in rows:
            row["version"] = row["version"].replace("seed=0", "seed=1")

    _expectations(project, rename)


def expectation_twice(project: Project) -> None:
    _expectations(project, lambda rows: rows.append(rows[-1]))


def expectation_below_zero(project: Project) -> None:
    _expectations(project, lambda rows: rows[-1].update(count="-1"))


def findings_counted_wrong(project: Project) -> None:
    """A finding is taken out of the list, and its number stays."""
    path = project.path / "data/groups/findings.json"
    document = json.loads(path.read_text())
    document["findings"].pop()
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    make_consistent(project, "data/groups/findings.json")


# --- releases


def table_of_releases_deleted(project: Project) -> None:
    (project.path / INDEX).unlink()
    commit(project)


def row_of_a_release_removed(project: Project) -> None:
    edit(project.path / INDEX, lambda rows: rows.pop())
    commit(project)


def serial_of_a_release_changed(project: Project) -> None:
    edit(project.path / INDEX, lambda rows: rows[-1].update(serial="7"))
    commit(project)


def version_of_a_release_changed(project: Project) -> None:
    edit(project.path / INDEX, lambda rows: rows[-1].update(version="9.9.9"))
    commit(project)


def release_of_another_commit(project: Project) -> None:
    edit(project.path / INDEX, lambda rows: rows[-1].update(commit=rows[0]["commit"]))
    commit(project)


def release_that_is_not_tagged(project: Project) -> None:
    project.git("tag", "--delete", "v1.1.0")


def _object_of_the_release(project: Project, name: str) -> str:
    (md5,) = re.findall(r"md5: ([0-9a-f]+\.dir)", project.read(f"{NEWEST}.dvc"))
    listed = json.loads(stored(project, md5).read_text())
    return next(str(entry["md5"]) for entry in listed if entry["relpath"] == name)


def byte_of_a_release_in_the_store(project: Project) -> None:
    flip(stored(project, _object_of_the_release(project, "README.md")))


def attestation_of_a_release_in_the_store(project: Project) -> None:
    flip(stored(project, _object_of_the_release(project, "attestation.dsse.json")))


def sum_of_an_attestation_in_the_table(project: Project) -> None:
    edit(project.path / INDEX, lambda rows: rows[-1].update(attestation_sha256="0" * 64))
    commit(project)


RECORDS: tuple[Fault, ...] = (
    Fault("a stage whose command is true", command_that_does_nothing, "pipeline", STAGES),
    Fault("a stage that may fail", command_with_more_than_the_rule, "pipeline", STAGES),
    Fault("a stage that calls another one", command_of_another_stage, "pipeline", STAGES),
    Fault("a stage frozen", stage_frozen, "pipeline", STAGES, alone=True),
    Fault("a stage always changed", stage_always_changed, "pipeline", STAGES, alone=True),
    Fault("an output that DVC does not keep", output_that_dvc_does_not_keep, "pipeline", STAGES,
          alone=True),
    Fault("a stage without its code", code_that_is_no_dependency, "pipeline", STAGES),
    Fault("a stage without a rule", stage_without_a_rule, "pipeline", STAGES),
    Fault("a pipeline that nobody generated", pipeline_not_generated, "pipeline-generated", STAGES,
          "full", alone=True),
    Fault("an input taken out of a stage", input_taken_out_of_a_stage, "pipeline-generated",
          STAGES, "full"),
    Fault("a parameter of no run in dvc.lock", parameter_of_no_run, "lock-complete", LOCK,
          alone=True),
    Fault("a parameter of another type", parameter_of_another_type, "lock-complete", LOCK,
          alone=True),
    Fault("a promise of no source", promise_of_no_source, "lock-complete", LOCK, alone=True),
    Fault("a parameter left out of dvc.lock", parameter_left_out, "lock-complete", LOCK,
          alone=True),
    Fault("a dependency left out of dvc.lock", dependency_left_out, "lock-complete", LOCK,
          alone=True),
    Fault("another command in dvc.lock", command_of_no_stage, "lock-complete", LOCK, alone=True),
    Fault("an entry of no stage in dvc.lock", entry_of_no_stage, "lock-complete", LOCK, alone=True),
    Fault("one job of all", one_job_of_all, "jobs-recorded", JOBS, alone=True),
    Fault("the job of a folder gone", job_of_no_stage_gone, "jobs-recorded", JOBS, alone=True),
    Fault("an output of another job", output_of_another_job, "jobs-recorded", JOBS, alone=True),
    Fault("an input of another sum", input_of_another_sum, "jobs-recorded", JOBS, alone=True),
    Fault("an input that no job read", input_that_no_job_read, "jobs-recorded", JOBS, alone=True),
    Fault("a job with another parameter", job_with_another_parameter, "jobs-recorded", JOBS,
          alone=True),
    Fault("a job of other code", job_of_other_code, "jobs-recorded", JOBS, alone=True),
    Fault("a job with another command", job_with_another_command, "jobs-recorded", JOBS,
          alone=True),
    Fault("a job twice", job_twice, "jobs-recorded", JOBS, alone=True),
    Fault("a stage left out of the ledger", stage_left_out_of_the_ledger, "ledger-complete",
          LEDGER),
    Fault("another command in the ledger", stage_of_the_ledger_with_another_command,
          "ledger-complete", LEDGER, alone=True),
    Fault("another parameter of a stage in the ledger", parameter_of_a_stage_of_the_ledger,
          "ledger-complete", LEDGER, alone=True),
    Fault("a file in the ledger that no stage has", file_that_no_stage_has, "ledger-complete",
          LEDGER, alone=True),
    Fault("another size in the ledger", size_of_a_recorded_file, "ledger-complete", LEDGER,
          alone=True),
    Fault("another number of files of a source", number_of_files_of_a_source, "ledger-complete",
          LEDGER, alone=True),
    Fault("nothing known of what was drawn", nothing_known_of_what_was_drawn, "expected-findings",
          EXPECTATIONS, alone=True),
    Fault("expectations of another version", expectations_of_another_version, "expected-findings",
          EXPECTATIONS, alone=True),
    Fault("an expectation twice", expectation_twice, "expected-findings", EXPECTATIONS,
          alone=True),
    Fault("an expectation below zero", expectation_below_zero, "expected-findings", EXPECTATIONS,
          alone=True),
    Fault("findings counted wrong", findings_counted_wrong, "expected-findings",
          "data/groups/findings.json"),
    Fault("the table of releases deleted", table_of_releases_deleted, "releases-recorded", INDEX,
          alone=True),
    Fault("a row of a release removed", row_of_a_release_removed, "releases-recorded", INDEX,
          alone=True),
    Fault("another serial of a release", serial_of_a_release_changed, "releases-recorded", INDEX,
          alone=True),
    Fault("another version of a release", version_of_a_release_changed, "releases-recorded",
          INDEX),
    Fault("a release of another commit than its tag", release_of_another_commit,
          "releases-recorded", INDEX, alone=True),
    Fault("a release that is not tagged", release_that_is_not_tagged, "released-tags", INDEX,
          "full", alone=True),
    Fault("a byte of a release in the store", byte_of_a_release_in_the_store, "released-tags",
          NEWEST, "full", alone=True),
    Fault("the attestation of a release in the store", attestation_of_a_release_in_the_store,
          "released-tags", NEWEST, "full", alone=True),
    Fault("another sum of an announced attestation", sum_of_an_attestation_in_the_table,
          "release-agrees", INDEX, alone=True),
    Fault("another sum of an attestation", sum_of_an_attestation_in_the_table, "released-tags",
          NEWEST, "full", alone=True),
)  # fmt: skip
