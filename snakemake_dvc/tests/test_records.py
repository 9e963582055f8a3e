"""The parts of the bridge by themselves, among them what it uses of Snakemake's own."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from snakemake.persistence import RECORD_FORMAT_VERSION
from snakemake.persistence.file import FilePersistence
from snakemake.rules import Rule

from snakemake_dvc.differences import differences
from snakemake_dvc.errors import BridgeError
from snakemake_dvc.records import JobRecord, LiveRecords, read_lock, write_lock

FIELDS = {
    "rule": "scan",
    "code": "acne04 scan",
    "params": ["'standin'"],
    "input": ["a.csv"],
    "input_checksums": {"a.csv": "sha256:00"},
    "log": [],
    "software_stack_hash": "",
    "conda_env": None,
    "container_img_url": None,
    "record_format_version": RECORD_FORMAT_VERSION,
}


@pytest.mark.parametrize(
    ("owner", "method", "module"),
    [
        (FilePersistence, "_read_record", "records"),
        (FilePersistence, "_write_record", "records"),
        (FilePersistence, "_clear_cache", "records"),
        (FilePersistence, "_filter_incomplete_keys", "records"),
        (FilePersistence, "finished", "records"),
        (Rule, "is_producer", "inputs"),
        (Rule, "get_wildcards", "inputs"),
        (Rule, "expand_input", "inputs"),
    ],
)
def test_snakemake_still_has_the_methods_that_are_used(
    owner: type, method: str, module: str
) -> None:
    assert inspect.isfunction(getattr(owner, method, None)), (
        f"{owner.__name__}.{method} is gone: see snakemake_dvc/src/snakemake_dvc/{module}.py"
    )


def test_the_format_of_records_is_the_known_one() -> None:
    assert RECORD_FORMAT_VERSION == 6, "compare snakemake.persistence with snakemake_dvc/records.py"


def test_records_come_back_as_they_were_put(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    live = LiveRecords()
    assert live.get("out.csv") is None
    live.put("out.csv", FIELDS)
    record = live.get("out.csv")
    assert {key: record[key] for key in FIELDS} == FIELDS
    assert live.incomplete(["out.csv"]) == set()


def test_the_lock_keeps_jobs_of_its_namespace(tmp_path: Path) -> None:
    path = tmp_path / "snakemake.lock"
    job = JobRecord(FIELDS, {"out.csv": "11", "also.csv": "22"})
    write_lock({"dataset": "standin"}, [job], path)
    assert read_lock({"dataset": "standin"}, path) == [job]
    assert read_lock(None, path) == [job]
    assert read_lock({"dataset": "acne04"}, path) == []


def test_a_lock_that_is_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "snakemake.lock"
    path.write_text('{"dataset": "standin"}')
    with pytest.raises(BridgeError, match="not a digest of records"):
        read_lock(None, path)


def test_differences_name_code_parameters_and_outputs() -> None:
    before = """
stages:
  scan:
    cmd: x
    deps: [{path: workflow/acne04/scan.py, md5: a}, {path: data/raw/v2.csv, md5: b}]
    outs: [{path: data/inventory/images.csv, md5: c}]
"""
    after = before.replace("md5: a", "md5: z").replace("md5: c", "md5: y")
    (line,) = differences(before, after)
    assert line == (
        "scan: code changed (workflow/acne04/scan.py); outputs differ (data/inventory/images.csv)"
    )
