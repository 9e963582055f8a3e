"""Whether a folder holds a commit, and nothing else that a run could be made by.

What git says of a folder can be turned by settings, marks, ignore files, attributes and links.
So git is asked for two things alone: the commit, whose listing must hash to the commit's own name,
and which other files its ignore files let be. Everything else is looked at here, file by file.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from acne04.core.errors import UnavailableError
from acne04.core.hashing import CHUNK_BYTES
from acne04.provenance import git
from acne04.provenance.git import TreeEntry

#: What a run is made by: no ignore file may hide anything here, and nothing is a link.
DECIDING = (
    "Snakefile",
    "decisions",
    "profiles",
    "schemas",
    "snakemake_dvc",
    "upstreams",
    "workflow",
)
_LINK, _FOLDER = "120000", "40000"
#: Folders among the code that tools make there.
_MADE = ("__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache")
#: What editors and merges leave, as in .dvcignore; not read from there, which is to be checked.
_LEFT = ("*~", "*.sw[op]", "*.orig", "*.rej", "*.bak", ".#*", "#*#", ".DS_Store")
#: What Python, make or Snakemake take from the folder that they are started in.
_TAKEN_UP = re.compile(r".*\.(?:py|pyc|pyd|so|pth|smk|zip|egg)|(?:GNUm|m)akefile", re.IGNORECASE)
#: Names of folders that Python can import.
_PACKAGE = re.compile(r"[^\W\d]\w*")


class Difference(NamedTuple):
    """What lies in a place, and what should."""

    path: str
    expected: str
    found: str


def differences(commit: str, files: Iterable[TreeEntry]) -> list[Difference]:
    """Compare the working directory, the top of its repository, with a commit.

    Parameters
    ----------
    commit : str
        Its name, in full.
    files : iterable of TreeEntry
        Its files, as `git.tree` lists them.
    """
    listed = list(files)
    found = [*_elsewhere(), *_another_listing(commit, listed), *_altered(listed)]
    known = {entry.path for entry in listed if entry.mode != git.MODULE}
    endless = sorted(_endless(known))
    found += [
        Difference(path, "a plain file of patterns, which git can read", "no plain file")
        for path in endless
        if path not in known
    ]
    strangers = {*_among_the_code(known), *_beside_the_code(known)}
    if not endless:
        strangers.update(_others(known))
    found += [
        Difference(path, "nothing that is in no commit", _told_of(path))
        for path in sorted(strangers)
    ]
    return found


def _elsewhere() -> Iterator[Difference]:
    """Yield where git is set up to look at another folder (``core.worktree``), or at none."""
    expected = f"git looks at this folder{'' if Path('.git').exists() else ', its own repository'}"
    try:
        top = git.read_text("rev-parse", "--show-toplevel").removesuffix("\n")
    except UnavailableError as error:
        yield Difference(
            ".git/config", expected, f"at none (core.bare, core.worktree): {error.what}"
        )
        return
    if Path(top).resolve() != Path.cwd().resolve():
        yield Difference(".git/config", expected, "at another one (core.worktree)")


def _another_listing(commit: str, files: list[TreeEntry]) -> Iterator[Difference]:
    """Yield where the files that git lists do not hash to the name of the commit.

    An object is found by its name: one with other content, in the repository or in another store
    that it borrows from, would be taken as it is.
    """
    content = git.read("cat-file", "commit", commit)
    if _object_name(b"commit", content, commit) != commit:
        yield Difference(
            ".git", f"commit {commit} with its own bytes", "another object in its name"
        )
    elif content.split(b"\n", 1)[0] != b"tree " + _tree_name(files, commit).encode():
        yield Difference(
            ".git", f"the files that commit {commit} names", "another object in the name of one"
        )


def _tree_name(files: list[TreeEntry], like: str) -> str:
    """Compute the name of the tree that holds files, as git does."""
    top: dict[str, Any] = {}
    for entry in files:
        *folders, name = entry.path.split("/")
        inner = top
        for folder in folders:
            inner = inner.setdefault(folder, {})
        inner[name] = entry
    return _folder_name(top, like)


def _folder_name(inside: Mapping[str, Any], like: str) -> str:
    lines = []
    for name, inner in inside.items():
        is_file = isinstance(inner, TreeEntry)
        mode, digest = inner[:2] if is_file else (_FOLDER, _folder_name(inner, like))
        own = os.fsencode(name)
        # Git sorts a folder as if its name ended in a slash.
        line = mode.encode() + b" " + own + b"\0" + bytes.fromhex(digest)
        lines.append((own if is_file else own + b"/", line))
    return _object_name(b"tree", b"".join(line for _, line in sorted(lines)), like)


def _object_name(kind: bytes, content: bytes, like: str) -> str:
    digest = _new_digest(like)
    digest.update(b"%s %d\0" % (kind, len(content)))
    digest.update(content)
    return digest.hexdigest()


def _new_digest(like: str) -> hashlib._Hash:
    """Start a digest of the kind that a repository names its objects by."""
    return hashlib.new("sha256" if len(like) == 64 else "sha1", usedforsecurity=False)


def _altered(files: list[TreeEntry]) -> Iterator[Difference]:
    folders = {parent for entry in files for parent in _parents(entry.path)}
    links = {folder for folder in folders if _is_link(folder)}
    for entry in files:
        if links.isdisjoint(_parents(entry.path)) and (told := _differs(entry)):
            yield Difference(entry.path, "the file as it is committed", told)
    for link in sorted(links):
        yield Difference(link, "a folder of its own", _link_told(link))


def _parents(path: str) -> list[str]:
    return [path[:place] for place, character in enumerate(path) if character == "/"]


def _differs(entry: TreeEntry) -> str:
    """Say how a file differs from the committed one; hashed, for git goes by times and by marks."""
    is_code = _decides(entry.path)
    if entry.mode == git.MODULE:
        return (
            "another repository in place of a folder, of which the commit holds no file" * is_code
        )
    try:
        status = os.lstat(entry.path)
        if entry.mode == _LINK:
            if is_code:
                return _link_told(entry.path)
            content = os.fsencode(os.readlink(entry.path))  # noqa: PTH115 - bytes as they are
            return "" if _object_name(b"blob", content, entry.name) == entry.name else "altered"
        if stat.S_ISLNK(status.st_mode):
            return _link_told(entry.path)
        if not stat.S_ISREG(status.st_mode):
            return "no plain file"
        return "" if _blob_name(entry, status.st_size) == entry.name else "altered"
    except FileNotFoundError:
        return "deleted"
    except OSError:
        return "no file that can be read"


def _blob_name(entry: TreeEntry, size: int) -> str:
    digest = _new_digest(entry.name)
    digest.update(b"blob %d\0" % size)
    with Path(entry.path).open("rb", buffering=0) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _endless(known: set[str]) -> Iterator[str]:
    """Yield files of patterns that git would read without an end: pipes, devices."""
    below = (path for place in DECIDING for path in _files_below(place))
    named = {path for path in (*known, *below) if path.rpartition("/")[2] == ".gitignore"}
    for path in (".git/info/exclude", ".gitignore", *sorted(named - {".gitignore"})):
        try:
            mode = Path(path).stat().st_mode
        except OSError:
            continue
        if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
            yield path


def _others(known: set[str]) -> Iterator[str]:
    """Yield files in no commit: staged, or not ignored; wherever git is set up to look."""
    here = f"--work-tree={Path.cwd()}"
    yield from set(git.read_list(here, "ls-files", "--cached", "-z")) - known
    for path in git.read_list(here, "ls-files", "--others", "--exclude-standard", "-z"):
        yield path.removesuffix("/")


def _among_the_code(known: set[str]) -> Iterator[str]:
    """Yield what lies among the code in no commit, whatever any ignore file says."""
    for place in DECIDING:
        for path in _files_below(place):
            if path not in known and not _is_left_behind(path):
                yield path


def _beside_the_code(known: set[str]) -> Iterator[str]:
    """Yield what is taken up from the top of the checkout: modules, packages, a makefile."""
    packages = {path.partition("/")[0] for path in known if "/" in path}
    for entry in os.scandir():
        if entry.name in known or entry.name in packages:
            continue
        names = [entry.name, *(_inside(entry.path) if _PACKAGE.fullmatch(entry.name) else [])]
        if any(map(_TAKEN_UP.fullmatch, names)):
            yield entry.name


def _inside(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - names alone
    except OSError:
        return []


def _files_below(place: str) -> Iterator[str]:
    """Yield all below a folder that is no folder itself; links are not followed."""
    if not os.path.lexists(place) or _is_link(place):
        # A link in place of a committed folder is told where that is compared.
        return
    for parent, folders, names in os.walk(place):
        if ".git" in folders:
            # A repository of its own: one line tells of it.
            names = [*names, ".git"]
        folders[:] = [name for name in folders if name not in (*_MADE, ".git")]
        links = [name for name in folders if _is_link(f"{parent}/{name}")]
        yield from (f"{parent}/{name}" for name in (*names, *links))


def _is_left_behind(path: str) -> bool:
    name = path.rpartition("/")[2]
    return any(fnmatchcase(name, pattern) for pattern in _LEFT)


def _decides(path: str) -> bool:
    return path.partition("/")[0] in DECIDING


def _is_link(path: str) -> bool:
    return os.path.islink(path)  # noqa: PTH114 - thousands of paths


def _told_of(path: str) -> str:
    return _link_told(path) if _is_link(path) else "not in git"


def _link_told(path: str) -> str:
    try:
        return f"a link to {os.readlink(path)}"  # noqa: PTH115 - as it stands there
    except OSError:
        return "a link"
