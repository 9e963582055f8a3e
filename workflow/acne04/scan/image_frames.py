"""EXIF orientation of the images, and the frame in which their boxes were taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from acne04.core.catalogue import COORDINATES_TURNED, FRAME_UNCERTAIN
from acne04.core.findings import Finding
from acne04.core.orientation import ORIENTATIONS, frame_of, stored_size
from acne04.scan import catalogue
from acne04.scan.source_files import ImageFile


class ImageFrame(NamedTuple):
    """Width and height (px) of an upright image, and its EXIF orientation, 1 to 8."""

    width: int
    height: int
    orientation: int

    @classmethod
    def of(cls, image: ImageFile) -> ImageFrame | None:
        """Take it from what was read; None where the header could not be."""
        reading = image.reading
        if not (reading.width and reading.height and reading.orientation):
            return None
        return cls(reading.width, reading.height, reading.orientation)


def check_orientations(images: Mapping[str, ImageFile]) -> Iterator[Finding]:
    """Name every image that is not stored upright."""
    for path, image in images.items():
        frame = ImageFrame.of(image)
        if frame and frame.orientation != 1:
            width, height = stored_size((frame.width, frame.height), frame.orientation)
            yield catalogue.EXIF_ORIENTATION.at(
                path,
                found=f"EXIF orientation {frame.orientation}: stored as {width} x {height} px, to "
                f"be {ORIENTATIONS[frame.orientation]}, to {frame.width} x {frame.height} px",
                done="size and hash are those of the upright image",
            )


def frame_of_boxes(
    path: str, stated: tuple[str, str], image: ImageFrame
) -> tuple[int, list[Finding]]:
    """Tell by the stated size in which frame the boxes of an image were taken.

    Parameters
    ----------
    path : str
        The VOC file.
    stated : tuple of str
        Width and height as it has them.
    image : ImageFrame
        The image.

    Returns
    -------
    int
        EXIF orientation by which that frame becomes the upright one; 1 where it is upright.
    list of Finding
        What there is to say about it.
    """
    upright = (image.width, image.height)
    size = (int(stated[0]), int(stated[1])) if all(map(_is_plain, stated)) else (0, 0)
    frame = frame_of(size, upright, image.orientation)
    marked = f"EXIF orientation {image.orientation}, to be {ORIENTATIONS[image.orientation]}"
    place = (path, "/annotation/size")
    as_image = f"{image.width} x {image.height} px, as the upright image"
    shown = f"{size[0]} x {size[1]} px"
    if frame == "stored":
        found = f"{shown}, as the image is stored; {marked}"
        done = "boxes turned with the image; voc_xmin to voc_ymax have them as they were"
        return image.orientation, [
            COORDINATES_TURNED.at(*place, expected=as_image, found=found, done=done)
        ]
    if frame == "either":
        found = f"{shown}, which fits both; {marked}"
        done = "boxes taken as pixels of the upright image"
        return 1, [FRAME_UNCERTAIN.at(*place, found=found, done=done)]
    if frame == "neither":
        found = "{!a} x {!a}".format(*stated) + ("" if image.orientation == 1 else f"; {marked}")
        return 1, [
            catalogue.VOC_SIZE_MISMATCH.at(
                *place,
                expected=f"{image.width} x {image.height} px, as the image",
                found=found,
                done="boxes taken as pixels of the image",
            )
        ]
    return 1, []


def _is_plain(text: str) -> bool:
    # As the image would spell it: 064 is another text, and no other tool need read it as 64.
    return text.isascii() and text.isdigit() and len(text) <= 9 and str(int(text)) == text
