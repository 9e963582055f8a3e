"""Processes that run the code of a commit, not that of the audit, and leave the checkout alone."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from acne04.core.checkout import python_path
from acne04.provenance import git


@contextmanager
def clone_of_head(prefix: str) -> Iterator[Path]:
    """Clone the commit at hand to a scratch folder, which is removed in the end."""
    with tempfile.TemporaryDirectory(prefix=prefix) as scratch:
        place = Path(scratch, "checkout")
        git.read("clone", "--quiet", "--no-local", "--template=", str(Path.cwd()), str(place))
        yield place


def run_module(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a Python module by its name, with its arguments, as the checkout at `place` has it."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=place,
        env=_environment(place),
        capture_output=True,
        text=True,
        check=False,
    )


def _environment(place: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DVC_", "ACNE04_"))}
    return {
        **kept,
        # The code of that commit, not that of the checkout the audit runs from.
        "PYTHONPATH": python_path(place),
        # The rules call `acne04`, also where nobody has activated the environment.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        # A cache that all projects of a machine share is set up there: nothing is taken from it.
        "DVC_GLOBAL_CONFIG_DIR": str(place.parent),
        "DVC_SYSTEM_CONFIG_DIR": str(place.parent),
    }
