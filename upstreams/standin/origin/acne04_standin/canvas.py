"""The canvas in integers: from places of the face to pixels of a photograph.

The face is laid out on a canvas of 3112 x 3456 units, looking left (`FACE`). A pose shifts,
scales and turns it a little, bends it by a coarse grid of offsets (no two photographs of a person
differ by a plain affine map), mirrors it for the other cheek, and fits it into the frame.

Pillow's own polygons and wide lines compute edges in floating point, which compilers may contract
differently. What is used of Pillow here and in `face` is integer (ellipses, thin lines, paste,
box blur with whole radii, tables) or exact in double precision (bilinear enlargement by powers of
two, affine maps with coefficients in 65536ths).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import isqrt

from PIL import Image

from acne04_standin.chance import Chance
from acne04_standin.figures import Point, Size
from acne04_standin.looks import Style

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


#: Canvas on which the face is laid out, in units.
FACE: Size = (3112, 3456)
#: Places are given in 16ths of a drawn pixel.
FINE = 16
_CELLS = 4
_WIDE, _HIGH = FACE[0] // _CELLS, FACE[1] // _CELLS
_ONE = 1 << 16


@dataclass(frozen=True)
class Pose:
    """Map from the canvas to the frame.

    Attributes
    ----------
    frame : (int, int)
        Width and height in drawn pixels.
    zoom : int
        65536ths of a drawn pixel per unit.
    turn : int
        Sine of the turn in 65536ths; small, so that the cosine is taken as one.
    shift : (int, int)
        Units, added after the bend.
    mirrored : bool
        Whether the face looks right.
    bend : tuple of (int, int)
        Offsets in units at the corners of a 4 x 4 grid over the canvas, row by row.
    """

    frame: Size
    zoom: int
    turn: int
    shift: tuple[int, int]
    mirrored: bool
    bend: tuple[tuple[int, int], ...]

    def place(self, u: int, v: int) -> tuple[int, int]:
        """Place (`u`, `v`) of the canvas in the frame, in `FINE` parts of a pixel."""
        across, down = self._bent(u, v)
        across += self.shift[0] - FACE[0] // 2
        down += self.shift[1] - FACE[1] // 2
        across, down = (
            across - (down * self.turn >> 16),
            down + (across * self.turn >> 16),
        )
        if self.mirrored:
            across = -across
        width, height = self.frame
        return (
            (across * self.zoom * FINE >> 16) + width * FINE // 2,
            (down * self.zoom * FINE >> 16) + height * FINE // 2,
        )

    def pixel(self, u: int, v: int) -> tuple[int, int]:
        """Pixel that shows the place."""
        x, y = self.place(u, v)
        return x // FINE, y // FINE

    def length(self, units: int) -> int:
        """Length in drawn pixels, at least 1."""
        return max(1, units * self.zoom + _ONE // 2 >> 16)

    def _bent(self, u: int, v: int) -> tuple[int, int]:
        """Place moved by the offsets at the four corners of its cell (bilinear)."""
        column, row = min(max(u // _WIDE, 0), _CELLS - 1), min(max(v // _HIGH, 0), _CELLS - 1)
        right, below = u - column * _WIDE, v - row * _HIGH
        left, above = _WIDE - right, _HIGH - below
        corner = row * (_CELLS + 1) + column
        (ax, ay), (bx, by) = self.bend[corner : corner + 2]
        (cx, cy), (dx, dy) = self.bend[corner + _CELLS + 1 : corner + _CELLS + 3]
        across = (ax * left + bx * right) * above + (cx * left + dx * right) * below
        down = (ay * left + by * right) * above + (cy * left + dy * right) * below
        return u + across // (_WIDE * _HIGH), v + down // (_WIDE * _HIGH)


def draw_pose(frame: Size, style: Style, subject: Chance, photograph: Chance) -> Pose:
    """Pose of a photograph: the person's habit, then what differs from picture to picture.

    Parameters
    ----------
    frame : (int, int)
        Width and height in drawn pixels.
    style : Style
        How far photographs of a person differ.
    subject, photograph : Chance
        Streams that belong to the subject and to the photograph.
    """
    width, height = frame
    fit = min(height * _ONE // FACE[1], width * _ONE * 5 // (FACE[0] * 4))
    habit = (subject.bell(-200, 200), subject.bell(-200, 200), subject.bell(-120, 120))
    side = subject.below(2)
    bend = style.bend

    def differ(most: int) -> int:
        reach = most * style.pose_spread // 100
        return photograph.bell(-reach, reach)

    zoom = fit * (1000 + habit[2] + differ(130)) // 1000
    return Pose(
        frame,
        zoom,
        differ(10500),
        (habit[0] + differ(320), habit[1] + differ(270)),
        # Most people are known from one side only.
        (side ^ (photograph.below(8) == 0)) == 1,
        tuple(
            (photograph.bell(-bend, bend), photograph.bell(-bend, bend))
            for _ in range((_CELLS + 1) ** 2)
        ),
    )
