"""The README's way from a clone to a trained epoch, gone as somebody would who is new."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "tests/newcomer.sh"


def test_the_script_does_what_the_readme_says() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    steps = re.findall(r'^step "(.*)"$', SCRIPT.read_text(), re.MULTILINE)
    assert len(steps) == 5
    for step in steps[1:]:
        told = step.replace("--quiet ", "").replace("${TORCH:-torch}", "torch")
        assert re.search(rf"^{re.escape(told)}\b", readme, re.MULTILINE), step


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_from_the_clone_to_a_trained_epoch(tmp_path: Path) -> None:
    # Of this environment what a user has, too; pip goes where this machine's goes.
    kept = {k: v for k, v in os.environ.items() if k in ("LANG", "TERM") or k.startswith("PIP_")}
    # The version that the other tests have: any newer one is a CUDA build of several GB.
    (torch,) = re.findall(r"^torch==.*", (ROOT / ".ci/clients.txt").read_text(), re.MULTILINE)
    path = [part for part in os.environ["PATH"].split(os.pathsep) if "/.venv/" not in part + "/"]
    done = subprocess.run(
        ["sh", str(SCRIPT), str(ROOT), str(tmp_path / "place")],
        env={**kept, "TORCH": torch, "PATH": os.pathsep.join(path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout
    assert re.search(r"^balanced accuracy \d\.\d+", done.stdout, re.MULTILINE)
    assert re.search(r"^# all of it: \d+ s$", done.stdout, re.MULTILINE)
    assert "Traceback" not in done.stdout
