"""The command line of ``acne04 report``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from acne04.core.browser import PAGE, open_page
from acne04.core.checkout import dataset_of
from acne04.core.errors import UnavailableError, UsageError
from acne04.core.files import write_text
from acne04.core.printing import say_aside
from acne04.report.page import as_script, encoded, read_contents, render
from acne04.report.thumbnails import Frame, Thumbnail, make_thumbnails, shards
from acne04.samples.place import DatasetPlace, find_dataset

#: What the thumbnails of a page must fit in, by how faces are shown; the coarse ones are enlarged
#: until one can make out what is compared, and hardly who it is.
FRAMES = {"coarse": Frame(24, 32, 60), "full": Frame(200, 260, 70)}
FACES = ("none", *FRAMES)
#: How faces are shown where nobody says.
OF_DATASET = {"standin": "full", "acne04": "coarse"}
#: Images up to which a page holds full thumbnails; of more it holds coarse ones, so that it stays
#: below 30 MB, unless they lie in files beside it.
MOST_INSIDE = 4000
_MOST_FILES = 999
#: Images of one such file, where somebody asks how many there should be.
_EACH = 500


@dataclass(frozen=True)
class ReportOptions:
    """What a call of ``acne04 report`` asks for.

    Attributes
    ----------
    data : pathlib.Path or None
        A checkout, or a folder of it; None for the one around the working folder.
    output : pathlib.Path or None
        Where to write the page; None to open the one that a run made.
    faces : dict of str to str
        Dataset to how its images are shown.
    files : int
        In how many files beside the page the thumbnails lie; 0 for the page itself.
    threads : int
        Processes at most; they change the time alone.
    shows : bool
        Whether the page is opened in a browser.
    """

    data: Path | None
    output: Path | None
    faces: dict[str, str]
    files: int
    threads: int
    shows: bool


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 report``."""
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="a checkout; default: this one")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the page here")
    parser.add_argument(
        "--faces",
        action="append",
        metavar="WORD",
        default=[],
        help="none, coarse (at most 24 pixels wide) or full (200 pixels); DATASET=WORD for that "
        "dataset alone; default: standin=full, acne04=coarse",
    )
    parser.add_argument(
        "--thumbnail-files",
        type=int,
        default=0,
        metavar="N",
        help="put the thumbnails into N files in a folder thumbnails beside the page, for more "
        f"than {MOST_INSIDE:,} images; default: 0, the page is one file",
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    parser.add_argument(
        "--threads", type=int, default=os.cpu_count() or 1, help="changes the time alone"
    )
    parser.epilog = (
        f"A run makes {PAGE}; --open alone shows that one. Exit code: 0, or 2 where it could not "
        "be made."
    )


def read_options(arguments: argparse.Namespace) -> ReportOptions:
    """Check what the call says, before anything is read.

    Raises
    ------
    UsageError
        If there is nothing to do, or a value is out of its range.
    """
    if arguments.threads < 1:
        raise UsageError("--threads", "at least one is needed", found=str(arguments.threads))
    if not 0 <= arguments.thumbnail_files <= _MOST_FILES:
        raise UsageError(
            "--thumbnail-files",
            "out of range",
            expected=f"0 to {_MOST_FILES}",
            found=str(arguments.thumbnail_files),
        )
    if arguments.output is None and not arguments.open:
        raise UsageError(
            "nothing to do",
            "neither --output nor --open is given",
            expected=f"--output FILE for a page of your own, or --open to see {PAGE}",
            done="nothing written",
        )
    if arguments.output is not None and arguments.output.is_dir():
        raise UsageError(
            f"--output {arguments.output}",
            "a folder lies there, where a file is to be written",
            done="nothing read, nothing written",
            remedy=f"--output {arguments.output / 'report.html'}",
        )
    return ReportOptions(
        data=arguments.data,
        output=arguments.output,
        faces=_read_faces(arguments.faces),
        files=arguments.thumbnail_files,
        threads=arguments.threads,
        shows=arguments.open,
    )


def _read_faces(words: list[str]) -> dict[str, str]:
    faces = dict(OF_DATASET)
    for word in words:
        dataset, mark, value = word.rpartition("=")
        if value not in FACES or (mark and dataset not in OF_DATASET):
            raise UsageError(
                "--faces",
                "not a way to show faces",
                expected=f"{', '.join(FACES)}; or standin=…, acne04=…",
                found=word,
                done="nothing written",
            )
        faces |= {dataset: value} if mark else dict.fromkeys(OF_DATASET, value)
    return faces


def run(options: ReportOptions) -> int:
    """Write the page, open it, or both."""
    place = find_dataset(options.data)
    page = options.output or place.root / PAGE
    if options.output:
        _write(place, page, options)
    if options.shows:
        open_page(page)
    return 0


def _write(place: DatasetPlace, page: Path, options: ReportOptions) -> None:
    inventory = place.tables / "inventory/images.csv"
    if not inventory.is_file():
        raise UnavailableError(
            str(inventory), "not here", remedy="`dvc pull`, or `snakemake --cores all`"
        )
    dataset = dataset_of(inventory) or "acne04"
    faces = options.faces[dataset]
    contents = read_contents(place, dataset)
    shown = [(image.path, image.sha256) for image in contents.images.all if image.is_shown]
    thumbnails: list[Thumbnail] = []
    if faces != "none":
        if faces == "full" and not options.files and len(shown) > MOST_INSIDE:
            faces = "coarse"
            say_aside(
                f"coarse pictures, for there are {len(shown):,} images: full ones lie in files "
                f"beside the page (--thumbnail-files {-(-len(shown) // _EACH)}, in params.yaml "
                "report.thumbnail_files)"
            )
        thumbnails = make_thumbnails(_folder(place), shown, FRAMES[faces], options.threads)
    text = render(contents, thumbnails, faces, options.files)
    for name, block in _beside(thumbnails, options.files):
        write_text(page.with_name("thumbnails") / name, block)
    # Last: a page whose pictures are not there yet shows none.
    write_text(page, text)
    say_aside(
        f"{len(contents.images.all):,} images, faces: {faces}; {len(text.encode()) / 1e6:,.1f} MB: "
        f"{page}"
    )


def _folder(place: DatasetPlace) -> Path:
    if place.images is None:
        raise UnavailableError(
            str(place.root / "data/raw"),
            "the images are not here",
            remedy="`dvc pull`; with --faces none no image is read",
        )
    return place.images


def _beside(thumbnails: list[Thumbnail], files: int) -> Iterator[tuple[str, str]]:
    """Give name and text of the files beside the page.

    They are scripts: a page that no server serves may read nothing else.
    """
    for number, (start, end) in enumerate(shards(thumbnails, files)):
        block = as_script(encoded(thumbnails[start:end]))
        yield f"{number:03}.js", f"acne04Thumbnails({number}, {block});\n"
