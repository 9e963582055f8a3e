"""Where the marks of the charts lie: pictures without a library, in colours that the style sets.

They are static SVG: they print, need no script, and their numbers stand in tables beside them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

#: Width of a chart in units of its drawing.
WIDTH = 720
#: Numbers that an axis may show, and how many units lie between two at least.
_ROUND = (0, 1, 5, 10, 20, 50, 100, 200, 300, 500, 1000, 2000, 5000)
_APART = 26


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
    """Points in a square of `side` units.

    Attributes
    ----------
    side : int
        Units.
    points : tuple of (int, float, float, float)
        Grade, place from the left and from above, radius.
    across, up : tuple of Tick
        Numbers at the two axes, from the lower left.
    agreed : tuple of float
        End of the line on which both counts are the same, from the lower left corner.
    """

    side: int
    points: tuple[tuple[int, float, float, float], ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    agreed: tuple[float, float]


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
    """Place points (x, y, grade) in a square, 0 at its lower left, on scales of square roots.

    Counts are small for most and large for a few: on a plain scale the most would lie on each
    other. Where several points coincide one is drawn, larger.
    """
    counted = Counter(points)
    most_x = max((x for x, _, _ in counted), default=1) or 1
    most_y = max((y for _, y, _ in counted), default=1) or 1
    across, up = side / math.sqrt(most_x * 1.05), side / math.sqrt(most_y * 1.05)
    placed = sorted(
        (
            grade,
            _rounded(math.sqrt(x) * across),
            _rounded(side - math.sqrt(y) * up),
            _rounded(1.6 + 0.7 * math.sqrt(number)),
        )
        for (x, y, grade), number in counted.items()
    )
    agreed = min(most_x, most_y)
    return Scatter(
        side,
        tuple(placed),
        tuple(_ticks(most_x, across)),
        tuple(_ticks(most_y, up)),
        (_rounded(math.sqrt(agreed) * across), _rounded(side - math.sqrt(agreed) * up)),
    )


def _ticks(most: int, scale: float) -> Iterator[Tick]:
    """Give round numbers along a scale of square roots, far enough from each other to be read."""
    last = float(-_APART)
    for number in _ROUND:
        at = math.sqrt(number) * scale
        if number <= most and at - last >= _APART:
            last = at
            yield Tick(_rounded(at), f"{number:,}")


def stacked(numbers: Sequence[float], largest: float, width: int) -> list[Bar]:
    """Lay numbers in a row of bars, of which the whole of `largest` would fill the width."""
    bars: list[Bar] = []
    x = 0.0
    for place, number in enumerate(numbers):
        wide = width * number / largest if largest else 0.0
        bars.append(Bar(_rounded(x), 0, _rounded(wide), 0, str(place)))
        x += wide
    return bars


def _rounded(number: float) -> float:
    return round(number, 2)
