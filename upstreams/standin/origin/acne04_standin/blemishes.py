"""Draws lesions, moles and freckles as soft spots."""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image

from acne04_standin.anatomy import Colour, between, times
from acne04_standin.lesions import Lesion
from acne04_standin.person import Person
from acne04_standin.pose import Pose
from acne04_standin.raster import spot
from acne04_standin.style import Style


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
