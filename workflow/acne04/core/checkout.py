"""Where the code of a checkout lies."""

from __future__ import annotations

import os
from pathlib import Path

#: Folders with the packages of this project: the workflow, its bridge to DVC, the stand-in.
CODE_ROOTS = ("workflow", "snakemake_dvc/src", "upstreams/standin/origin")


def python_path(root: Path) -> str:
    """Give the value of PYTHONPATH under which a process runs the code of the checkout `root`."""
    return os.pathsep.join(str(root / folder) for folder in CODE_ROOTS)
