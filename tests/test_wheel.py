"""The installed package: a small tool, without Snakemake, DVC or signing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from PIL import Image

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "tests/examples"
ABSENT = ("snakemake", "dvc", "cryptography", "securesystemslib", "gdown", "snakemake_dvc")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel and what it requires, no extras; its programs' folder."""
    place = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    build += ["--no-index", "--wheel-dir", str(place), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = place.glob("acne04-*.whl")
    environment = place / "environment"
    venv.create(environment, with_pip=True)
    packages = next((environment / "lib").glob("python3*")) / "site-packages"
    for name in _closure(_required_by(wheel)):
        _link(name, packages)
    python = str(environment / "bin/python")
    install = [python, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    subprocess.run([python, "-m", "pip", "check"], check=True, capture_output=True)
    return environment / "bin"


def _required_by(wheel: Path) -> list[str]:
    import zipfile

    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        lines = archive.read(metadata).decode().splitlines()
    return [line.partition(": ")[2] for line in lines if line.startswith("Requires-Dist")]


def _closure(requirements: list[str]) -> set[str]:
    """What packages of this environment require, extras and other systems aside."""
    found: set[str] = set()
    waiting = list(requirements)
    while waiting:
        requirement = Requirement(waiting.pop())
        marker = requirement.marker
        if requirement.name not in found and (not marker or marker.evaluate({"extra": ""})):
            found.add(requirement.name)
            waiting += distribution(requirement.name).requires or []
    return found


def _link(name: str, packages: Path) -> None:
    """Put a package of this environment into another one, without a network."""
    tops = {Path(str(file)).parts[0] for file in distribution(name).files or []} - {".."}
    for top in tops:
        source = Path(str(distribution(name).locate_file(top)))
        if not (packages / top).exists():
            (packages / top).symlink_to(source)


def run(
    installed: Path, place: Path, *words: str | Path, code: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run `acne04` of the environment, outside the checkout."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "ACNE04_"))}
    done = subprocess.run(
        [str(installed / "acne04"), *map(str, words)],
        cwd=place,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_without_what_the_extras_bring(installed: Path, tmp_path: Path) -> None:
    for package in ABSENT:
        found = subprocess.run(
            [str(installed / "python"), "-c", f"import {package}"],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        assert found.returncode == 1, package


def test_version(installed: Path, tmp_path: Path) -> None:
    assert re.fullmatch(r"acne04 \d+\.\d+\.\d+\n", run(installed, tmp_path, "--version").stdout)


def test_validate(installed: Path, tmp_path: Path) -> None:
    (example,) = sorted((EXAMPLES / "valid/annotations").glob("*.json"))[:1]
    run(installed, tmp_path, "validate", example, "--json")


def test_leaks_with_subjects(installed: Path, tmp_path: Path) -> None:
    leaks = EXAMPLES / "leaks"
    clean = run(
        installed, tmp_path, "leaks", leaks / "stranger-clean.csv", "--subjects",
        leaks / "persons.csv", code=1,
    )  # fmt: skip
    assert "subject" in clean.stdout


def test_scan(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    for number in range(3):
        Image.new("RGB", (40, 50), (90, number, 60)).save(tmp_path / f"images/{number}.jpg")
    done = run(
        installed, tmp_path, "scan", "--classification", "images", "--dataset", "acne04",
        "--inventory", "inventory.csv",
    )  # fmt: skip
    assert "3" in done.stderr
    assert (tmp_path / "inventory.csv").read_text().count("\n") == 4


@pytest.mark.parametrize(
    ("verb", "next_step"),
    [
        ("release", "acne04[release]"),
        ("verify", "acne04[release]"),
        ("standin", "make setup"),
        ("restore", "make setup"),
    ],
)
def test_a_verb_that_needs_more_says_so(
    installed: Path, tmp_path: Path, verb: str, next_step: str
) -> None:
    done = run(installed, tmp_path, verb, "--help", code=2)
    assert f"acne04 {verb}: " in done.stderr
    assert next_step in done.stderr
