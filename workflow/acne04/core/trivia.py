"""What a picture looks like at a glance: brightness, colour, detail, background; nothing of acne.

All of it is counted in integers, on the scaled decode that the scan makes anyway, and rounded: the
same on every machine. A model that grades by such things has learnt the camera, not the skin.
"""

from __future__ import annotations

import hashlib
import math
import struct
from array import array
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from PIL import Image

#: Value of a colour plane where there is no colour.
NEUTRAL = 128
#: Decimals that are kept.
DECIMALS = 3
#: Skin by its colour, whatever its brightness: Cr from, to (Chai and Ngan 1999, "Face segmentation
#: using skin-color map in videophone applications", IEEE Trans. Circuits Syst. Video Technol. 9,
#: 551-564; of their two ranges the one that separates).
SKIN_CR = (133, 173)
#: Hexadecimal digits of a digest of quantisation tables.
_DIGITS = 16
_LEVELS = np.arange(256, dtype=np.int64)
#: 1, level, and its square: three sums in one product.
_POWERS = np.stack([_LEVELS**0, _LEVELS, _LEVELS**2], axis=1)


class Trivia(NamedTuple):
    """What a picture looks like.

    Attributes
    ----------
    luminance : float
        Mean, 0 (black) to 255.
    contrast : float
        Standard deviation of the luminance, 0 to 127.5.
    cast_blue, cast_red : float
        Mean of Cb and Cr, less `NEUTRAL`: -128 to 127, 0 without colour.
    sharpness : float
        Standard deviation of the detail that a shrunk picture of 32 by 32 pixels shows no more, 0
        to 127.5: the root of the variance that it has lost.
    background : float
        Share of the pixels that have no colour of skin, 0 to 1.
    """

    luminance: float
    contrast: float
    cast_blue: float
    cast_red: float
    sharpness: float
    background: float


def counts_of(planes: Image.Image) -> bytes:
    """Count the levels of each plane of an image, of mode ``YCbCr``; however it is turned.

    Returns
    -------
    bytes
        256 integers a plane, as `array.array("I")` keeps them.
    """
    return array("I", planes.histogram()).tobytes()


def trivia_of(counts: Sequence[bytes], squares: Sequence[bytes]) -> list[Trivia]:
    """Look at pictures at a glance, at many at once.

    Parameters
    ----------
    counts : sequence of bytes
        `counts_of` each picture.
    squares : sequence of bytes
        The luminance of each one, shrunk; all of one size.

    Examples
    --------
    >>> trivia_of([counts_of(Image.new("YCbCr", (2, 2), (100, 128, 150)))], [bytes([100] * 4)])
    ... # doctest: +NORMALIZE_WHITESPACE
    [Trivia(luminance=100.0, contrast=0.0, cast_blue=0.0, cast_red=22.0, sharpness=0.0,
            background=0.0)]
    """
    if not counts:
        return []
    levels = np.frombuffer(b"".join(counts), dtype=np.uint32).astype(np.int64)
    # Shape (pictures, planes, sums): pixels, their levels, the squares of these.
    sums = levels.reshape(len(counts), 3, 256) @ _POWERS
    skin = levels.reshape(len(counts), 3, 256)[:, 2, SKIN_CR[0] : SKIN_CR[1] + 1].sum(axis=1)
    small = np.frombuffer(b"".join(squares), dtype=np.uint8).reshape(len(squares), -1)
    small = small.astype(np.int64)
    coarse = np.stack([small.sum(axis=1), (small**2).sum(axis=1)], axis=1)
    rows = zip(sums.tolist(), skin.tolist(), coarse.tolist(), strict=True)
    return [
        _trivia(planes, of_skin, of_small, small.shape[1]) for planes, of_skin, of_small in rows
    ]


def _trivia(planes: list[list[int]], skin: int, coarse: list[int], pixels: int) -> Trivia:
    """Make figures of sums, in integers of any size up to the last step."""
    (number, total, squares), (_, blue, _), (_, red, _) = planes
    variance = Fraction(number * squares - total**2, number**2)
    lost = variance - Fraction(pixels * coarse[1] - coarse[0] ** 2, pixels**2)
    return Trivia(
        luminance=round(total / number, DECIMALS),
        contrast=round(math.sqrt(float(variance)), DECIMALS),
        cast_blue=round((blue - NEUTRAL * number) / number, DECIMALS),
        cast_red=round((red - NEUTRAL * number) / number, DECIMALS),
        sharpness=round(math.sqrt(max(float(lost), 0.0)), DECIMALS),
        background=round((number - skin) / number, DECIMALS),
    )


def quantization_digest(quantization: Mapping[int, Sequence[int]] | None) -> str:
    """Give a digest of JPEG quantisation tables: who wrote a file with which settings has them.

    >>> quantization_digest({0: [1] * 64}) == quantization_digest({1: [1] * 64})
    False
    >>> quantization_digest(None)
    ''
    """
    if not quantization:
        return ""
    told = b"".join(
        struct.pack(f">B{len(quantization[number])}H", number, *quantization[number])
        for number in sorted(quantization)
    )
    return hashlib.sha256(told).hexdigest()[:_DIGITS]
