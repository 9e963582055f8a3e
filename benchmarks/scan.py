"""Compare the CPU time of ``acne04 scan`` with a bare loop over the same files, in one run.

The loop does what nobody can do without: read each image, hash it (sha256 and md5), decode it
scaled down. The scan does that, and in addition hashes the pictures, reads the labels and the
boxes, checks all of it and writes the tables and the findings. Imports are paid before.

Usage: python benchmarks/scan.py DATA_RAW_FOLDER [--sources YAML] [--threads N] [--rounds N]
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from acne04.cli import main
from acne04.imaging import DECODE_SIDE
from acne04.scan.tree import find_files

LIMIT = 1.3
SOURCES = ("classification", "detection", "acnedit")


def bare_loop(images: list[Path], others: list[Path]) -> None:
    for path in images:
        data = path.read_bytes()
        hashlib.sha256(data).hexdigest()
        hashlib.md5(data, usedforsecurity=False).hexdigest()
        with Image.open(io.BytesIO(data)) as image:
            image.draft("L", (DECODE_SIDE, DECODE_SIDE))
            image.load()
    for path in others:
        data = path.read_bytes()
        hashlib.sha256(data).hexdigest()
        hashlib.md5(data, usedforsecurity=False).hexdigest()


def whole_scan(words: list[str]) -> None:
    errors = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(errors):
        tables = [f"--{name}={folder}/{name}.csv" for name in ("inventory", "folds", "boxes")]
        documents = [f"--{name}={folder}/{name}.json" for name in ("findings", "metrics")]
        code = main(["scan", *words, *tables, *documents])
    if code != 0:
        raise SystemExit(errors.getvalue())


def cpu_seconds(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def compare() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("raw", type=Path, help="folder that holds classification, detection, ...")
    parser.add_argument("--dataset", default="standin")
    parser.add_argument("--sources", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many counts")
    arguments = parser.parse_args()

    folders = {source: arguments.raw / source for source in SOURCES}
    trees = [find_files(name, folder) for name, folder in folders.items() if folder.is_dir()]
    images = [tree.folder / path for tree in trees for path in tree.images]
    others = [tree.folder / path for tree in trees for path in (*tree.labels, *tree.voc)]
    words = [f"--dataset={arguments.dataset}", f"--threads={arguments.threads}"]
    words += [f"--{tree.source}={tree.folder}" for tree in trees]
    words += [f"--sources={arguments.sources}"] if arguments.sources else []
    whole_scan(words)

    loop, scanned = [], []
    for _ in range(arguments.rounds):
        loop.append(cpu_seconds(lambda: bare_loop(images, others)))
        scanned.append(cpu_seconds(lambda: whole_scan(words)))
    ratio = min(scanned) / min(loop)
    print(f"{len(images)} images, {len(others)} label and VOC files, CPU seconds:")
    print(f"  bare loop {min(loop):.2f}")
    print(f"  scan      {min(scanned):.2f}")
    print(f"  ratio     {ratio:.2f} (limit {LIMIT})")


if __name__ == "__main__":
    compare()
