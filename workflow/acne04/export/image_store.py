"""Read images for an export: the bytes of the manifest or none, and upright ones."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

from PIL import Image, ImageOps

from acne04.core.errors import SourceError
from acne04.core.files import read_bytes
from acne04.core.imaging import FORMATS
from acne04.export.planned import ExportedImage

#: JPEG quality of an image that is turned, without subsampling: nobody sees a difference.
TURNED_QUALITY = 95


class ImageStore:
    """Gives the bytes of images.

    Parameters
    ----------
    images : pathlib.Path
        Folder below which the paths of the samples begin.

    Attributes
    ----------
    damaged : dict
        Path of each image met that is not the manifest's, and what is wrong with it.
    """

    def __init__(self, images: Path) -> None:
        self.images = images
        self.damaged: dict[str, str] = {}

    def is_sound(self, image: ExportedImage) -> bool:
        """Tell whether a file is the manifest's; remember it where it is not."""
        return self.original(image) is not None

    def original(self, image: ExportedImage) -> bytes | None:
        """Give the bytes of a file; None, and remember it, where they are not the manifest's."""
        path = image.sample.path
        try:
            content = read_bytes(self.images / path)
        except FileNotFoundError:
            self.damaged[path] = "not there any more"
            return None
        found = hashlib.sha256(content).hexdigest()
        if found != image.sample.sha256:
            self.damaged[path] = f"SHA-256 {found}, and not {image.sample.sha256}"
            return None
        return content

    def exported(self, image: ExportedImage) -> bytes | None:
        """Give the bytes as they are exported: upright. None where they are not the manifest's."""
        content = self.original(image)
        if content is None or not image.is_written_anew:
            return content
        try:
            return image.re_encoding.image(content) if image.re_encoding else upright(content)
        except Exception as error:  # Pillow's readers raise nearly anything on hostile bytes.
            # What follows in Pillow's message is an address in memory.
            reason = str(error).partition(" <")[0] or type(error).__name__
            doing = "re-encoded" if image.re_encoding else "turned upright"
            self.damaged[image.sample.path] = f"cannot be {doing} ({reason})"
            return None

    def required(self, image: ExportedImage) -> bytes:
        """Give the bytes as they are exported.

        Raises
        ------
        SourceError
            If the file is not the manifest's.
        """
        content = self.exported(image)
        if content is None:
            raise self.refusal()
        return content

    def refusal(self) -> SourceError:
        """Make the error that names all damaged images."""
        found = [f"{path}: {what}" for path, what in sorted(self.damaged.items())]
        return SourceError(
            str(self.images),
            f"not the images of the manifest: {len(found):,} of them",
            found="\n".join(found),
            done="the export is not finished; what is sound of it is used again",
            remedy="remove these files; `dvc checkout`, or `dvc pull`; and the same command again",
        )


def upright(content: bytes) -> bytes:
    """Turn an image as its EXIF block says, and drop that block.

    JPEG stays JPEG, at `TURNED_QUALITY`; any other kind becomes PNG, which loses nothing.
    """
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        is_jpeg, profile = image.format == "JPEG", image.info.get("icc_profile")
        turned = ImageOps.exif_transpose(image)
    stream = io.BytesIO()
    if is_jpeg:
        turned.save(
            stream, "JPEG", quality=TURNED_QUALITY, subsampling=0, exif=b"", icc_profile=profile
        )
    else:
        turned.save(stream, "PNG", exif=b"", icc_profile=profile)
    return stream.getvalue()
