"""Measure everything that the project promises about speed, in one run; write a table of it.

What needs a file that is not given is reported as not measured, with the reason.

Usage: python benchmarks/run.py [--annotations JSON] [--subjects CSV] [--data FOLDER]
"""

from __future__ import annotations

import argparse
import importlib.metadata
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import audit
import default_run
import scan
import split
import validate
from measuring import (
    CORES,
    ROOT,
    Figure,
    NotMeasurableError,
    as_table,
    machine,
    own_environment,
    spend,
    use_two_cores,
)

PEER = "imagehash==4.3.2"
#: What the peer shares with this environment is of the same version.
SHARED = ("numpy", "pillow", "scipy")
TEXT = """# Measured speed

Written by `make benchmarks` (benchmarks/run.py), everything in one run. Ratios are the figures to
compare: they hardly depend on the machine. CPU seconds are user and system time of a command and
its children. Commands of the default run are timed once, everything else is the best of {rounds}
rounds. Deviations are the largest over grades, total and parts, in images.

{machine}

{table}"""


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


def measure_all(arguments: argparse.Namespace, folder: Path) -> Iterator[Figure]:
    """Measure everything; nothing runs beside anything else."""
    rounds, fraction = arguments.rounds, arguments.fraction
    checkout = folder / "checkout"
    yield from _tried("default run", lambda: default_run.measure_runs(checkout, fraction))
    yield from _tried("audit", lambda: _audit(checkout, rounds))
    yield from _tried("the stand-in's drawing", lambda: [default_run.measure_drawing(fraction)])
    yield from _tried("validate", lambda: _validate(arguments.annotations, rounds))
    yield from _tried("split", lambda: split.measure(arguments.subjects, 0, rounds))
    raw = (arguments.data or checkout / "data") / "raw"
    yield from _scans(raw, folder, rounds)


def _tried(what: str, measure: Callable[[], Iterable[Figure]]) -> Iterator[Figure]:
    """Measure, or say why not; what was measured before a failure stays."""
    print(f"measuring: {what}", file=sys.stderr)
    try:
        yield from measure()
    except NotMeasurableError as reason:
        yield Figure(what, None, against=str(reason))


def _audit(checkout: Path, rounds: int) -> list[Figure]:
    # The full audit looks into the store, too: `dvc push` fills the one beside the checkout.
    spend(["dvc", "push", "--quiet"], folder=checkout, environment=own_environment(checkout))
    return audit.measure(checkout, rounds)


def _validate(annotations: Path | None, rounds: int) -> list[Figure]:
    if annotations is None:
        raise NotMeasurableError("the published file is not given (`--annotations FILE`)")
    if not annotations.is_file():
        raise NotMeasurableError("the file given with `--annotations` is not there")
    return validate.measure(annotations, rounds)


def _scans(raw: Path, folder: Path, rounds: int) -> Iterator[Figure]:
    peer = None
    try:
        peer = install_peer(folder)
    except NotMeasurableError as reason:
        yield Figure("scan: peer, ImageHash", None, against=str(reason))
    sources = f"--sources={ROOT / 'workflow' / 'sources.yaml'}"
    options = ["--dataset=standin"]

    def of_default_run() -> list[Figure]:
        files = scan.corpus("of the default run", raw, [*options, sources])
        return scan.measure(files, CORES, rounds, peer, scan.LIMIT)

    def of_real_sizes() -> list[Figure]:
        files = scan.corpus("of real sizes", scan.draw_real_size(folder / "real"), options)
        return scan.measure(files, CORES, rounds, peer, None)

    yield from _tried("scan of the default run", of_default_run)
    yield from _tried("scan of real sizes", of_real_sizes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--annotations", type=Path, metavar="JSON", help="published Acne04-v2 annotation file")
    add("--subjects", type=Path, metavar="CSV", help="published subject table (default: drawn)")
    add("--data", type=Path, metavar="FOLDER", help="data of another run than the one measured")
    add("--rounds", type=int, default=3, help="the best of so many counts")
    add("--output", type=Path, default=ROOT / "docs" / "benchmarks.md", metavar="FILE")
    add("--trial", action="store_true", help="on the small stand-in, printed only: does this work?")
    arguments = parser.parse_args()
    arguments.fraction = 32 if arguments.trial else 1
    use_two_cores()
    _warn_of_changes()
    description = machine()
    with tempfile.TemporaryDirectory() as folder:
        table = as_table(measure_all(arguments, Path(folder)))
    text = TEXT.format(rounds=arguments.rounds, machine=description, table=table)
    if not arguments.trial:
        arguments.output.write_bytes(text.encode())
    print(text)


def _warn_of_changes() -> None:
    words = ["git", "status", "--porcelain", "workflow", "schemas", "params.yaml", "Snakefile"]
    if subprocess.run(words, cwd=ROOT, capture_output=True, check=True).stdout:
        print("uncommitted changes: the default run is that of the last commit", file=sys.stderr)


if __name__ == "__main__":
    main()
