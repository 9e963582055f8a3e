"""What a run shows: how many lines, none too long, and a failure as the last thing."""

from __future__ import annotations

import os
import re
import signal

import pytest
import terminal
from project import Project

pytestmark = pytest.mark.workflow
#: Snakemake says this, in 90 columns, before anything of ours is loaded.
_FIRST = "Using workflow specific profile "


def _lines(said: str) -> list[str]:
    lines = said.splitlines()
    assert lines[0].startswith(_FIRST)
    return lines


def test_lines_of_a_run_that_is_not_on_a_terminal(bare_clone: Project) -> None:
    # The store has it all; here it is made.
    bare_clone.environment |= {"SNAKEMAKE_DVC_STORE": "none"}
    done = bare_clone.snakemake()
    lines = _lines(done.stderr)
    assert len(lines) <= 80
    summary = lines[next(n for n, line in enumerate(lines) if line.startswith("Dataset")) :]
    assert len(summary) <= 50
    assert max(map(len, lines)) <= 100
    assert "\x1b" not in done.stderr
    assert not re.search("jobid|input:|output:", done.stderr)
    for name, value, cause in (
        ("target", 399, "split.target is 399, was 400: split"),
        ("false_positive_rate", "0.000002", "near.false_positive_rate is 2e-06, was 1e-06: near"),
    ):
        bare_clone.set_parameter(name, value)
        lines = _lines(bare_clone.snakemake().stderr)
        assert len(lines) <= 36
        assert f"Because  {cause}" in lines


@pytest.mark.parametrize("columns", [40, 80])
def test_nothing_is_wrapped_on_a_terminal(clone: Project, columns: int) -> None:
    clone.set_parameter("target", 399)
    command = ("snakemake", "--cores", "2")
    where = {"cwd": clone.path, "environment": clone.own_environment()}
    bars = []
    shown = terminal.run(
        command, columns=columns, **where, look=lambda text, _: bars.append("running split" in text)
    )
    assert shown.code == 0
    assert any(bars)
    assert not any(line.startswith("running") for line in shown.lines), "bars go away"
    own = [shown.lines[n] for n in shown.wrapped if n >= -(-90 // columns)]
    assert [line for line in own if " " in line.strip()] == [], "only a path is longer"
    assert columns < 80 or own == []
    assert any(cell.fg == "green" for row in shown.cells for cell in row)
    where["environment"] |= {"NO_COLOR": "1"}
    clone.set_parameter("target", 398)
    plain = terminal.run(command, columns=columns, **where)
    assert plain.code == 0
    assert {cell.fg for row in plain.cells for cell in row} == {"default"}


def test_a_failure_is_the_last_thing(clone: Project) -> None:
    pins = clone.path / "upstreams/standin/pins/v2.csv"
    pins.write_text(re.sub("[0-9a-f]{64}", "0" * 64, pins.read_text()))
    done = clone.snakemake()
    assert done.returncode == 1
    *_, last = done.stderr.splitlines()
    assert last == "  log:      logs/fetch_v2.log"
    assert done.stderr.count("not the bytes pinned") == 1
    assert "Traceback" not in done.stderr
    assert "Error in rule" not in done.stderr


@pytest.mark.parametrize(
    "stage",
    ["scan", "validate", "near", "dedupe", "split", "cohort", "shortcuts", "report", "record"],
)
def test_ctrl_c_ends_without_a_traceback(clone: Project, stage: str) -> None:
    """In the first moment of a stage, while it still imports what it needs."""

    def interrupt(text: str, process) -> None:
        if f"running {stage}" in text and process.poll() is None and not sent:
            sent.append(process.pid)
            os.killpg(process.pid, signal.SIGINT)

    sent: list[int] = []
    shown = terminal.run(
        ("snakemake", "--cores", "2", "--forcerun", stage),
        columns=80,
        cwd=clone.path,
        environment=clone.own_environment(),
        look=interrupt,
    )
    assert (shown.code, len(sent)) == (130, 1)
    assert shown.lines[-1] == "Interrupted. The same command goes on from here."
    assert "Traceback" not in "\n".join(shown.lines)
    log = clone.path / f"logs/{stage}.log"
    assert not log.is_file() or "Traceback" not in log.read_text()
