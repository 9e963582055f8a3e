"""Draws many photographs in several processes; no byte depends on how many."""

from __future__ import annotations

from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path

from tqdm import tqdm

from acne04.core.errors import UnavailableError
from acne04_standin.jobs import Job, make_files


def draw_all(jobs: Sequence[Job], folder: Path, workers: int) -> None:
    """Make the files of all jobs below `folder`.

    Raises
    ------
    UnavailableError
        If a process is ended from outside.
    """
    with tqdm(total=len(jobs), desc="drawing", unit="photograph", disable=None) as bar:
        if workers <= 1:
            for job in jobs:
                make_files(job, folder)
                bar.update()
            return
        # Fresh processes rather than forked ones: the caller may hold threads or locks.
        context = get_context("spawn")
        readers, processes = [], []
        for share in range(min(workers, len(jobs))):
            reader, writer = context.Pipe(duplex=False)
            process = context.Process(
                target=_draw_share, args=(jobs[share::workers], folder, writer), daemon=True
            )
            process.start()
            writer.close()
            readers.append(reader)
            processes.append(process)
        _follow(readers, bar)
        for process in processes:
            process.join()
    if any(process.exitcode != 0 for process in processes):
        raise UnavailableError(
            str(folder.parent),
            "a process that was drawing has ended early",
            done="nothing has been written",
            remedy="see its message above; if memory ran out, use fewer --workers or a larger "
            "--scale",
        )


def _draw_share(jobs: Sequence[Job], folder: Path, done: Connection) -> None:
    """Draw some of the photographs, reporting each; ends at once when nobody listens any more."""
    for job in jobs:
        make_files(job, folder)
        try:
            done.send(job.image)
        except BrokenPipeError:
            return


def _follow(readers: list[Connection], bar: tqdm[None]) -> None:
    """Move the bar until all processes have closed their end."""
    while readers:
        ready = wait(readers)
        for reader in [r for r in readers if r in ready]:
            try:
                reader.recv()
                bar.update()
            except EOFError:
                readers.remove(reader)
