"""How the near-duplicate stage grows with the number of images: a table, and a plot as SVG."""

from __future__ import annotations

import csv
import json
import math
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from measuring import NotMeasurableError, rounded
from near_corpus import Corpus
from near_methods import run_near

SIZES: tuple[int, ...] = (1_000, 2_000, 5_000, 10_000, 20_000)
#: Sizes are left out that would take longer, by the growth so far.
PATIENCE = 3_600.0


@dataclass(frozen=True)
class Point:
    """One size: images, wall and CPU seconds, MiB of memory, pairs compared closely."""

    images: int
    wall: float
    cpu: float
    memory: float
    pairs: int = 0


def measure(corpus: Corpus, sizes: Sequence[int], folder: Path) -> Iterator[Point]:
    """Run the stage on parts of a corpus: whole persons with all that was made of them."""
    points: list[Point] = []
    for size in sizes:
        if expected(points, size) > PATIENCE:
            raise NotMeasurableError(f"{size:,} images would take over {PATIENCE:.0f} s")
        inventory = folder / f"inventory-{size}.csv"
        images = _write_part(corpus, size, inventory)
        output = folder / f"near-{size}"
        run = run_near(corpus, output, inventory)
        point = Point(images, run.spent.wall, run.spent.cpu, run.memory, run.pairs)
        shutil.rmtree(output)
        points.append(point)
        yield point


def expected(points: Sequence[Point], size: int) -> float:
    """Wall seconds of a larger size, were the growth quadratic from the last one on."""
    return points[-1].wall * (size / points[-1].images) ** 2 if points else 0.0


def exponent(points: Sequence[Point]) -> float:
    """Power of the number of images with which CPU seconds grow (least squares of logarithms).

    >>> round(exponent([Point(10, 0, 5, 0), Point(100, 0, 500, 0)]), 6)
    2.0
    """
    across, up = ([math.log(v) for v in values] for values in _both(points))
    middle, height = sum(across) / len(across), sum(up) / len(up)
    slant = sum((x - middle) * (y - height) for x, y in zip(across, up, strict=True))
    return slant / sum((x - middle) ** 2 for x in across)


def _both(points: Sequence[Point]) -> tuple[list[float], list[float]]:
    return [float(point.images) for point in points], [point.cpu for point in points]


def _write_part(corpus: Corpus, size: int, inventory: Path) -> int:
    """Write the inventory of the first persons that have so many images together."""
    document = json.loads(corpus.truth.read_text(encoding="utf-8"))
    person = document["person"]
    with corpus.inventory.open(encoding="utf-8", newline="") as table:
        reader = csv.DictReader(table)
        rows, columns = list(reader), reader.fieldnames or []
    rows.sort(key=lambda row: person[row["path"]])
    kept = rows[:size]
    kept.sort(key=lambda row: row["path"])
    with inventory.open("w", encoding="utf-8", newline="") as table:
        writer = csv.DictWriter(table, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
    return len(kept)


def growth_table(points: Sequence[Point]) -> str:
    """One row a size."""
    head = "| images | pairs compared | wall s | CPU s | CPU ms an image | memory MiB |\n"
    head += "|--:|--:|--:|--:|--:|--:|\n"
    return head + "".join(
        f"| {p.images:,} | {p.pairs:,} | {rounded(p.wall)} | {rounded(p.cpu)} "
        f"| {1000 * p.cpu / p.images:.0f} | {p.memory:,.0f} |\n"
        for p in points
    )


def growth_plot(points: Sequence[Point]) -> str:
    """Draw seconds over images, both axes logarithmic, as SVG."""
    across = _Axis([float(p.images) for p in points], 70, 600)
    up = _Axis([s for p in points for s in (p.wall, p.cpu)], 320, 30)
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 380" font-family="sans-serif" '
        'font-size="13">',
        '<rect width="660" height="380" fill="#fff"/>',
        '<text x="335" y="370" text-anchor="middle">images</text>',
        '<text x="16" y="175" text-anchor="middle" transform="rotate(-90 16 175)">seconds</text>',
    ]
    for value in across.ticks():
        at = across.place(value)
        parts.append(f'<path d="M{at:.1f} 30V320" stroke="#ddd"/>')
        parts.append(f'<text x="{at:.1f}" y="340" text-anchor="middle">{value:,.0f}</text>')
    for value in up.ticks():
        at = up.place(value)
        parts.append(f'<path d="M70 {at:.1f}H600" stroke="#ddd"/>')
        parts.append(f'<text x="62" y="{at + 4:.1f}" text-anchor="end">{value:g}</text>')
    for name, colour, values in (
        ("CPU", "#b2182b", [p.cpu for p in points]),
        ("wall", "#2166ac", [p.wall for p in points]),
    ):
        ends = [(across.place(p.images), up.place(v)) for p, v in zip(points, values, strict=True)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in ends)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in ends]
        x, y = ends[-1]
        parts.append(f'<text x="{x + 8:.1f}" y="{y + 4:.1f}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


class _Axis:
    """A logarithmic axis from the 1, 2 or 5 below the least value to that above the largest."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self.low = max(step for step in _steps() if step <= min(values))
        self.high = min(step for step in _steps() if step >= max(values) and step > self.low)
        self.start, self.end = start, end

    def place(self, value: float) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + (self.end - self.start) * share

    def ticks(self) -> list[float]:
        return [step for step in _steps() if self.low <= step <= self.high]


def _steps() -> list[float]:
    return [step * 10.0**power for power in range(-2, 7) for step in (1, 2, 5)]
