"""All images written alike: one size, one JPEG quality, no metadata; annotations go with them.

What tells how a file was made, and by whom, then tells nothing more. The picture is stretched, not
cropped (which would lose lesions) or padded (which would show its shape).
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace

from PIL import Image, ImageOps

from acne04.core.errors import UsageError
from acne04.core.imaging import FORMATS
from acne04.samples.sample import Box, Circle, Sample

#: Of the JPEG files; colours at half the resolution, as most cameras write them.
QUALITY, SUBSAMPLING = 90, 2
#: Where none is named: what most networks see, and no larger.
DEFAULT_SIZE = "448x448"
#: Sides that make sense, px.
_LEAST, _MOST = 16, 8192


@dataclass(frozen=True, slots=True)
class ReEncoding:
    """How all images are written.

    Attributes
    ----------
    width, height : int
        Pixels.
    quality : int
        Of the JPEG file.
    """

    width: int
    height: int
    quality: int = QUALITY

    def __str__(self) -> str:
        return f"{self.width} x {self.height} px, JPEG of quality {self.quality}"

    def image(self, content: bytes) -> bytes:
        """Give an image in this form: upright, in colours, stretched; the same for the same bytes.

        Raises
        ------
        Exception
            Nearly any, where the bytes do not decode.
        """
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
        shrunk = upright.resize((self.width, self.height), Image.Resampling.LANCZOS)
        # Nothing of what the file said of itself goes along.
        shrunk.info = {}
        stream = io.BytesIO()
        shrunk.save(stream, "JPEG", quality=self.quality, subsampling=SUBSAMPLING)
        return stream.getvalue()

    def sample(self, sample: Sample) -> Sample:
        """Give a sample whose size, boxes and circles are those of its image in this form."""
        if sample.width is None or sample.height is None:
            return sample
        across, down = self.width / sample.width, self.height / sample.height
        boxes, circles = sample.boxes, sample.circles
        return replace(
            sample,
            width=self.width,
            height=self.height,
            boxes=None if boxes is None else tuple(_box(box, across, down) for box in boxes),
            circles=None
            if circles is None
            else tuple(_circle(circle, across, down) for circle in circles),
        )


def read_size(text: str) -> ReEncoding:
    """Read a size as it is given on the command line.

    Raises
    ------
    UsageError
        If it is none.

    Examples
    --------
    >>> read_size("640x480")
    ReEncoding(width=640, height=480, quality=90)
    """
    match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text)
    sides = [int(side) for side in match.groups()] if match else []
    if not sides or not all(_LEAST <= side <= _MOST for side in sides):
        raise UsageError(
            "--re-encode",
            "no size",
            expected=f"width and height in pixels, each {_LEAST} to {_MOST:,}, such as 448x448",
            found=text,
            done="nothing written",
        )
    return ReEncoding(*sides)


def _box(box: Box, across: float, down: float) -> Box:
    """Scale a box to whole pixels; of one that has an extent some is left."""
    xmin, ymin = round(box.xmin * across), round(box.ymin * down)
    xmax, ymax = round(box.xmax * across), round(box.ymax * down)
    xmax = max(xmax, xmin + 1) if box.xmax > box.xmin else xmax
    ymax = max(ymax, ymin + 1) if box.ymax > box.ymin else ymax
    return Box(xmin, ymin, xmax, ymax)


def _circle(circle: Circle, across: float, down: float) -> Circle:
    return replace(
        circle,
        photo_x=circle.photo_x * across,
        photo_y=circle.photo_y * down,
        photo_radius_x=circle.photo_radius_x * across,
        photo_radius_y=circle.photo_radius_y * down,
    )
