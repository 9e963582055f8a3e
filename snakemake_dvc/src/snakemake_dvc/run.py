"""What happens around a run of Snakemake: before the first job, and after the last."""

from __future__ import annotations

import atexit
import json
import logging
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console

from snakemake_dvc import (
    display,
    dvc,
    locks,
    packages,
    progress,
    records,
    refusals,
    screen,
)
from snakemake_dvc.digests import DigestCache
from snakemake_dvc.errors import BridgeError
from snakemake_dvc.files import write_text
from snakemake_dvc.plan import plan_lines
from snakemake_dvc.preparation import Preparation
from snakemake_dvc.printing import say_aside
from snakemake_dvc.settings import Settings
from snakemake_dvc.stale import Staleness

#: Seconds that lines about jobs may take to come out.
_PATIENCE = 10


@contextmanager
def ending_the_process() -> Iterator[None]:
    """Turn an error into a message and an exit code, which Snakemake would not do."""
    try:
        yield
    except BridgeError as error:
        _end(str(error), error.exit_code)
    except OSError as error:
        where = error.filename2 or error.filename or "the notes of the run"
        _end(f"{where}: {error.strerror or error}\n  next:     make room, or it writable", 2)


def _end(message: str, exit_code: int) -> NoReturn:
    screen.say(screen.console(), f"snakemake: {message}".splitlines())
    sys.exit(exit_code)


class Bridge:
    """Makes Snakemake know what the checkout holds, and DVC what a run made.

    To be made at the end of the Snakefile, after the last rule; its methods are the hooks. Does
    nothing in the processes that Snakemake starts for single jobs, nor for ``--lint``. A dry run
    looks, and changes nothing below the roots; beside a live run it does not even look. Ends the
    process with the error's exit code where the run must not go on.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
        The global of that name in a Snakefile.
    settings : Settings
        Those of the project.
    """

    def __init__(self, workflow: Any, settings: Settings) -> None:
        self.workflow = workflow
        self.settings = settings
        state = settings.state
        #: Stages that ran and are not in ``dvc.lock``: there from the start of a run to its end.
        self._pending_file = state / "pending.json"
        #: ``dvc.lock`` as it was, while `dvc commit` rewrites it.
        self._lock_before = state / "dvc.lock.before"
        self._digests = state / "digests.json"
        #: What jobs made in a run that failed later: bytes of ours, though no lock has them.
        self._made = state / "made.json"
        self._ran: frozenset[str] = frozenset()
        self._is_interrupted = False
        self._staleness = Staleness(settings, _rule_files(workflow))
        with ending_the_process():
            self._start()

    @property
    def namespace(self) -> dict[str, str]:
        """Name and value of the parameter that says which data set this is; empty without one."""
        name = self.settings.namespace
        return {name: str(self.workflow.config[name])} if name else {}

    def is_wanted(self, output: str, stage: str, others: Iterable[str]) -> bool:
        """Tell whether a run is to end with an output of a stage that depends on every artifact.

        Not where a partial pull left it out and the `others` are there: nothing is made anew for
        its sake (see `stale.Staleness.is_wanted`).
        """
        return self._staleness.is_wanted(output, stage, others)

    def started(self) -> None:
        """Note which stages are about to run, before the first job; for ``onstart``."""
        with ending_the_process():
            refusals.check_settings(self.workflow)
        jobs = list(self.workflow.dag.needrun_jobs())
        self._ran = frozenset(str(job.rule.name) for job in jobs)
        running = {self.stage_of(job) for job in jobs}
        self._write_pending(self._pending() | {stage for stage in running if stage})
        screen.say(self._console(), plan_lines(self.workflow.dag, jobs))

    def succeeded(self) -> None:
        """Record a run in which every job succeeded: ``snakemake.lock``, then ``dvc.lock``."""
        with ending_the_process():
            self._record()
        if self.settings.summary:
            lines = self.settings.summary(self._ran, screen.width_of(self._console()))
            self._say_after_the_jobs(["", *lines, *self._log()])

    def _log(self) -> list[str]:
        """Say where everything is that was not shown."""
        files = self.workflow.logger_manager.get_logfile()
        return [f"Log      {os.path.relpath(path)}" for path in files or ()]

    def _say_after_the_jobs(self, lines: Iterable[str]) -> None:
        """Print once the lines about the jobs are out, which another thread prints."""
        for handler in logging.getLogger("snakemake.logging").handlers:
            queue = getattr(handler, "queue", None)
            if queue is not None:
                with queue.all_tasks_done:
                    # Not for ever: the thread may have ended by what no display foresaw.
                    queue.all_tasks_done.wait_for(lambda q=queue: not q.unfinished_tasks, _PATIENCE)
        display.close_all()
        # Where another display than ours is chosen, nobody has told them yet.
        screen.say(self._console(), [*progress.notices.fresh(), *lines])

    def _console(self) -> Console:
        return screen.console(self.workflow.output_settings.nocolor)

    def failed(self) -> None:
        """Repeat why jobs failed, and end with their exit code, which Snakemake would make 1."""
        digests, live = DigestCache(self._digests), records.LiveRecords()
        dag = self.workflow.dag
        finished = (job for job in dag.jobs if job.output and dag.finished(job))
        done = (records.digest_job(live, sorted(map(str, job.output)), digests) for job in finished)
        made = {path: sha for record in done if record for path, sha in record.outputs.items()}
        write_text(self._made, json.dumps(made, sort_keys=True) + "\n")
        if self._is_interrupted:
            self._say_after_the_jobs(["", "Interrupted. The same command goes on from here."])
            sys.exit(130)
        known = locks.failures(self.settings.state)
        head = "The run stopped. What its jobs said:"
        if not known:
            head = (
                "The run stopped: a job ended without a word, killed perhaps; its log may say more."
            )
        # What failed is the last thing on the screen.
        more = self.settings.after_failure
        lines = more([told for _, told in known]) if more else []
        self._say_after_the_jobs(["", *lines, *self._log()])
        screen.say(self._console(), [head], style="bold red")
        screen.say(self._console(), (line for _, told in known for line in told.splitlines()))
        sys.exit(min((code for code, _ in known), default=1))

    def stage_of(self, job: Any) -> str | None:
        """DVC stage of a job; None for rules whose outputs DVC does not track."""
        if not job.output or not all(self.settings.tracks(str(output)) for output in job.output):
            return None
        wildcards = "-".join(job.wildcards_dict.values())
        return f"{job.rule.name}@{wildcards}" if wildcards else str(job.rule.name)

    def _start(self) -> None:
        workflow, state = self.workflow, self.settings.state
        if not workflow.check_envvars:
            return
        packages.refuse_elsewhere(self.settings.packages, Path.cwd())
        if not workflow.is_main_process:
            return
        refusals.check_command_line(refusals.command_line())
        patterns = [str(path) for rule in workflow.rules for path in rule.output]
        refusals.check_deletion(refusals.command_line(), filter(self._is_source, patterns))
        refusals.check_parameters(workflow.config)
        dry = workflow.output_settings.dryrun
        try:
            taken = locks.take(state / "run.lock", patience=0 if dry else 2)
        except OSError as error:
            raise BridgeError(
                str(state / "run.lock"),
                f"cannot be written ({error.strerror}); Snakemake keeps notes even of a dry run",
                done="nothing",
                remedy="run it in a checkout that you can write to: `git clone` this one",
                exit_code=2,
            ) from None
        if not taken:
            if dry:
                return
            raise locks.busy(state / "run.lock")
        if not dry:
            self._note_interrupts()
            packages.tell_jobs(self.settings.packages, Path.cwd())
            locks.wait_for_jobs(state)
            progress.forget(state)
            dvc.undo_interrupted_commit(self._lock_before)
        unlocked = self._preparation().make(dry)
        if dry:
            locks.release()
            return
        self._write_pending(self._pending() | unlocked)
        # A rule's file is a dependency in DVC, which cannot tell a comment from a command.
        self._write_pending(self._pending() | self._staleness.with_moved_rules())
        if self._pending():
            # With nothing to run Snakemake calls no hook: what is to be recorded is recorded here.
            atexit.register(self._finish_interrupted)

    def _note_interrupts(self) -> None:
        """Remember a Ctrl-C: what it ends has not failed."""

        def note(number: int, frame: Any) -> None:
            self._is_interrupted = True
            display.interrupt_all()
            signal.default_int_handler(number, frame)

        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, note)

    def _preparation(self) -> Preparation:
        made = json.loads(self._made.read_text(encoding="utf-8")) if self._made.is_file() else {}
        return Preparation(
            self.workflow.rules,
            str(self.workflow.default_target or ""),
            self.settings,
            next(iter(self.namespace.values()), ""),
            self._staleness,
            DigestCache(self._digests),
            made,
            self._pending(),
        )

    def _record(self) -> None:
        dag = self.workflow.dag
        digests = DigestCache(self._digests)
        live = records.LiveRecords()
        kept = {job.name: job for job in records.read_lock(self.namespace)}
        fresh: set[str] = set()
        incomplete: set[str] = set()
        for job in dag.jobs:
            outputs = sorted(map(str, job.output))
            if not outputs or any(map(self._is_source, outputs)):
                continue
            record = records.digest_job(live, outputs, digests)
            if record is None and self._is_settled(job):
                # Only dvc.lock says how it was made: the record that Snakemake would have.
                live.finish(self.workflow.persistence, job)
                record = records.digest_job(live, outputs, digests)
            if record is not None:
                # A job that has gained an output may have another name than its earlier record.
                kept = {
                    n: old
                    for n, old in kept.items()
                    if not old.outputs.keys() & record.outputs.keys()
                }
                kept[record.name] = record
            if stage := self.stage_of(job):
                whole = record is not None and _folder_present(job)
                (fresh if whole else incomplete).add(stage)
        still = [job for job in kept.values() if self._is_made(job)]
        records.write_lock(self.namespace, still)
        self._commit(fresh - incomplete)
        digests.save()
        self._made.unlink(missing_ok=True)

    def _is_settled(self, job: Any) -> bool:
        """Whether a job without a record need not run: by ``dvc.lock``, or as a note of ours."""
        stage = self.stage_of(job)
        if stage is not None:
            return self._staleness.is_current(stage)
        notes = f"{self.settings.state}/"
        return all(str(out).startswith(notes) and Path(out).is_file() for out in job.output)

    def _is_source(self, path: str) -> bool:
        """Whether a rule's output is neither an artifact nor outside: git tracks it, or should."""
        return not self.settings.tracks(path) and not self.settings.is_outside(path)

    def _is_made(self, record: records.JobRecord) -> bool:
        """Whether the rule of a record is still there, and still makes these files."""
        if any(map(self._is_source, record.outputs)):
            return False
        rules = [rule for rule in self.workflow.rules if rule.name == record.fields["rule"]]
        return any(all(map(rule.is_producer, record.outputs)) for rule in rules)

    def _commit(self, fresh: set[str]) -> None:
        pending = self._pending()
        nested = dvc.nested_stage()
        if nested is None:
            # Whether the cache was lost matters, and takes a start of DVC, only for stages not
            # pending.
            lost = dvc.uncached_stages() if fresh - pending else set()
            dvc.commit(fresh & (pending | lost), self._lock_before)
            left = pending - fresh
        else:
            # `dvc repro` records the stage that it called us for; it holds DVC's lock until then.
            left = pending - {nested}
        self._write_pending(left)

    def _finish_interrupted(self) -> None:
        dag = self.workflow.dag
        if dag is None or any(True for _ in dag.needrun_jobs()) or not self._pending():
            return
        try:
            self._record()
        except BridgeError as error:
            say_aside(*f"snakemake: {error}".split("\n"))
            # The interpreter is leaving already, with an exit code that says success.
            os._exit(error.exit_code)

    def _pending(self) -> set[str]:
        file = self._pending_file
        return set(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else set()

    def _write_pending(self, stages: set[str]) -> None:
        if stages:
            write_text(self._pending_file, json.dumps(sorted(stages)) + "\n")
        else:
            self._pending_file.unlink(missing_ok=True)


def _rule_files(workflow: Any) -> dict[str, str]:
    root = Path.cwd()
    return {
        str(rule.name): Path(os.path.relpath(str(rule.snakefile), root)).as_posix()
        for rule in workflow.rules
    }


def _folder_present(job: Any) -> bool:
    folder = dict(job.params.items()).get("folder")
    return folder is None or Path(folder).is_dir()
