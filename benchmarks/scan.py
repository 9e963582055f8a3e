"""Compare ``acne04 scan`` with a bare loop over the same files, and with a peer, in one run.

The loop does what nobody can do without: read each file, hash it (sha256 and md5), decode images
scaled down. The scan does that, and in addition hashes the pictures, reads the labels and the
boxes, checks all of it and writes the tables and the findings. The peer, ImageHash, decodes the
images and hashes the pictures: no more.

Usage: python benchmarks/scan.py DATA_RAW_FOLDER [--sources YAML] [--threads N] [--rounds N]
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bare_loop import bare_loop
from measuring import (
    CORES,
    ROOT,
    Figure,
    NotMeasurableError,
    as_table,
    cpu_seconds,
    least_cpu,
    rounded,
    spend,
    times,
)

from acne04.cli import main as acne04
from acne04.core.imaging import DECODE_SIDE
from acne04.scan.source_tree import find_files

LIMIT = 1.3
SOURCES = ("classification", "detection", "acnedit")
OUTPUTS = ("inventory", "features", "folds", "boxes", "findings", "metrics")


@dataclass(frozen=True)
class Corpus:
    """Files to scan, and the words of the command that scans them."""

    name: str
    images: list[Path]
    others: list[Path]
    words: list[str]


def corpus(name: str, raw: Path, options: list[str]) -> Corpus:
    """Find the files of a run's ``data/raw``.

    Raises
    ------
    NotMeasurableError
        If it holds no image.
    """
    folders = {source: raw / source for source in SOURCES}
    trees = [find_files(source, folder) for source, folder in folders.items() if folder.is_dir()]
    images = [tree.folder / path for tree in trees for path in tree.images]
    if not images:
        raise NotMeasurableError("no run's folder with images (`--data data`)")
    others = [tree.folder / path for tree in trees for path in (*tree.labels, *tree.voc)]
    return Corpus(name, images, others, [*options, *(f"--{t.source}={t.folder}" for t in trees)])


def draw_real_size(folder: Path) -> Path:
    """Draw a thirty-second of the stand-in in the real sizes, and unpack it as a run would."""
    upstream, raw = folder / "upstream", folder / "raw"
    spend(["acne04", "standin", upstream, "--scale=1", "--fraction=32", f"--workers={CORES}"])
    for source, archive in (("classification", "Classification"), ("detection", "Detection")):
        with tarfile.open(upstream / f"{archive}.tar") as tar:
            tar.extractall(raw / source, filter="data")
    (upstream / "ACNEDIT").rename(raw / "acnedit")
    return raw


def measure(
    files: Corpus, threads: int, rounds: int, peer: Path | None, limit: float | None
) -> list[Figure]:
    """Measure scan, loop and peer.

    Parameters
    ----------
    files : Corpus
        What to scan.
    threads : int
        Threads of the scan; one is measured, too. The loop has one.
    rounds : int
        The best of so many counts.
    peer : Path or None
        Python of an environment with ImageHash; None leaves it out.
    limit : float or None
        Promised ratio of the scan to the loop.
    """
    name, images = f"scan {files.name}", len(files.images)
    loops: list[float] = []
    scans: dict[int, list[float]] = {threads: [], 1: []}
    with tempfile.TemporaryDirectory() as folder:
        words = [*files.words, *(f"--{output}={folder}/{output}" for output in OUTPUTS)]
        _scan(words)
        for _ in range(rounds):
            loops.append(cpu_seconds(lambda: bare_loop(files.images, files.others, DECODE_SIDE)))
            for count, seconds in scans.items():
                seconds.append(cpu_seconds(partial(_scan, [*words, f"--threads={count}"])))
        command = _whole_command(files, [*words, f"--threads={threads}"], rounds)
    loop, floor = min(loops), f"{name}: bare loop (read, sha256, md5, scaled decode)"
    size = (
        f"{1000 * loop / images:.1f} ms an image; {images:,} images, {len(files.others):,} others"
    )
    figures = [Figure(floor, loop, "s CPU", None, size)]
    for count, seconds in scans.items():
        what = f"{name}: ratio to the loop, {count} thread{'s' * (count > 1)}"
        against = f"{rounded(min(seconds))} s CPU to {rounded(loop)} s"
        promised = limit if count == threads else None
        figures.append(Figure(what, min(seconds) / loop, "×", promised, against))
    figures.append(command)
    return figures + ([_peer(files, rounds, peer, min(scans[threads]))] if peer else [])


def _scan(words: list[str]) -> None:
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        code = acne04(["scan", *words])
    if code != 0:
        sys.stderr.write(errors.getvalue())
        raise NotMeasurableError(f"`acne04 scan` ended with exit code {code}")


def _whole_command(files: Corpus, words: list[str], rounds: int) -> Figure:
    script = [sys.executable, str(ROOT / "benchmarks" / "bare_loop.py"), str(DECODE_SIDE)]
    names = "\n\n".join(_lines(paths) for paths in (files.images, files.others))
    least = least_cpu(script, rounds, given=names)
    command = least_cpu(["acne04", "scan", *words], rounds)
    what = f"scan {files.name}: whole command, start and imports included"
    return Figure(what, command, "s CPU", None, times(command, least, "the loop as a script"))


def _peer(files: Corpus, rounds: int, python: Path, scan: float) -> Figure:
    words = [python, ROOT / "benchmarks" / "imagehash_loop.py"]
    names = _lines(files.images)
    seconds = min(float(spend(words, given=names).output) for _ in range(rounds))
    what = f"scan {files.name}: peer, ImageHash as usual (phash alone)"
    return Figure(what, seconds, "s CPU", None, times(seconds, scan, "`acne04 scan`"))


def _lines(paths: list[Path]) -> str:
    return "\n".join(map(str, paths))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("raw", type=Path, help="folder that holds classification, detection, ...")
    parser.add_argument("--dataset", default="standin")
    parser.add_argument("--sources", type=Path)
    parser.add_argument("--threads", type=int, default=CORES)
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many counts")
    arguments = parser.parse_args()
    options = [f"--dataset={arguments.dataset}"]
    options += [f"--sources={arguments.sources}"] if arguments.sources else []
    files = corpus("given", arguments.raw, options)
    print(as_table(measure(files, arguments.threads, arguments.rounds, None, LIMIT)))


if __name__ == "__main__":
    main()
