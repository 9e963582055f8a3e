"""git, asked in one way: no setting of the caller changes an answer, and a refusal is told.

The repository is that of the working directory. Nothing is written but what is asked for, not
even the index.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from typing import NamedTuple

from acne04.core.addresses import bare
from acne04.core.errors import UnavailableError

#: Settings of a user that would run programs, or put words between those that are asked for.
_SETTINGS = (
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    f"core.hooksPath={os.devnull}",
    "log.showSignature=false",
    "color.ui=false",
)
#: Variables that say who the caller is, and how they sign.
_PERSONAL = ("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_CONFIG_")
#: Mode of a submodule, which is a commit and no file.
MODULE = "160000"
#: Longest reason of git, in characters, that is passed on.
_LONGEST_REASON = 400


class NoSuchRevisionError(UnavailableError):
    """git knows no commit of that name."""


class TreeEntry(NamedTuple):
    """A file of a commit: its mode, the name of its object, its path."""

    mode: str
    name: str
    path: str


def read(*words: str, given: bytes = b"", personal: bool = False) -> bytes:
    """Give what a git command prints.

    Parameters
    ----------
    *words : str
        The command and its arguments.
    given : bytes
        Its standard input.
    personal : bool
        Whether it asks who the caller is, or acts in their name: only then are their variables
        (``GIT_COMMITTER_NAME``, ``GIT_CONFIG_GLOBAL``, ...) theirs to set.

    Raises
    ------
    UnavailableError
        If git is missing, this is no repository, git takes it for somebody else's, or the command
        fails; with git's own reason.
    """
    command = ["git", *(word for setting in _SETTINGS for word in ("-c", setting)), *words]
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, check=False, env=_environment(personal)
        )
    except FileNotFoundError:
        raise UnavailableError(
            "git", "git is not installed", remedy="install it, or put it on PATH"
        ) from None
    except OSError as error:
        raise UnavailableError("git", f"cannot be run ({error.strerror})") from None
    if done.returncode != 0:
        command_name = next(word for word in words if not word.startswith("-"))
        raise _refusal(command_name, done.stderr.decode("utf-8", "replace"))
    return done.stdout


def read_text(*words: str, personal: bool = False) -> str:
    """Give it as text, as `read` does; a byte that is not UTF-8 becomes a surrogate."""
    return read(*words, personal=personal).decode("utf-8", "surrogateescape")


def read_list(*words: str) -> list[str]:
    """Give the entries of a command that is told to end each with a zero byte (``-z``)."""
    return [entry for entry in read_text(*words).split("\0") if entry]


def commit_of(revision: str) -> str:
    """Give the commit, in hexadecimal, of any name that git knows.

    Raises
    ------
    NoSuchRevisionError
        If git knows none of that name; `UnavailableError` as `read` does.
    """
    words = ("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    try:
        return read_text(*words).strip()
    except UnavailableError as error:
        # Whatever else git says (several of that name, no repository) is told as it is.
        if "Needed a single revision" not in error.what or "ambiguous" in error.what:
            raise
    raise NoSuchRevisionError(
        revision or "''",
        "git knows no such revision",
        remedy="`git fetch`, where it is elsewhere; a shallow clone lacks old ones",
    )


def tree(revision: str, *, whole: bool = True) -> list[TreeEntry]:
    """List the files of a commit.

    Parameters
    ----------
    revision : str
        Its name.
    whole : bool
        All of them, by their paths from the top; else those below the working directory, by
        their paths from there.
    """
    options = ("-r", "-z", "--full-tree") if whole else ("-r", "-z")
    entries = []
    for line in read_list("ls-tree", *options, "--end-of-options", revision):
        about, _, path = line.partition("\t")
        mode, _, name = about.split()
        entries.append(TreeEntry(mode, name, path))
    return entries


def contents(names: Iterable[str]) -> dict[str, bytes]:
    """Give the content of objects by their names; one process reads all.

    Raises
    ------
    UnavailableError
        If one is not in this repository: it is a partial clone, or damaged.
    """
    asked = list(dict.fromkeys(names))
    answer = read("cat-file", "--batch", given="".join(f"{name}\n" for name in asked).encode())
    found, start = {}, 0
    for name in asked:
        end = answer.index(b"\n", start)
        kind, _, size = answer[start:end].decode().partition(" ")[2].partition(" ")
        if kind == "missing":
            raise UnavailableError(
                f"git object {name}", "not in this repository", remedy="`git fetch --refetch`"
            )
        start = end + 1
        found[name] = answer[start : start + int(size)]
        start += int(size) + 1
    return found


def tags(pattern: str) -> list[str]:
    """List the tags that a pattern of a shell fits, sorted."""
    listed = read_text("for-each-ref", "--format=%(refname:strip=2)", f"refs/tags/{pattern}")
    return listed.splitlines()


def is_shallow() -> bool:
    """Tell whether the repository was cloned without its older commits."""
    return read_text("rev-parse", "--is-shallow-repository").strip() == "true"


def user_name() -> str:
    """Give the name that git would write into a commit of the caller; empty where it has none."""
    try:
        return read_text("config", "user.name", personal=True).strip()
    except UnavailableError:
        return ""


def _environment(personal: bool) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        # Of git's own, GIT_DIR and the like would ask another repository.
        if not name.startswith("GIT_") or (personal and name.startswith(_PERSONAL))
    }
    return {
        **kept,
        # Replaced objects would show another commit.
        "GIT_NO_REPLACE_OBJECTS": "1",
        # Nor is one fetched that is missing: what git would run for that stands in .git/config.
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        # Reasons in English, by which they are told apart.
        "LC_ALL": "C",
    }


def _refusal(command: str, said: str) -> UnavailableError:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if "detected dubious ownership" in said:
        advice = [line for line in lines if line.startswith("git config")]
        return UnavailableError(
            f"git {command}",
            "git does not trust this repository: its folder belongs to another user",
            found=lines[0].removeprefix("fatal: "),
            remedy=f"`{advice[0]}`, if you trust its owner" if advice else "see `safe.directory`",
        )
    # Before it is cut: of a part of an address nobody could tell what it is.
    reason = bare(" ".join(lines)) or "failed without a word"
    if len(reason) > _LONGEST_REASON:
        reason = f"{reason[:_LONGEST_REASON]}…"
    return UnavailableError(f"git {command}", reason)
