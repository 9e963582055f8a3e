"""What all photographs of a subject share: colours, shape, moles and freckles."""

from __future__ import annotations

from dataclasses import dataclass

from acne04_standin import anatomy
from acne04_standin.anatomy import Colour, between
from acne04_standin.chance import Chance
from acne04_standin.raster import Point
from acne04_standin.style import Style

#: Offsets of control points; a prime number, so that outlines do not move alike.
_OFFSETS = 41


@dataclass(frozen=True)
class Person:
    """A subject's looks.

    Attributes
    ----------
    skin, hair, iris : (int, int, int)
        Colours.
    shape : tuple of (int, int)
        Offsets in units, added to the control points of the outlines in turn.
    hairline : int
        Units by which the hair comes forward.
    long_hair : bool
        Whether it falls behind the ear.
    spots : tuple of (int, int, int, int)
        Moles and freckles: place and radius in units, and strength of 255.
    """

    skin: Colour
    hair: Colour
    iris: Colour
    shape: tuple[Point, ...]
    hairline: int
    long_hair: bool
    spots: tuple[tuple[int, int, int, int], ...]


def draw_person(style: Style, chance: Chance) -> Person:
    """Draw a subject's looks."""
    tone = chance.below(256 * (len(style.skin) - 1))
    reach = style.face_shape
    freckles = chance.between(20, 60) if chance.below(4) == 0 else chance.below(8)
    return Person(
        between(style.skin[tone // 256], style.skin[tone // 256 + 1], tone % 256),
        between(chance.pick(style.hair), chance.pick(style.hair), chance.below(256)),
        chance.pick(anatomy.IRIS),
        tuple((chance.bell(-reach, reach), chance.bell(-reach, reach)) for _ in range(_OFFSETS)),
        chance.bell(-330, 330),
        chance.below(2) == 0,
        tuple(
            (chance.between(900, 2100), chance.between(500, 2700), chance.between(9, 26), 190)
            for _ in range(chance.between(2, 7))
        )
        + tuple(
            (chance.bell(800, 2000), chance.bell(1250, 2100), chance.between(6, 12), 110)
            for _ in range(freckles)
        ),
    )
