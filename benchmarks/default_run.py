"""Time the whole default run from a clean tree, what follows it, and the stand-in's drawing.

The tree is a clone of the last commit in a temporary folder; the environment is this one.

Usage: python benchmarks/default_run.py [--fraction N]
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measuring import (
    CORES,
    ROOT,
    Figure,
    NotMeasurableError,
    Spent,
    as_table,
    own_environment,
    spend,
    times,
)

RUN_LIMIT, AGAIN_LIMIT, DRAWING_LIMIT = 150.0, 5.0, 30.0
SNAKEMAKE = ("snakemake", "--cores", str(CORES))
NOTHING_TO_DO = "Nothing to be done"
CLEAN = "Data and pipelines are up to date."


def measure_runs(checkout: Path, fraction: int) -> Iterator[Figure]:
    """Clone the last commit, run the workflow, run it again, then ask DVC.

    Another `fraction` than 1 is for trying this script only.
    """
    _clone(checkout, fraction)
    empty = checkout.with_name("empty")
    _make_empty(empty)
    run = _in(checkout, *SNAKEMAKE)
    changed = _in(checkout, "git", "status", "--porcelain", "dvc.lock").output
    bytes_are = "not those committed" if changed else "those committed"
    name = "default run from a clean tree, two cores"
    against = f"{run.cpu:.1f} s CPU; the bytes made are {bytes_are}"
    yield Figure(name, run.wall, "s wall", RUN_LIMIT, against)
    again = _expecting(NOTHING_TO_DO, _in(checkout, *SNAKEMAKE))
    least = _in(empty, *SNAKEMAKE).wall
    against = times(again.wall, least, "a Snakefile without a rule")
    yield Figure("second run, nothing to do", again.wall, "s wall", AGAIN_LIMIT, against)
    status = _expecting(CLEAN, _in(checkout, "dvc", "status"))
    least = _in(empty, "dvc", "status").wall
    against = times(status.wall, least, "a repository without a stage")
    yield Figure("`dvc status` after it", status.wall, "s wall", None, against)


def measure_drawing(fraction: int) -> Figure:
    """Draw the stand-in alone."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["acne04", "standin", f"{folder}/upstream", f"--fraction={fraction}"]
        drawing = spend([*words, f"--workers={CORES}"])
    name = "the stand-in's drawing alone, two cores"
    return Figure(name, drawing.wall, "s wall", DRAWING_LIMIT, f"{drawing.cpu:.1f} s CPU")


def _clone(place: Path, fraction: int) -> None:
    spend(["git", "clone", "--quiet", ROOT, place])
    parameters = place / "params.yaml"
    text = parameters.read_text(encoding="utf-8")
    parameters.write_text(re.sub(r"(?m)^(  fraction:) \d+", rf"\1 {fraction}", text), "utf-8")


def _make_empty(folder: Path) -> None:
    """Make what Snakemake and DVC take the least time for: the floor of a run without work."""
    folder.mkdir()
    (folder / "Snakefile").write_text("rule all:\n", "utf-8")
    _in(folder, "git", "init", "--quiet")
    _in(folder, "dvc", "init", "--quiet")


def _in(folder: Path, *words: str) -> Spent:
    caches = {"DVC_SITE_CACHE_DIR": str(folder.with_name("dvc-site"))}
    return spend(words, folder=folder, environment=own_environment(folder) | caches)


def _expecting(words: str, spent: Spent) -> Spent:
    if words not in spent.output:
        raise NotMeasurableError(f"the checkout was not up to date: no “{words}”")
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fraction", type=int, default=1, help="32: a small one, to try this")
    fraction = parser.parse_args().fraction
    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder) / "checkout"
        print(as_table([*measure_runs(checkout, fraction), measure_drawing(fraction)]))


if __name__ == "__main__":
    main()
