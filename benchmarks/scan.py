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
    spend,
    times,
)

from acne04.cli import main as acne04
from acne04.imaging import DECODE_SIDE
from acne04.scan.tree import find_files

LIMIT = 1.3
SOURCES = ("classification", "detection", "acnedit")
TABLES = ("inventory", "folds", "boxes")
DOCUMENTS = ("findings", "metrics")


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


def measure(files: Corpus, rounds: int, peer: Path | None, limit: float | None) -> list[Figure]:
    """Measure scan, loop and peer.

    Parameters
    ----------
    files : Corpus
        What to scan.
    rounds : int
        The best of so many counts.
    peer : Path or None
        Python of an environment with ImageHash; None leaves it out.
    limit : float or None
        Promised ratio of the scan to the loop.
    """
    listed = "\n\n".join(_lines(paths) for paths in (files.images, files.others))
    loop_words = [sys.executable, ROOT / "benchmarks" / "bare_loop.py", str(DECODE_SIDE)]
    acne04_words = ["acne04", "scan", *files.words]
    loops, scans = [], []
    with tempfile.TemporaryDirectory() as folder:
        outputs = [f"--{name}={folder}/{name}" for name in (*TABLES, *DOCUMENTS)]
        _scan([*files.words, *outputs])
        for _ in range(rounds):
            loops.append(cpu_seconds(lambda: bare_loop(files.images, files.others, DECODE_SIDE)))
            scans.append(cpu_seconds(lambda: _scan([*files.words, *outputs])))
        command = least_cpu([*acne04_words, *outputs], rounds)
    loop, scan = min(loops), min(scans)
    script = least_cpu(loop_words, rounds, given=listed)
    name, per_image = f"scan {files.name}", f"{1000 * loop / len(files.images):.1f} ms an image"
    figures = [
        Figure(
            f"{name}: bare loop (read, sha256, md5, scaled decode)",
            loop,
            "s CPU",
            None,
            f"the floor; {per_image}",
        ),
        Figure(f"{name}: `acne04 scan`", scan, "s CPU", None, times(scan, loop, "the loop")),
        Figure(
            f"{name}: ratio to the loop",
            scan / loop,
            "×",
            limit,
            f"{len(files.images):,} images, {len(files.others):,} label and box files",
        ),
        Figure(
            f"{name}: whole command, start and imports included",
            command,
            "s CPU",
            None,
            times(command, script, "the loop as a script"),
        ),
    ]
    return figures + ([_peer(files, rounds, peer, name, scan)] if peer else [])


def _scan(words: list[str]) -> None:
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        code = acne04(["scan", *words])
    if code != 0:
        sys.stderr.write(errors.getvalue())
        raise NotMeasurableError(f"`acne04 scan` ended with exit code {code}")


def _lines(paths: list[Path]) -> str:
    return "\n".join(map(str, paths))


def _peer(files: Corpus, rounds: int, python: Path, name: str, scan: float) -> Figure:
    words = [python, ROOT / "benchmarks" / "imagehash_loop.py"]
    given = _lines(files.images)
    seconds = min(float(spend(words, given=given).output) for _ in range(rounds))
    against = times(seconds, scan, "`acne04 scan`")
    return Figure(
        f"{name}: peer, ImageHash as usual (phash alone)", seconds, "s CPU", None, against
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("raw", type=Path, help="folder that holds classification, detection, ...")
    parser.add_argument("--dataset", default="standin")
    parser.add_argument("--sources", type=Path)
    parser.add_argument("--threads", type=int, default=CORES)
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many counts")
    arguments = parser.parse_args()
    options = [f"--dataset={arguments.dataset}", f"--threads={arguments.threads}"]
    options += [f"--sources={arguments.sources}"] if arguments.sources else []
    files = corpus("given", arguments.raw, options)
    print(as_table(measure(files, arguments.rounds, None, LIMIT)))


if __name__ == "__main__":
    main()
