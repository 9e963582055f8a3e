"""Where a place of the face comes to lie in a photograph, in integers.

The face is laid out on a canvas of 3112 x 3456 units, looking left (`FACE`). A pose shifts,
scales and turns it a little, bends it by a coarse grid of offsets (no two photographs of a person
differ by a plain affine map), mirrors it for the other cheek, and fits it into the frame.
"""

from __future__ import annotations

from dataclasses import dataclass

from acne04_standin.chance import Chance
from acne04_standin.figures import Size
from acne04_standin.style import Style

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
