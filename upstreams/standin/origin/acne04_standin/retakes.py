"""Retakes: the same person on the same chin rest, photographed again seconds later.

Pose and lesions are those of the first photograph. The head has shifted a little, the skin has
moved by 2 to 5 pixels of 1024, elsewhere another way, the light is another. A retake is another
photograph with labels of its own, and what is hardest to tell from a copy.

Places and offsets are in 16ths of a drawn pixel: coefficients of that form are exact in the double
precision of Pillow's transform, so that the bytes do not depend on the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from acne04_standin.canvas import FINE
from acne04_standin.chance import Chance
from acne04_standin.figures import BROKEN_NAME, FIRST_NAME, PORTRAIT, Point, Size
from acne04_standin.lesions import Lesion
from acne04_standin.looks import Style
from acne04_standin.people import Copy, NoPlanError, Pair
from acne04_standin.skin import relit

if TYPE_CHECKING:
    from acne04_standin.roster import RealImage

#: The skin's offsets are drawn at the corners of so many cells a side.
_CELLS = 4
#: Cells of the mesh that a picture is moved by, along its longer side, at least.
_LEAST_MESH = 16
#: Least and most 1024ths of the frame's width by which the skin moves at these corners: between
#: them, and beside the best affine map, half of it moves by 2.5 to 5. Least and most thousandths by
#: which the head shifts, so far that no two circles seem to mean one lesion.
_SKIN, _HEAD = (7, 9), (20, 26)


@dataclass(frozen=True)
class Retake:
    """`image` shows what `original` shows, seconds later."""

    image: int
    original: int


def choose_retakes(
    images: Sequence[RealImage],
    pairs: Sequence[Pair],
    copies: Sequence[Copy],
    number: int,
    chance: Chance,
) -> tuple[Retake, ...]:
    """Choose photographs that are retakes of another one of their person.

    Those of one grade come first, and of photographs that nothing else was made from.

    Parameters
    ----------
    images, pairs, copies
        As of `Roster`.
    number : int
        How many.
    chance : Chance
        Stream to draw from.

    Raises
    ------
    NoPlanError
        If there are not so many.
    """
    made = {copy.image for copy in copies} | {pair.second for pair in pairs}
    used = {copy.original for copy in copies} | {pair.first for pair in pairs}
    by_person: dict[str, list[int]] = {}
    for i, image in enumerate(images):
        if image.size == PORTRAIT and image.name not in (FIRST_NAME, BROKEN_NAME):
            by_person.setdefault(image.subject, []).append(i)
    possible = [
        Retake(image, original)
        for same in by_person.values()
        for image in same
        for original in same
        if image != original and image not in made | used and original not in made
    ]

    def oddity(retake: Retake) -> int:
        other_grade = images[retake.image].grade != images[retake.original].grade
        return 2 * other_grade + (retake.original in used)

    ordered = sorted(chance.shuffled(possible), key=oddity)
    chosen: dict[int, Retake] = {}
    originals: set[int] = set()
    # Each photograph has one, before any has a second.
    for has_another in (False, True):
        for retake in ordered:
            is_free = (
                retake.image not in originals
                and not {
                    retake.image,
                    retake.original,
                }
                & chosen.keys()
            )
            if len(chosen) < number and is_free and (retake.original in originals) == has_another:
                chosen[retake.image] = retake
                originals.add(retake.original)
    if len(chosen) < number:
        raise NoPlanError("too few photographs of one person are alike in size")
    return tuple(chosen[image] for image in sorted(chosen))


@dataclass(frozen=True)
class Motion:
    """How everything moves from the first photograph to its retake.

    Attributes
    ----------
    frame : (int, int)
        Width and height in drawn pixels.
    shift : (int, int)
        Of the head, in `FINE` parts of a pixel.
    field : tuple of (int, int)
        Of the skin, in the same parts, at the corners of cells over the frame, row by row.
    """

    frame: Size
    shift: Point
    field: tuple[Point, ...]

    def source(self, x: int, y: int) -> Point:
        """Place of the first photograph that is seen at a place of the retake.

        All in `FINE` parts of a pixel; beyond the frame its border is seen.
        """
        wide, high = (-(-side * FINE // _CELLS) for side in self.frame)
        column, row = min(x // wide, _CELLS - 1), min(y // high, _CELLS - 1)
        right, below = min(x - column * wide, wide), min(y - row * high, high)
        corner = row * (_CELLS + 1) + column
        (ax, ay), (bx, by) = self.field[corner : corner + 2]
        (cx, cy), (dx, dy) = self.field[corner + _CELLS + 1 : corner + _CELLS + 3]
        left, above = wide - right, high - below
        across = (ax * left + bx * right) * above + (cx * left + dx * right) * below
        down = (ay * left + by * right) * above + (cy * left + dy * right) * below
        return (
            _within(x + self.shift[0] + across // (wide * high), self.frame[0]),
            _within(y + self.shift[1] + down // (wide * high), self.frame[1]),
        )

    def moved(self, lesion: Lesion) -> Lesion:
        """Lesion of the first photograph where the retake shows it."""
        x, y = ((2 * at + 1) * FINE // 2 for at in (lesion.x, lesion.y))
        across, down = x, y
        for _ in range(3):
            seen = self.source(max(0, across), max(0, down))
            across, down = across + x - seen[0], down + y - seen[1]
        return Lesion(across // FINE, down // FINE, lesion.radius, lesion.kind)


def _within(at: int, side: int) -> int:
    return max(0, min(side * FINE, at))


def draw_motion(frame: Size, chance: Chance) -> Motion:
    """Draw how head and skin move in a frame of drawn pixels."""
    width = frame[0] * FINE
    least, most = (width * part // 1000 for part in _HEAD)
    shift = chance.between(least, most) * chance.pick((-1, 1)), chance.between(-least, least)
    reach = [width * part // 1024 for part in _SKIN]
    field = tuple(_offset(reach[0], reach[1], chance) for _ in range((_CELLS + 1) ** 2))
    return Motion(frame, shift, field)


def _offset(least: int, most: int, chance: Chance) -> Point:
    """Offset in any direction, of a length from `least` to `most`."""
    while True:
        across, down = chance.between(-most, most), chance.between(-most, most)
        if least * least <= across * across + down * down <= most * most:
            return across, down


def draw_retake(
    first: Image.Image, motion: Motion, factor: int, style: Style, chance: Chance
) -> Image.Image:
    """Draw the retake of a drawn photograph: mode ``RGB``, of the same size.

    Parameters
    ----------
    first : PIL.Image.Image
        The photograph, before it is compressed.
    motion : Motion
        How everything moves.
    factor : int
        Drawn pixels per coarse one.
    style : Style
        Of the corpus.
    chance : Chance
        Stream of the retake: light and noise.
    """
    side = 1
    while 2 * side * _LEAST_MESH <= max(motion.frame):
        side *= 2
    width, height = motion.frame
    mesh = []
    for left in range(0, width, side):
        for top in range(0, height, side):
            # A cell may reach beyond the frame: its side stays a power of two.
            box = (left, top, left + side, top + side)
            corners = [(x * FINE, y * FINE) for x in box[::2] for y in box[1::2]]
            (upper, lower, upper_right, lower_right) = (motion.source(*c) for c in corners)
            quad = (*upper, *lower, *lower_right, *upper_right)
            mesh.append((box, tuple(at / FINE for at in quad)))
    moved = first.transform(first.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)
    return relit(moved, factor, style, chance)
