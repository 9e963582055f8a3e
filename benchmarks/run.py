"""Measure everything that the project promises about speed, in one run; write a table of it.

What needs a file that is not given is reported as not measured, with the reason.

Usage: python benchmarks/run.py [--annotations JSON] [--subjects CSV] [--data FOLDER]
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import default_run
import scan
import split
import validate
from measuring import CORES, ROOT, Figure, NotMeasurableError, as_table, cpu_seconds, spend

PEER = "imagehash==4.3.2"
#: What the peer shares with this environment is of the same version.
SHARED = ("numpy", "pillow", "scipy")
QUIET_LOAD = 0.5
TEXT = """# Measured speed

Written by `make benchmarks` (benchmarks/run.py), everything in one run. Ratios are the figures to
compare: they hardly depend on the machine. CPU seconds are user and system time of a command and
its children. Commands of the default run are timed once, everything else is the best of {rounds}
rounds. Deviations are the largest over grades, total and parts, in images.

Machine: {machine}.

{table}"""


def machine() -> str:
    """Describe the machine in general terms."""
    data = bytes(100_000_000)
    speed = 0.1 / cpu_seconds(lambda: hashlib.sha256(data).digest(), 3)
    load = os.getloadavg()[0]
    busy = "" if load < QUIET_LOAD else ", so others were using it and wall seconds are too many"
    return (
        f"{CORES} of {os.cpu_count()} cores ({platform.machine()}), {platform.system()}, "
        f"Python {platform.python_version()}, Pillow {importlib.metadata.version('pillow')}, "
        f"sha256 at {speed:.2f} GB a CPU second, load {load:.1f} at the start{busy}"
    )


def install_peer(folder: Path) -> Path:
    """Make an environment with ImageHash, and give its Python.

    Raises
    ------
    NotMeasurableError
        If it cannot be installed.
    """
    shared = [f"{name}=={importlib.metadata.version(name)}" for name in SHARED]
    python = folder / "peer" / "bin" / "python"
    try:
        spend([sys.executable, "-m", "venv", folder / "peer"])
        spend([python, "-m", "pip", "install", "--quiet", PEER, *shared])
    except NotMeasurableError as error:
        raise NotMeasurableError(f"{PEER} could not be installed (is there a network?)") from error
    return python


class Report:
    """Figures, and what could not be measured."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []

    def add(self, what: str, measure: Callable[[], Iterable[Figure]]) -> None:
        """Measure, or note why not."""
        print(f"measuring: {what}", file=sys.stderr)
        try:
            # One by one: what was measured before a failure stays.
            for figure in measure():
                self.figures.append(figure)
        except NotMeasurableError as reason:
            self.figures.append(Figure(what, None, against=str(reason)))


def measure_all(arguments: argparse.Namespace, folder: Path) -> list[Figure]:
    """Measure everything; nothing runs beside anything else."""
    rounds, fraction, report = arguments.rounds, arguments.fraction, Report()
    checkout = folder / "checkout"
    default_run.clone(checkout, fraction)
    report.add("default run", lambda: default_run.measure_runs(checkout))
    report.add("the stand-in's drawing alone", lambda: [default_run.measure_drawing(fraction)])
    report.add("validate the real annotations", lambda: _validate(arguments.annotations, rounds))
    report.add("split", lambda: split.measure(arguments.subjects, 0, rounds))
    peers: list[Path] = []
    report.add("scan: peer, ImageHash", lambda: peers.append(install_peer(folder)) or [])
    peer = peers[0] if peers else None
    raw = (arguments.data or checkout / "data") / "raw"
    sources = f"--sources={ROOT / 'workflow' / 'sources.yaml'}"
    options = ["--dataset=standin", f"--threads={CORES}"]

    def default_scan() -> list[Figure]:
        files = scan.corpus("of the default run", raw, [*options, sources])
        return scan.measure(files, rounds, peer, scan.LIMIT)

    def real_size_scan() -> list[Figure]:
        files = scan.corpus("of real sizes", scan.draw_real_size(folder / "real"), options)
        return scan.measure(files, rounds, peer, None)

    report.add("scan of the default run", default_scan)
    report.add("scan of real sizes", real_size_scan)
    return report.figures


def _validate(annotations: Path | None, rounds: int) -> list[Figure]:
    if annotations is None:
        raise NotMeasurableError("the published file is not given (`--annotations FILE`)")
    if not annotations.is_file():
        raise NotMeasurableError("the file given with `--annotations` is not there")
    return validate.measure(annotations, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--annotations", type=Path, metavar="JSON", help="published Acne04-v2 annotation file")
    add("--subjects", type=Path, metavar="CSV", help="published subject table (default: drawn)")
    add("--data", type=Path, metavar="FOLDER", help="data of another run than the one measured")
    add("--rounds", type=int, default=3, help="the best of so many counts")
    add("--fraction", type=int, default=1, help="32: a small stand-in, to try the script")
    add("--output", type=Path, default=ROOT / "docs" / "benchmarks.md", metavar="FILE")
    arguments = parser.parse_args()
    _use_two_cores()
    _warn_of_changes()
    description = machine()
    with tempfile.TemporaryDirectory() as folder:
        table = as_table(measure_all(arguments, Path(folder)))
    text = TEXT.format(rounds=arguments.rounds, machine=description, table=table)
    arguments.output.write_bytes(text.encode())
    print(text)


def _use_two_cores() -> None:
    """Keep this process and its children on two cores, where the system lets it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def _warn_of_changes() -> None:
    words = ["git", "status", "--porcelain", "workflow", "schemas", "params.yaml", "Snakefile"]
    if subprocess.run(words, cwd=ROOT, capture_output=True, check=True).stdout:
        print("uncommitted changes: the default run is that of the last commit", file=sys.stderr)


if __name__ == "__main__":
    main()
