"""The check that the checkout holds what is committed, whatever git is told to overlook."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from acne04.audit.checkout import Checkout
from acne04.inspection.check import Check, Evidence, Impossible, Problem

#: What a run is made by: here no rule of one's own may hide a file from git.
_DECIDING = (
    "Snakefile",
    "decisions",
    "profiles",
    "schemas",
    "snakemake_dvc",
    "upstreams",
    "workflow",
)
_LINK, _MODULE = "120000", "160000"


def git(*words: str) -> str:
    """Give what a git command prints.

    Raises
    ------
    Impossible
        If git is missing, or this is no repository.
    """
    # Replaced objects would show another commit; and an audit writes nothing, not even the index.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = {**kept, "GIT_NO_REPLACE_OBJECTS": "1", "GIT_OPTIONAL_LOCKS": "0"}
    command = ["git", "-c", "core.fsmonitor=false", *words]
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=environment)
    except FileNotFoundError:
        raise Impossible("git is not installed") from None
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Impossible(f"git {words[0]}: {lines[-1] if lines else 'failed without a word'}")
    # Names of files are bytes to git.
    return done.stdout.decode("utf-8", "surrogateescape")


def committed(revision: str) -> Iterator[tuple[str, str, str]]:
    """Give mode, object and path of every file of a commit."""
    for line in git("ls-tree", "-r", "-z", "--full-tree", revision).split("\0"):
        if line:
            about, path = line.split("\t", 1)
            mode, _, name = about.split()
            yield mode, name, path


def _clean_tree(checkout: Checkout) -> Evidence:
    commit = git("rev-parse", "HEAD").strip()
    files = list(committed(commit))
    problems = [
        Problem(path, "the file as it is committed", told)
        for mode, name, path in files
        if (told := _differs(mode, name, Path(path)))
    ]
    problems += [
        Problem(path, "nothing that is in no commit", "not in git") for path in sorted(_strangers())
    ]
    return Evidence(f"{len(files)} files of commit {commit[:12]}, each hashed", tuple(problems))


def _differs(mode: str, name: str, path: Path) -> str:
    """Say how a file differs from the committed one; hashed, for git goes by times and by marks."""
    if mode == _MODULE:
        return ""
    try:
        content = os.fsencode(path.readlink()) if mode == _LINK else path.read_bytes()
    except OSError:
        return "no file that can be read"
    digest = hashlib.new("sha256" if len(name) == 64 else "sha1", usedforsecurity=False)
    digest.update(b"blob %d\0" % len(content))
    digest.update(content)
    return "" if digest.hexdigest() == name else "changed"


def _strangers() -> set[str]:
    """List files in no commit that are not ignored; where code lies, .gitignore alone counts."""
    own = git("ls-files", "--others", "--exclude-standard", "-z")
    staged = git("diff", "--cached", "--name-only", "--diff-filter=A", "--no-ext-diff", "-z")
    shared = git("ls-files", "--others", "--exclude-per-directory=.gitignore", "-z", *_DECIDING)
    return set(filter(None, f"{own}{staged}{shared}".split("\0")))


CHECKS: tuple[Check[Checkout], ...] = (
    Check(
        "clean-tree",
        "Code, parameters or decisions that are in no commit cannot be found again by a reviewer. "
        "Every file is hashed, so no mark and no rule in .git hides one; which commit it should "
        "be, only a release tells (release-commit).",
        True,
        "quick",
        "commit the change (or `git checkout` it), and run the workflow again",
        _clean_tree,
    ),
)
