"""What each method says of a corpus: ``acne04 near``, plain perceptual hashes, other tools."""

from __future__ import annotations

import csv
import json
import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from measuring import CORES, ROOT, NotMeasurableError, Spent, spend
from near_corpus import Corpus
from near_gathered import IMAGES
from near_truth import Pair, Said, Truth, pair_of, read_said

#: Other tools: what is run of each, beside the version that it says itself.
PEERS = ("imagededup==0.3.3.post2", "cleanvision==0.3.7")
_HOW_OFTEN = 0.05


@dataclass(frozen=True)
class Run:
    """One run of ``acne04 near``: what it took, and what it wrote.

    `memory` is the most, in MiB, that the command and its children held at one time.
    """

    spent: Spent
    memory: float
    output: Path

    @property
    def pairs(self) -> int:
        """Pairs of images that were compared closely."""
        metrics = json.loads((self.output / "metrics.json").read_text(encoding="utf-8"))
        return int(metrics["pairs_compared"])

    def threshold(self) -> str:
        """Say from which score on pairs are accepted, and why."""
        found = json.loads((self.output / "calibration.json").read_text(encoding="utf-8"))
        null = found["null"]
        return (
            f"Accepted from a score of {found['threshold']}: {null['pairs']:,} pairs of different "
            f"persons in this corpus score {null['largest']} at most."
        )

    def said(self) -> Said:
        """Read the verdicts."""
        return read_said(self.output / "verdicts.csv", self.output / "parents.csv")


def run_near(
    corpus: Corpus, output: Path, inventory: Path | None = None, dataset: str = "standin"
) -> Run:
    """Run the verb on a corpus, or on the part of it that is in another inventory.

    Raises
    ------
    NotMeasurableError
        If it fails.
    """
    output.mkdir(exist_ok=True)
    words = [
        "acne04", "near", f"--dataset={dataset}", f"--inventory={inventory or corpus.inventory}",
        f"--images={corpus.raw}", f"--subjects={corpus.raw / 'subjects'}", f"--threads={CORES}",
        *(f"--{name}={output / name}.csv" for name in ("verdicts", "parents")),
        *(f"--{name}={output / name}.json" for name in ("calibration", "findings", "metrics")),
        f"--memory={output / 'memory'}",
    ]  # fmt: skip
    with _Memory() as memory:
        spent = spend(words)
    return Run(spent, memory.most / 2**20, output)


class _Memory:
    """The most memory that children of this process hold together, looked at now and then."""

    def __init__(self) -> None:
        self.most = 0
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> _Memory:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()

    def _look(self) -> None:
        this = psutil.Process()
        while not self._done.wait(_HOW_OFTEN):
            self.most = max(self.most, sum(_resident(this.children(recursive=True))))


def _resident(processes: Iterable[psutil.Process]) -> Iterator[int]:
    for process in processes:
        try:
            yield process.memory_info().rss
        except psutil.NoSuchProcess:
            continue


def hashes_within(corpus: Corpus, bits: int) -> Said:
    """Pairs whose 64-bit perceptual hashes (those of the inventory) differ in `bits` or less."""
    with corpus.inventory.open(encoding="utf-8", newline="") as table:
        rows = sorted({(row["sha256"], row["phash"]) for row in csv.DictReader(table)})
    known = [(sha, int(phash, 16)) for sha, phash in rows if phash]
    hashes = np.array([phash for _, phash in known], np.uint64)
    pairs: list[Pair] = []
    for place, (sha, phash) in enumerate(known):
        differing = np.bitwise_count(hashes[:place] ^ np.uint64(phash))
        pairs += [pair_of(sha, known[other][0]) for other in np.flatnonzero(differing <= bits)]
    return Said(frozenset(pairs))


def ask_peers(corpus: Corpus, truth: Truth, python: Path | None) -> dict[str, Said | str]:
    """Ask other tools in an environment that has them; a text says why one was not run."""
    if python is None:
        return dict.fromkeys(PEERS, "not run: no Python with it was given (`--peers PYTHON`)")
    folder = corpus.folder / "peers"
    _link_images(corpus, folder)
    script = ROOT / "benchmarks" / "near_peers.py"
    printed = corpus.folder / "peers.json"
    try:
        spend([python, script, folder, printed])
    except NotMeasurableError as reason:
        return dict.fromkeys(PEERS, f"not run: {reason}")
    answers = json.loads(printed.read_text(encoding="utf-8"))
    return {
        name: Said(_contents(answer["pairs"], truth)) if "pairs" in answer else answer["not run"]
        for name, answer in answers.items()
    }


def _contents(pairs: Iterable[tuple[str, str]], truth: Truth) -> frozenset[Pair]:
    """Pairs of different contents."""
    named = ((truth.content[one], truth.content[other]) for one, other in pairs)
    return frozenset(pair_of(one, other) for one, other in named if one != other)


def _link_images(corpus: Corpus, folder: Path) -> None:
    """Make a tree with the images and nothing else."""
    if folder.exists():
        shutil.rmtree(folder)
    for name in (IMAGES, "acnedit"):
        shutil.copytree(corpus.raw / name, folder / name, copy_function=os.link)
