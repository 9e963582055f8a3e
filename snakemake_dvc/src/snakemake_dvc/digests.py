"""SHA-256 of files, computed again only where size or time stamps moved."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from snakemake_dvc.files import write_text


class DigestCache:
    """Digests by path, kept beside the workflow's own state.

    An unchanged size, modification time (ns) and change time (ns) stand for unchanged bytes, as
    in git and DVC. The audit, not this cache, answers for files whose times were set back.

    Parameters
    ----------
    path : pathlib.Path or None
        JSON file of the cache; it may be absent or deleted at any time. With None nothing is
        remembered: every file is read.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: dict[str, list[int | str]] = {}
        self._moved = False
        if path and path.is_file():
            try:
                self._known = json.loads(path.read_text(encoding="utf-8"))
            except ValueError:
                self._known = {}

    def sha256(self, path: Path) -> str:
        """Digest of a file, in hexadecimal."""
        stat = path.stat()
        stamp: list[int | str] = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]
        known = self._known.get(str(path))
        if known is None or known[:3] != stamp:
            known = [*stamp, _sha256(path)]
            self._known[str(path)] = known
            self._moved = True
        return str(known[3])

    def save(self) -> None:
        """Write the cache, if it learned anything."""
        if self._moved and self._path:
            alive = {name: known for name, known in self._known.items() if Path(name).exists()}
            write_text(self._path, json.dumps(alive, sort_keys=True) + "\n")
            self._moved = False


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
