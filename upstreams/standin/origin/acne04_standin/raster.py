"""Integer drawing: smooth curves, filled outlines, soft spots.

Pillow's own polygons and wide lines compute edges in floating point, which compilers may contract
differently. What is used of Pillow here and in `face` is integer (ellipses, thin lines, paste,
box blur with whole radii, tables) or exact in double precision (bilinear enlargement by powers of
two, affine maps with coefficients in 65536ths).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import isqrt

from PIL import Image

from acne04_standin.figures import Size

Point = tuple[int, int]
_STEPS = 6
_SPOT = 64


def _spline_weights() -> tuple[tuple[int, int, int, int], ...]:
    """Weights of four neighbours at each step of the uniform Catmull-Rom spline, doubled."""
    cube, square = _STEPS**3, _STEPS**2
    return tuple(
        (
            -t * square + 2 * t * t * _STEPS - t**3,
            2 * cube - 5 * t * t * _STEPS + 3 * t**3,
            t * square + 4 * t * t * _STEPS - 3 * t**3,
            -t * t * _STEPS + t**3,
        )
        for t in range(_STEPS)
    )


_WEIGHTS = _spline_weights()


def smooth(points: Sequence[Point]) -> list[Point]:
    """Closed curve through `points` (uniform Catmull-Rom spline), `_STEPS` points for each."""
    whole = 2 * _STEPS**3
    curve = []
    for index in range(len(points)):
        (ax, ay), (bx, by) = points[index - 1], points[index]
        (cx, cy), (dx, dy) = points[index + 1 - len(points)], points[index + 2 - len(points)]
        for a, b, c, d in _WEIGHTS:
            curve.append(
                (
                    (a * ax + b * bx + c * cx + d * dx) // whole,
                    (a * ay + b * by + c * cy + d * dy) // whole,
                )
            )
    return curve


def filled(size: Size, outline: Sequence[Point], fine: int) -> Image.Image:
    """Mask of a closed outline: mode ``L``, 255 inside (even-odd), 0 outside.

    Parameters
    ----------
    size : (int, int)
        Width and height in pixels.
    outline : sequence of (x, y)
        Corners in `fine` parts of a pixel.
    fine : int
        Parts of a pixel.
    """
    width, height = size
    rows: list[list[int]] = [[] for _ in range(height)]
    half = fine // 2
    x0, y0 = outline[-1]
    for x1, y1 in outline:
        if y0 != y1:
            (xa, ya), (xb, yb) = ((x0, y0), (x1, y1)) if y0 < y1 else ((x1, y1), (x0, y0))
            # Rows whose middle lies between the two ends.
            first, last = max(0, -((half - ya) // fine)), min(height, -((half - yb) // fine))
            step, long = xb - xa, yb - ya
            at = (first * fine + half - ya) * step
            for row in range(first, last):
                rows[row].append((xa + at // long + half) // fine)
                at += fine * step
        x0, y0 = x1, y1
    outside, inside = bytes(width), b"\xff" * width
    return Image.frombytes("L", size, b"".join([_row(r, outside, inside) for r in rows]))


def _row(crossings: list[int], outside: bytes, inside: bytes) -> bytes:
    """One row of a mask, as wide as `outside` and `inside`, which hold its two levels."""
    if not crossings:
        return outside
    if len(crossings) == 2:  # nearly every row
        start, end = crossings if crossings[0] <= crossings[1] else crossings[::-1]
        if start >= 0:  # beyond the right border, slices end by themselves
            return outside[:start] + inside[start:end] + outside[end:]
    line = b""
    crossings.sort()
    for start, end in zip(crossings[::2], crossings[1::2], strict=True):
        done = len(line)
        start, end = max(start, done), max(end, done)
        line += outside[done:start] + inside[start:end]
    return line + outside[len(line) :]


@cache
def _spot_profile() -> Image.Image:
    """Soft round spot: 255 in the middle half, falling to 0 at the rim."""
    levels = bytearray()
    for row in range(_SPOT):
        for column in range(_SPOT):
            across, down = 2 * column + 1 - _SPOT, 2 * row + 1 - _SPOT
            distance = isqrt((across * across + down * down) * 256)  # 16 * 64 at the rim
            levels.append(max(0, min(255, (16 * _SPOT - distance) * 255 // (8 * _SPOT))))
    return Image.frombytes("L", (_SPOT, _SPOT), bytes(levels))


@cache
def spot(radius: int, strength: int) -> Image.Image:
    """Mask of a soft round spot, side ``2 * radius + 1``; `strength` of 255 in its middle."""
    side = 2 * radius + 1
    # The rim lies half a pixel outside, so that small spots keep some weight.
    ratio = (_SPOT << 16) // (side + 1)
    scale, shift = ratio / 65536, ratio // 2 / 65536
    mask = _spot_profile().transform(
        (side, side),
        Image.Transform.AFFINE,
        (scale, 0, shift, 0, scale, shift),
        Image.Resampling.BILINEAR,
    )
    return mask.point([level * strength // 255 for level in range(256)])


def enlarged(small: Image.Image, factor: int, size: Size) -> Image.Image:
    """`small`, `factor` (a power of two) times larger, bilinear, cut to `size`."""
    large = small.resize((small.width * factor, small.height * factor), Image.Resampling.BILINEAR)
    return large.crop((0, 0, *size))
