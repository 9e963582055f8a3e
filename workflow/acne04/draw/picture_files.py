"""The files that pictures are written to: which are ours, which are as they would be."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from acne04.core.errors import UnavailableError
from acne04.core.files import staged_file
from acne04.core.naming import JPEG_EXTENSIONS
from acne04.draw.annotated_picture import CaptionLine, annotated_picture
from acne04.samples.sample import Box, Circle
from acne04.samples.upright import open_upright

#: With what the comment of every picture of ours begins; another number where they look otherwise.
MARK = "acne04 draw 1; dataset "
_QUALITY = 92


@dataclass(frozen=True)
class Drawing:
    """A picture to be made.

    Attributes
    ----------
    image_id : str
        The image.
    source, target : pathlib.Path
        Its file, and the picture's.
    dataset : str
        ``standin`` or ``acne04``.
    sha256 : str
        Of the image's file.
    boxes, circles, caption
        What is drawn.
    """

    image_id: str
    source: Path
    target: Path
    dataset: str
    sha256: str
    boxes: tuple[Box, ...]
    circles: tuple[Circle, ...]
    caption: tuple[CaptionLine, ...]

    @property
    def comment(self) -> bytes:
        """Comment of the picture's file: the dataset, the image, and a digest of all that shows."""
        shown = repr((self.sha256, self.boxes, self.circles, self.caption))
        digest = hashlib.sha256(shown.encode()).hexdigest()
        return f"{MARK}{self.dataset}; image {self.image_id}; drawing {digest}".encode()


def target_name(image_id: str) -> str:
    """Name the picture of an image: as the image, a JPEG file.

    >>> target_name("levle0_1.jpg"), target_name("face.png")
    ('levle0_1.jpg', 'face.png.jpg')
    """
    return image_id if image_id.lower().endswith(JPEG_EXTENSIONS) else f"{image_id}.jpg"


def comment_of(file: Path) -> bytes | None:
    """Read the comment of a picture; empty where a file has none, None where there is no file."""
    try:
        with Image.open(file, formats=("JPEG",)) as image:
            comment: bytes = image.info.get("comment", b"")
            return comment
    except FileNotFoundError:
        return None
    except Exception:  # Pillow's readers raise nearly anything on what is no picture.
        return b""


def write_picture(_: None, drawing: Drawing) -> str:
    """Draw a picture, and write it; give the reason where its image does not decode."""
    try:
        image = open_upright(drawing.source)
    except UnavailableError as error:
        return error.what
    picture = annotated_picture(image, drawing.boxes, drawing.circles, drawing.caption)
    with staged_file(drawing.target) as staging:
        picture.save(staging, "JPEG", quality=_QUALITY, subsampling=0, comment=drawing.comment)
    return ""
