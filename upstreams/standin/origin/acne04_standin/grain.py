"""Skin grain and the noise of a sensor: texture that belongs to one photograph alone."""

from __future__ import annotations

from PIL import Image, ImageChops

from acne04_standin.chance import Chance
from acne04_standin.raster import enlarged
from acne04_standin.style import Style


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
