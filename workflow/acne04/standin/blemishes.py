"""Draws lesions, moles and freckles as soft spots."""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image

from acne04.standin.anatomy import Colour, between, times
from acne04.standin.lesions import Lesion
from acne04.standin.person import Person
from acne04.standin.pose import Pose
from acne04.standin.raster import spot

_RED: Colour = (176, 44, 42)
_PURPLE: Colour = (120, 36, 52)
_PUS: Colour = (240, 222, 164)
_DARK: Colour = (46, 30, 26)


def draw_spots(picture: Image.Image, person: Person, pose: Pose) -> None:
    """Draw the moles and freckles of a subject."""
    colour = times(person.skin, 46)
    for u, v, radius, strength in person.spots:
        _stamp(picture, pose.pixel(u, v), pose.length(radius), colour, strength)


def draw_lesions(picture: Image.Image, lesions: Iterable[Lesion], skin: Colour) -> None:
    """Draw lesions, each within its radius.

    Parameters
    ----------
    picture : PIL.Image.Image
        Mode ``RGB``; changed in place.
    lesions : iterable of Lesion
        In the pixels of `picture`.
    skin : (int, int, int)
        Colour around them.
    """
    for lesion in lesions:
        for colour, percent, strength in _layers(lesion.kind, skin):
            radius = max(1, (lesion.radius * percent + 50) // 100)
            _stamp(picture, (lesion.x, lesion.y), radius, colour, strength)


def _layers(kind: str, skin: Colour) -> tuple[tuple[Colour, int, int], ...]:
    """Spots of a kind from the outermost: colour, radius in percent, strength of 255."""
    return {
        "papule": ((between(skin, _RED, 190), 100, 215), (_RED, 55, 120)),
        "pustule": ((between(skin, _RED, 200), 100, 215), (_PUS, 50, 240)),
        "comedo": ((times(skin, 80), 100, 160), (_DARK, 50, 225)),
        "mark": ((between(skin, _PURPLE, 110), 100, 190),),
        "nodule": ((between(skin, _PURPLE, 200), 100, 225), (_RED, 70, 120)),
    }[kind]


def _stamp(
    picture: Image.Image, at: tuple[int, int], radius: int, colour: Colour, strength: int
) -> None:
    picture.paste(colour, (at[0] - radius, at[1] - radius), spot(radius, strength))
