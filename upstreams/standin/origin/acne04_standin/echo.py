"""Finds images whose circles coincide: the rule by which annotations betray duplicates.

Two images of one size echo each other if at least 60 % of the smaller set of circles, and at
least three, lie within 15 real pixels of a circle of the other (matched one to one).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from acne04_standin.figures import ECHO_REAL_PIXELS, Size

Circle = tuple[int, int, int]
LEAST_MATCHES = 3


def possible_echoes(
    circles: Mapping[int, Sequence[Circle]], frames: Mapping[int, Size], scale: int
) -> set[tuple[int, int]]:
    """Pairs of images that may echo each other; none that does is missed.

    Circles are counted that have any circle of the other image near, in both directions; a
    one-to-one matching can only have fewer.

    Parameters
    ----------
    circles : mapping of int to sequence of (x, y, radius)
        Circles of each image, drawn pixels.
    frames : mapping of int to (width, height)
        Drawn pixels.
    scale : int
        Real pixels per drawn pixel.
    """
    cell = -(-ECHO_REAL_PIXELS // scale)
    index: dict[tuple[Size, int, int], list[tuple[int, int, int]]] = {}
    for image, drawn in circles.items():
        for x, y, _ in drawn:
            index.setdefault((frames[image], x // cell, y // cell), []).append((image, x, y))
    near: Counter[tuple[int, int]] = Counter()
    for image, drawn in circles.items():
        for x, y, _ in drawn:
            near.update((image, other) for other in _near(index, frames[image], x, y, cell, scale))
    return {
        (image, other)
        for (image, other), number in near.items()
        if image < other
        and min(number, near[other, image])
        >= least_matches(len(circles[image]), len(circles[other]))
    }


def least_matches(first: int, second: int) -> int:
    """Matches that two sets of such sizes need to echo each other.

    >>> least_matches(4, 100), least_matches(10, 11)
    (3, 6)
    """
    return max(LEAST_MATCHES, -(-min(first, second) * 60 // 100))


def _near(
    index: Mapping[tuple[Size, int, int], list[tuple[int, int, int]]],
    frame: Size,
    x: int,
    y: int,
    cell: int,
    scale: int,
) -> set[int]:
    column, row = x // cell, y // cell
    found = set()
    for across in (column - 1, column, column + 1):
        for down in (row - 1, row, row + 1):
            for image, other_x, other_y in index.get((frame, across, down), ()):
                square = ((other_x - x) ** 2 + (other_y - y) ** 2) * scale * scale
                if square <= ECHO_REAL_PIXELS**2:
                    found.add(image)
    return found
