"""A photograph as it is looked at: upright, in colours."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageOps

from acne04.core.errors import UnavailableError
from acne04.core.imaging import FORMATS


def open_upright(file: Path) -> Image.Image:
    """Decode an image, turned as its EXIF orientation says, in mode RGB.

    Its size is that of the manifests' ``width`` and ``height``, its frame that of their boxes and
    circles.

    Raises
    ------
    UnavailableError
        If there is no such file, or it does not decode.
    """
    try:
        with Image.open(file, formats=FORMATS) as image:
            return ImageOps.exif_transpose(image).convert("RGB")
    except FileNotFoundError:
        raise UnavailableError(str(file), "no such file") from None
    except Exception as error:  # Pillow's readers raise nearly anything on hostile bytes.
        # The text of Pillow's message may hold an address in memory; its first words do not.
        reason = str(error).split(" <")[0] or type(error).__name__
        raise UnavailableError(str(file), f"does not decode ({reason})") from None
