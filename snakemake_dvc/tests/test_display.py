"""What a run shows, in a file and on a terminal, from the records that Snakemake gives."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_dvc import display, progress, screen

JOB = {"name": "near", "step": "verify", "done": 50, "total": 200, "unit": "pairs", "left": 41.2}


def record(event: LogEvent | None, level: int = logging.INFO, msg: str = "", **fields: Any):
    made = logging.LogRecord("", level, "", 0, msg, None, None)
    vars(made).update(event=event, **fields)
    return made


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SNAKEMAKE_DVC_STATE", str(tmp_path))
    (tmp_path / "progress").mkdir()
    return tmp_path


def tell(state: Path, process: int, **more: Any) -> None:
    (state / "progress" / f"{process}.json").write_text(json.dumps(JOB | more))


def shown(capfd: pytest.CaptureFixture[str], *records: logging.LogRecord) -> list[str]:
    made = display.StageDisplay(dry=False, commands=False, plain=False)
    for one in records:
        made.show(one)
    made.close()
    return capfd.readouterr().err.splitlines()


def test_one_line_a_stage_without_colours_in_a_file(state: Path, capfd, monkeypatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    lines = shown(
        capfd,
        record(LogEvent.RUN_INFO, per_rule_job_counts={"draw": 2, "all": 1, "total": 3}),
        record(LogEvent.JOB_INFO, rule_name="draw", jobid=1),
        record(LogEvent.JOB_INFO, rule_name="draw", jobid=2),
        record(LogEvent.JOB_FINISHED, job_id=1),
        record(LogEvent.JOB_FINISHED, job_id=2),
        record(None, logging.WARNING, "once"),
        record(None, logging.WARNING, "once"),
    )
    assert [line.split()[:3] for line in lines] == [["done", "draw", "(2)"], ["once"]]
    assert "\x1b" not in "".join(lines)


def test_a_line_at_intervals_where_nothing_is_in_place(state: Path, capfd, monkeypatch) -> None:
    monkeypatch.setattr(display, "INTERVAL", 0.2)
    monkeypatch.setattr(display, "LONG_INTERVAL", 60.0)
    tell(state, os.getpid())
    made = display.StageDisplay(dry=False, commands=False, plain=False)
    made.show(record(LogEvent.JOB_INFO, rule_name="near", jobid=1))
    time.sleep(3)
    made.close()
    lines = capfd.readouterr().err.splitlines()
    assert 2 <= len(lines) <= 6, "after the first few the interval is the long one"
    assert all("verify 50 of 200 pairs, 41 s left" in line for line in lines)


def test_notices_of_jobs_are_shown_once(state: Path, capfd, monkeypatch) -> None:
    monkeypatch.setattr(display, "notices", progress.Notices())
    (state / "notices.jsonl").write_text('"PINNED: x"\n"PINNED: x"\n')
    lines = shown(
        capfd,
        record(LogEvent.JOB_INFO, rule_name="pin", jobid=1),
        record(LogEvent.JOB_FINISHED, job_id=1),
    )
    assert lines[0] == "PINNED: x"
    assert lines[1].startswith("done    pin")


def test_what_a_dead_job_left_is_passed_over_and_removed(state: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    tell(state, ended.pid)
    tell(state, os.getpid(), total=None, left=None)
    (state / "progress" / "1.json").write_text('{"name": ')
    assert [str(job) for job in progress.told_by_jobs()] == ["verify 50 pairs"]
    progress.forget(state)
    assert not (state / "progress").exists()


def test_a_long_line_hangs_below_its_label() -> None:
    line = "  next:     " + "word " * 40
    folded = screen.folded(line.rstrip(), 40)
    assert max(map(len, folded)) <= 40
    assert all(one.startswith(" " * 12 + "word") for one in folded[1:])
    long = "  found:    " + "0" * 64
    assert "0" * 64 in "\n".join(screen.folded(long, 40)), "a digest is never torn"
