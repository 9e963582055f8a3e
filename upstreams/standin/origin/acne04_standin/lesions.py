"""Lesions: where they lie on a photograph, of what size and kind, and how they look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from PIL import Image

from acne04_standin.canvas import Pose, spot
from acne04_standin.chance import Chance
from acne04_standin.looks import Colour, Person, Style, between, times

#: Parts of the face that bear lesions: centre and half axes in units, and how often.
_ZONES = (
    (1430, 1960, 470, 520, 12),
    (1330, 2480, 420, 210, 5),
    (1120, 720, 280, 260, 3),
    (900, 2610, 130, 150, 2),
    (1640, 1330, 190, 260, 2),
    (1790, 2950, 330, 170, 2),
)
_LOT = tuple(zone for zone in _ZONES for _ in range(zone[4]))
#: The neck, which the lower border of the frame cuts.
_NECK = (1450, 2150)
KINDS = ("papule", "papule", "papule", "pustule", "comedo", "mark", "nodule")


@dataclass(frozen=True)
class Lesion:
    """A drawn lesion: centre and radius in drawn pixels, and its kind."""

    x: int
    y: int
    radius: int
    kind: str


def draw_radius(chance: Chance) -> int:
    """Radius in units: between 4 and 160, half of them under 21 (v2: 1 to 302, median 21)."""
    share = chance.below(100)
    if share < 10:
        return chance.between(4, 12)
    if share < 50:
        return chance.between(12, 21)
    if share < 92:
        return chance.between(21, 42)
    return chance.between(42, 160 if share == 99 else 80)


def lay_lesions(
    pose: Pose, number: int, margin_percent: int, taken: Iterable[Lesion], chance: Chance
) -> list[Lesion]:
    """Draw `number` lesions that lie within the frame, no two with one centre.

    Parameters
    ----------
    pose : Pose
        Of the photograph.
    number : int
        How many.
    margin_percent : int
        Part of the frame's width and height that stays free at each border.
    taken : iterable of Lesion
        Lesions that are there already.
    chance : Chance
        Stream to draw from.
    """
    width, height = pose.frame
    edge = (width * margin_percent // 100, height * margin_percent // 100)
    ground = _Ground(pose.length(160))
    for lesion in taken:
        ground.add(lesion)
    drawn: list[Lesion] = []
    attempt = 0
    while len(drawn) < number:
        lesion = _one(pose, chance)
        attempt += 1
        if attempt > 6:  # it is getting crowded
            lesion = replace(lesion, radius=max(1, lesion.radius // 2))
        inside = all(
            border <= at - lesion.radius and at + lesion.radius < side - border
            for at, border, side in zip((lesion.x, lesion.y), edge, pose.frame, strict=True)
        )
        if inside and ground.free(lesion, apart=attempt <= 12):
            ground.add(lesion)
            drawn.append(lesion)
            attempt = 0
    return drawn


def lay_crossing(pose: Pose, number: int, scale: int, chance: Chance) -> list[Lesion]:
    """Draw lesions on the neck that the lower border of the frame cuts, centres inside."""
    _, height = pose.frame
    drawn = []
    left, right = sorted(pose.pixel(u, 3456)[0] for u in _NECK)
    for part in range(number):
        radius = max(2, chance.between(24, 87) // scale)
        # Each in its own part of the neck, so that they do not meet.
        low = left + (right - left) * part // number
        x = chance.between(low + radius, left + (right - left) * (part + 1) // number - radius)
        y = height - 1 - chance.below(max(1, radius - 1))
        drawn.append(Lesion(x, y, radius, "papule"))
    return drawn


def _one(pose: Pose, chance: Chance) -> Lesion:
    across, down, wide, high, _ = chance.pick(_LOT)
    while True:
        u, v = chance.between(-wide, wide), chance.between(-high, high)
        if u * u * high * high + v * v * wide * wide <= wide * wide * high * high:
            break
    x, y = pose.pixel(across + u, down + v)
    return Lesion(x, y, pose.length(draw_radius(chance)), chance.pick(KINDS))


class _Ground:
    """Lesions by cell, to find neighbours quickly."""

    def __init__(self, cell: int) -> None:
        self.cell = max(4, cell)
        self.cells: dict[tuple[int, int], list[Lesion]] = {}

    def add(self, lesion: Lesion) -> None:
        key = (lesion.x // self.cell, lesion.y // self.cell)
        self.cells.setdefault(key, []).append(lesion)

    def free(self, lesion: Lesion, apart: bool) -> bool:
        """Whether no centre coincides and, if `apart`, no lesion overlaps."""
        column, row = lesion.x // self.cell, lesion.y // self.cell
        for key in ((c, r) for c in range(column - 1, column + 2) for r in range(row - 1, row + 2)):
            for other in self.cells.get(key, ()):
                reach = lesion.radius + other.radius + 1 if apart else 1
                if (other.x - lesion.x) ** 2 + (other.y - lesion.y) ** 2 < reach * reach:
                    return False
        return True


def draw_spots(picture: Image.Image, person: Person, pose: Pose) -> None:
    """Draw the moles and freckles of a subject."""
    colour = times(person.skin, 46)
    for u, v, radius, strength in person.spots:
        _stamp(picture, pose.pixel(u, v), pose.length(radius), colour, strength)


def draw_lesions(
    picture: Image.Image, lesions: Iterable[Lesion], skin: Colour, style: Style
) -> None:
    """Draw lesions, each within its radius.

    Parameters
    ----------
    picture : PIL.Image.Image
        Mode ``RGB``; changed in place.
    lesions : iterable of Lesion
        In the pixels of `picture`.
    skin : (int, int, int)
        Colour around them.
    style : Style
        Their colours and strength.
    """
    for lesion in lesions:
        for colour, percent, strength in _layers(lesion.kind, skin, style):
            radius = max(1, (lesion.radius * percent + 50) // 100)
            covering = strength * style.lesion_strength // 100
            _stamp(picture, (lesion.x, lesion.y), radius, colour, covering)


def _layers(kind: str, skin: Colour, style: Style) -> tuple[tuple[Colour, int, int], ...]:
    """Spots of a kind from the outermost: colour, radius in percent, strength of 255."""
    return {
        "papule": ((between(skin, style.red, 190), 100, 215), (style.red, 55, 120)),
        "pustule": ((between(skin, style.red, 200), 100, 215), (style.pus, 50, 240)),
        "comedo": ((times(skin, 80), 100, 160), (style.dark, 50, 225)),
        "mark": ((between(skin, style.purple, 110), 100, 190),),
        "nodule": ((between(skin, style.purple, 200), 100, 225), (style.red, 70, 120)),
    }[kind]


def _stamp(
    picture: Image.Image, at: tuple[int, int], radius: int, colour: Colour, strength: int
) -> None:
    picture.paste(colour, (at[0] - radius, at[1] - radius), spot(radius, strength))
