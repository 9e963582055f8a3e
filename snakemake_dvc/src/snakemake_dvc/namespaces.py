"""From one data set to another in one checkout, and back.

A checkout holds one data set at a time. Where the parameter that says which was changed, the
artifacts of the other are put away, which DVC's cache keeps, and with them the two locks; what lay
here of this one when it was left comes back the same way. Nothing is ever taken from one data set
into the other.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from snakemake_dvc import dvc, git
from snakemake_dvc.dvc import DVC_LOCK
from snakemake_dvc.errors import BridgeError
from snakemake_dvc.files import write_text
from snakemake_dvc.printing import say_aside
from snakemake_dvc.records import RECORDS_LOCK
from snakemake_dvc.settings import Settings

_LOCKS = (DVC_LOCK, RECORDS_LOCK)
_SHOWN = 5


@dataclass(frozen=True)
class Switch:
    """What has to go before a run of another data set.

    Attributes
    ----------
    settings : Settings
        Those of the project; with a namespace.
    value : str
        The data set that ``params.yaml`` names.
    other : str
        The one that lies here.
    artifacts : tuple of pathlib.Path
        Files of the other one.
    folders : tuple of pathlib.Path
        Folders whose listing is among these.
    """

    settings: Settings
    value: str
    other: str
    artifacts: tuple[Path, ...]
    folders: tuple[Path, ...]

    def describe(self) -> str:
        """Say in one line what happens."""
        name = self.settings.namespace
        if not self.artifacts:
            return (
                f"params.yaml says {name} {self.value!r}: the locks of {self.other!r} are put away"
            )
        return (
            f"params.yaml says {name} {self.value!r}: {len(self.artifacts)} artifacts of "
            f"{self.other!r} are put away, DVC's cache has them (`dvc push` keeps them for good)"
        )

    def refuse_loss(self) -> None:
        """Stop where something would be lost: bytes that DVC's cache does not hold.

        Raises
        ------
        BridgeError
            With the first of them, and the way out.
        """
        cache = dvc.cache_folder()
        unsafe = [
            path for path in self.artifacts if not dvc.cached(dvc.file_md5(path), cache)
        ] + list(self._loose_files(cache))
        if not unsafe:
            return
        shown = ", ".join(map(str, unsafe[:_SHOWN]))
        more = f" and {len(unsafe) - _SHOWN} more" if len(unsafe) > _SHOWN else ""
        name = self.settings.namespace
        raise BridgeError(
            "params.yaml",
            f"{name} is {self.value!r}, but {len(unsafe)} files of {self.other!r} lie here that "
            "DVC's cache does not hold",
            found=shown + more,
            done="nothing ran, nothing was touched",
            remedy=f"set {name} to {self.other} and run once more, which records them; or move "
            "away or delete what you do not need of them",
            exit_code=2,
        )

    def _loose_files(self, cache: Path) -> Iterator[Path]:
        for folder in self.folders:
            for parent, _, names in os.walk(folder):
                for name in sorted(names):
                    path = Path(parent, name)
                    if not dvc.cached(dvc.file_md5(path), cache):
                        yield path

    def make(self) -> None:
        """Put away the other's artifacts and locks, and bring this one's locks.

        A kill in the middle costs nothing: the locks are kept first, and replaced last.
        """
        say_aside(self.describe())
        if lock_namespace(self.settings) == self.other:
            for lock in _LOCKS:
                if lock.is_file():
                    write_text(self._kept(self.other) / lock, lock.read_text(encoding="utf-8"))
        for folder in self.folders:
            shutil.rmtree(folder)
        for path in self.artifacts:
            path.unlink(missing_ok=True)
        # dvc.lock last: whose locks these are is asked of it.
        for lock in reversed(_LOCKS):
            text = self._lock_of_value(lock)
            if text is None:
                lock.unlink(missing_ok=True)
            else:
                write_text(lock, text)

    def _kept(self, namespace: str) -> Path:
        return self.settings.state / "locks" / namespace

    def _lock_of_value(self, lock: Path) -> str | None:
        kept = self._kept(self.value)
        if (kept / DVC_LOCK).is_file():
            file = kept / lock
            return file.read_text(encoding="utf-8") if file.is_file() else None
        committed = {path: git.committed(str(path)) for path in _LOCKS}
        text = committed[DVC_LOCK]
        if text and _namespace_in(dvc.stages_in(text), self.settings) == self.value:
            return committed[lock]
        return None


def find_switch(settings: Settings, value: str) -> Switch | None:
    """Say what has to go before a run of the data set `value`; None where all is of it."""
    if not settings.namespace or settings.namespace_of is None:
        return None
    of_file = {path: settings.namespace_of(path) for path in sorted(_artifacts(settings))}
    artifacts = tuple(path for path, of in of_file.items() if of not in (None, value))
    locked = lock_namespace(settings)
    if not artifacts and locked in (None, value):
        return None
    other = of_file[artifacts[0]] if artifacts else locked
    if locked == other:
        # An empty table does not say what it is of; the lock does.
        silent = (Path(out.path) for out in dvc.tracked_outs() if Path(out.path).is_file())
        artifacts = tuple(sorted({*artifacts, *(p for p in silent if of_file.get(p) is None)}))
    folders = tuple(
        Path(folder)
        for folder, listing in settings.folders.items()
        if Path(listing) in artifacts and Path(folder).is_dir()
    )
    return Switch(settings, value, str(other), artifacts, folders)


def lock_namespace(settings: Settings) -> str | None:
    """Name the data set that ``dvc.lock`` is of, else ``snakemake.lock``; None without either."""
    if found := _namespace_in(dvc.lock_entries(), settings):
        return found
    if not RECORDS_LOCK.is_file():
        return None
    try:
        return str(json.loads(RECORDS_LOCK.read_text(encoding="utf-8"))[settings.namespace])
    except (ValueError, KeyError, TypeError):
        # A lock in pieces is reported where it is read.
        return None


def _namespace_in(entries: dict[str, object], settings: Settings) -> str | None:
    for entry in entries.values():
        params = entry.get("params", {}) if isinstance(entry, dict) else {}
        value = params.get("params.yaml", {}).get(settings.namespace)
        if value is not None:
            return str(value)
    return None


def _artifacts(settings: Settings) -> Iterator[Path]:
    for root in map(Path, settings.roots):
        yield from root.glob("*/*.csv")
        yield from root.glob("*/*.json")
