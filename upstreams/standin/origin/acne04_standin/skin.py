"""The surface of a picture: soft light on skin and cloth, grain, the noise of a sensor.

Light is computed coarsely and enlarged; grain belongs to one photograph alone.
"""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from acne04_standin.canvas import FINE, Pose, enlarged
from acne04_standin.chance import Chance
from acne04_standin.looks import Colour, Style, times

#: The longer side of the coarse picture has at most so many pixels.
_COARSE_SIDE = 80
_BLUSH = (1330, 1980, 400, 280)
#: Half the range, around 128, of what another light does to the grain.
_NEW_GRAIN = 62


def coarse_factor(pose: Pose) -> int:
    """Drawn pixels per coarse pixel: a power of two."""
    factor = 1
    while max(pose.frame) > _COARSE_SIDE * factor:
        factor *= 2
    return factor


def draw_cloth(pose: Pose, style: Style, chance: Chance) -> Image.Image:
    """Background, a little lighter somewhere: mode ``RGB``, size of the frame."""
    factor = coarse_factor(pose)
    size = _coarse_size(pose, factor)
    cloth = Image.new("RGB", size, times(chance.pick(style.cloth), chance.between(50, 200)))
    _draw_folds(cloth, style.folds, chance)
    return enlarged(
        ImageChops.soft_light(cloth, _uneven(size, style.hills, chance)), factor, pose.frame
    )


def draw_skin(colour: Colour, pose: Pose, style: Style, chance: Chance) -> Image.Image:
    """Skin in light and shade, everywhere in the frame: mode ``RGB``, size of the frame."""
    factor = coarse_factor(pose)
    size = _coarse_size(pose, factor)
    gain = chance.between(*style.gain)
    skin = Image.new("RGB", size, times(colour, gain))
    for u, v, wide, high, percent, strength in style.relief:
        mask = _soft_spot(size, pose, factor, (u, v, wide, high), strength)
        skin.paste(times(colour, gain * percent // 100), mask=mask)
    red, green, blue = times(colour, gain)
    blush = (min(255, red * 106 // 100), green * 88 // 100, blue * 88 // 100)
    skin.paste(blush, mask=_soft_spot(size, pose, factor, _BLUSH, chance.between(60, 200)))
    return enlarged(
        ImageChops.soft_light(skin, _uneven(size, style.hills, chance)), factor, pose.frame
    )


def _draw_folds(cloth: Image.Image, folds: int, chance: Chance) -> None:
    """Darken upright stripes, each as wide and as deep as chance will have it."""
    for _ in range(folds):
        left, wide = chance.below(cloth.width), chance.between(1, 1 + cloth.width // 10)
        box = (left, 0, min(cloth.width, left + wide), cloth.height)
        percent = chance.between(70, 96)
        darker = [level * percent // 100 for level in range(256)] * 3
        cloth.paste(cloth.crop(box).point(darker), box)


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


def add_grain(picture: Image.Image, factor: int, style: Style, chance: Chance) -> Image.Image:
    """`picture` with blotches, pores and noise; dark parts show little of it.

    Parameters
    ----------
    picture : PIL.Image.Image
        Mode ``RGB``.
    factor : int
        Pixels of a coarse one: a power of two.
    style : Style
        Size and depth of the grain.
    chance : Chance
        Stream to draw from.
    """
    blotches = _noise(picture.size, factor * style.grain_size, chance)
    pores = _noise(picture.size, max(1, factor // 4), chance)
    noise = _noise(picture.size, max(1, factor // 8), chance)
    fine = Image.blend(pores, noise, style.sensor_noise / 256)
    depths = [128 + (level - 128) * style.grain_depth // 64 for level in range(256)]
    levels = [max(0, min(255, depth)) for depth in depths]
    grey = Image.blend(blotches, fine, style.fine_grain / 256).point(levels)
    return ImageChops.soft_light(picture, Image.merge("RGB", (grey, grey, grey)))


def _noise(size: tuple[int, int], factor: int, chance: Chance) -> Image.Image:
    wide, high = -(-size[0] // factor), -(-size[1] // factor)
    small = Image.frombytes("L", (wide, high), chance.noise(wide * high))
    return enlarged(small, factor, size) if factor > 1 else small


def relit(picture: Image.Image, factor: int, style: Style, chance: Chance) -> Image.Image:
    """`picture` in another light, darker or brighter, perhaps with a flash on the skin.

    The skin's relief throws other shadows in another light, so that part of the grain is new.

    Parameters
    ----------
    picture : PIL.Image.Image
        Mode ``RGB``.
    factor : int
        Drawn pixels per coarse one: a power of two.
    style : Style
        Depth of uneven light and of noise.
    chance : Chance
        Stream to draw from.
    """
    size = -(-picture.width // factor), -(-picture.height // factor)
    percent = chance.pick((chance.between(62, 84), chance.between(118, 145)))
    lit = picture.point([min(255, level * percent // 100) for level in range(256)] * 3)
    hills = _uneven(size, style.hills // 2, chance)
    lit = ImageChops.soft_light(lit, enlarged(hills, factor, picture.size))
    if chance.below(2) == 0:
        glare = _glare(size, chance)
        lit.paste((255, 255, 255), mask=enlarged(glare, factor, picture.size))
    shadows = _noise(picture.size, max(1, factor // 2), chance)
    noise = _noise(picture.size, max(1, factor // 8), chance)
    levels = [128 + (level - 128) * _NEW_GRAIN // 128 for level in range(256)]
    grain = Image.blend(shadows, noise, style.sensor_noise / 256).point(levels)
    return ImageChops.soft_light(lit, Image.merge("RGB", (grain, grain, grain)))


def _glare(size: tuple[int, int], chance: Chance) -> Image.Image:
    """Mask of a soft reflection of a flash, somewhere in the middle of a coarse picture."""
    wide, high = size[0] // 8, size[1] // 8
    x, y = (chance.between(side // 3, side * 2 // 3) for side in size)
    mask = Image.new("L", size)
    box = (x - wide, y - high, x + wide, y + high)
    ImageDraw.Draw(mask).ellipse(box, fill=chance.between(40, 110))
    return mask.filter(ImageFilter.BoxBlur(max(1, min(wide, high) // 2)))
