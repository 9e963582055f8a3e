"""Checks of the installation: Python, the packages, whose code runs, the locale, programs."""

from __future__ import annotations

import importlib.util
import locale
import os
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from acne04.core.checkout import PACKAGES
from acne04.core.files import read_bytes
from acne04.doctor.surroundings import LOCK, Surroundings
from acne04.inspection.checks import Check, Evidence, Impossible, Mismatch

#: Oldest Python that is supported, and the first that is not.
OLDEST, TOO_NEW = (3, 11), (3, 14)
#: How the command line starts itself again.
STARTED_AGAIN = ["-X", "utf8"]
PROGRAMS = ("snakemake", "dvc", "git")
#: Name, version, and the condition under which a package is installed at all.
_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+) *(?:; *([^\\\n]+?))? *\\?$", re.MULTILINE)


def _python(_: Surroundings) -> Evidence:
    found = ".".join(map(str, sys.version_info[:3]))
    if OLDEST <= sys.version_info[:2] < TOO_NEW:
        return Evidence(f"Python {found}")
    expected = "Python 3.11, 3.12 or 3.13"
    return Evidence(f"Python {found}", (Mismatch(sys.executable, expected, f"Python {found}"),))


def _code(_: Surroundings) -> Evidence:
    problems = []
    for package, folder in PACKAGES.items():
        own = Path(folder, package).resolve()
        spec = importlib.util.find_spec(package)
        places = list(spec.submodule_search_locations or []) if spec else []
        if own not in [Path(place).resolve() for place in places]:
            problems.append(Mismatch(package, str(own), ", ".join(places) or "not installed"))
    return Evidence(f"{len(PACKAGES)} packages of this checkout", tuple(problems))


def _environment(_: Surroundings) -> Evidence:
    own, here = Path(".venv").resolve(), Path(sys.prefix).resolve()
    wrong = Mismatch(str(here), str(own), "another environment runs this command")
    return Evidence(f"the environment {here}", () if own == here else (wrong,))


def _packages(_: Surroundings) -> Evidence:
    pins = list(_pinned())
    if not pins:
        raise Impossible(f"{LOCK} pins nothing")
    problems = [
        Mismatch(name, f"{name} {wanted}, as {LOCK} has it", found)
        for name, wanted in pins
        if (found := _installed(name)) != wanted
    ]
    return Evidence(f"{len(pins)} packages against {LOCK}", tuple(problems))


def _pinned() -> Iterator[tuple[str, str]]:
    """Yield name and version of the packages that the lock has for this Python and system."""
    try:
        from packaging.markers import Marker
    except ModuleNotFoundError:
        raise Impossible("packaging is not installed, which reads the lock's conditions") from None
    text = read_bytes(LOCK).decode("utf-8")
    for name, wanted, condition in _PIN.findall(text):
        if not condition or Marker(condition).evaluate():
            yield name, wanted


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _programs(_: Surroundings) -> Evidence:
    beside = Path(sys.executable).parent
    problems = []
    for name in PROGRAMS:
        found = shutil.which(name)
        if found is None:
            problems.append(Mismatch(name, "a program on PATH", "none"))
        elif name != "git" and Path(found).parent.resolve() != beside.resolve():
            problems.append(Mismatch(name, f"the one beside this Python, in {beside}", found))
    return Evidence(f"{', '.join(PROGRAMS)} on PATH", tuple(problems))


def _encoding(_: Surroundings) -> Evidence:
    # Where the locale has another encoding, the command line has started itself again, as UTF-8.
    if sys.orig_argv[1:3] != STARTED_AGAIN:
        return Evidence("names and files are read as UTF-8")
    found = locale.nl_langinfo(locale.CODESET)
    name = next((n for n in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(n)), "LANG")
    place = f"{name}={os.environ.get(name, '')}"
    return Evidence(f"the locale ({place})", (Mismatch(place, "UTF-8", found),))


CHECKS: tuple[Check[Surroundings], ...] = (
    Check(
        "python-version",
        "Under a Python that nobody tries, packages may be missing or tables other bytes.",
        True,
        "quick",
        "`make setup PYTHON=python3.12` makes the environment with another one",
        _python,
    ),
    Check(
        "code-of-checkout",
        "Another checkout's code makes the artifacts: a run refuses that.",
        True,
        "quick",
        "unset PYTHONPATH, and use the environment of this checkout: `make setup`",
        _code,
    ),
    Check(
        "own-environment",
        "An environment that this checkout does not make changes without it.",
        False,
        "quick",
        "`make setup` makes .venv; then `. .venv/bin/activate`",
        _environment,
    ),
    Check(
        "locked-packages",
        "With other versions than the lock's, artifacts may be other bytes than those recorded.",
        True,
        "quick",
        "`make setup` installs what the lock has",
        _packages,
    ),
    Check(
        "programs",
        "A run calls programs that are not there, or those of another environment.",
        True,
        "quick",
        "`. .venv/bin/activate` puts the environment's programs first; git comes with the system",
        _programs,
    ),
    Check(
        "locale",
        "Under a locale that is not of UTF-8, names of files are read in two ways.",
        True,
        "quick",
        "`export LC_ALL=C.UTF-8`, or `export PYTHONUTF8=1`",
        _encoding,
    ),
)
