"""Turns planned photographs into files: the picture, its near-duplicates, its edits.

Several processes may draw; no byte depends on how many.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path

from PIL import ExifTags, Image

from acne04.core.errors import UnavailableError
from acne04.core.interrupts import deaf_processes
from acne04.core.progress import Progress
from acne04_standin import variants
from acne04_standin.canvas import Pose
from acne04_standin.chance import Chance
from acne04_standin.face import draw_face
from acne04_standin.figures import Size
from acne04_standin.lesions import Lesion, draw_lesions
from acne04_standin.looks import Colour, Style, draw_person

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
    copies, edits
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
    edits: tuple[EditFile, ...]


def make_files(job: Job, folder: Path) -> None:
    """Draw the photograph of `job` and write it, its copies and its edits below `folder`."""
    person = draw_person(job.style, Chance(job.seed, "person", job.subject))
    moment = Chance(job.seed, "moment", job.image)
    picture = draw_face(person, job.pose, job.lesions, job.style, moment)
    data = encode(picture, job.quality, job.camera, job.lying)
    (folder / job.path).write_bytes(data)
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
    with Progress("draw", len(jobs), "photographs") as progress:
        if workers <= 1:
            for job in jobs:
                make_files(job, folder)
                progress.add()
            return
        # Fresh processes rather than forked ones: the caller may hold threads or locks.
        context = get_context("spawn")
        readers, processes = [], []
        for share in range(min(workers, len(jobs))):
            reader, writer = context.Pipe(duplex=False)
            process = context.Process(
                target=_draw_share, args=(jobs[share::workers], folder, writer), daemon=True
            )
            with deaf_processes():
                process.start()
            writer.close()
            readers.append(reader)
            processes.append(process)
        _follow(readers, progress)
        for process in processes:
            process.join()
    if any(process.exitcode != 0 for process in processes):
        raise UnavailableError(
            str(folder.parent),
            "a process that was drawing has ended early",
            done="nothing has been written",
            remedy="see its message above; if memory ran out, use fewer --workers or a larger "
            "--scale",
        )


def _draw_share(jobs: Sequence[Job], folder: Path, done: Connection) -> None:
    """Draw some of the photographs, reporting each; ends at once when nobody listens any more."""
    for job in jobs:
        make_files(job, folder)
        try:
            done.send(job.image)
        except BrokenPipeError:
            return


def _follow(readers: list[Connection], progress: Progress) -> None:
    """Count what is drawn until all processes have closed their end."""
    while readers:
        ready = wait(readers)
        for reader in [r for r in readers if r in ready]:
            try:
                reader.recv()
                progress.add()
            except EOFError:
                readers.remove(reader)
