"""Before a run: refuse bytes that no run made, bring back what is absent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from acne04.core.errors import Acne04Error, UsageError
from snakemake_dvc import records, store
from snakemake_dvc.digests import DigestCache
from snakemake_dvc.folders import RAW, compare

_DATASET = re.compile(rb'"dataset": "(standin|acne04)"|^dataset,.*\n(standin|acne04),')
_SHOWN = 20
#: Seconds by which a time may differ after a detour through a floating-point number.
_SAME_TIME = 1e-3


@dataclass
class Checkout:
    """The artifacts of this checkout against what is recorded of them.

    Attributes
    ----------
    jobs : list of JobRecord
        Entries of ``snakemake.lock``.
    live : LiveRecords
        Snakemake's own records.
    digests : DigestCache
        Digests of files.
    lock_written : int
        Modification time of ``snakemake.lock``, ns; 0 without one.
    made : dict
        Output -> SHA-256, of jobs that succeeded in a run that failed.
    """

    jobs: list[records.JobRecord]
    live: records.LiveRecords
    digests: DigestCache
    lock_written: int
    made: dict[str, str]

    def recorded(self) -> dict[str, str]:
        """Artifact below ``data/`` -> its recorded SHA-256."""
        return {
            path: sha256
            for job in self.jobs
            for path, sha256 in job.outputs.items()
            if path.startswith("data/")
        }

    def made_since(self, path: str) -> bool:
        """Tell whether a run made the output, as it lies there, after the lock was written.

        Snakemake takes the end of a job from its output's time, and records failed jobs, too.
        """
        if path in self.made and Path(path).is_file():
            return self.made[path] == self.digests.sha256(Path(path))
        record = self.live.get(path)
        ended = record.endtime if record else None
        if ended is None or int(ended * 1e9) <= self.lock_written or not Path(path).is_file():
            return False
        return bool(abs(Path(path).stat().st_mtime - ended) < _SAME_TIME)


def absent_outs(sources: list[str], checkout: Checkout) -> list[store.TrackedOut]:
    """List the artifacts that are not there, or of which files are not there."""
    absent = []
    for out in store.tracked_outs():
        path = Path(out.path)
        listing = path.with_name(path.name + ".csv")
        if not path.exists() or (
            out.md5.endswith(".dir")
            and path.name in sources
            and listing.is_file()
            and compare(path, listing, checkout.digests).missing
        ):
            absent.append(out)
    return absent


def refuse_foreign(sources: list[str], checkout: Checkout) -> set[str]:
    """Stop where an artifact is not what a run made.

    Returns
    -------
    set of str
        Outputs that are artifacts of another commit, known to the DVC cache: to be made anew.

    Raises
    ------
    Acne04Error
        With every altered file, its expected and found hash, and the command that restores it.
    """
    recorded = checkout.recorded()
    unfinished = checkout.live.incomplete(recorded)
    foreign = _without_record(recorded)
    stale: set[str] = set()
    for path, sha256 in sorted(recorded.items()):
        if not Path(path).is_file() or path in unfinished or checkout.made_since(path):
            continue
        found = checkout.digests.sha256(Path(path))
        if found != sha256:
            if _of_another_commit(Path(path)):
                stale.add(path)
            else:
                line = f"{path}: expected sha256 {sha256}, found {found}"
                foreign.setdefault(path, []).append(line)
    for source in sources:
        folder, listing = RAW / source, RAW / f"{source}.csv"
        busy = str(listing) in unfinished or str(listing) in stale
        if folder.is_dir() and listing.is_file() and not busy:
            lines = compare(folder, listing, checkout.digests).foreign
            if lines:
                foreign.setdefault(str(folder), []).extend(lines)
    if foreign:
        _raise_foreign(foreign)
    return stale


def _without_record(recorded: dict[str, str]) -> dict[str, list[str]]:
    """Find altered artifacts that only ``dvc.lock`` knows, where ``snakemake.lock`` is gone."""
    return {
        out.path: [f"{out.path}: expected md5 {out.md5}, found {found}"]
        for out in store.tracked_outs()
        if not out.md5.endswith(".dir")
        and out.path not in recorded
        and Path(out.path).is_file()
        and (found := store.file_md5(Path(out.path))) != out.md5
        and not _of_another_commit(Path(out.path))
    }


def _of_another_commit(path: Path) -> bool:
    """Whether DVC once committed these very bytes: then they are no tampering, only not current."""
    return store.cached(store.file_md5(path), store.cache_folder())


def _raise_foreign(foreign: dict[str, list[str]]) -> None:
    lines = [line for group in foreign.values() for line in group]
    shown = lines[:_SHOWN]
    if len(lines) > _SHOWN:
        shown.append(f"and {len(lines) - _SHOWN} more")
    targets = " ".join(sorted(foreign))
    raise Acne04Error(
        "data",
        f"{len(lines)} file(s) hold bytes that no run of this workflow made",
        found="\n            ".join(shown),
        done="stopped before any stage; dvc.lock is as it was",
        remedy=f"`dvc checkout --force {targets}` brings the recorded bytes back; "
        f"where the cache does not hold them, delete them and run again",
    )


def refuse_other_dataset(dataset: str, data: Path = Path("data")) -> None:
    """Stop where artifacts of the other dataset lie in ``data/`` and are not in the store.

    Raises
    ------
    UsageError
        With the way out.
    """
    artifacts = sorted([*data.glob("*/*.csv"), *data.glob("*/*.json")])
    others = [path for path in artifacts if dataset_of(path) not in (None, dataset)]
    if not others or not (lost := store.unpushed()):
        return
    other = dataset_of(others[0])
    raise UsageError(
        "params.yaml",
        f"dataset is {dataset!r}, but data/ holds artifacts of {other!r} that are in no store",
        found=f"{len(others)} artifacts of {other!r}, {others[0]} for one; not pushed: {lost[0]}"
        + (f" and {len(lost) - 1} more" if len(lost) > 1 else ""),
        done="nothing ran, nothing was touched",
        remedy=f"`dvc push` (with params.yaml and dvc.lock of {other!r}), or use a clone of its "
        f"own for {dataset!r}, or delete data/ if you do not need it",
    )


def dataset_of(artifact: Path) -> str | None:
    """Dataset that an artifact says it is of; None where it says none in its first 4 KiB."""
    with artifact.open("rb") as stream:
        match = _DATASET.search(stream.read(4096))
    return (match.group(1) or match.group(2)).decode() if match else None
