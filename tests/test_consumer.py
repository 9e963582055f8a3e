"""One table in another project, by the lines of docs/how-to/one-table.md as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from project import Project

PAGE = Path(__file__).parents[1] / "docs/how-to/one-table.md"
MANIFEST = "data/splits/holdout.csv"

pytestmark = pytest.mark.workflow


def blocks(language: str, finished: Project) -> list[str]:
    """Give the blocks of the page, with the repository and the store of the finished project."""
    text = PAGE.read_text(encoding="utf-8")
    store = finished.path.parent / "acne04-store"
    found = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert found
    return [
        b.replace("REPOSITORY", finished.path.as_uri()).replace("STORE", str(store)) for b in found
    ]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Project:
    """Another repository, which uses DVC."""
    (tmp_path / "elsewhere").mkdir()
    project = Project(tmp_path / "elsewhere", {"HOME": str(tmp_path)})
    project.git("init", "--quiet", "--initial-branch=main")
    assert project.dvc("init", "--quiet").returncode == 0
    return project


def test_the_commands_bring_the_table(elsewhere: Project, finished: Project) -> None:
    for block in blocks("sh", finished):
        done = elsewhere.command("bash", "-e", "-c", block)
        assert done.returncode == 0, block + done.stderr
    expected = finished.read(MANIFEST)
    assert elsewhere.read("holdout.csv") == elsewhere.read("table.csv") == expected
    noted = elsewhere.read("table.csv.dvc")
    assert finished.git("rev-parse", "HEAD").strip() in noted


def test_python_opens_the_table(elsewhere: Project, finished: Project) -> None:
    (block,) = blocks("python", finished)
    block += f"\nassert table.shape[0] == {len(finished.read(MANIFEST).splitlines()) - 1}\n"
    block += 'assert "split" in table.columns and not table.isna().any().any()\n'
    done = subprocess.run(
        [sys.executable, "-c", block],
        cwd=elsewhere.path,
        env=elsewhere.own_environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_the_shipped_address_alone_does_not_do(elsewhere: Project, finished: Project) -> None:
    """Why the flag is there: the address is relative to a checkout, and a stranger has none."""
    done = elsewhere.dvc("get", "--out", "holdout.csv", finished.path.as_uri(), MANIFEST)
    assert done.returncode != 0
    assert not (elsewhere.path / "holdout.csv").exists()
