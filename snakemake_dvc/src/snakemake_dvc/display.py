"""What a person sees of a run: which stages run, how far they are, how they ended."""

from __future__ import annotations

import logging
import re
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Group
from rich.live import Live
from rich.text import Text
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_dvc.printing import shown_in_line
from snakemake_dvc.progress import JobProgress, duration, notices, told_by_jobs
from snakemake_dvc.screen import console, cut, say, width_of

#: Seconds between two lines about a stage that runs, where they do not replace each other; after
#: the first minutes the longer one.
INTERVAL = 30.0
LONG_INTERVAL = 60.0
_MANY_INTERVALS = 4
_NAME = 12
_TIME = 11
#: Width of a terminal from which on there is room for a bar -> its length.
_BARS = ((98, 16), (70, 6))
#: What Snakemake says of a failed job besides the line that it failed, and of one that was
#: interrupted.
_REPEATED = (
    "RuleException:\nCalledProcessError",
    "Exiting because a job execution failed",
    "WorkflowError:\nAt least one job did not complete successfully",
    "Terminating processes on user request",
    "Will exit after finishing currently running jobs",
    "Shutting down, this might take some time",
)
#: Words of Snakemake that a person wants to read.
_KEPT = ("Nothing to be done",)
#: How Snakemake begins a reason for a job; lists of files and values follow.
_REASON = re.compile(
    r"(?:^|(?<=[;.] ))(Forced execution|Missing output files|Incomplete output files"
    r"|Updated input files|Input files updated by another job|[A-Z][\w ]* ha(?:s|ve) changed since "
    r"last execution)"
)


#: Those of this process: one, or none where another logger is chosen.
_displays: list[StageDisplay] = []


def interrupt_all() -> None:
    """Take note of a Ctrl-C: what it ends has not failed."""
    for display in _displays:
        display.is_interrupted = True


def close_all() -> None:
    """Take all bars away: what is printed from now on is the end of a run."""
    while _displays:
        _displays.pop().close()


@dataclass
class _Stage:
    """The jobs of one rule: how many there are, when the first began, what the last one said."""

    total: int
    done: int = 0
    failed: int = 0
    began: float = 0.0
    due: float = 0.0
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
        self.is_interrupted = False
        self._console = console(plain)
        self._dry = dry
        self._commands = commands
        self._stages: dict[str, _Stage] = {}
        self._jobs: dict[int, str] = {}
        self._said: set[str] = set()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._live: Live | None = None
        self._clock: threading.Thread | None = None
        _displays.append(self)

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
                    self._print(Text(shown_in_line(str(record.shellcmd))))  # type: ignore[attr-defined]
            elif record.levelno >= logging.WARNING or event == LogEvent.ERROR:
                self._warn(record)
            elif event is None and str(record.msg).startswith(_KEPT):
                said, _, _ = record.getMessage().splitlines()[0].partition(" (")
                self._print(Text(f"{said}: everything is made, and as it should be."))

    def close(self) -> None:
        """Take the bars away, for good."""
        self._ended.set()
        with self._lock:
            self._stop_bars()

    def _stop_bars(self) -> None:
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
                values = " ".join([rule, values]).strip()
                why = "; ".join(_REASON.findall(str(getattr(record, "reason", ""))))
                self._print(Text(shown_in_line(f"rule {values}: {why or 'follows'}")))
            return
        stage = self._stages.setdefault(rule, _Stage(1))
        now = time.monotonic()
        stage.began = stage.began or now
        stage.due = stage.due or now + INTERVAL
        stage.logs += map(str, getattr(record, "log", []) or [])
        self._jobs[int(record.jobid)] = rule  # type: ignore[attr-defined]
        self._tick()

    def _finished(self, record: logging.LogRecord) -> None:
        self._notice()
        rule = self._ended_job(int(record.job_id))  # type: ignore[attr-defined]
        if rule is None or rule == "all":
            return
        stage = self._stages[rule]
        stage.done += 1
        if stage.done >= stage.total:
            self._print(self._line("done", rule, stage, _outcome(rule, stage)))

    def _failed(self, record: logging.LogRecord) -> None:
        self._notice()
        job = int(getattr(record, "jobid", -1))
        rule = str(getattr(record, "rule_name", "") or self._jobs.get(job))
        self._ended_job(job)
        stage = self._stages.setdefault(rule, _Stage(1))
        stage.failed += 1
        log = ", ".join(map(str, getattr(record, "log", []) or []))
        # A job that is tried again fails again.
        if (words := f"failed {rule} {log}") not in self._said:
            self._said.add(words)
            word = "stopped" if self.is_interrupted else "failed"
            self._print(self._line(word, rule, stage, log))

    def _notice(self) -> None:
        say(self._console, notices.fresh(), style="magenta")

    def _warn(self, record: logging.LogRecord) -> None:
        text = record.getMessage().strip()
        if text and text not in self._said and not text.startswith(_REPEATED):
            self._said.add(text)
            style = "red" if record.levelno >= logging.ERROR else "magenta"
            say(self._console, text.splitlines(), style=style)

    def _print(self, text: Text) -> None:
        self._console.print(text, soft_wrap=True)

    def _ended_job(self, job: int) -> str | None:
        """Forget a job; leave the terminal to others while nothing runs."""
        if not {rule for other, rule in self._jobs.items() if other != job} - {"all"}:
            self._stop_bars()
        return self._jobs.pop(job, None)

    def _tick(self) -> None:
        """Begin to show what runs, in place on a terminal and by the line elsewhere."""
        if not self._rules():
            return
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
        while not self._ended.wait(INTERVAL / 30):
            with self._lock:
                self._notice()
                told = told_by_jobs()
                for rule in self._rules():
                    stage, now = self._stages[rule], time.monotonic()
                    if now >= stage.due:
                        is_long = now - stage.began > _MANY_INTERVALS * INTERVAL
                        stage.due = now + (LONG_INTERVAL if is_long else INTERVAL)
                        self._print(self._line("running", rule, stage, _said_of(rule, stage, told)))

    def _rules(self) -> list[str]:
        """Give the rules that run, in the order in which they began."""
        return sorted(
            set(self._jobs.values()) - {"all"}, key=lambda rule: (self._stages[rule].began, rule)
        )

    def _running(self) -> Group:
        told, lines = told_by_jobs(), []
        for rule in self._rules():
            stage = self._stages[rule]
            own = [progress for progress in told if progress.name == rule]
            share = (stage.done + sum(progress.share for progress in own)) / stage.total
            length = next((bar for room, bar in _BARS if self._console.width >= room), 0)
            lines.append(
                self._line("running", rule, stage, _said_of(rule, stage, told), _bar(share, length))
            )
        return Group(*lines)

    def _line(
        self, word: str, rule: str, stage: _Stage, said: str, bar: Text | None = None
    ) -> Text:
        style = {"done": "green", "failed": "bold red"}.get(word, "bold")
        name = rule if stage.total == 1 else f"{rule} ({stage.total})"
        took = duration(time.monotonic() - stage.began) if stage.began else ""
        text = Text.assemble((word.ljust(8), style), name.ljust(_NAME), bar or "")
        text.append(took.rjust(_TIME))
        if said:
            text.append("  " + shown_in_line(said))
        return cut(text, width_of(self._console))


def _bar(share: float, length: int) -> Text:
    full = round(min(1.0, share) * length)
    return Text.assemble(("━" * full, "green"), ("─" * (length - full), "bright_black"))


def _said_of(rule: str, stage: _Stage, told: list[JobProgress]) -> str:
    """Say how far a rule is: its jobs, and of those that tell it the one that takes longest."""
    jobs = f"{stage.done} of {stage.total} jobs" if stage.total > 1 else ""
    own = [progress for progress in told if progress.name == rule]
    longest = max(own, key=lambda progress: progress.left or 0.0, default=None)
    return ", ".join(filter(None, (jobs, str(longest or ""))))


def _outcome(rule: str, stage: _Stage) -> str:
    """Give the first line of the log of a rule's last job."""
    if stage.total > 1 or not stage.logs:
        return ""
    try:
        with Path(stage.logs[-1]).open(encoding="utf-8", errors="replace") as stream:
            return stream.readline().strip().removeprefix(f"{rule}: ")
    except OSError:
        return ""
