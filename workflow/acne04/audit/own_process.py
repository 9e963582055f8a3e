"""Processes that run the code of a checkout, not that of the audit."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from acne04.core.checkout import python_path


def environment_of(place: Path) -> dict[str, str]:
    """Give the environment of a process that runs the code of the checkout at `place`."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DVC_", "ACNE04_"))}
    return {
        **kept,
        # The code of that commit, not that of the checkout the audit runs from.
        "PYTHONPATH": python_path(place),
        # The rules call `acne04`, also where nobody has activated the environment.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
