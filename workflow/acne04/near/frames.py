"""The square frame in which pictures are compared, at three resolutions.

Every picture is squeezed to one square, whatever its aspect: a copy squeezed on its way, and the
eight mirrored and turned forms, then differ by an affine map or by a symmetry of the square.
Each level is band-passed and divided by its local contrast, in integers and correctly rounded
operations alone, so that the numbers do not depend on the machine.
"""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from multiprocessing.reduction import DupFd
from typing import IO, Any

import numpy as np
import PIL
from numpy.typing import NDArray
from PIL import Image, ImageOps, features

from acne04.core.imaging import FORMATS

#: Sides of the levels in pixels, coarse to fine.
SIDES = (64, 128, 256)
#: Radii in pixels of the boxes whose difference is the band, and of the local contrast.
FINE_RADIUS, COARSE_RADIUS, CONTRAST_RADIUS = 1, 5, 8
#: Contrast, in grey levels of the band, below which nothing is amplified any further.
CONTRAST_FLOOR = 3.0
#: Value of a pixel whose band is one local contrast. Kept within +-127.
UNIT = 40

#: How a frame lies in a file.
_RECORD = np.dtype(
    [("thumbnail", np.uint8, (SIDES[0], SIDES[0]))]
    + [(f"level{level}", np.int8, (side, side)) for level, side in enumerate(SIDES)]
)

Bytes = NDArray[np.uint8]
Signed = NDArray[np.int8]


@dataclass(frozen=True)
class Frame:
    """A picture, ready to be compared.

    Attributes
    ----------
    thumbnail : array of uint8, shape (64, 64)
        Luminance.
    levels : tuple of array of int8, shape (side, side) for each of `SIDES`
        Band-passed luminance in units of its local contrast.
    """

    thumbnail: Bytes
    levels: tuple[Signed, ...]


def frame_name() -> str:
    """Decoder, its version and the scale: part of the identity of what is made of a frame."""
    jpeg = features.version_feature("libjpeg_turbo")
    return f"pillow-{PIL.__version__}/libjpeg-turbo-{jpeg}/draft-L-{SIDES[-1]}"


def read_frame(data: bytes) -> Frame:
    """Decode a picture, scaled down, and prepare it.

    Raises
    ------
    OSError, ValueError, SyntaxError
        Or whatever else Pillow raises where the bytes are no image.
    """
    side = SIDES[-1]
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        image.draft("L", (side, side))
        upright = _luminance(ImageOps.exif_transpose(image))
    finest = upright.resize((side, side), Image.Resampling.BILINEAR)
    return prepare(np.asarray(finest))


def _luminance(image: Image.Image) -> Image.Image:
    """Give the picture in eight bits; Pillow clips deeper ones, which makes most of them white."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):
        # Their range is anybody's guess: stretched to what is there.
        values = np.asarray(image)
        finite = np.where(np.isfinite(values), values, 0).astype(np.float64)
        low, high = float(finite.min()), float(finite.max())
        scaled = np.rint((finite - low) * (255.0 / max(high - low, 1e-9)))
        return Image.fromarray(scaled.astype(np.uint8))
    return image.convert("L")


def prepare(luminance: Bytes) -> Frame:
    """Make a frame of a square picture, shape (256, 256)."""
    pictures = [luminance]
    for _ in SIDES[1:]:
        pictures.append(_halved(pictures[-1]))
    pictures.reverse()
    return Frame(pictures[0], tuple(_normalised(picture) for picture in pictures))


def _halved(picture: Bytes) -> Bytes:
    pixels = picture.astype(np.uint16)
    rows = pixels[::2] + pixels[1::2]
    halved: Bytes = ((rows[:, ::2] + rows[:, 1::2] + 2) // 4).astype(np.uint8)
    return halved


def _normalised(picture: Bytes) -> Signed:
    # Sums of 121 bytes stay within 16 bits.
    pixels = picture.astype(np.int16)
    fine, coarse = (
        _box(pixels, radius).astype(np.int32) for radius in (FINE_RADIUS, COARSE_RADIUS)
    )
    areas = [(2 * radius + 1) ** 2 for radius in (FINE_RADIUS, COARSE_RADIUS, CONTRAST_RADIUS)]
    band = fine * areas[1] - coarse * areas[0]  # in grey levels, times both areas
    scale = float(areas[0] * areas[1])
    # Eighths of a grey level: the squares stay small integers.
    eighths = np.rint(band * (8.0 / scale)).astype(np.int32)
    variance = _box(eighths * eighths, CONTRAST_RADIUS) / (64.0 * areas[2])
    contrast = np.maximum(np.sqrt(variance), CONTRAST_FLOOR)
    values = np.rint(band * (UNIT / scale) / contrast)
    clipped: Signed = np.clip(values, -127, 127).astype(np.int8)
    return clipped


def _box(values: NDArray[Any], radius: int) -> NDArray[Any]:
    """Sum over a square of side ``2 * radius + 1``; the border is repeated outwards."""
    width = 2 * radius + 1
    return _run_sums(_run_sums(np.pad(values, radius, mode="edge"), width).T, width).T


def _run_sums(values: NDArray[Any], width: int) -> NDArray[Any]:
    """Sum of every `width` rows in a row, put together from runs of 1, 2, 4, ... rows."""
    number = len(values) - width + 1
    size, begun = 1, width & 1
    sums = values[:number] if begun else 0
    while 2 * size <= width:
        values = values[size:] + values[:-size]
        size *= 2
        if width & size:
            sums = sums + values[begun : begun + number]
            begun += size
    return np.asarray(sums)


class FrameFile:
    """Frames by number, in a file without a name: nothing is left of it when all have ended.

    A process that is started with it shares it: what one puts in, the others see.
    """

    def __init__(self, number: int, file: IO[bytes] | None = None) -> None:
        self._number = number
        self._file = file or tempfile.TemporaryFile()  # noqa: SIM115 - open as long as this
        self._file.truncate(max(number, 1) * _RECORD.itemsize)
        self._records = np.memmap(self._file, dtype=_RECORD, mode="r+", shape=(max(number, 1),))

    def __reduce__(self) -> tuple[Any, ...]:
        return _shared, (self._number, DupFd(self._file.fileno()))

    def __call__(self, number: int) -> Frame:
        """Give a frame that was put in."""
        record = self._records[number]
        levels = tuple(record[f"level{level}"] for level in range(len(SIDES)))
        return Frame(record["thumbnail"], levels)

    def thumbnails(self) -> Bytes:
        """Give the thumbnails of all frames, shape (number, 64, 64); blank where none was put."""
        return np.array(self._records["thumbnail"][: self._number])

    def put_thumbnails(self, thumbnails: Bytes) -> None:
        """Put in those of all frames, shape (number, 64, 64)."""
        self._records["thumbnail"][: self._number] = thumbnails

    def put(self, number: int, frame: Frame) -> None:
        """Put a frame in."""
        record = self._records[number]
        record["thumbnail"] = frame.thumbnail
        for level, values in enumerate(frame.levels):
            record[f"level{level}"] = values


def _shared(number: int, handle: Any) -> FrameFile:
    return FrameFile(number, open(handle.detach(), "r+b", buffering=0))  # noqa: PTH123 - no path
