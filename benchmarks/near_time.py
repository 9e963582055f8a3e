"""Time the near-duplicate stage and the grouping on the default run's images."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from measuring import Figure, spend
from near_corpus import Corpus, Recipe, draw
from near_methods import run_near

COLD_LIMIT, KNOWN_LIMIT = 60.0, 3.0
DEFAULT = ("the default run", (0,))


def measure(folder: Path, fraction: int) -> Iterator[Figure]:
    """Find near-duplicates from nothing and again, and group the images.

    Raises
    ------
    NotMeasurableError
        If a command fails.
    """
    name, seeds = DEFAULT
    corpus = draw(Recipe(name, seeds, fraction=fraction, style="default"), folder)
    output = folder / "near"
    cold = run_near(corpus, output)
    known = run_near(corpus, output)
    grouping = spend(_dedupe(corpus, output))
    images = len(corpus.images())
    told = (
        f"{cold.spent.cpu:.1f} s CPU, {1000 * cold.spent.cpu / images:.0f} ms an image; "
        f"{cold.pairs:,} pairs compared, {1000 * cold.spent.cpu / cold.pairs:.1f} ms each, all "
        "else included"
    )
    memory = f"{cold.memory:,.0f} MiB at most"
    yield Figure(f"`near`, {images:,} images, nothing known", cold.spent.wall, "s wall", None,
                 f"{told}; {memory}")  # fmt: skip
    yield Figure("`near` again, all verdicts known", known.spent.wall, "s wall", None,
                 f"{known.spent.cpu:.1f} s CPU")  # fmt: skip
    yield Figure("`dedupe` after it", grouping.wall, "s wall", None, f"{grouping.cpu:.1f} s CPU")
    both = "`near` and `dedupe`"
    yield Figure(f"{both}, nothing known", cold.spent.wall + grouping.wall, "s wall", COLD_LIMIT)
    yield Figure(
        f"{both}, all verdicts known", known.spent.wall + grouping.wall, "s wall", KNOWN_LIMIT
    )


def _dedupe(corpus: Corpus, near: Path) -> list[str | Path]:
    outputs = ("names", "relations", "groups", "review", "findings", "metrics")
    return [
        "acne04", "dedupe", "--dataset=standin", f"--inventory={corpus.inventory}",
        f"--subjects={corpus.raw / 'subjects'}", f"--verdicts={near / 'verdicts.csv'}",
        f"--parents={near / 'parents.csv'}",
        *(f"--{name}={corpus.folder / f'dedupe-{name}'}" for name in outputs),
    ]  # fmt: skip
