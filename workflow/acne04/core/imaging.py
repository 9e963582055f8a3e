"""Read an image once: digests, what it says of itself, whether it decodes, and its hash.

The perceptual hash is the 64-bit DCT hash ("pHash", Zauner 2010, "Implementation and
benchmarking of perceptual image hash functions") in integer arithmetic, held exactly in double
precision, so that its bits do not depend on the machine.
"""

from __future__ import annotations

import hashlib
import io
import math
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import PIL
from PIL import ExifTags, Image, ImageOps, features

from acne04.core.orientation import ORIENTATIONS, TURNED_SIDEWAYS
from acne04.core.trivia import NEUTRAL, counts_of, quantization_digest

# Of what is wrong with an image a finding tells, in our words; Pillow would print its own.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

#: Side in pixels of the luminance square that the transform sees.
HASH_INPUT_SIDE = 32
#: Side of the block of low frequencies that gives the 64 bits.
HASH_BLOCK_SIDE = 8
#: The scaled decode asks for at least this many pixels on the shorter side.
DECODE_SIDE = 48
#: What an image may be. Others are refused: some of Pillow's readers start programs.
FORMATS = ("JPEG", "PNG", "BMP", "GIF", "TIFF", "WEBP")
_DCT_SCALE = 1 << 14

# Rounded to 14 bits, so that every sum is an integer below 2**53: exact in double precision, in
# whatever order the machine adds. Held so, for a product of integers takes ten times as long.
_DCT = np.array(
    [
        [
            round(_DCT_SCALE * math.cos(math.pi * k * (2 * n + 1) / (2 * HASH_INPUT_SIDE)))
            for n in range(HASH_INPUT_SIDE)
        ]
        for k in range(HASH_BLOCK_SIDE)
    ],
    dtype=np.float64,
)


def decoder_name() -> str:
    """Decoder, its version and the scaled decode: part of every fingerprint's identity."""
    jpeg = features.version_feature("libjpeg_turbo")
    return f"pillow-{PIL.__version__}/libjpeg-turbo-{jpeg}/draft-L-{DECODE_SIDE}"


def hash_input(luminance: Image.Image) -> bytes:
    """Shrink a luminance image (mode ``L``, upright) to the square that the transform sees.

    Returns
    -------
    bytes
        `HASH_INPUT_SIDE` rows of as many pixels.
    """
    side = (HASH_INPUT_SIDE, HASH_INPUT_SIDE)
    return luminance.resize(side, Image.Resampling.BOX).tobytes()


def perceptual_hashes(squares: Sequence[bytes]) -> list[int]:
    """64-bit DCT hashes of many images at once.

    Parameters
    ----------
    squares : sequence of bytes
        `hash_input` of each image.

    Returns
    -------
    list of int
        64 bits each, 0 to 2**64 - 1. The highest bit is the lowest frequency; a bit is set where
        the coefficient is above the median of the 63 others than the constant one.

    Examples
    --------
    >>> gradient = hash_input(Image.linear_gradient("L"))
    >>> perceptual_hashes([gradient, gradient]) == perceptual_hashes([gradient]) * 2
    True
    """
    shape = (len(squares), HASH_INPUT_SIDE, HASH_INPUT_SIDE)
    pixels = np.frombuffer(b"".join(squares), dtype=np.uint8).reshape(shape)
    blocks = (_DCT @ pixels.astype(np.float64) @ _DCT.T).reshape(len(squares), HASH_BLOCK_SIDE**2)
    # The median of 63 numbers is one of them: no rounding.
    medians = np.partition(blocks[:, 1:], 31, axis=1)[:, 31:32]
    return [int(bits) for bits in np.packbits(blocks > medians, axis=1).view(">u8").ravel()]


def hamming_distance(a: int, b: int) -> int:
    """Bits in which two 64-bit hashes differ, 0 to 64.

    >>> hamming_distance(0b1011, 0b0001)
    2
    """
    return (a ^ b).bit_count()


class Reading(NamedTuple):
    """What one pass over an image file's bytes tells.

    Attributes
    ----------
    size : int
        Bytes.
    sha256, md5 : str
        Hexadecimal digests of the file.
    width, height : int or None
        Pixels, after the EXIF orientation is applied; None where the header cannot be read.
    orientation : int or None
        As the EXIF block marks it, 1 (stored upright) to 8; 1 where nothing is marked, None where
        the header cannot be read.
    mode : str
        Pillow's name of the pixel format as stored; empty where unknown.
    exif_make, exif_model : str
        Camera as the file states it; empty where it does not.
    square : bytes or None
        `hash_input` of the scaled decode, upright; None where the file does not decode.
    problem : str
        Why the file does not decode; empty where it does.
    quantization : str
        Digest of the JPEG quantisation tables; empty where there are none.
    counts : bytes or None
        `acne04.core.trivia.counts_of` the scaled decode; None where `square` is.
    """

    size: int
    sha256: str
    md5: str
    width: int | None
    height: int | None
    orientation: int | None
    mode: str
    exif_make: str
    exif_model: str
    square: bytes | None
    problem: str
    quantization: str
    counts: bytes | None

    @property
    def phash(self) -> int | None:
        """64-bit DCT hash; for many images `perceptual_hashes` is quicker."""
        return None if self.square is None else perceptual_hashes([self.square])[0]


def read_image(data: bytes) -> Reading:
    """Digest, describe, decode and hash an image from its bytes; never raises on bad ones.

    The decode is the scaled one of libjpeg: it reads the whole entropy-coded stream, so that a
    truncated file is noticed, at about a quarter of the cost of a full decode.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    width = height = orientation = square = counts = None
    mode = make = model = problem = quantization = ""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            mode = image.mode
            width, height = image.size
            make, model, orientation = _exif_facts(image.info.get("exif", b""))
            if orientation in TURNED_SIDEWAYS:
                width, height = height, width
            quantization = quantization_digest(getattr(image, "quantization", None))
            planes = _decoded(image, data)
            counts = counts_of(planes)
            luminance = planes.getchannel(0)
            if orientation != 1:
                # It copies the image, also where there is nothing to do.
                luminance.info = image.info
                luminance = ImageOps.exif_transpose(luminance)
            square = hash_input(luminance)
    except Exception as error:  # Pillow's readers raise nearly anything on hostile bytes.
        # The text of Pillow's message may hold an address in memory; its first words do not.
        problem = str(error).split(" <")[0] or type(error).__name__
    if not data:
        problem = "the file is empty (0 bytes)"
    size = (width, height, orientation)
    camera = (mode, make, model)
    return Reading(len(data), sha256, md5, *size, *camera, square, problem, quantization, counts)


def _decoded(image: Image.Image, data: bytes) -> Image.Image:
    """Decode an opened image, a JPEG to a reduced size, as YCbCr.

    Its first plane is in every bit the luminance that a decode to ``L`` gives. The colours of a
    JPEG are those that it holds, without a way over RGB.
    """
    image.draft("YCbCr", (DECODE_SIDE, DECODE_SIDE))
    if image.mode == "YCbCr":
        try:
            image.load()
        except Exception:
            # A JPEG that holds RGB has no such decode. What is wrong with any other this one tells.
            with Image.open(io.BytesIO(data), formats=FORMATS) as again:
                again.draft("L", (DECODE_SIDE, DECODE_SIDE))
                return _with_luminance(again, again.convert("L"))
        return image
    image.load()
    return _with_luminance(image, image.convert("L"))


def _with_luminance(image: Image.Image, luminance: Image.Image) -> Image.Image:
    """Give an image as YCbCr, with this luminance; an image of one plane has no colour."""
    if image.mode == "L":
        grey = Image.new("L", luminance.size, NEUTRAL)
        return Image.merge("YCbCr", [luminance, grey, grey])
    colours = image.convert("RGB").convert("YCbCr")
    return Image.merge("YCbCr", [luminance, *colours.split()[1:]])


@lru_cache(maxsize=256)
def _exif_facts(block: bytes) -> tuple[str, str, int]:
    """Make, model and orientation of an EXIF block; images of one camera often share theirs."""
    exif = Image.Exif()
    exif.load(block)
    marked = exif.get(ExifTags.Base.Orientation, 1)
    orientation = int(marked) if marked in ORIENTATIONS else 1
    return _exif_text(exif, "Make"), _exif_text(exif, "Model"), orientation


def _exif_text(exif: Image.Exif, tag: str) -> str:
    # What prints depends on the version of Python: keep what is plainly no control character.
    text = "".join(
        c if c >= " " and c != "\x7f" else " " for c in str(exif.get(ExifTags.Base[tag], ""))
    )
    return " ".join(text.split())
