"""Same input, same bytes: whatever the machine's settings, one `dvc.lock`."""

from __future__ import annotations

from pathlib import Path

import pytest
from project import CLEAN, Project

pytestmark = pytest.mark.workflow


@pytest.mark.parametrize(
    ("cores", "umask", "environment"),
    [
        (1, "077", {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Asia/Kathmandu"}),
        (8, "002", {"PYTHONHASHSEED": "99", "LC_ALL": "C.UTF-8", "TZ": "America/St_Johns"}),
    ],
)
def test_settings_of_the_machine(
    finished: Project, tmp_path: Path, cores: int, umask: str, environment: dict[str, str]
) -> None:
    project = finished.clone(tmp_path / "eine Kopie é" / "anderswo")
    project.environment = environment
    done = project.command("bash", "-c", f"umask {umask}; exec snakemake --cores {cores}")
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("dvc.lock", "snakemake.lock"):
        assert project.read(name) == finished.read(name), name
    assert project.dvc_status() == CLEAN
    assert project.git("status", "--porcelain") == ""
