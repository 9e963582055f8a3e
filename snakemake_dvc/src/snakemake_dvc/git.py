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


def committed(path: str) -> str | None:
    """Give the text that a file has in the last commit; None where that has no such file."""
    done = _run("show", f"HEAD:{path}")
    return None if done is None else done.decode("utf-8", "replace")


def _run(*words: str) -> bytes | None:
    # Variables of git's own (GIT_DIR, GIT_INDEX_FILE of a hook) would ask another repository.
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-c", "core.fsmonitor=false", *words]
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=own)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
