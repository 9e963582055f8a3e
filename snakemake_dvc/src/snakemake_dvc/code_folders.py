"""The code behind a rule: folders and files that decide what its command does.

A ``shell`` rule does not notice that the program behind its command changed. So a rule carries
one digest of the folders of its code as a parameter, and its DVC stage depends on the folders.
Both count the same files: all but those that ``.dvcignore`` names, compiled code and what editors
leave among them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pathspec

from snakemake_dvc.errors import BridgeError
from snakemake_dvc.files import open_regular

IGNORED = Path(".dvcignore")
#: Digest -> what it is the digest of, for `paths_of`.
_known: dict[str, tuple[str, ...]] = {}


def code(*paths: str) -> str:
    """Give one digest of folders and files.

    Parameters
    ----------
    *paths : str
        Relative to the project's root, with forward slashes, in any order.

    Returns
    -------
    str
        SHA-256 over the sorted paths of all files and their content, in hexadecimal.

    Raises
    ------
    BridgeError
        If one of the paths is not there.
    """
    ordered = tuple(sorted(set(paths)))
    digest = hashlib.sha256()
    for path in ordered:
        files = code_files(path)
        if not files and not Path(path).exists():
            raise BridgeError(
                path,
                "the code of a rule is not there",
                done="nothing ran",
                remedy="correct the path, or `git checkout` it",
                exit_code=2,
            )
        for file in files:
            digest.update(f"{file}\0{_sha256(file)}\n".encode())
    text = digest.hexdigest()
    _known[text] = ordered
    return text


def paths_of(digest: str) -> tuple[str, ...]:
    """Give the paths of a digest that `code` made in this process."""
    return _known[digest]


def code_files(path: str) -> list[str]:
    """List the files of a folder (or the file itself) that count, sorted."""
    if Path(path).is_file():
        return [path]
    # os.walk: a tenth of the time of Path.rglob.
    files = [
        f"{parent}/{name}".replace(os.sep, "/")
        for parent, _, names in os.walk(path)
        for name in names
    ]
    return sorted(file for file in files if not _ignored().match_file(file))


@cache
def _sha256(file: str) -> str:
    with open_regular(Path(file)) as stream:
        return hashlib.sha256(stream.read()).hexdigest()


@cache
def _ignored() -> pathspec.GitIgnoreSpec:
    lines: Iterable[str] = ()
    if IGNORED.is_file():
        lines = IGNORED.read_text(encoding="utf-8").splitlines()
    return pathspec.GitIgnoreSpec.from_lines(lines)
