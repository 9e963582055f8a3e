"""Looks: what a style and a person give to everything that is drawn.

A method tuned on drawings of one style may have learnt that style. `OTHER` has other skin, light,
cloth, hair, lesions and poses, for measurements on pictures that nobody tuned on.
"""

from __future__ import annotations

from dataclasses import dataclass

from acne04_standin.chance import Chance
from acne04_standin.figures import Point

Colour = tuple[int, int, int]

#: Skin from light to dark; a subject's is between two neighbours.
SKIN: tuple[Colour, ...] = (
    (238, 205, 184), (226, 184, 158), (208, 160, 130), (186, 136, 104), (152, 104, 76),
    (112, 74, 54),
)  # fmt: skip
HAIR: tuple[Colour, ...] = (
    (26, 22, 22), (44, 32, 26), (74, 50, 34), (112, 80, 48), (150, 116, 70), (92, 46, 30),
)  # fmt: skip
IRIS: tuple[Colour, ...] = ((70, 46, 30), (96, 66, 40), (70, 90, 76), (84, 110, 130))
#: Backgrounds: cloth of dark blue, green, grey.
CLOTH: tuple[Colour, ...] = ((20, 26, 44), (14, 16, 20), (24, 34, 34), (34, 32, 36), (18, 20, 30))

#: Collars and headbands: from black to white cotton.
COTTON: tuple[Colour, ...] = (
    (24, 24, 28), (52, 58, 84), (96, 92, 96), (150, 70, 66), (196, 190, 180), (232, 232, 230),
)  # fmt: skip
#: Soft spot on the skin: centre and half axes in units, brightness in percent, strength of 255.
Spot = tuple[int, int, int, int, int, int]


@dataclass(frozen=True)
class Style:
    """Looks of a corpus.

    Attributes
    ----------
    skin, hair, cloth, cotton : tuple of (int, int, int)
        Palettes: of persons, of what is behind them, of collars and headbands.
    relief : tuple of Spot
        Light and shade on the face.
    gain : (int, int)
        Least and most light of a photograph, in percent.
    hills : int
        Depth of uneven light, of 128.
    folds : int
        Folds of the cloth behind; 0 for none.
    strands, strand_width : int
        Hairs drawn one by one, and their width in units.
    grain_size : int
        Side of the skin's blotches, a power of two; 1 is an eightieth of the frame or less.
    grain_depth : int
        Half the range of the grain around 128.
    fine_grain, sensor_noise : int
        256ths of pores among all grain, and of noise among the pores.
    red, purple, pus, dark : (int, int, int)
        Colours of lesions.
    lesion_strength : int
        How much they cover the skin, in percent of the default.
    face_shape : int
        Units by which two faces differ at most.
    pose_spread : int
        How far two photographs of a person differ in place, size and turn: percent of the default.
    bend : int
        Units by which their perspective differs at most.
    """

    skin: tuple[Colour, ...] = SKIN
    hair: tuple[Colour, ...] = HAIR
    cloth: tuple[Colour, ...] = CLOTH
    cotton: tuple[Colour, ...] = COTTON
    relief: tuple[Spot, ...] = (
        (1750, 2750, 760, 420, 62, 190),  # under the jaw
        (2280, 1900, 330, 950, 66, 190),  # towards the ear
        (1000, 700, 330, 260, 114, 150),  # forehead
        (1240, 1800, 330, 290, 115, 150),  # cheekbone
        (1500, 2250, 420, 330, 93, 150),  # hollow of the cheek
        (960, 1200, 330, 150, 70, 170),  # eye socket
        (840, 1640, 90, 280, 78, 150),  # beside the nose
        (560, 1690, 90, 120, 116, 190),  # tip of the nose
        (720, 2440, 170, 50, 72, 170),  # under the lip
        (840, 2660, 170, 140, 110, 150),  # chin
    )
    gain: tuple[int, int] = (84, 114)
    hills: int = 127
    folds: int = 0
    strands: int = 80
    strand_width: int = 9
    grain_size: int = 1
    grain_depth: int = 34
    fine_grain: int = 128
    sensor_noise: int = 96
    red: Colour = (176, 44, 42)
    purple: Colour = (120, 36, 52)
    pus: Colour = (240, 222, 164)
    dark: Colour = (46, 30, 26)
    lesion_strength: int = 100
    face_shape: int = 60
    pose_spread: int = 100
    bend: int = 42


#: Light from the other side on lighter cloth with folds, finer and fainter skin, faces and poses
#: that are more alike.
OTHER = Style(
    skin=((244, 219, 200), (231, 196, 165), (214, 170, 138), (170, 122, 92), (130, 90, 70)),
    hair=((18, 16, 20), (38, 26, 24), (60, 42, 34), (132, 98, 58), (120, 116, 112)),
    cloth=((92, 104, 110), (120, 116, 106), (70, 92, 88), (104, 92, 108), (136, 138, 140)),
    cotton=((40, 70, 60), (90, 40, 44), (178, 170, 150), (210, 216, 224), (60, 62, 66)),
    relief=(
        (1750, 2780, 720, 380, 84, 170),  # under the jaw
        (2180, 1750, 360, 800, 116, 170),  # towards the ear, where the light comes from
        (1150, 620, 420, 220, 90, 150),  # forehead
        (1500, 1700, 420, 260, 118, 160),  # cheekbone
        (1200, 2200, 380, 360, 80, 160),  # before the cheek
        (960, 1200, 300, 170, 60, 170),  # eye socket
        (700, 1500, 160, 420, 70, 170),  # nose
        (760, 2560, 220, 260, 74, 160),  # mouth and chin
    ),
    gain=(80, 116),
    hills=70,
    folds=4,
    strands=150,
    strand_width=6,
    grain_size=2,
    grain_depth=24,
    fine_grain=150,
    sensor_noise=140,
    red=(196, 78, 70),
    purple=(140, 66, 70),
    pus=(236, 214, 184),
    dark=(70, 48, 42),
    lesion_strength=80,
    face_shape=44,
    pose_spread=60,
    bend=34,
)
STYLES = {"default": Style(), "other": OTHER}


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
        chance.pick(IRIS),
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


def between(first: Colour, second: Colour, part: int) -> Colour:
    """Colour at `part` 256ths of the way.

    >>> between((0, 100, 200), (100, 200, 0), 128)
    (50, 150, 100)
    """
    red, green, blue = (a + (b - a) * part // 256 for a, b in zip(first, second, strict=True))
    return red, green, blue


def times(colour: Colour, percent: int) -> Colour:
    """Colour at another brightness.

    >>> times((100, 200, 250), 120)
    (120, 240, 255)
    """
    red, green, blue = (max(0, min(255, level * percent // 100)) for level in colour)
    return red, green, blue
