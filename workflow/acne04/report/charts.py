"""Where the marks of the charts lie: pictures without a library, in colours that the style sets.

They are static SVG: they print, need no script, and their numbers stand in tables beside them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

#: Width of a chart in units of its drawing.
WIDTH = 720
#: Room for the numbers at the left of a scatter.
MARGIN = 44


@dataclass(frozen=True)
class Bar:
    """A bar: its place, and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True)
class Tick:
    """A number at an axis."""

    at: float
    label: str


@dataclass(frozen=True)
class Panel:
    """One distribution of scores: what of, how many pairs in all, its bars."""

    title: str
    number: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Scatter:
    """Points by grade as (x, y, how many lie there), in a square of `side` units."""

    side: int
    points: tuple[tuple[int, float, float, float], ...]
    ticks: tuple[Tick, ...]


def score_panel(title: str, histogram: Mapping[str, int], bins: int, height: int) -> Panel:
    """Draw a histogram of scores from 0 to 1; the heights are logarithmic.

    Parameters
    ----------
    title : str
        What it is of.
    histogram : mapping of str to int
        Lower end of a bin to the number of pairs in it.
    bins : int
        How many there are between 0 and 1.
    height : int
        Units that the largest number has.
    """
    largest = max(histogram.values(), default=1)
    bars = []
    for start, number in sorted(histogram.items(), key=lambda item: float(item[0])):
        tall = height * math.log10(1 + number) / math.log10(1 + largest)
        bars.append(
            Bar(
                x=_rounded(float(start) * WIDTH),
                y=_rounded(height - tall),
                width=_rounded(WIDTH / bins - 1),
                height=_rounded(tall),
                label=f"{float(start):.2f}: {number:,}",
            )
        )
    return Panel(title, sum(histogram.values()), tuple(bars))


def scatter(points: Iterable[tuple[int, int, int]], side: int = 420) -> Scatter:
    """Place points (x, y, grade) in a square with one scale for both axes, 0 at its lower left.

    Where several points coincide one is drawn, larger.
    """
    counted = Counter(points)
    largest = max((max(x, y) for x, y, _ in counted), default=1)
    step = _step(largest)
    top = step * math.ceil(max(largest, 1) / step)
    placed = sorted(
        (
            grade,
            _rounded(x * side / top),
            _rounded(side - y * side / top),
            _rounded(1.8 + math.sqrt(number)),
        )
        for (x, y, grade), number in counted.items()
    )
    ticks = tuple(Tick(_rounded(n * side / top), str(n)) for n in range(0, top + 1, step))
    return Scatter(side, tuple(placed), ticks)


def stacked(numbers: Sequence[float], largest: float, width: int) -> list[Bar]:
    """Lay numbers in a row of bars, of which the whole of `largest` would fill the width."""
    bars, x = [], 0.0
    for place, number in enumerate(numbers):
        wide = width * number / largest if largest else 0.0
        bars.append(Bar(_rounded(x), 0, _rounded(wide), 0, str(place)))
        x += wide
    return bars


def _step(largest: int) -> int:
    """Give a round distance of ticks: about five of them."""
    for step in (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000):
        if largest / step <= 6:
            return step
    return 10 ** len(str(largest))


def _rounded(number: float) -> float:
    return round(number, 2)
