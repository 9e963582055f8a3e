"""How far a verb says that it is: for the run whose job it is, on a terminal, in a file."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
import terminal

from acne04.core import printing, progress

_WORK = """
import time
from acne04.core.progress import Progress
with Progress("compare", 40, "pairs") as work:
    for _ in range(40):
        time.sleep(0.02)
        work.add()
print("ended")
"""


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(printing.RUN_STATE, str(tmp_path))
    monkeypatch.setattr(progress, "_rule", "near")
    monkeypatch.setattr(progress, "JOB_SECONDS", 0.0)
    return tmp_path


def test_a_job_writes_its_state_and_removes_it(state: Path) -> None:
    file = state / "progress" / f"{os.getpid()}.json"
    with progress.Progress("compare", 8, "pairs") as work:
        assert not file.exists(), "what takes no time is not worth a word"
        work.add(2)
        told = json.loads(file.read_text())
        assert told.pop("left") >= 0
        assert told == {"name": "near", "step": "compare", "done": 2, "total": 8, "unit": "pairs"}
        work.reach(5, None)
        told = json.loads(file.read_text())
        assert (told["done"], told["total"], told["left"]) == (5, None, None)
    assert list((state / "progress").iterdir()) == []


def test_it_is_removed_after_an_error_and_no_error_of_its_own(state: Path) -> None:
    with pytest.raises(RuntimeError), progress.Progress("compare", 8) as work:
        work.add()
        raise RuntimeError
    assert list((state / "progress").iterdir()) == []
    (state / "progress").rmdir()
    (state / "progress").write_text("in the way")
    with progress.Progress("compare", 8) as work:
        work.add()
    assert work.done == 1


def test_a_line_now_and_then_where_there_is_neither(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(printing.RUN_STATE, raising=False)
    with progress.Progress("compare", 8) as work:
        work.add()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(progress, "STREAM_SECONDS", 0.0)
    with progress.Progress("compare", 8) as work:
        work.add(8)
    assert capsys.readouterr().err == "compare: 8 of 8 files, 0 s left\n"


def test_a_bar_on_a_terminal_that_goes_away(tmp_path: Path) -> None:
    seen: set[str] = set()
    shown = terminal.run(
        (sys.executable, "-c", _WORK),
        columns=60,
        cwd=tmp_path,
        environment={**os.environ},
        look=lambda text, _: seen.update(text.splitlines()),
    )
    assert any(line.startswith("compare") and "/40" in line for line in seen)
    assert (shown.code, [line for line in shown.lines if line], shown.wrapped) == (0, ["ended"], [])
