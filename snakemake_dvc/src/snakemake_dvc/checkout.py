"""The artifacts of a checkout against what is recorded of them, before a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from snakemake_dvc import dvc, records
from snakemake_dvc.digests import DigestCache
from snakemake_dvc.errors import BridgeError
from snakemake_dvc.listings import compare, compare_names
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
    is_current : callable
        Whether a stage is as ``dvc.lock`` has it, inputs and outputs, code and parameters.
    """

    settings: Settings
    jobs: list[records.JobRecord]
    live: records.LiveRecords
    digests: DigestCache
    lock_written: int
    made: dict[str, str]
    pending: set[str]
    is_current: Callable[[str], bool]

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
        return compare_names(Path(folder), listing).missing if listing.is_file() else []

    def refuse_foreign(self) -> set[str]:
        """Stop where an artifact is not what a run made.

        Returns
        -------
        set of str
            Outputs that are not current: artifacts of another commit, which the DVC cache knows,
            what a killed run had begun, and what is there and nobody has recorded.

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
        stale |= self._unrecorded(recorded)
        for folder, listing in self.settings.folders.items():
            busy = listing in unfinished or listing in stale
            if Path(folder).is_dir() and Path(listing).is_file() and not busy:
                lines = compare(Path(folder), Path(listing), self.digests).foreign
                if lines:
                    foreign.setdefault(folder, []).extend(lines)
        if foreign:
            _raise_foreign(foreign)
        return stale

    def _unrecorded(self, recorded: Mapping[str, str]) -> set[str]:
        """Outputs that are there and of which nothing says how they were made.

        After ``snakemake.lock`` was lost Snakemake's own record may still say, or ``dvc.lock``;
        after both locks were, only the record of a run that made the file as it lies there. Without
        any, Snakemake would take the file as it is.
        """
        return {
            out
            for stage, outs in dvc.declared_outs().items()
            for out in self._without_a_record(outs - recorded.keys())
            if not self.is_current(stage)
        }

    def _without_a_record(self, outs: Iterable[str]) -> list[str]:
        locked = {out.path for out in dvc.tracked_outs()}
        return [
            out
            for out in outs
            if Path(out).is_file()
            and not self.made_since(out)
            and (out not in locked or self.live.get(out) is None)
        ]

    def unrecorded_but_current(self) -> list[str]:
        """Outputs that only ``dvc.lock`` says anything of, and that they are as it says."""
        recorded = self._recorded()
        return [
            out
            for stage, outs in dvc.declared_outs().items()
            for out in self._without_a_record(outs - recorded.keys())
            if self.is_current(stage)
        ]

    def unlocked_stages(self) -> set[str]:
        """Stages that one of the locks lacks though all that they make is there."""
        locked, recorded = dvc.lock_entries(), self._recorded()
        return {
            stage
            for stage, outs in dvc.declared_outs().items()
            if outs
            and all(Path(out).exists() for out in outs)
            and (stage not in locked or not recorded.keys() & outs)
        }

    def of_other_settings(self) -> list[Path]:
        """List the outputs outside the roots that are not those recorded.

        They were made with other parameters, or by hand. Nobody misses them until a job needs
        them, and then they are made; a record of them would be a lie.
        """
        return [
            Path(output)
            for job in self.jobs
            for output, sha256 in sorted(job.outputs.items())
            if self.settings.is_outside(output)
            and Path(output).is_file()
            and not self.made_since(output)
            and self.digests.sha256(Path(output)) != sha256
        ]

    def replaceable(self, stale: Iterable[str]) -> list[dvc.TrackedOut]:
        """List the recorded artifacts of which the bytes of another commit lie there.

        Nothing is lost by bringing the recorded ones back: DVC's cache has either.
        """
        outs = {out.path: out for out in dvc.tracked_outs()}
        listings = {listing: folder for folder, listing in self.settings.folders.items()}
        found = []
        for path in sorted(stale):
            if path not in outs or dvc.file_md5(Path(path)) == outs[path].md5:
                continue
            if not _of_another_commit(Path(path)):
                continue
            folder = listings.get(path)
            if folder is not None and Path(folder).is_dir():
                state = compare(Path(folder), Path(path), self.digests)
                if state.foreign or folder not in outs:
                    continue
                found.append(outs[folder])
            found.append(outs[path])
        return found

    def _recorded(self) -> dict[str, str]:
        return {
            path: sha256
            for job in self.jobs
            for path, sha256 in job.outputs.items()
            if self.settings.tracks(path)
        }


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
    roots = sorted({path.split("/")[0] for path in foreign})
    raise BridgeError(
        " ".join(roots),
        f"{len(lines)} file(s) hold bytes that no run of this workflow made",
        found="\n            ".join(shown),
        done="stopped before any stage; dvc.lock is as it was",
        remedy=_way_back(foreign),
    )


def _way_back(foreign: Iterable[str]) -> str:
    """Say how the recorded bytes come back.

    Not by `dvc checkout --force`: DVC goes by size and times, and where these are as they were it
    takes the altered file for the one that it knows. What is not there it brings.
    """
    paths = sorted(foreign)
    outs = {out.path: out for out in dvc.tracked_outs()}
    remedy = (
        f"`rm -r {' '.join(paths)}`, and run again: what was recorded comes back from DVC's "
        "cache; where that has lost it, `snakemake --cores all PATH` makes it again"
    )
    cache = dvc.cache_folder()
    rotten = [
        dvc.cached_file(outs[path].md5, cache)
        for path in paths
        if path in outs and dvc.is_rotten(outs[path].md5, cache)
    ]
    if rotten:
        remedy += (
            f". The cache's own copy is altered, too (a link, or a failing disk): "
            f"`rm -f {' '.join(map(str, rotten))}` as well"
        )
    return remedy
