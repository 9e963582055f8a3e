"""What there is of a download that is not whole: a folder with a name, which the next run finds.

``<upstream>/parts/<path>.<8 digits>/`` holds the bytes so far and what they are bytes of. The
digits stand for the address: what two mirrors gave is never mixed. Whoever works in it holds a lock
on it, which the system takes back when a process dies, however it dies.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from acne04.core.errors import UnavailableError
from acne04.core.files import write_text
from acne04.core.folder_locks import held

PARTS = "parts"
_FILE_MODE = 0o644


class PartialDownload:
    """The bytes of one file of one address, as far as they are here.

    Parameters
    ----------
    folder : pathlib.Path
        Its own; made when it is locked.

    Attributes
    ----------
    place : pathlib.Path
        The file that becomes whole.
    is_resumed : bool
        Whether its bytes come from more than one answer.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.place = folder / "bytes"
        self._about = folder / "about.json"
        self.is_resumed = False

    @staticmethod
    def of(upstream: Path, path: str, url: str) -> PartialDownload:
        """Give that of the file `path` of a delivery from an address."""
        digits = hashlib.sha256(url.encode()).hexdigest()[:8]
        return PartialDownload(upstream / PARTS / f"{path}.{digits}")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Work in the folder; what is empty at the end is removed.

        Raises
        ------
        UnavailableError
            If another process works in it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with held(self.folder) as is_ours:
                if not is_ours:
                    raise UnavailableError(
                        str(self.folder),
                        "another process is fetching this file",
                        done="nothing touched",
                        remedy="wait until it is done; then the same command finds the file",
                    )
                yield
        finally:
            _remove_empty(self.folder)

    def size(self) -> int:
        """Give the bytes that are here; gdown keeps them under a name of its own."""
        with suppress(FileNotFoundError):
            return max((p.stat().st_size for p in self.folder.glob("bytes*")), default=0)
        return 0

    def about(self) -> dict[str, Any]:
        """Give what the bytes are of: validator, total; empty where nothing is known."""
        try:
            document = json.loads(self._about.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return document if isinstance(document, dict) else {}

    def begin(self, **about: str | int | None) -> None:
        """Forget what is here, and note what the bytes to come are of."""
        self.forget()
        self.folder.mkdir(parents=True, exist_ok=True)
        write_text(self._about, json.dumps({**about, "begun": time.time()}) + "\n")
        self.is_resumed = False

    def forget(self) -> None:
        """Remove the bytes, and what is noted of them."""
        for place in [*self.folder.glob("bytes*"), self._about]:
            place.unlink(missing_ok=True)

    def give(self, target: Path) -> None:
        """Put the whole file in its place, as open to others as the umask allows."""
        target.parent.mkdir(parents=True, exist_ok=True)
        # gdown makes its files for the owner alone.
        probe = self.folder / "mode"
        os.close(os.open(probe, os.O_CREAT | os.O_WRONLY, _FILE_MODE))
        self.place.chmod(probe.stat().st_mode & _FILE_MODE)
        probe.unlink()
        os.replace(self.place, target)  # noqa: PTH105 - of two paths that are one file system
        self.forget()


def remove_orphans(upstream: Path, path: str, urls: tuple[str, ...]) -> None:
    """Remove what is left of downloads of a file that nobody can go on with.

    Its addresses were others then, or it stands in the place under which an earlier version of this
    project kept its staging files. What a living process holds is left.
    """
    wanted = {PartialDownload.of(upstream, path, url).folder for url in urls}
    name = glob.escape(Path(path).name)
    found = (upstream / PARTS / path).parent.glob(f"{name}.????????")
    for folder in sorted(found):
        if folder in wanted or not folder.is_dir():
            continue
        with held(folder) as is_ours:
            if is_ours:
                shutil.rmtree(folder, ignore_errors=True)
        _remove_empty(folder.parent)
    for stale in sorted((upstream / path).parent.glob(f".{name}.????????.part")):
        if stale.is_dir():
            shutil.rmtree(stale, ignore_errors=True)
        else:
            stale.unlink(missing_ok=True)


def _remove_empty(folder: Path) -> None:
    """Remove a folder that is empty, and those above it up to that of all parts."""
    while PARTS in folder.parts:
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass
        except OSError:
            return
        folder = folder.parent
