"""The tree against its commit: whatever git is told, and what is harmless."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from faults_tree import GRADES, TREE
from project import Project, copy_of_tree

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.audit.made_by import CHECKS
from acne04.inspection.checks import CheckOutcome, run
from acne04.provenance import git, working_tree

ROOT = Path(__file__).parents[1]
CLEAN_TREE = [check for check in CHECKS if check.id == "clean-tree"]


@pytest.fixture(scope="session")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project as it is, committed, nothing run; do not change."""
    return copy_of_tree(ROOT, tmp_path_factory.mktemp("committed") / "project")


@pytest.fixture
def project(committed: Project, tmp_path: Path) -> Project:
    """A copy of it, to change."""
    place = tmp_path / "lab" / "project"
    place.parent.mkdir()
    subprocess.run(["cp", "-a", str(committed.path), str(place)], check=True)
    return Project(place)


def examined(project: Project, **environment: str) -> CheckOutcome:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.path)
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        for name, value in environment.items():
            patch.setenv(name, value)
        (outcome,) = run(CLEAN_TREE, AuditedCheckout())
    return outcome


@pytest.mark.parametrize(("inject", "at"), [row[1:] for row in TREE], ids=[row[0] for row in TREE])
def test_what_git_does_not_see_is_seen(
    inject: Callable[[Project], None], at: str, project: Project
) -> None:
    assert examined(project).status == "passed"
    inject(project)
    outcome = examined(project)
    assert outcome.status == "failed", outcome
    told = {problem.file for problem in outcome.problems}
    assert at in told, told
    # A handful: not each file of the tree.
    assert len(told) <= 40


def _repository_beside(project: Project) -> Path:
    """Another repository, in which the code is another."""
    other = Project(project.path.parent / "other")
    shutil.copytree(project.path, other.path, symlinks=True)
    other.append(GRADES, "# a remark\n")
    other.git("commit", "--all", "--quiet", "--message", "another")
    return other.path


@pytest.mark.parametrize("variable", ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE",
                                      "GIT_OBJECT_DIRECTORY"])  # fmt: skip
def test_variables_ask_no_other_repository(variable: str, project: Project) -> None:
    other = _repository_beside(project)
    places = {
        "GIT_DIR": other / ".git",
        "GIT_WORK_TREE": other,
        "GIT_INDEX_FILE": other / ".git/index",
        "GIT_OBJECT_DIRECTORY": other / ".git/objects",
    }
    environment = {variable: str(places[variable])}
    assert examined(project, **environment).status == "passed"
    project.append(GRADES, "# a remark\n")
    outcome = examined(project, **environment)
    assert [problem.file for problem in outcome.problems] == [GRADES]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("core.worktree", ".."),
        ("core.excludesFile", "/rules"),
        ("core.attributesFile", "/attributes"),
    ],
)
def test_settings_of_the_environment_change_nothing(
    name: str, value: str, project: Project, tmp_path: Path
) -> None:
    settings = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": name, "GIT_CONFIG_VALUE_0": value}
    settings["GIT_CONFIG_PARAMETERS"] = f"'{name}'='{value}'"
    assert examined(project, **settings).status == "passed"
    (project.path / "workflow/acne04/extra.py").write_text("")
    outcome = examined(project, **settings)
    assert [problem.file for problem in outcome.problems] == ["workflow/acne04/extra.py"]


def test_grafts_and_borrowed_objects_change_nothing(project: Project) -> None:
    """A commit's parents are not what is compared, and an object is worth what it hashes to."""
    head = project.git("rev-parse", "HEAD").strip()
    (project.path / ".git/info/grafts").write_text(f"{head}\n")
    other = _repository_beside(project)
    (project.path / ".git/objects/info/alternates").write_text(f"{other}/.git/objects\n")
    assert examined(project).status == "passed"
    # All of its objects borrowed.
    for place in (project.path / ".git/objects").glob("??"):
        shutil.rmtree(place)
    assert examined(project).status == "passed"


def test_nothing_of_the_repository_is_run(project: Project) -> None:
    """Neither hooks nor programs that its settings and attributes name."""
    trap = project.path.parent / "sprung"
    script = project.path.parent / "trap"
    script.write_text(f"#!/bin/sh\ntouch {trap}\ncat\n")
    script.chmod(0o755)
    for hook in ("post-index-change", "post-checkout", "pre-commit", "fsmonitor-watchman"):
        shutil.copy2(script, project.path / ".git/hooks" / hook)
    for name in ("core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "diff.external",
                 "diff.trap.textconv", "diff.trap.command", "filter.trap.clean",
                 "filter.trap.smudge", "filter.trap.process", "alias.ls-files", "alias.ls-tree",
                 "gpg.program", "credential.helper", "uploadpack.packObjectsHook"):  # fmt: skip
        project.git("config", name, f"!{script}" if name.startswith("alias") else str(script))
    (project.path / ".git/info/attributes").write_text("* filter=trap diff=trap\n")
    trap.unlink(missing_ok=True)
    assert examined(project).status == "passed"
    project.append(GRADES, "# a remark\n")
    assert examined(project).status == "failed"
    assert not trap.exists()


@pytest.mark.parametrize("name", ["data", ".venv", ".snakemake", ".acne04", "logs", "reports",
                                  "upstream", ".dvc/cache", ".dvc/tmp"])  # fmt: skip
def test_a_link_to_a_bigger_disk_is_harmless(name: str, project: Project) -> None:
    disk = project.path.parent / "disk"
    (disk / "inner").mkdir(parents=True)
    (disk / "inner/file").write_text("")
    (project.path / name).symlink_to(disk)
    assert examined(project).problems == ()
    assert project.git("status", "--porcelain") == ""


def test_what_editors_and_tools_leave_is_harmless(project: Project) -> None:
    for name in ("grades.py~", ".grades.py.swp", "grades.py.orig", ".#grades.py", "#grades.py#",
                 "__pycache__/grades.cpython-312.pyc", ".DS_Store", ".ruff_cache/x"):  # fmt: skip
        path = project.path / "workflow/acne04/core" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    # Outside the code, the user's own ignore rules hold.
    project.append(".git/info/exclude", "*~\n.*.sw?\n*.orig\n.#*\n\\#*\n.DS_Store\n.idea\nvenv\n")
    for name in (".idea/a.xml", "venv/bin/python", "venv/lib/a.py"):
        (project.path / name).parent.mkdir(parents=True, exist_ok=True)
        (project.path / name).write_text("")
    assert examined(project).problems == ()


def test_a_linked_worktree_is_a_checkout_like_any(project: Project) -> None:
    place = project.path.parent / "linked"
    project.git("worktree", "add", "--quiet", str(place))
    linked = Project(place)
    assert examined(linked).status == "passed"
    linked.append(GRADES, "# a remark\n")
    assert [problem.file for problem in examined(linked).problems] == [GRADES]


def test_the_name_of_a_tree_is_that_of_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders sort as if their names ended in a slash; names are bytes."""
    project = Project(tmp_path)
    for name in ("a/b", "a-b", "a.b", "a0", "ab/c/d/e", "ab.c", "ü/ö", os.fsdecode(b"\xff/\xfe")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, errors="surrogateescape")
    (tmp_path / "link").symlink_to("a0")
    (tmp_path / "a0").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    project.git("init", "--quiet")
    assert project.git("add", "--all") == ""
    project.git("commit", "--quiet", "--message", "one")
    commit = git.commit_of("HEAD")
    assert working_tree.differences(commit, git.tree(commit)) == []


def test_git_that_does_not_trust_the_folder_is_told_as_that(
    project: Project, tmp_path: Path
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    real = shutil.which("git")
    (folder / "git").write_text(f'#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {real} "$@"\n')
    (folder / "git").chmod(0o755)
    outcome = examined(project, PATH=f"{folder}{os.pathsep}{os.environ['PATH']}")
    assert outcome.status == "impossible"
    assert "git does not trust this repository" in outcome.reason
    assert "safe.directory" in outcome.remedy
    assert "no such revision" not in outcome.reason
