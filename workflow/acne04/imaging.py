"""Read an image once: digests, what it says of itself, whether it decodes, and its hash.

The perceptual hash is the 64-bit DCT hash ("pHash", Zauner 2010, "Implementation and
benchmarking of perceptual image hash functions") in integer arithmetic, so that its bits do not
depend on the machine.
"""

from __future__ import annotations

import hashlib
import io
import math
from dataclasses import dataclass

import numpy as np
import PIL
from PIL import ExifTags, Image, ImageOps, features

#: Side in pixels of the luminance square that the transform sees.
HASH_INPUT_SIDE = 32
#: Side of the block of low frequencies that gives the 64 bits.
HASH_BLOCK_SIDE = 8
#: The scaled decode asks for at least this many pixels on the shorter side.
DECODE_SIDE = 64
_DCT_SCALE = 1 << 14

# Rounded to 14 bits, so that the sums below are exact in 64-bit integers.
_DCT = np.array(
    [
        [
            round(_DCT_SCALE * math.cos(math.pi * k * (2 * n + 1) / (2 * HASH_INPUT_SIDE)))
            for n in range(HASH_INPUT_SIDE)
        ]
        for k in range(HASH_BLOCK_SIDE)
    ],
    dtype=np.int64,
)


def decoder_name() -> str:
    """Decoder, its version and the scaled decode: part of every fingerprint's identity."""
    jpeg = features.version_feature("libjpeg_turbo")
    return f"pillow-{PIL.__version__}/libjpeg-turbo-{jpeg}/draft-L-{DECODE_SIDE}"


def perceptual_hash(luminance: Image.Image) -> int:
    """64-bit DCT hash of a luminance image, upright.

    Parameters
    ----------
    luminance : PIL.Image.Image
        Mode ``L``, any size.

    Returns
    -------
    int
        64 bits, 0 to 2**64 - 1. The highest bit is the lowest frequency; a bit is set where the
        coefficient is above the median of the 63 others than the constant one.

    Examples
    --------
    >>> perceptual_hash(Image.linear_gradient("L")) == perceptual_hash(Image.linear_gradient("L"))
    True
    """
    side = (HASH_INPUT_SIDE, HASH_INPUT_SIDE)
    pixels = np.asarray(luminance.resize(side, Image.Resampling.BOX), dtype=np.int64)
    block = (_DCT @ pixels @ _DCT.T).ravel()
    # The median of 63 integers is one of them: no rounding.
    bits = block > np.partition(block[1:], 31)[31]
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def hamming_distance(a: int, b: int) -> int:
    """Bits in which two 64-bit hashes differ, 0 to 64.

    >>> hamming_distance(0b1011, 0b0001)
    2
    """
    return (a ^ b).bit_count()


@dataclass(frozen=True)
class Reading:
    """What one pass over an image file's bytes tells.

    Attributes
    ----------
    size : int
        Bytes.
    sha256, md5 : str
        Hexadecimal digests of the file.
    width, height : int or None
        Pixels, after the EXIF orientation is applied; None where the header cannot be read.
    mode : str
        Pillow's name of the pixel format as stored; empty where unknown.
    exif_make, exif_model : str
        Camera as the file states it; empty where it does not.
    phash : int or None
        `perceptual_hash` of the scaled decode, upright; None where the file does not decode.
    problem : str
        Why the file does not decode; empty where it does.
    """

    size: int
    sha256: str
    md5: str
    width: int | None
    height: int | None
    mode: str
    exif_make: str
    exif_model: str
    phash: int | None
    problem: str


def read_image(data: bytes) -> Reading:
    """Digest, describe, decode and hash an image from its bytes; never raises on bad ones.

    The decode is the scaled one of libjpeg: it reads the whole entropy-coded stream, so that a
    truncated file is noticed, at about a quarter of the cost of a full decode.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    width = height = phash = None
    mode = make = model = problem = ""
    try:
        with Image.open(io.BytesIO(data)) as image:
            mode = image.mode
            width, height = image.size
            exif = image.getexif()
            make, model = _exif_text(exif, "Make"), _exif_text(exif, "Model")
            if exif.get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8):
                width, height = height, width
            image.draft("L", (DECODE_SIDE, DECODE_SIDE))
            luminance = ImageOps.exif_transpose(image.convert("L"))
            phash = perceptual_hash(luminance)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        # The text of Pillow's message may hold an address in memory; its first words do not.
        problem = str(error).split(" <")[0]
    return Reading(len(data), sha256, md5, width, height, mode, make, model, phash, problem)


def _exif_text(exif: Image.Exif, tag: str) -> str:
    text = str(exif.get(ExifTags.Base[tag], ""))
    return " ".join("".join(c for c in text if c.isprintable()).split())
