"""Skin grain and the noise of a sensor: texture that belongs to one photograph alone."""

from __future__ import annotations

from PIL import Image, ImageChops

from acne04.standin.chance import Chance
from acne04.standin.raster import enlarged

#: Half the range of the grain around 128.
_DEPTH = 34
_TABLE = [128 + (level - 128) * _DEPTH // 64 for level in range(256)]


def add_grain(picture: Image.Image, factor: int, chance: Chance) -> Image.Image:
    """`picture` with blotches, pores and noise; dark parts show little of it.

    Parameters
    ----------
    picture : PIL.Image.Image
        Mode ``RGB``.
    factor : int
        Size of the blotches in pixels: a power of two.
    chance : Chance
        Stream to draw from.
    """
    blotches = _noise(picture.size, factor, chance)
    pores = _noise(picture.size, max(1, factor // 4), chance)
    noise = _noise(picture.size, max(1, factor // 8), chance)
    fine = Image.blend(pores, noise, 0.375)
    grey = Image.blend(blotches, fine, 0.5).point([max(0, min(255, v)) for v in _TABLE])
    return ImageChops.soft_light(picture, Image.merge("RGB", (grey, grey, grey)))


def _noise(size: tuple[int, int], factor: int, chance: Chance) -> Image.Image:
    wide, high = -(-size[0] // factor), -(-size[1] // factor)
    small = Image.frombytes("L", (wide, high), chance.noise(wide * high))
    return enlarged(small, factor, size) if factor > 1 else small
