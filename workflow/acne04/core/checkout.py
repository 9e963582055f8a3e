"""A checkout of this project: where its code lies, which dataset its artifacts are of."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from acne04.core.errors import UnavailableError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

#: Package -> folder of the checkout that it lies in: workflow, bridge to DVC, stand-in.
PACKAGES = {
    "acne04": "workflow",
    "snakemake_dvc": "snakemake_dvc/src",
    "acne04_standin": "upstreams/standin/origin",
}
#: What is done in a checkout that holds no data yet.
NO_DATA = "`dvc pull`, or `make run`"
#: Any of these makes a folder one of this project.
_MARKS = ("dvc.yaml", "Snakefile")
_DATASET = re.compile(rb'"dataset": "(standin|acne04)"|^dataset,.*\n(standin|acne04),')


def python_path(root: Path) -> str:
    """Give the value of PYTHONPATH under which a process runs the code of the checkout `root`."""
    return os.pathsep.join(str(root / folder) for folder in PACKAGES.values())


def is_checkout(folder: Path) -> bool:
    """Tell whether a folder is the root of a checkout of this project."""
    return any((folder / mark).is_file() for mark in _MARKS)


def not_here(data: Path, missing: Path, otherwise: str = "") -> UnavailableError:
    """Say that something of a folder ``data`` is missing, and why: the one reason that it has.

    Parameters
    ----------
    data : pathlib.Path
        The folder.
    missing : pathlib.Path
        What is looked for below it.
    otherwise : str
        How to do without, for the end of the remedy.
    """
    in_checkout = is_checkout(data.absolute().parent)
    more = f"; {otherwise}" if otherwise else ""
    if data.is_dir() and any(data.iterdir()):
        if not in_checkout:
            return UnavailableError(str(missing), "not here", remedy=otherwise)
        return UnavailableError(
            str(missing), "not here", remedy=f"`dvc pull {missing}`, or `make run`{more}"
        )
    if in_checkout:
        return UnavailableError(str(data), "data/ is not here", remedy=NO_DATA + more)
    return UnavailableError(
        str(data),
        "data/ is not here, and this is no checkout of the project: there is no dvc.yaml",
        remedy=f"call it in the project's folder{more}",
    )


def code_files(path: str) -> list[str]:
    """List the files that count of a folder of code (or the file itself), sorted.

    The same ones as for DVC and for the digest that a rule carries: all that ``.dvcignore`` does
    not name. The working directory is the checkout.

    The bridge lists them too (`snakemake_dvc.code_folders`), and cannot ask here: it knows no
    project. Nor can the bridge be asked: `record` is a stage, and no artifact may depend on code
    that is no dependency of its stage. A test holds both to the same list.
    """
    if not Path(path).is_dir():
        return [path]
    files = (f"{parent}/{name}" for parent, _, names in os.walk(path) for name in names)
    return sorted(file for file in files if not is_ignored(file))


def is_ignored(path: str) -> bool:
    """Tell whether ``.dvcignore`` names a file: compiled code, what editors leave."""
    return bool(_ignored().match_file(path))


@cache
def _ignored() -> GitIgnoreSpec:
    # Only here: what is no checkout needs no such thing.
    from pathspec import GitIgnoreSpec

    file = Path(".dvcignore")
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return GitIgnoreSpec.from_lines(lines)


def dataset_of(artifact: Path) -> str | None:
    """Dataset that an artifact says it is of; None where it says none in its first 4 KiB."""
    with artifact.open("rb") as stream:
        match = _DATASET.search(stream.read(4096))
    return (match.group(1) or match.group(2)).decode() if match else None
