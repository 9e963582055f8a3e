"""Whose code makes the artifacts: that of the checkout, in the run as in each of its jobs."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from snakemake_dvc.errors import BridgeError

#: Environment variable by which a run tells its jobs where their code must lie.
_EXPECTED = "SNAKEMAKE_DVC_PACKAGES"


def refuse_elsewhere(packages: Mapping[str, str], root: Path) -> None:
    """Stop where a package that makes artifacts is not the one of the checkout.

    Parameters
    ----------
    packages : mapping of str to str
        Package -> folder below `root` that it must lie in.
    root : pathlib.Path
        The checkout.

    Raises
    ------
    BridgeError
        With each package, where it should be and where it is.
    """
    wrong = []
    for name, folder in sorted(packages.items()):
        spec = importlib.util.find_spec(name)
        places = list(spec.submodule_search_locations or []) if spec else []
        expected = (root / folder / name).resolve()
        if expected not in [Path(place).resolve() for place in places]:
            wrong.append((name, str(expected), ", ".join(places) or "no such package"))
    if wrong:
        raise BridgeError(
            ", ".join(name for name, _, _ in wrong),
            "the code that would make the artifacts is not that of this checkout",
            expected="\n            ".join(expected for _, expected, _ in wrong),
            found="\n            ".join(found for _, _, found in wrong),
            done="nothing ran",
            remedy="unset PYTHONPATH, and run with the environment of this checkout",
            exit_code=2,
        )


def tell_jobs(packages: Mapping[str, str], root: Path) -> None:
    """Pass on to the jobs which code they must run, and where this environment's programs lie.

    A rule that calls a program by its name gets the one beside the running Python, whatever comes
    first on PATH.
    """
    os.environ[_EXPECTED] = json.dumps({"root": str(root), "packages": dict(packages)})
    programs = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", os.defpath)])


def check_job() -> None:
    """Check the same in a job of a run; raises as `refuse_elsewhere` does."""
    if told := os.environ.get(_EXPECTED):
        expected = json.loads(told)
        refuse_elsewhere(expected["packages"], Path(expected["root"]))
