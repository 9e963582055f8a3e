"""EXIF orientation: stored and upright frame of a photograph, and the way from one to the other.

A camera stores what its sensor saw, and marks how the picture is to be turned. Coordinates that
somebody took on it are of either frame; the size that is stated with them tells which, unless both
frames have it. Coordinates are continuous: 0 is the left or upper edge, the width or height the
other one.
"""

from __future__ import annotations

from typing import Any, Literal

#: EXIF orientation -> what makes the stored picture upright.
ORIENTATIONS = {
    1: "nothing: it is stored upright",
    2: "mirrored left to right",
    3: "turned by 180 degrees",
    4: "mirrored top to bottom",
    5: "mirrored at the diagonal from top left",
    6: "turned clockwise by 90 degrees",
    7: "mirrored at the diagonal from top right",
    8: "turned counter-clockwise by 90 degrees",
}
#: Orientations in which width and height change places.
TURNED_SIDEWAYS = (5, 6, 7, 8)

Size = tuple[float, float]
Frame = Literal["upright", "stored", "either", "neither"]


def stored_size(upright: Size, orientation: int) -> Size:
    """Give width and height as they are stored.

    >>> stored_size((240, 320), 6)
    (320, 240)
    """
    return upright[::-1] if orientation in TURNED_SIDEWAYS else upright


def frame_of(stated: Size, upright: Size, orientation: int) -> Frame:
    """Tell in which frame somebody worked who states this size.

    Parameters
    ----------
    stated : tuple
        Width and height that are stated.
    upright : tuple
        Width and height of the photograph, upright.
    orientation : int
        Its EXIF orientation, 1 to 8.

    Returns
    -------
    {"upright", "stored", "either", "neither"}
        ``either`` where both frames have this size and yet differ: it cannot be told.

    Examples
    --------
    >>> frame_of((320, 240), (240, 320), 6), frame_of((240, 320), (240, 320), 6)
    ('stored', 'upright')
    >>> frame_of((320, 240), (320, 240), 3), frame_of((320, 240), (320, 240), 1)
    ('either', 'upright')
    """
    as_upright = stated == upright
    as_stored = stated == stored_size(upright, orientation)
    if as_upright and as_stored:
        return "upright" if orientation == 1 else "either"
    return "upright" if as_upright else "stored" if as_stored else "neither"


def turned_point(orientation: int, x: Any, y: Any, width: Any, height: Any) -> tuple[Any, Any]:
    """Take a point from the stored frame to the upright one; arrays do as well as numbers.

    Parameters
    ----------
    orientation : int
        EXIF orientation, 1 to 8.
    x, y : number
        Point in the stored frame.
    width, height : number
        Size of the stored frame.

    Examples
    --------
    >>> turned_point(6, 10, 20, 320, 240)
    (220, 10)
    """
    if orientation in (2, 3, 7, 8):
        x = width - x
    if orientation in (3, 4, 6, 7):
        y = height - y
    return (y, x) if orientation in TURNED_SIDEWAYS else (x, y)


def turned_box(
    orientation: int, box: tuple[int, int, int, int], width: int, height: int
) -> tuple[int, int, int, int]:
    """Take a box (left, upper, right, lower border) from the stored frame to the upright one.

    >>> turned_box(6, (10, 20, 30, 40), 320, 240)
    (200, 10, 220, 30)
    """
    xmin, ymin, xmax, ymax = box
    one = turned_point(orientation, xmin, ymin, width, height)
    other = turned_point(orientation, xmax, ymax, width, height)
    (left, right), (upper, lower) = (sorted(pair) for pair in zip(one, other, strict=True))
    return left, upper, right, lower
