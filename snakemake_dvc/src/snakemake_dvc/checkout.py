"""The artifacts of a checkout against what is recorded of them, before a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from snakemake_dvc import dvc, records
from snakemake_dvc.digests import DigestCache
from snakemake_dvc.errors import BridgeError
from snakemake_dvc.listings import compare
from snakemake_dvc.settings import Settings

_SHOWN = 20
#: Seconds by which a time may differ after a detour through a floating-point number.
_SAME_TIME = 1e-3


@dataclass
class Checkout:
    """The artifacts as they lie there, with all that is recorded of them.

    Attributes
    ----------
    settings : Settings
        Those of the project.
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
    pending : set of str
        Stages that a run was to make and has not recorded.
    """

    settings: Settings
    jobs: list[records.JobRecord]
    live: records.LiveRecords
    digests: DigestCache
    lock_written: int
    made: dict[str, str]
    pending: set[str]

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

    def absent_outs(self) -> list[dvc.TrackedOut]:
        """List the artifacts that are not there, or of which files are not there."""
        return [
            out
            for out in dvc.tracked_outs()
            if not Path(out.path).exists()
            or (out.path in self.settings.folders and self.missing_files(out.path))
        ]

    def missing_files(self, folder: str) -> list[str]:
        """List what a folder lacks of its listing; nothing where there is no listing."""
        listing = Path(self.settings.folders[folder])
        return compare(Path(folder), listing, self.digests).missing if listing.is_file() else []

    def refuse_foreign(self) -> set[str]:
        """Stop where an artifact is not what a run made.

        Returns
        -------
        set of str
            Outputs to be made anew: artifacts of another commit, which the DVC cache knows, and
            what a killed run had begun.

        Raises
        ------
        BridgeError
            With every altered file, its expected and found hash, and the command that restores it.
        """
        recorded = self._recorded()
        unfinished = self.live.incomplete(recorded)
        foreign = _without_record(recorded)
        # Snakemake notes that a job has begun only after it has; a kill may come in between.
        begun = {out.path for out in dvc.tracked_outs() if out.stage in self.pending}
        stale: set[str] = set()
        for path, sha256 in sorted(recorded.items()):
            if not Path(path).is_file() or path in unfinished or self.made_since(path):
                continue
            found = self.digests.sha256(Path(path))
            if found != sha256:
                if path in begun or _of_another_commit(Path(path)):
                    stale.add(path)
                else:
                    line = f"{path}: expected sha256 {sha256}, found {found}"
                    foreign.setdefault(path, []).append(line)
        for folder, listing in self.settings.folders.items():
            busy = listing in unfinished or listing in stale
            if Path(folder).is_dir() and Path(listing).is_file() and not busy:
                lines = compare(Path(folder), Path(listing), self.digests).foreign
                if lines:
                    foreign.setdefault(folder, []).extend(lines)
        if foreign:
            _raise_foreign(foreign)
        return stale

    def _recorded(self) -> dict[str, str]:
        return {
            path: sha256
            for job in self.jobs
            for path, sha256 in job.outputs.items()
            if self.settings.tracks(path)
        }


def refuse_other_namespace(settings: Settings, value: str) -> None:
    """Stop where artifacts of another namespace lie in the roots and are not in the store.

    Raises
    ------
    BridgeError
        With the way out.
    """
    if settings.namespace_of is None:
        return
    artifacts = sorted(_artifacts(settings))
    others = [path for path in artifacts if settings.namespace_of(path) not in (None, value)]
    if not others or not (lost := dvc.unpushed()):
        return
    other, name = settings.namespace_of(others[0]), settings.namespace
    roots = " ".join(f"{root}/" for root in settings.roots)
    raise BridgeError(
        "params.yaml",
        f"{name} is {value!r}, but {roots} holds artifacts of {other!r} that are in no store",
        found=f"{len(others)} artifacts of {other!r}, {others[0]} for one; not pushed: {lost[0]}"
        + (f" and {len(lost) - 1} more" if len(lost) > 1 else ""),
        done="nothing ran, nothing was touched",
        remedy=f"`dvc push` (with params.yaml and dvc.lock of {other!r}), or use a clone of its "
        f"own for {value!r}, or delete {roots} if you do not need it",
        exit_code=2,
    )


def _artifacts(settings: Settings) -> Iterator[Path]:
    for root in map(Path, settings.roots):
        yield from root.glob("*/*.csv")
        yield from root.glob("*/*.json")


def _without_record(recorded: dict[str, str]) -> dict[str, list[str]]:
    """Find altered artifacts that only ``dvc.lock`` knows, where ``snakemake.lock`` is gone."""
    return {
        out.path: [f"{out.path}: expected md5 {out.md5}, found {found}"]
        for out in dvc.tracked_outs()
        if not out.md5.endswith(".dir")
        and out.path not in recorded
        and Path(out.path).is_file()
        and (found := dvc.file_md5(Path(out.path))) != out.md5
        and not _of_another_commit(Path(out.path))
    }


def _of_another_commit(path: Path) -> bool:
    """Whether DVC once committed these very bytes: then they are no tampering, only not current."""
    return dvc.cached(dvc.file_md5(path), dvc.cache_folder())


def _raise_foreign(foreign: dict[str, list[str]]) -> None:
    lines = [line for group in foreign.values() for line in group]
    shown = lines[:_SHOWN]
    if len(lines) > _SHOWN:
        shown.append(f"and {len(lines) - _SHOWN} more")
    targets = " ".join(sorted(foreign))
    roots = sorted({path.split("/")[0] for path in foreign})
    raise BridgeError(
        " ".join(roots),
        f"{len(lines)} file(s) hold bytes that no run of this workflow made",
        found="\n            ".join(shown),
        done="stopped before any stage; dvc.lock is as it was",
        remedy=f"`dvc checkout --force {targets}` brings the recorded bytes back; "
        f"where the cache does not hold them, delete them and run again",
    )
