"""The command line of ``acne04 draw``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from acne04.core.errors import Acne04Error, UsageError
from acne04.core.files import write_text
from acne04.core.grades import GRADE_NAMES
from acne04.core.printing import loud, say, say_aside, spelt_out
from acne04.core.processes import ProcessPool, available_processors
from acne04.core.progress import Progress
from acne04.draw.annotated_picture import CaptionLine
from acne04.draw.picture_files import MARK, Drawing, comment_of, target_name, write_picture
from acne04.samples.image_files import folder_of_images, named, require_images
from acne04.samples.image_lookup import ImageLookup
from acne04.samples.place import DatasetPlace, find_dataset
from acne04.samples.sample import Annotations, Sample, samples_of

#: A manifest that has every image once, with the grade that counts.
_VARIANT = "holdout"
_PLAIN = "Of the stand-in: a drawing, no photograph"
_FACE = "The face of a person, under terms that do not allow passing it on"


@dataclass(frozen=True)
class DrawOptions:
    """What to draw, and where to.

    Attributes
    ----------
    asked : tuple of str
        Images by path, name or image_id; empty for all.
    output : pathlib.Path
        Folder of the pictures.
    circles, boxes : bool
        What is drawn into them.
    data, images : pathlib.Path or None
        Where the dataset and its images lie (`acne04.samples.place.find_dataset`).
    overwrites : bool
        Whether files in the output folder that are not ours are written over.
    """

    asked: tuple[str, ...]
    output: Path
    circles: bool
    boxes: bool
    data: Path | None
    images: Path | None
    overwrites: bool


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 draw``."""
    parser.epilog = "Exit code: 0 drawn, 1 images do not decode, 2 not possible."
    add = parser.add_argument
    add("asked", nargs="*", metavar="IMAGE", help="by path, file name or image_id")
    add("--all", action="store_true", help="draw every image")
    add("--circles", action="store_true", help="only the circles of Acne04-v2 (default: both)")
    add("--boxes", action="store_true", help="only the boxes of ACNE04 (default: both)")
    add(
        "-o",
        "--output",
        type=Path,
        default=Path("drawn"),
        metavar="FOLDER",
        help="for the pictures (default: drawn, which git is told to ignore)",
    )
    add("--force", action="store_true", help="write over files there that are no such pictures")
    add(
        "--data", type=Path, metavar="FOLDER", help="a checkout or a release (default: around here)"
    )
    add(
        "--images", type=Path, metavar="FOLDER", help="the images (default: data/raw of a checkout)"
    )


def read_options(arguments: argparse.Namespace) -> DrawOptions:
    """Make options of the arguments.

    Raises
    ------
    UsageError
        If neither images are named nor all are asked for, or both.
    """
    if bool(arguments.asked) == arguments.all:
        what = "images and --all exclude each other" if arguments.all else "no image is named"
        raise UsageError("IMAGE", what, remedy="name images, or give --all")
    both = arguments.circles == arguments.boxes
    return DrawOptions(
        asked=tuple(arguments.asked),
        output=arguments.output,
        circles=both or arguments.circles,
        boxes=both or arguments.boxes,
        data=arguments.data,
        images=arguments.images,
        overwrites=arguments.force,
    )


def run(options: DrawOptions) -> int:
    """Draw, and say what was drawn.

    Raises
    ------
    UsageError
        If an image is not known, or files lie in the way: then nothing is drawn.
    UnavailableError
        If the dataset or an image is not there, or no picture could be drawn.
    """
    place = find_dataset(options.data, options.images)
    images = folder_of_images(place)
    _check_output(options.output, place)
    rows = place.manifest(_VARIANT)
    if options.asked:
        rows = rows[rows["path"].isin(_paths(options.asked, rows, images))]
    # Whether it is the image of the manifest, its decoding tells: what does not decode is listed.
    require_images(place, rows["path"].tolist())
    dataset = str(rows["dataset"].iloc[0])
    annotations = Annotations(place)
    drawings = [
        _drawing(sample, dataset, images, options) for sample in samples_of(rows, annotations)
    ]
    waiting = list(_to_be_made(drawings, options.overwrites))
    failed = _draw(waiting, options.output)
    _conclude(drawings, waiting, failed, options.output, dataset)
    return 1 if failed else 0


def _check_output(output: Path, place: DatasetPlace) -> None:
    """Refuse a folder where only stages write, or releases are made."""
    folder = output.resolve()
    ours = [place.root if place.is_release else place.root / "data", place.images]
    if any(folder.is_relative_to(each.resolve()) for each in ours if each):
        raise UsageError(
            f"--output {output}",
            "the folder is a part of the dataset",
            done="nothing drawn",
            remedy="name another folder",
        )
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"--output {output}", "a file lies there", remedy="name another folder")


def _paths(asked: Sequence[str], rows: pd.DataFrame, images: Path) -> set[str]:
    """Give the paths of the images that are asked for; name all that nobody knows at once."""
    lookup = ImageLookup(rows["path"], dict(zip(rows["path"], rows["image_id"], strict=True)))
    found: set[str] = set()
    unknown = []
    for name in asked:
        paths = lookup.find(_below(name, images)) or lookup.find(name)
        found.update(paths)
        if not paths:
            near = lookup.nearest(Path(name).name)
            unknown.append(f"{name}{': did you mean ' + ' or '.join(near) + '?' if near else ''}")
    if unknown:
        raise UsageError(
            "IMAGE",
            f"{len(unknown):,} of {len(asked):,} are no image of the dataset",
            found="\n".join(unknown),
            done="nothing drawn",
            remedy="give a path, a file name or an image_id",
        )
    return found


def _below(name: str, images: Path) -> str:
    """Give a path of this machine as manifests have it; a name stays as it is."""
    # The folder's links are followed, not that of a file: it may lie in DVC's cache.
    file = Path(name)
    whole = file.parent.resolve() / file.name
    inside = whole.is_relative_to(images)
    if inside:
        return whole.relative_to(images).as_posix()
    return name.removeprefix("data/raw/")


def _drawing(sample: Sample, dataset: str, images: Path, options: DrawOptions) -> Drawing:
    boxes = sample.boxes or () if options.boxes else ()
    circles = sample.circles or () if options.circles else ()
    return Drawing(
        image_id=sample.image_id,
        source=sample.file(images),
        target=options.output / target_name(sample.image_id),
        dataset=dataset,
        sha256=sample.sha256,
        boxes=boxes,
        circles=circles,
        caption=tuple(_caption(sample, dataset, options)),
    )


def _caption(sample: Sample, dataset: str, options: DrawOptions) -> Iterator[CaptionLine]:
    grade = (
        "no grade" if sample.grade is None else f"grade {sample.grade}, {GRADE_NAMES[sample.grade]}"
    )
    kind = ", a synthetic image" if sample.origin == "synthetic" else ""
    yield CaptionLine(f"{spelt_out(sample.image_id)}: {grade}{kind}")
    if options.circles and sample.circles is not None:
        repaired = sum(bool(circle.repaired) for circle in sample.circles)
        mended = f", {repaired:,} of them repaired" if repaired else ""
        yield CaptionLine(f"{_counted(sample.circles, 'circle')} of Acne04-v2{mended}", "circle")
    elif options.circles:
        yield CaptionLine("no circles: Acne04-v2 has none of this image")
    if options.boxes and sample.boxes is not None:
        yield CaptionLine(f"{_counted(sample.boxes, 'box', 'boxes')} of ACNE04", "box")
    elif options.boxes:
        yield CaptionLine("no boxes: ACNE04 has none of this image")
    yield CaptionLine(_PLAIN if dataset == "standin" else _FACE)


def _counted(things: Sequence[object], one: str, many: str = "") -> str:
    return f"{len(things):,} {one if len(things) == 1 else many or one + 's'}"


def _to_be_made(drawings: Sequence[Drawing], overwrites: bool) -> Iterator[Drawing]:
    """Give those whose picture is not there as it would be; refuse where others' files lie.

    Raises
    ------
    UsageError
        With every file that is not ours.
    """
    comments = {drawing.target: comment_of(drawing.target) for drawing in drawings}
    others = [
        str(target)
        for target, comment in comments.items()
        if comment is not None and not comment.startswith(MARK.encode())
    ]
    if others and not overwrites:
        raise UsageError(
            "--output",
            f"{len(others):,} files there are no pictures of `acne04 draw`",
            found=named(others),
            done="nothing drawn",
            remedy="name another folder, or --force writes over them",
        )
    return (drawing for drawing in drawings if comments[drawing.target] != drawing.comment)


def _draw(drawings: Sequence[Drawing], output: Path) -> list[str]:
    """Write the pictures; give those that could not be, with the reasons."""
    if not output.exists():
        # Pictures of people are not for git, wherever somebody puts them.
        write_text(output / ".gitignore", "*\n")
    failed = []
    lost = Acne04Error(str(output), "a process was ended from outside, or ran out of memory",
                       done="the pictures that are there are whole",
                       remedy="call it again: it goes on")  # fmt: skip
    processes = min(available_processors(), len(drawings))
    with (
        ProcessPool(None, processes, lost) as pool,
        Progress("drawing", len(drawings), "images") as progress,
    ):
        for drawing, reason in zip(drawings, pool.each(write_picture, drawings), strict=True):
            if reason:
                failed.append(f"{drawing.source}: {reason}")
            progress.add()
    return failed


def _conclude(
    drawings: Sequence[Drawing],
    made: Sequence[Drawing],
    failed: Sequence[str],
    output: Path,
    dataset: str,
) -> None:
    drawn, kept = len(made) - len(failed), len(drawings) - len(made)
    was_there = f", {kept:,} were there as they are" if kept else ""
    say(f"{output}: {drawn:,} pictures of dataset {dataset} drawn{was_there}")
    if dataset != "standin":
        loud("These are faces of people, under terms that do not allow passing them on.")
    if failed:
        say_aside(f"{len(failed):,} images are not drawn:", *(f"  {each}" for each in failed))
