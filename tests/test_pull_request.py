"""A pull request against the auditor of its base: what it brings is looked at, and never run."""

from __future__ import annotations

import json
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from faulting import commit, replace
from faults import lock_edited
from project import Project
from test_ci_files import prepared

pytestmark = pytest.mark.workflow


@pytest.fixture(scope="module")
def pulled(audited: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two clones side by side, of the base and of the change, the dataset pulled; do not change."""
    place = tmp_path_factory.mktemp("pulled")
    audited.clone(place / "auditor")
    change = audited.clone(place / "change")
    assert change.dvc("pull").returncode == 0
    return place


@pytest.fixture
def lab(pulled: Path, tmp_path: Path) -> tuple[Project, Project]:
    """Auditor and change, to change."""
    place = tmp_path / "lab"
    subprocess.run(["cp", "-a", str(pulled), str(place)], check=True)
    auditor, change = Project(place / "auditor"), Project(place / "change")
    prepared(auditor, tmp_path, CHECKOUT=str(change.path), REPORTS=str(place / "reports"))
    return auditor, change


def audit(auditor: Project) -> tuple[int, dict[str, Any]]:
    """Audit the change as CI does."""
    done = auditor.command("make", "audit")
    assert "Traceback" not in done.stderr
    report = json.loads((auditor.path.parent / "reports/audit.json").read_text(encoding="utf-8"))
    return done.returncode, report


def told(report: dict[str, Any]) -> set[str]:
    """Files that are named as those that decide about an audit."""
    (check,) = (c for c in report["checks"] if c["id"] == "auditor-unchanged")
    return {problem["file"] for problem in check["problems"]}


def empty_registry(change: Project) -> None:
    path = change.path / "workflow/acne04/audit/registry.py"
    path.write_text("CHECKS = ()\n")


def check_that_always_passes(change: Project) -> None:
    replace(
        change.path / "workflow/acne04/audit/artifact_bytes.py",
        "def _locks(checkout: AuditedCheckout) -> Evidence:\n",
        "def _locks(checkout: AuditedCheckout) -> Evidence:\n    return Evidence('all of it')\n",
    )


def makefile_that_passes(change: Project) -> None:
    (change.path / "Makefile").write_text("setup pull audit diff:\n\t@echo passed\n")


def command_that_passes(change: Project) -> None:
    path = change.path / "workflow/acne04/audit/command.py"
    path.write_text(path.read_text().replace("return check_reports.report(", "return 0 * ("))


def weaker_schema(change: Project) -> None:
    (change.path / "schemas/audit.schema.json").write_text("{}\n")


def ci_without_audit(change: Project) -> None:
    (change.path / ".github/workflows/audit.yml").unlink()
    (change.path / ".gitlab-ci.yml").write_text("stages: [audit]\n")
    (change.path / "docs/ci.md").write_text("Nothing is audited.\n")


def lock_of_other_packages(change: Project) -> None:
    change.append("requirements.lock", "evil==1.0\n")


TRICKS = {
    "an empty registry": (empty_registry, "workflow/acne04/audit/registry.py"),
    "a check that always passes": (
        check_that_always_passes,
        "workflow/acne04/audit/artifact_bytes.py",
    ),
    "a Makefile that passes": (makefile_that_passes, "Makefile"),
    "a command that passes": (command_that_passes, "workflow/acne04/audit/command.py"),
    "a weaker schema": (weaker_schema, "schemas/audit.schema.json"),
    "CI without an audit": (ci_without_audit, ".github/workflows/audit.yml"),
    "another lock of packages": (lock_of_other_packages, "requirements.lock"),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_a_change_of_the_checks_is_told_and_helps_nothing(
    trick: str, lab: tuple[Project, Project]
) -> None:
    auditor, change = lab
    inject, at = TRICKS[trick]
    inject(change)
    commit(change)
    _, report = audit(auditor)
    assert at in told(report)
    # With what it was to hide.
    lock_edited(change)
    commit(change)
    code, report = audit(auditor)
    assert code != 0
    failed = {c["id"] for c in report["checks"] if c["status"] == "failed" and c["required"]}
    assert "lock-agrees" in failed
    assert at in told(report)


def test_a_change_of_nothing_passes(lab: tuple[Project, Project]) -> None:
    auditor, change = lab
    change.append("README.md", "One more word.\n")
    commit(change)
    code, report = audit(auditor)
    assert (code, report["verdict"]) == (0, "passed")
    assert told(report) == set()


def trapped(change: Project, sprung: Path) -> None:
    """Put a trap wherever something may be run or imported."""
    code = f"import pathlib; pathlib.Path({str(sprung)!r}).touch()\n"
    modules = [
        "sitecustomize",
        "usercustomize",
        "conftest",
        "setup",
        "yaml",
        "dvc",
        "json",
        "numpy",
    ]
    modules += ["acne04", "snakemake_dvc", "snakemake", "argparse", "PIL", "pathspec", "pandas"]
    for name in modules:
        (change.path / f"{name}.py").write_text(code)
    for path in [
        *(change.path / "workflow").rglob("*.py"),
        *(change.path / "snakemake_dvc").rglob("*.py"),
    ]:
        text = path.read_text()
        head = "from __future__ import annotations\n"
        path.write_text(text.replace(head, head + code, 1) if head in text else code + text)
    script = f"#!/bin/sh\ntouch {sprung}\ncat\n"
    trap = change.path / "trap"
    trap.write_text(script)
    trap.chmod(trap.stat().st_mode | stat.S_IXUSR)
    change.append("Snakefile", code)
    (change.path / "GNUmakefile").write_text(f"setup pull audit diff:\n\ttouch {sprung}\n")
    (change.path / "Makefile").write_text(f"setup pull audit diff:\n\ttouch {sprung}\n")
    change.append(".gitattributes", "*.py diff=trap filter=trap\n")
    text = change.read("dvc.yaml")
    (change.path / "dvc.yaml").write_text(text.replace("cmd: ", f"cmd: touch {sprung}; "))
    commit(change)
    for hook in ("post-index-change", "post-checkout", "pre-commit", "fsmonitor-watchman"):
        (change.path / ".git/hooks" / hook).write_text(script)
        (change.path / ".git/hooks" / hook).chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "diff.external", "diff.trap.textconv",
                 "diff.trap.command", "filter.trap.clean", "filter.trap.smudge",
                 "gpg.program"):  # fmt: skip
        change.git("config", name, str(trap))
    change.git("config", "alias.ls-files", f"!{trap}")
    sprung.unlink(missing_ok=True)


def test_nothing_of_a_change_is_run_or_imported(lab: tuple[Project, Project]) -> None:
    auditor, change = lab
    sprung = change.path.parent / "sprung"
    trapped(change, sprung)
    for target in ("setup", "pull", "audit", "diff"):
        done = auditor.command("env", "BASE=HEAD^", "make", target)
        assert "Traceback" not in done.stderr, done.stderr
        assert not sprung.exists(), target
    report = json.loads((auditor.path.parent / "reports/audit.json").read_text(encoding="utf-8"))
    assert report["verdict"] != "passed"
    assert report["counts"]["passed"] > 0
    # The trap is one: its own commands spring it.
    change.command("make", "audit")
    assert sprung.exists()


def another_store(change: Project) -> None:
    change.append(".dvc/config", "['remote \"store\"']\n    url = http://elsewhere.example/\n")


def settings_of_its_own(change: Project) -> None:
    (change.path / ".dvc/config.local").write_text("[core]\n    remote = other\n")
    change.git("add", "--force", ".dvc/config.local")


def link_out_of_the_checkout(change: Project) -> None:
    (change.path / "data/link").symlink_to("../../auditor")
    change.git("add", "--force", "data/link")


def artifact_elsewhere(change: Project) -> None:
    replace(change.path / "dvc.lock", "path: data/splits/kfold.csv", "path: ../auditor/Makefile")


def release_elsewhere(change: Project) -> None:
    (change.path / "releases/9.dvc").write_text(
        "outs:\n- path: ../../auditor/workflow\n  md5: a.dir\n"
    )


def repository_inside(change: Project) -> None:
    inner = Project(change.path / "inner")
    inner.path.mkdir()
    (inner.path / "file").write_text("")
    inner.git("init", "--quiet")
    inner.git("add", "--all")
    inner.git("commit", "--quiet", "--message", "one")


@pytest.mark.parametrize(
    ("inject", "said"),
    [
        (another_store, ".dvc/config is another one"),
        (settings_of_its_own, ".dvc/config.local is in git"),
        (link_out_of_the_checkout, "data/link is a link"),
        (artifact_elsewhere, "would be written to ../auditor/Makefile"),
        (release_elsewhere, "would be written to releases/../../auditor/workflow"),
        (repository_inside, "inner is a link, or another repository"),
    ],
)
def test_a_change_that_leads_elsewhere_is_not_pulled(
    inject: Callable[[Project], None], said: str, lab: tuple[Project, Project]
) -> None:
    auditor, change = lab
    inject(change)
    commit(change)
    done = auditor.command("env", "STORE_URL=http://bob:password@127.0.0.1:9/", "make", "pull")
    assert done.returncode == 2
    assert said in done.stderr
    assert "nothing pulled" in done.stderr
    assert "password" not in done.stderr + done.stdout
