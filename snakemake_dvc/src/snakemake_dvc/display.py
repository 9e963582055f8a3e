"""What a person sees of a run: which stages run, how far they are, how they ended."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_dvc.locks import RUN_STATE
from snakemake_dvc.printing import shown, shown_in_line

#: Seconds between two lines about what runs, where they do not replace each other.
_INTERVAL = 30.0
_NAME = 12
#: Columns of a line in a file: a person reads it there, too.
_FILE_WIDTH = 100
#: What Snakemake says of a failed job besides the line that it failed.
_REPEATED = (
    "RuleException:\nCalledProcessError",
    "Exiting because a job execution failed",
    "WorkflowError:\nAt least one job did not complete successfully",
)
#: Words of Snakemake that a person wants to read.
_KEPT = ("Nothing to be done",)


@dataclass
class _Stage:
    """The jobs of one rule: how many there are, when the first began, what the last one said."""

    total: int
    done: int = 0
    failed: int = 0
    began: float = 0.0
    logs: list[str] = field(default_factory=list)


class StageDisplay:
    """Shows the records of one run of Snakemake.

    Parameters
    ----------
    dry : bool
        Say what would run, and why.
    commands : bool
        Show the shell commands, too.
    plain : bool
        No colours. The variable NO_COLOR says the same, as does a stream that is no terminal.
    """

    def __init__(self, dry: bool, commands: bool, plain: bool) -> None:
        self._console = Console(stderr=True, no_color=plain or None, highlight=False)
        if not self._console.is_terminal:
            self._console.width = _FILE_WIDTH
        self._dry = dry
        self._commands = commands
        self._stages: dict[str, _Stage] = {}
        self._jobs: dict[int, str] = {}
        self._said: set[str] = set()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._live: Live | None = None
        self._clock: threading.Thread | None = None

    def show(self, record: logging.LogRecord) -> None:
        """Show a record, or not."""
        event = getattr(record, "event", None)
        with self._lock:
            if event == LogEvent.RUN_INFO:
                self._count(record)
            elif event == LogEvent.JOB_INFO:
                self._began(record)
            elif event == LogEvent.JOB_FINISHED:
                self._finished(record)
            elif event in (LogEvent.JOB_ERROR, LogEvent.GROUP_ERROR):
                self._failed(record)
            elif event == LogEvent.SHELLCMD:
                if self._commands and record.shellcmd:  # type: ignore[attr-defined]
                    self._print(Text(shown(str(record.shellcmd))))  # type: ignore[attr-defined]
            elif record.levelno >= logging.WARNING or event == LogEvent.ERROR:
                self._warn(record)
            elif event is None and str(record.msg).startswith(_KEPT):
                self._print(Text(shown(record.getMessage().splitlines()[0])))

    def close(self) -> None:
        """Take the bars away."""
        self._ended.set()
        if self._live:
            self._live.stop()
            self._live = None

    def _count(self, record: logging.LogRecord) -> None:
        counts = getattr(record, "per_rule_job_counts", None) or getattr(record, "stats", {})
        for rule, number in counts.items():
            if rule not in ("total", "all") and rule not in self._stages:
                self._stages[rule] = _Stage(int(number))

    def _began(self, record: logging.LogRecord) -> None:
        rule = str(record.rule_name)  # type: ignore[attr-defined]
        if self._dry:
            if rule != "all":
                values = "-".join(map(str, (getattr(record, "wildcards", None) or {}).values()))
                name = f"{rule} {values}".strip()
                why = " ".join(str(getattr(record, "reason", "")).split())
                self._print(Text(shown_in_line(f"rule {name}: {why}")))
            return
        stage = self._stages.setdefault(rule, _Stage(1))
        stage.began = stage.began or time.monotonic()
        stage.logs += map(str, getattr(record, "log", []) or [])
        self._jobs[int(record.jobid)] = rule  # type: ignore[attr-defined]
        self._tick()

    def _finished(self, record: logging.LogRecord) -> None:
        rule = self._jobs.pop(int(record.job_id), None)  # type: ignore[attr-defined]
        if rule is None or rule == "all":
            return
        stage = self._stages[rule]
        stage.done += 1
        if stage.done >= stage.total:
            self._print(_line("done", rule, stage, _outcome(rule, stage), self._console.width))

    def _failed(self, record: logging.LogRecord) -> None:
        rule = str(getattr(record, "rule_name", "") or self._jobs.get(getattr(record, "jobid", -1)))
        stage = self._stages.setdefault(rule, _Stage(1))
        stage.failed += 1
        log = ", ".join(map(str, getattr(record, "log", []) or []))
        self._print(_line("failed", rule, stage, log, self._console.width))

    def _warn(self, record: logging.LogRecord) -> None:
        text = record.getMessage().strip()
        if text and text not in self._said and not text.startswith(_REPEATED):
            self._said.add(text)
            style = "red" if record.levelno >= logging.ERROR else "yellow"
            self._print(Text(shown(text), style=style))

    def _print(self, text: Text) -> None:
        self._console.print(text, soft_wrap=True)

    def _tick(self) -> None:
        """Begin to show what runs, in place on a terminal and by the line elsewhere."""
        if self._console.is_terminal and self._live is None and not self._ended.is_set():
            self._live = Live(
                get_renderable=self._running,
                console=self._console,
                transient=True,
                refresh_per_second=4,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        elif not self._console.is_terminal and self._clock is None:
            self._clock = threading.Thread(target=self._tell_now_and_then, daemon=True)
            self._clock.start()

    def _tell_now_and_then(self) -> None:
        while not self._ended.wait(_INTERVAL):
            with self._lock:
                for rule in sorted(set(self._jobs.values()) - {"all"}):
                    stage = self._stages[rule]
                    if time.monotonic() - stage.began >= _INTERVAL:
                        progress = _progress().get(rule, "")
                        self._print(_line("running", rule, stage, progress, self._console.width))

    def _running(self) -> Group | Text:
        rules = sorted(set(self._jobs.values()) - {"all"})
        table = Table.grid(padding=(0, 1))
        told = _progress()
        for rule in rules:
            stage = self._stages[rule]
            share = _share(told.get(rule, "")) or (stage.done / stage.total)
            table.add_row(
                Text("running", style="cyan"),
                rule.ljust(_NAME),
                ProgressBar(total=1.0, completed=share, width=20, pulse=share == 0),
                _seconds(time.monotonic() - stage.began),
                Text(shown_in_line(told.get(rule, "")), style="dim"),
            )
        return Group(table)


def _line(word: str, rule: str, stage: _Stage, said: str, width: int) -> Text:
    style = {"done": "green", "failed": "bold red"}.get(word, "cyan")
    took = _seconds(time.monotonic() - stage.began) if stage.began else ""
    jobs = "" if stage.total == 1 else f"{stage.total} jobs"
    text = Text.assemble((word.ljust(8), style), rule.ljust(_NAME), jobs.rjust(8), took.rjust(9))
    if said:
        text.append("  " + shown_in_line(said), style="dim" if word == "done" else "")
    text.truncate(width, overflow="ellipsis")
    text.rstrip()
    return text


def _seconds(value: float) -> str:
    return f"{value:.1f} s" if value < 100 else f"{value / 60:.1f} min"


def _outcome(rule: str, stage: _Stage) -> str:
    """Give the first line of the log of a rule's last job."""
    if stage.total > 1 or not stage.logs:
        return ""
    try:
        with Path(stage.logs[-1]).open(encoding="utf-8", errors="replace") as stream:
            return stream.readline().strip().removeprefix(f"{rule}: ")
    except OSError:
        return ""


def _progress() -> dict[str, str]:
    """Read how far the jobs say that they are: rule -> ``done/total unit``."""
    told = {}
    state = os.environ.get(RUN_STATE)
    for file in Path(state, "progress").glob("*.json") if state else ():
        try:
            word = json.loads(file.read_text(encoding="utf-8"))
            told[str(word["name"])] = str(word["text"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return told


def _share(text: str) -> float:
    done, _, total = text.partition(" ")[0].partition("/")
    try:
        return min(1.0, float(done) / float(total))
    except (ValueError, ZeroDivisionError):
        return 0.0
