"""The artifacts of a state, by the MD5 in its lock: from data/, DVC's cache, or the store."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from acne04.core.dvc import cache_folder, file_md5
from acne04.core.errors import UnavailableError
from acne04.diff.revision import Revision


class Artifacts:
    """The outputs of a state of the checkout."""

    def __init__(self, state: Revision) -> None:
        self.state = state
        self.md5s = dict(state.outs)
        self.altered: list[str] = []
        if state.commit is None:
            self._look_at_disk()

    def _look_at_disk(self) -> None:
        """In the working tree, the files that are there count for more than the lock."""
        for path in self.md5s:
            if Path(path).is_file():
                md5 = file_md5(Path(path))
                if md5 != self.md5s[path]:
                    self.altered.append(path)
                    self.md5s[path] = md5

    def place(self, path: str) -> Path | None:
        """Give a local file with the bytes of an output, once fetched; None where there is none."""
        md5 = self.md5s.get(path)
        if md5 is None:
            return None
        if Path(path).is_file() and file_md5(Path(path)) == md5:
            return Path(path)
        return _cached(md5)

    def fetch(self, paths: Iterable[str]) -> None:
        """Have the bytes of some outputs here: what the cache lacks comes from the store.

        Raises
        ------
        UnavailableError
            If they are neither here nor in the store.
        """
        missing = {}
        for path in paths:
            md5 = self.md5s.get(path)
            if md5 is None or (Path(path).is_file() and file_md5(Path(path)) == md5):
                continue
            if not _cached(md5).is_file():
                missing[md5] = path
        if missing:
            why = _pull(missing)
            lost = [path for md5, path in missing.items() if not _cached(md5).is_file()]
            if lost:
                self._lost(lost, why)

    def _lost(self, paths: list[str], why: str) -> None:
        all_revisions = "`dvc fetch --all-commits`" if self.state.commit else "`dvc pull`"
        raise UnavailableError(
            f"{', '.join(sorted(paths))} of {self.state.name}",
            f"neither in DVC's cache nor to be had from the store ({why})",
            done="nothing compared",
            remedy=f"{all_revisions} where the store is at hand; or `dvc push` where the run was",
        )


def _pull(wanted: Iterable[str]) -> str:
    """Bring objects into the cache; gives the reason why one may still be missing."""
    # Imported here: two seconds, and most comparisons find all in the cache.
    from dvc.exceptions import DvcException
    from dvc.repo import Repo
    from dvc_data.hashfile.hash_info import HashInfo
    from dvc_objects.errors import ObjectDBError

    # It warns of what is missing, which we say better.
    logging.getLogger("dvc").setLevel(logging.ERROR)
    infos: list[Any] = [HashInfo("md5", md5) for md5 in sorted(wanted)]
    try:
        Repo().cloud.pull(infos)
    except (DvcException, ObjectDBError, OSError) as error:
        return " ".join(str(error).split()) or type(error).__name__
    return "it is not there, or its bytes are other ones"


def _cached(md5: str) -> Path:
    return cache_folder() / "files" / "md5" / md5[:2] / md5[2:]
