"""Soft light on skin and cloth, computed coarsely and enlarged."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from acne04.standin import anatomy
from acne04.standin.anatomy import Colour, times
from acne04.standin.chance import Chance
from acne04.standin.pose import FINE, Pose
from acne04.standin.raster import enlarged

#: The longer side of the coarse picture has at most so many pixels.
_COARSE_SIDE = 80
#: Soft spots on the skin: centre and half axes in units, brightness in percent, strength of 255.
_RELIEF = (
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
_BLUSH = (1330, 1980, 400, 280)


def coarse_factor(pose: Pose) -> int:
    """Drawn pixels per coarse pixel: a power of two."""
    factor = 1
    while max(pose.frame) > _COARSE_SIDE * factor:
        factor *= 2
    return factor


def draw_cloth(pose: Pose, chance: Chance) -> Image.Image:
    """Dark background, a little lighter somewhere: mode ``RGB``, size of the frame."""
    factor = coarse_factor(pose)
    size = _coarse_size(pose, factor)
    cloth = Image.new("RGB", size, times(chance.pick(anatomy.CLOTH), chance.between(50, 200)))
    return enlarged(ImageChops.soft_light(cloth, _uneven(size, 127, chance)), factor, pose.frame)


def draw_skin(colour: Colour, pose: Pose, chance: Chance) -> Image.Image:
    """Skin in light and shade, everywhere in the frame: mode ``RGB``, size of the frame."""
    factor = coarse_factor(pose)
    size = _coarse_size(pose, factor)
    gain = chance.between(84, 114)
    skin = Image.new("RGB", size, times(colour, gain))
    for u, v, wide, high, percent, strength in _RELIEF:
        mask = _soft_spot(size, pose, factor, (u, v, wide, high), strength)
        skin.paste(times(colour, gain * percent // 100), mask=mask)
    red, green, blue = times(colour, gain)
    blush = (min(255, red * 106 // 100), green * 88 // 100, blue * 88 // 100)
    skin.paste(blush, mask=_soft_spot(size, pose, factor, _BLUSH, chance.between(60, 200)))
    return enlarged(ImageChops.soft_light(skin, _uneven(size, 127, chance)), factor, pose.frame)


def _coarse_size(pose: Pose, factor: int) -> tuple[int, int]:
    return -(-pose.frame[0] // factor), -(-pose.frame[1] // factor)


def _soft_spot(
    size: tuple[int, int],
    pose: Pose,
    factor: int,
    spot: tuple[int, int, int, int],
    strength: int,
) -> Image.Image:
    u, v, wide, high = spot
    x, y = (at // (FINE * factor) for at in pose.place(u, v))
    across, down = (max(1, pose.length(half) // factor) for half in (wide, high))
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).ellipse((x - across, y - down, x + across, y + down), fill=strength)
    return mask.filter(ImageFilter.BoxBlur(max(1, min(across, down) // 2)))


def _uneven(size: tuple[int, int], depth: int, chance: Chance) -> Image.Image:
    """Grey that wanders around 128 by up to `depth`: three to four hills across the picture."""
    factor = 1
    while 4 * factor < max(size):
        factor *= 2
    hills = bytes(128 + level * depth // 128 - depth for level in chance.noise(25))
    grey = enlarged(Image.frombytes("L", (5, 5), hills), factor, size)
    return Image.merge("RGB", (grey, grey, grey))
