"""Circles and boxes as boxes that lie within their image.

Coordinates are continuous pixels of the upright image: 0 is the left or upper edge, the width or
height the other one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acne04.samples.sample import Box, Circle


class Borders(NamedTuple):
    """A box within its image: 0 <= xmin < xmax <= width, and so for y."""

    xmin: float
    ymin: float
    xmax: float
    ymax: float


class BoxedLesion(NamedTuple):
    """A lesion as a detector is taught it.

    Attributes
    ----------
    number : int
        From 0, in the order of its source.
    lesion : Box or Circle
        As its source has it.
    borders : Borders or None
        None where nothing of it lies within the image.
    is_clipped : bool
        Whether a part of it lies outside.
    """

    number: int
    lesion: Box | Circle
    borders: Borders | None
    is_clipped: bool


def clipped(borders: tuple[float, float, float, float], width: int, height: int) -> Borders | None:
    """Give the part of a box that lies within an image; None where there is none.

    >>> clipped((-2, 1, 5, 9), 4, 8)
    Borders(xmin=0, ymin=1, xmax=4, ymax=8)
    >>> clipped((4, 1, 5, 9), 4, 8) is None
    True
    """
    xmin, ymin, xmax, ymax = borders
    within = Borders(max(xmin, 0), max(ymin, 0), min(xmax, width), min(ymax, height))
    is_empty = within.xmin >= within.xmax or within.ymin >= within.ymax
    return None if is_empty else within


def borders_of(lesion: Box | Circle) -> tuple[float, float, float, float]:
    """Give left, upper, right and lower border of a lesion, whole where they can be.

    >>> borders_of(Circle(7, 10, 20, 3, 10.0, 20.0, 3.0, 3.0, ""))
    (7, 17, 13, 23)
    """
    if isinstance(lesion, Box):
        return lesion.xmin, lesion.ymin, lesion.xmax, lesion.ymax
    x, y = lesion.photo_x, lesion.photo_y
    across, down = lesion.photo_radius_x, lesion.photo_radius_y
    left, upper, right, lower = x - across, y - down, x + across, y + down
    return whole(left), whole(upper), whole(right), whole(lower)


def boxed(lesions: Sequence[Box | Circle], width: int, height: int) -> list[BoxedLesion]:
    """Give each lesion of an image with its box, clipped to the image.

    Parameters
    ----------
    lesions : sequence of Box or Circle
        All of one image.
    width, height : int
        Of the upright image, px.

    Returns
    -------
    list of BoxedLesion
        As many as lesions, in their order: also those of which nothing lies within the image.
    """
    found = []
    for number, lesion in enumerate(lesions):
        borders = borders_of(lesion)
        within = clipped(borders, width, height)
        found.append(BoxedLesion(number, lesion, within, within != borders))
    return found


def whole(value: float) -> float:
    """Give a number as an integer where it is one: 12 and not 12.0.

    >>> whole(12.0), whole(12.5)
    (12, 12.5)
    """
    return int(value) if value == int(value) else value
