"""The versions of what decides about bytes, as they are installed."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from acne04.core.errors import UnavailableError
from acne04.core.files import read_bytes
from acne04.provenance.ledger import Environment

#: Packages whose version can move a byte of an artifact.
PACKAGES = ("dvc", "numpy", "pandas", "pillow", "scipy", "snakemake")
_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", re.MULTILINE)


def installed(lock: Path, name: str) -> Environment:
    """Describe what is installed here; `name` is how the ledger calls the lock.

    Python's own version is left out: the artifacts are the same bytes under each that is supported.
    """
    return Environment(
        lock=name,
        packages={package: _version(package, lock) for package in PACKAGES},
        decoder=_decoder(),
        solver=_solver(),
    )


def unlike_lock(environment: Environment, lock: Path) -> list[str]:
    """Say in one line each which packages are not those of the lock."""
    pinned = dict(_PIN.findall(read_bytes(lock).decode("utf-8")))
    return [
        f"{package} {found}, {lock} has {pinned.get(package, 'no version of it')}"
        for package, found in environment.packages.items()
        if pinned.get(package) != found
    ]


def _version(package: str, lock: Path) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        raise UnavailableError(
            package,
            "not installed",
            done="no ledger written",
            remedy=f"install {lock}: `make setup`",
        ) from None


def _decoder() -> str:
    import PIL
    from PIL import features

    return f"pillow-{PIL.__version__}/libjpeg-turbo-{features.version_feature('libjpeg_turbo')}"


def _solver() -> str:
    from scipy.optimize._highspy import _core

    numbers = (_core.HIGHS_VERSION_MAJOR, _core.HIGHS_VERSION_MINOR, _core.HIGHS_VERSION_PATCH)
    return "HiGHS " + ".".join(map(str, numbers))
