"""Turns planned photographs into files: the picture, its near-duplicates, its edits.

Several processes may draw; no byte depends on how many.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import ExifTags, Image

from acne04.core.errors import UnavailableError
from acne04.core.processes import ProcessPool
from acne04.core.progress import Progress
from acne04_standin import variants
from acne04_standin.canvas import Pose
from acne04_standin.chance import Chance
from acne04_standin.face import draw_face
from acne04_standin.figures import Size
from acne04_standin.lesions import Lesion, draw_lesions
from acne04_standin.looks import Colour, Style, draw_person
from acne04_standin.retakes import Motion, draw_retake
from acne04_standin.skin import coarse_factor

#: Says in each file what it is.
COMMENT = b"acne04 stand-in drawing"
_LYING = 6


@dataclass(frozen=True)
class CopyFile:
    """A near-duplicate to write: where, by which kind's which variant, in which frame."""

    path: str
    kind: str
    ordinal: int
    frame: Size


@dataclass(frozen=True)
class RetakeFile:
    """A retake to write: where, the number of its image, how everything moved."""

    path: str
    image: int
    motion: Motion


@dataclass(frozen=True)
class EditFile:
    """A synthetic image to write: where, which lesions it adds, its JPEG quality."""

    path: str
    lesions: tuple[Lesion, ...]
    quality: int


@dataclass(frozen=True)
class Job:
    """All files that come from one photograph.

    Attributes
    ----------
    path : str
        Where the photograph goes, below the output folder.
    subject : str
        Who is depicted.
    image : int
        Number of the real image.
    seed : int
        Seed of the corpus.
    style : Style
        Looks of the corpus.
    pose, lesions
        As planned.
    quality : int
        JPEG quality.
    camera : (str, str) or None
        EXIF make and model.
    lying : bool
        Whether the pixels are stored turned, to be set upright by the EXIF orientation.
    copies, retakes, edits
        What else is made of it.
    """

    path: str
    subject: str
    image: int
    seed: int
    style: Style
    pose: Pose
    lesions: tuple[Lesion, ...]
    quality: int
    camera: tuple[str, str] | None
    lying: bool
    copies: tuple[CopyFile, ...]
    retakes: tuple[RetakeFile, ...]
    edits: tuple[EditFile, ...]


def make_files(folder: Path, job: Job) -> None:
    """Draw the photograph of `job` and write it, its copies and its edits below `folder`."""
    person = draw_person(job.style, Chance(job.seed, "person", job.subject))
    moment = Chance(job.seed, "moment", job.image)
    picture = draw_face(person, job.pose, job.lesions, job.style, moment)
    data = encode(picture, job.quality, job.camera, job.lying)
    (folder / job.path).write_bytes(data)
    for retake in job.retakes:
        (folder / retake.path).write_bytes(retake_of(job, picture, retake))
    if not job.copies and not job.edits:
        return
    # What derives from a published file derives from its decoded pixels.
    upright = encode(picture, job.quality, None, False) if job.lying else data
    with Image.open(io.BytesIO(upright)) as opened:
        published = opened.convert("RGB")
    for copy in job.copies:
        edited = variants.edit(published, copy.kind, copy.ordinal, copy.frame)
        (folder / copy.path).write_bytes(encode(edited, variants.quality(copy.kind, copy.ordinal)))
    for edit in job.edits:
        (folder / edit.path).write_bytes(_edit(published, person.skin, edit, job.style))


def retake_of(job: Job, picture: Image.Image, retake: RetakeFile) -> bytes:
    """JPEG bytes of a retake of the `picture` that `job` draws."""
    moment = Chance(job.seed, "retake", retake.image)
    again = draw_retake(picture, retake.motion, coarse_factor(job.pose), job.style, moment)
    return encode(again, job.quality, job.camera)


def _edit(published: Image.Image, skin: Colour, edit: EditFile, style: Style) -> bytes:
    picture = published.copy()
    draw_lesions(picture, edit.lesions, skin, style)
    return encode(picture, edit.quality)


def encode(
    picture: Image.Image,
    quality: int,
    camera: tuple[str, str] | None = None,
    lying: bool = False,
) -> bytes:
    """JPEG bytes, with a comment that says what it is.

    libjpeg-turbo's default transform is the accurate integer one, of which vector and scalar
    code give the same bits.
    """
    exif = Image.Exif()
    if camera is not None:
        exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = camera
    if lying:
        exif[ExifTags.Base.Orientation] = _LYING
        picture = picture.transpose(Image.Transpose.ROTATE_90)
    target = io.BytesIO()
    picture.save(
        target, "JPEG", quality=quality, subsampling="4:2:0", comment=COMMENT, exif=exif.tobytes()
    )
    return target.getvalue()


def draw_all(jobs: Sequence[Job], folder: Path, workers: int) -> None:
    """Make the files of all jobs below `folder`.

    Raises
    ------
    UnavailableError
        If a process is ended from outside.
    """
    lost = UnavailableError(
        str(folder.parent),
        "a process that was drawing has ended early",
        done="nothing has been written",
        remedy="see its message above; if memory ran out, use fewer --workers or a larger --scale",
    )
    with (
        ProcessPool(folder, workers, lost) as pool,
        Progress("draw", len(jobs), "photographs") as progress,
    ):
        for _ in pool.each(make_files, jobs):
            progress.add()
