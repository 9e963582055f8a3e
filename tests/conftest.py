"""Fixtures that several test files share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from project import Project, copy_of_tree

ROOT = Path(__file__).parents[1]


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Where everything is installed (ACNE04_NO_SKIP=1) a skip is a failure."""
    if (
        os.environ.get("ACNE04_NO_SKIP") == "1"
        and call.excinfo is not None
        and call.excinfo.errisinstance(pytest.skip.Exception)
    ):
        pytest.fail(f"skipped where nothing may be: {call.excinfo.value}", pytrace=False)


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder of the real annotation file and subject table, which lie beside the project."""
    folder = ROOT.parent / "shared" / "reference"
    if not folder.is_dir():
        pytest.skip("the real tables (../shared/reference) are not on this machine")
    return folder


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that ran to the end on the small stand-in, committed and pushed; do not change."""
    place = tmp_path_factory.mktemp("finished") / "project"
    project = copy_of_tree(ROOT, place)
    project.set_parameter("fraction", 32)
    done = project.snakemake()
    assert done.returncode == 0, done.stdout + done.stderr
    project.git("add", "--all")
    project.git("commit", "--quiet", "--message", "a finished run")
    assert project.dvc("push").returncode == 0
    return project


@pytest.fixture
def clone(finished: Project, tmp_path: Path) -> Project:
    """A fresh `git clone` and plain `dvc pull` of the finished project."""
    project = finished.clone(tmp_path / "clone")
    pulled = project.dvc("pull")
    assert pulled.returncode == 0, pulled.stderr
    return project


@pytest.fixture
def bare_clone(finished: Project, tmp_path: Path) -> Project:
    """A fresh `git clone` of the finished project, without its data."""
    return finished.clone(tmp_path / "clone")
