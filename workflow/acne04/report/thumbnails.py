"""Small pictures of the images, upright: none of them larger than what was asked for.

Each is a JPEG of its own, made of the bytes that the inventory tells of, without anything that the
file says besides: no EXIF block, profile or comment.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from acne04.core.errors import SourceError, UnavailableError
from acne04.core.hashing import read_image_as_recorded
from acne04.core.imaging import FORMATS
from acne04.core.processes import ProcessPool
from acne04.core.progress import Progress

#: Images of one call in another process: fewer would be spent on handing them over.
_BATCH = 24


@dataclass(frozen=True)
class Frame:
    """What thumbnails must fit in: pixels, and the quality of the JPEG (1 to 95)."""

    width: int
    height: int
    quality: int


@dataclass(frozen=True)
class Thumbnail:
    """A small picture: its size in pixels, and a JPEG file."""

    width: int
    height: int
    jpeg: bytes


@dataclass(frozen=True)
class _Request:
    folder: Path
    frame: Frame


def make_thumbnails(
    folder: Path, images: Sequence[tuple[str, str]], frame: Frame, processes: int
) -> list[Thumbnail]:
    """Make the thumbnails of images that decode.

    Parameters
    ----------
    folder : pathlib.Path
        Where the paths begin.
    images : sequence of (str, str)
        Path and SHA-256 of each.
    frame : Frame
        What they must fit in; a smaller image stays as it is.
    processes : int
        At most so many; they change the time alone.

    Returns
    -------
    list of Thumbnail
        In the order of the images.

    Raises
    ------
    UnavailableError
        If an image is not there.
    SourceError
        If its bytes are others, or do not decode.
    """
    lost = UnavailableError(
        "report",
        "a process that was making thumbnails has ended early",
        done="nothing written",
        remedy="see its message above; if memory ran out, use fewer --threads",
    )
    request = _Request(folder, frame)
    made: list[Thumbnail] = []
    with (
        ProcessPool(request, processes, lost) as pool,
        Progress("thumbnails", len(images), "images") as progress,
    ):
        batches = (images[start : start + _BATCH] for start in range(0, len(images), _BATCH))
        for done in pool.each(_of_batch, batches):
            made += done
            progress.add(len(done))
    return made


def _of_batch(request: _Request, images: Sequence[tuple[str, str]]) -> list[Thumbnail]:
    return [_thumbnail(request.folder / path, digest, request.frame) for path, digest in images]


def _thumbnail(path: Path, sha256: str, frame: Frame) -> Thumbnail:
    data = read_image_as_recorded(path, sha256)
    try:
        return shrunk(data, frame)
    except Exception:  # Pillow's readers raise nearly anything on hostile bytes.
        raise SourceError(
            str(path),
            "does not decode, though the inventory says so",
            expected="an image that decodes to its end",
            done="nothing written",
            remedy="run `snakemake --cores all`",
        ) from None


def shrunk(data: bytes, frame: Frame) -> Thumbnail:
    """Make the thumbnail of an image from its bytes; raises whatever Pillow does on bad ones."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        # The scaled decode; which side is which is not known yet, so that both have room.
        side = max(frame.width, frame.height)
        image.draft("RGB", (side, side))
        upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((frame.width, frame.height), Image.Resampling.BILINEAR, reducing_gap=None)
    # Of what the file says of itself Pillow would write some again.
    upright.info.clear()
    stream = io.BytesIO()
    upright.save(stream, "JPEG", quality=frame.quality, optimize=True)
    return Thumbnail(*upright.size, stream.getvalue())


def shards(thumbnails: Sequence[Thumbnail], number: int) -> Iterator[tuple[int, int]]:
    """Divide thumbnails among a number of files: where each begins and ends, some maybe empty.

    >>> list(shards([Thumbnail(1, 1, b"")] * 5, 2))
    [(0, 3), (3, 5)]
    """
    each = -(-len(thumbnails) // number) if number else 0
    for index in range(number):
        yield min(index * each, len(thumbnails)), min((index + 1) * each, len(thumbnails))
