"""`acne04 audit` as a user types it: exit codes, what is told, the reports, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest
from faults import NEWEST, keys
from project import Project

from acne04.audit.registry import CHECKS
from acne04.core.checkout import python_path

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "schemas/audit.schema.json").read_text(encoding="utf-8"))
EXPECTATIONS = "workflow/expectations/standin.csv"


@pytest.mark.workflow
def test_a_clone_with_its_data_passes(clone: Project) -> None:
    done = clone.command("acne04", "audit", "--output", "audit.json")
    assert done.returncode == 0, done.stdout + done.stderr
    document = json.loads(clone.read("audit.json"))
    jsonschema.validate(document, SCHEMA)
    assert (document["dataset"], document["level"]) == ("standin", "quick")
    assert [c["id"] for c in document["checks"]] == [c.id for c in CHECKS]
    for told in document["checks"]:
        if told["level"] != "quick":
            assert told["reason"] == f"not asked for: a check of level {told['level']}"
    # Advice changes no exit code, and every check says what it looked at, or why it did not.
    assert "advice     leaks-published: 5 published folds" in done.stdout
    assert "advice     leaks-paper: " in done.stdout
    assert "checks: not asked for: no --release to compare with" in done.stdout


@pytest.mark.workflow
def test_a_failed_check_comes_first_with_its_remedy(clone: Project) -> None:
    clone.append("data/groups/names.csv", "standin,x\n")
    done = clone.command("acne04", "audit")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    lines = done.stdout.splitlines()
    failed = [line.split()[1].rstrip(":") for line in lines if line.startswith("FAILED")]
    assert lines[0].startswith("FAILED")
    assert {"artifact-bytes", "lock-agrees"} <= set(failed)
    assert "           data/groups/names.csv" in lines
    assert any(
        line.startswith("           next:     remove the files that are named, then `dvc checkout`")
        for line in lines
    )
    assert f"{len(failed)} required checks failed" in lines[-1]


@pytest.mark.workflow
def test_a_clone_without_its_data_cannot_be_audited(bare_clone: Project) -> None:
    """What cannot be looked at is told as that, check by check, and never as passed or altered."""
    done = bare_clone.command("acne04", "audit", "--json")
    assert "Traceback" not in done.stderr
    document = json.loads(done.stdout)
    told = {check["id"]: check["status"] for check in document["checks"]}
    assert "failed" not in told.values()
    assert told["artifact-bytes"] == told["leaks"] == told["source-promises"] == "impossible"
    assert told["clean-tree"] == "passed"
    assert all("dvc pull" in c["remedy"] for c in document["checks"] if c["id"] == "leaks")
    assert done.returncode == 2
    text = bare_clone.command("acne04", "audit").stdout
    (line,) = (line for line in text.splitlines() if line.startswith("IMPOSSIBLE"))
    assert "data/ is not here" in line
    told = [line.strip() for line in text.splitlines() if line.strip().startswith("next:")]
    assert told == ["next:     `dvc pull`, or `make run`"]


@pytest.mark.workflow
def test_a_release_is_audited_with_key_and_serial_from_elsewhere(
    audited: Project, tmp_path: Path
) -> None:
    key = keys(audited).public
    words = ["acne04", "audit", "--release", NEWEST, "--trusted-key", str(key)]
    done = audited.command(*words, "--expect-serial", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    for check in ("signature", "files", "serial", "commit", "agrees"):
        assert f"ok         release-{check}: " in done.stdout
    replayed = audited.command(*words, "--expect-serial", "3")
    assert replayed.returncode == 1
    assert "expected: serial 3" in replayed.stdout
    # From a folder elsewhere, with a copy of the release: the same.
    release = tmp_path / "release"
    shutil.copytree(audited.path / NEWEST, release)
    there = Project(tmp_path, {"PYTHONPATH": python_path(audited.path)})
    words[3] = str(release)
    done = there.command(*words, "--root", str(audited.path), "--junit", "audit.xml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "audit.xml").is_file()
    assert audited.git("status", "--porcelain") == ""


@pytest.mark.workflow
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--trusted-key", "KEY"], "are about a release, and none is given"),
        (["--expect-serial", "2"], "are about a release, and none is given"),
        (["--release", NEWEST], "a release proves nothing without a key that you trust"),
        (
            ["--release", NEWEST, "--trusted-key", "INSIDE"],
            "a key from inside the release proves nothing",
        ),
        (["--root", "data"], "no checkout of this project: there is no dvc.yaml"),
        (["--output", "a", "--sarif", "a"], "the file is that of"),
        (["--level", "deep"], "invalid choice: 'deep'"),
    ],
)
def test_wrong_use_ends_before_anything_is_looked_at(
    audited: Project, tmp_path: Path, words: list[str], said: str
) -> None:
    inside = audited.path / NEWEST / "key.pem"
    places = {"KEY": str(keys(audited).public), "INSIDE": str(inside)}
    done = audited.command("acne04", "audit", *(places.get(word, word) for word in words))
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.workflow
def test_what_is_to_be_expected_is_recorded_on_request(clone: Project) -> None:
    rows = clone.read(EXPECTATIONS).splitlines()
    (row, *_) = (row for row in rows if "fraction=32" in row)
    fields = row.split(",")
    altered = ",".join([*fields[:4], "977", *fields[5:]])
    (clone.path / EXPECTATIONS).write_text("\n".join([*rows, ""]).replace(row, altered))
    differs = clone.command("acne04", "audit")
    assert differs.returncode == 1
    assert f"{fields[3]}: 977 findings in {fields[2]}" in differs.stdout
    recorded = clone.command("acne04", "audit", "--record-expectations")
    assert "RECORDED" in recorded.stderr
    assert recorded.returncode == 0, recorded.stdout
    # What was found is what is committed; the rows of other versions stay.
    assert clone.git("status", "--porcelain") == ""
