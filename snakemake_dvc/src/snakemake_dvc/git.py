"""Git: what it tracks, and what its last commit holds. Nothing where there is no git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable


def tracked(paths: Iterable[str]) -> list[str]:
    """Give those of some paths that the index of git has, sorted; a folder by what is in it."""
    found = []
    for path in sorted(paths):
        done = _run("ls-files", "-z", "--", f":(literal){path}")
        if done is not None and done:
            found.append(path)
    return found


def tracked_below(folder: str) -> list[str]:
    """Give the files below a folder that the index of git has."""
    return _listed("ls-files", "-z", "--", f":(literal){folder}")


def modes() -> list[tuple[str, str]]:
    """Give mode and path of all that the index of git has."""
    lines = (line.partition("\t") for line in _listed("ls-files", "--stage", "-z"))
    return [(about.partition(" ")[0], path) for about, _, path in lines]


def committed(path: str) -> str | None:
    """Give the text that a file has in the last commit; None where that has no such file."""
    done = _run("show", f"HEAD:{path}")
    return None if done is None else done.decode("utf-8", "replace")


def _listed(*words: str) -> list[str]:
    answer = _run(*words) or b""
    return [entry for entry in answer.decode("utf-8", "surrogateescape").split("\0") if entry]


def _run(*words: str) -> bytes | None:
    # Variables of git's own (GIT_DIR, GIT_INDEX_FILE of a hook) would ask another repository.
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-c", "core.fsmonitor=false", *words]
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=own)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
