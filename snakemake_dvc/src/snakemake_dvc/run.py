"""What happens around a run of Snakemake: before the first job, and after the last."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from acne04.core.errors import Acne04Error
from acne04.core.files import write_text
from snakemake_dvc import closing, guard, needed, records, runlock, store
from snakemake_dvc.digests import DigestCache
from snakemake_dvc.folders import RAW, compare

STATE = Path(".acne04")
#: Stages that ran and are not yet in ``dvc.lock``: there from the start of a run to its end.
_PENDING = STATE / "pending.json"
#: ``dvc.lock`` as it was, while `dvc commit` rewrites it.
_LOCK_BEFORE = STATE / "dvc.lock.before"
_DIGESTS = STATE / "digests.json"
#: What jobs made in a run that failed later: bytes of ours, though no lock has them.
_MADE = STATE / "made.json"
#: A folder that is there has a marker for each rule that reads it to depend on.
PRESENT = STATE / "present"


def start(workflow: Any, dataset: str, sources: list[str]) -> None:
    """Make Snakemake know what the checkout holds; called while the Snakefile is read.

    Does nothing in the processes that Snakemake starts for single jobs, nor for ``--lint``. A dry
    run looks, and changes nothing below ``data/``; beside a live run it does not even look. Ends
    the process with the error's exit code where the run must not go on.
    """
    if not workflow.is_main_process or not workflow.check_envvars:
        return
    dry = workflow.output_settings.dryrun
    with _ending_the_process():
        if not runlock.take(STATE / "run.lock", patience=0 if dry else 2):
            if dry:
                return
            raise runlock.busy(STATE / "run.lock")
        if not dry:
            runlock.wait_for_jobs(STATE)
            store.undo_interrupted_commit(_LOCK_BEFORE)
        _prepare(dataset, sources, dry)
        if dry:
            runlock.release()
            return
        # A rule's file is a dependency in DVC, which cannot tell a comment from a command.
        _write_pending(_pending() | needed.stages_with_moved_rules())
        if _pending():
            # With nothing to run Snakemake calls no hook: what is to be recorded is recorded here.
            atexit.register(_finish_interrupted, workflow, dataset)


@contextmanager
def _ending_the_process() -> Iterator[None]:
    """Turn an error into a message and an exit code, which Snakemake would not do."""
    try:
        yield
    except Acne04Error as error:
        print(f"snakemake: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def _prepare(dataset: str, sources: list[str], dry: bool) -> None:
    digests = DigestCache(_DIGESTS)
    lock = records.RECORDS_LOCK
    written = lock.stat().st_mtime_ns if lock.is_file() else 0
    made = json.loads(_MADE.read_text(encoding="utf-8")) if _MADE.is_file() else {}
    checkout = guard.Checkout(records.read_lock(), records.LiveRecords(), digests, written, made)
    guard.refuse_other_dataset(dataset)
    # First look at what is there: bringing back would hide a change, or overwrite a user's file.
    stale = guard.refuse_foreign(sources, checkout)
    absent = guard.absent_outs(sources, checkout)
    if dry:
        note_absent = store.at_hand(absent) if absent else []
        if note_absent:
            print(f"A run would first bring back from DVC's cache: {' '.join(note_absent)}")
    else:
        _tidy(sources, digests)
        store.restore(absent)
        needed.pull_inputs_of_stale_stages()
    _restore_records(checkout, stale)
    for source in sources:
        listing = RAW / f"{source}.csv"
        if not (RAW / source).is_dir() or (
            listing.is_file() and compare(RAW / source, listing, digests).missing
        ):
            for marker in PRESENT.glob(f"*/{source}"):
                marker.unlink()
    digests.save()


def _tidy(sources: list[str], digests: DigestCache) -> None:
    """Remove what killed processes left, now that none of them is alive."""
    for root in (Path("data"), RAW, *Path("data").glob("*"), Path("upstream")):
        for left in root.glob(".*.part") if root.is_dir() else ():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    for source in sources:
        listing = RAW / f"{source}.csv"
        if (RAW / source).is_dir() and listing.is_file():
            for path in compare(RAW / source, listing, digests).leftovers:
                path.unlink()


def _restore_records(checkout: guard.Checkout, stale: set[str]) -> None:
    """Give Snakemake its records back; an output that must be made anew gets one that differs."""
    for job in checkout.jobs:
        unfinished = checkout.live.incomplete(job.outputs)
        fields = dict(job.fields)
        if stale & set(job.outputs) or records.inputs_moved(job.fields, checkout.digests):
            # Times may hide that the content changed; another list of inputs never hides.
            fields["input"] = []
        for output in job.outputs:
            if output not in unfinished and not checkout.made_since(output):
                checkout.live.put(output, fields)


def started(workflow: Any) -> None:
    """Note which stages are about to run, before the first job."""
    running = {stage_of(job) for job in workflow.dag.needrun_jobs()}
    _write_pending(_pending() | {stage for stage in running if stage})


def succeeded(workflow: Any, dataset: str) -> None:
    """Record a run in which every job succeeded: ``snakemake.lock``, then ``dvc.lock``."""
    with _ending_the_process():
        _record(workflow, dataset)
    print("\n" + "\n".join(closing.lines(dataset)), file=sys.stderr)


def _record(workflow: Any, dataset: str) -> None:
    digests = DigestCache(_DIGESTS)
    live = records.LiveRecords()
    kept = {job.name: job for job in records.read_lock(dataset)}
    fresh: set[str] = set()
    incomplete: set[str] = set()
    for job in workflow.dag.jobs:
        outputs = sorted(map(str, job.output))
        if not outputs:
            continue
        record = records.digest_job(live, outputs, digests)
        if record is not None:
            # A job that has gained an output may have another name than its earlier record.
            kept = {
                n: old for n, old in kept.items() if not old.outputs.keys() & record.outputs.keys()
            }
            kept[record.name] = record
        if stage := stage_of(job):
            (incomplete if record is None or not _folder_present(job) else fresh).add(stage)
    records.write_lock(dataset, [job for job in kept.values() if _is_made(workflow, job)])
    _commit(fresh - incomplete)
    digests.save()
    _MADE.unlink(missing_ok=True)


def _is_made(workflow: Any, record: records.JobRecord) -> bool:
    """Whether the rule of a record is still there, and still makes these files."""
    rules = [rule for rule in workflow.rules if rule.name == record.fields["rule"]]
    return any(all(map(rule.is_producer, record.outputs)) for rule in rules)


def failed(workflow: Any) -> None:
    """Repeat why jobs failed, and end with their exit code, which Snakemake would make 1."""
    digests, live = DigestCache(_DIGESTS), records.LiveRecords()
    finished = (job for job in workflow.dag.jobs if job.output and workflow.dag.finished(job))
    done = (records.digest_job(live, sorted(map(str, job.output)), digests) for job in finished)
    made = {path: sha256 for record in done if record for path, sha256 in record.outputs.items()}
    write_text(_MADE, json.dumps(made, sort_keys=True) + "\n")
    known = runlock.failures(STATE)
    if known:
        print("\nThe run stopped. What its jobs said:", file=sys.stderr)
        for _, message in known:
            print(message, file=sys.stderr)
        sys.exit(min(code for code, _ in known))


def _commit(fresh: set[str]) -> None:
    pending = _pending()
    nested = store.nested_stage()
    if nested is None:
        # Whether the cache was lost matters, and takes a start of DVC, only for stages not pending.
        lost = store.uncached_stages() if fresh - pending else set()
        store.commit(fresh & (pending | lost), _LOCK_BEFORE)
        left = pending - fresh
    else:
        # `dvc repro` records the stage that it called us for; it holds DVC's lock until then.
        left = pending - {nested}
    _write_pending(left)


def _finish_interrupted(workflow: Any, dataset: str) -> None:
    if workflow.dag is None or any(True for _ in workflow.dag.needrun_jobs()) or not _pending():
        return
    try:
        _record(workflow, dataset)
    except Acne04Error as error:
        print(f"snakemake: {error}", file=sys.stderr, flush=True)
        # The interpreter is leaving already, with an exit code that says success.
        os._exit(error.exit_code)


def stage_of(job: Any) -> str | None:
    """DVC stage of a job; None for rules whose outputs DVC does not track."""
    if not all(str(output).startswith("data/") for output in job.output) or not job.output:
        return None
    wildcards = "-".join(job.wildcards_dict.values())
    return f"{job.rule.name}@{wildcards}" if wildcards else str(job.rule.name)


def _folder_present(job: Any) -> bool:
    folder = dict(job.params.items()).get("folder")
    return folder is None or Path(folder).is_dir()


def _pending() -> set[str]:
    return set(json.loads(_PENDING.read_text(encoding="utf-8"))) if _PENDING.is_file() else set()


def _write_pending(stages: set[str]) -> None:
    if stages:
        write_text(_PENDING, json.dumps(sorted(stages)) + "\n")
    else:
        _PENDING.unlink(missing_ok=True)
