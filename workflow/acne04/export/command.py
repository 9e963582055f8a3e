"""The command line of ``acne04 export``."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acne04.core.errors import UnavailableError, UsageError
from acne04.core.printing import say, say_aside
from acne04.export import folder
from acne04.export.export_files import counted_reasons, every_file
from acne04.export.folder import size_of
from acne04.export.formats import FORMATS
from acne04.export.image_store import ImageStore
from acne04.export.planned import (
    ExportFormat,
    ImageFile,
    Lesions,
    PlannedFile,
    Selection,
)
from acne04.export.re_encoding import DEFAULT_SIZE, QUALITY, ReEncoding, read_size
from acne04.export.selection import Wanted, select
from acne04.export.terms import terms_of
from acne04.samples.parts import VARIANTS_TOLD, check_variant
from acne04.samples.place import DatasetPlace, find_dataset

_MEGABYTE = 1_000_000
#: About as large as Hugging Face and WebDataset recommend.
_SHARD_MEGABYTES = 250
_FORMATS = (
    "imagefolder (torchvision, Hugging Face), parquet (Hugging Face), webdataset, coco, "
    "yolo (ultralytics), voc, v2 (Acne04-v2's own form, repaired), ldl (the code of ACNE04's "
    "paper) or csv"
)


@dataclass(frozen=True)
class ExportOptions:
    """What to export, from where, and where to.

    Attributes
    ----------
    format : str
        One of `FORMATS`.
    target : pathlib.Path
        Folder to be made.
    variant : str
        Variant of the split.
    fold : int or None
        Where the variant has folds.
    data, images : pathlib.Path or None
        As `find_dataset` takes them.
    links : bool
        Whether images are links to where they lie, and no copies.
    lesions : str or None
        What a detector is taught; None for the format's default.
    keeps_unannotated : bool
        Whether images without annotation stay.
    shard_bytes : int
        About so many bytes a shard.
    is_absolute : bool
        Whether the tables of ``csv`` have absolute paths.
    re_encoding : ReEncoding or None
        How all images are written; None where they keep their bytes.
    replaces : bool
        Whether an export that lies there goes.
    is_dry : bool
        Whether nothing is written.
    """

    format: str
    target: Path
    variant: str
    fold: int | None
    data: Path | None
    images: Path | None
    links: bool
    lesions: Lesions | None
    keeps_unannotated: bool
    shard_bytes: int
    is_absolute: bool
    re_encoding: ReEncoding | None
    replaces: bool
    is_dry: bool


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 export``."""
    parser.epilog = "What each format holds, and the lines that load it: docs/exports.md"
    add = parser.add_argument
    add("format", choices=tuple(FORMATS), metavar="FORMAT", help=_FORMATS)
    add("folder", type=Path, metavar="FOLDER", help="to be made; it is there when it is whole")
    add("--variant", required=True, metavar="VARIANT", help=f"of the split: {VARIANTS_TOLD}")
    add(
        "--fold",
        type=int,
        metavar="K",
        help="of kfold and the published variants, from 0; ldl takes all, if none is named",
    )
    add("--dry-run", action="store_true", help="say what would be written, and write nothing")
    add("--replace", action="store_true", help="put it in the place of an export that lies there")
    held = parser.add_mutually_exclusive_group()
    held.add_argument(
        "--copies", action="store_true", help="copy the images: the folder can be moved (default)"
    )
    held.add_argument(
        "--links", action="store_true", help="link to the images where they lie, relatively"
    )
    held.add_argument(
        "--re-encode",
        nargs="?",
        const=DEFAULT_SIZE,
        metavar="WxH",
        help="write all images alike: stretched to one size in pixels "
        f"(default {DEFAULT_SIZE}), JPEG of quality {QUALITY}, no metadata; lesions go with them",
    )
    source = parser.add_argument_group("what is exported")
    source.add_argument(
        "--data", type=Path, metavar="PATH", help="checkout or release; default: this checkout"
    )
    source.add_argument(
        "--images", type=Path, metavar="PATH", help="where paths of the manifest begin: data/raw"
    )
    special = parser.add_argument_group("some formats")
    special.add_argument(
        "--lesions",
        choices=("boxes", "circles"),
        help="coco, yolo, voc: boxes of ACNE04 (default), or circles of Acne04-v2 as boxes",
    )
    special.add_argument(
        "--unannotated",
        choices=("leave-out", "keep"),
        help="coco, yolo, voc, v2: images whose lesions nobody drew (default: leave-out)",
    )
    special.add_argument(
        "--shard-size",
        type=int,
        metavar="MB",
        help=f"parquet, webdataset: at most so much a file (default {_SHARD_MEGABYTES})",
    )
    special.add_argument(
        "--paths", choices=("relative", "absolute"), help="csv: to the images (default: relative)"
    )


def read_options(arguments: argparse.Namespace) -> ExportOptions:
    """Make options of the arguments.

    Raises
    ------
    UsageError
        If an option is none of the format's.
    """
    name = arguments.format
    form = FORMATS[name]
    _refuse_unless(form.holds == "files", "--links", arguments.links, name)
    _refuse_unless(form.holds == "files", "--copies", arguments.copies, name)
    _refuse_unless(form.holds != "nothing", "--re-encode", arguments.re_encode, name)
    _refuse_unless(len(form.lesions) > 1, "--lesions", arguments.lesions, name)
    _refuse_unless(form.may_keep, "--unannotated", arguments.unannotated, name)
    _refuse_unless(form.holds == "shards", "--shard-size", arguments.shard_size, name)
    _refuse_unless(form.holds == "nothing", "--paths", arguments.paths, name)
    if arguments.shard_size is not None and arguments.shard_size < 1:
        raise UsageError("--shard-size", "at least 1 MB", found=str(arguments.shard_size))
    return ExportOptions(
        format=name,
        target=_named(arguments.folder),
        variant=check_variant(arguments.variant),
        fold=arguments.fold,
        data=arguments.data,
        images=arguments.images,
        links=arguments.links,
        lesions=arguments.lesions,
        keeps_unannotated=arguments.unannotated == "keep",
        shard_bytes=(arguments.shard_size or _SHARD_MEGABYTES) * _MEGABYTE,
        is_absolute=arguments.paths == "absolute",
        re_encoding=read_size(arguments.re_encode) if arguments.re_encode else None,
        replaces=arguments.replace,
        is_dry=arguments.dry_run,
    )


def _named(target: Path) -> Path:
    """Give a folder by a path that ends in its name."""
    return target.resolve() if target.name in ("", "..") else target


def _refuse_unless(is_fine: bool, option: str, value: object, name: str) -> None:
    if value and not is_fine:
        raise UsageError(option, f"makes no sense for {name}", done="nothing written")


def run(options: ExportOptions) -> int:
    """Export the images: 0, or an error that says why not."""
    form = FORMATS[options.format]
    place = find_dataset(options.data, options.images)
    _refuse_places(options.target, place)
    wanted = Wanted(
        variant=options.variant,
        fold=options.fold,
        lesions=options.lesions or (form.lesions or ("boxes",))[0],
        keeps_unannotated=options.keeps_unannotated,
        shard_bytes=options.shard_bytes,
        target=options.target,
        is_absolute=options.is_absolute,
        re_encoding=options.re_encoding,
    )
    selection = select(place, form, wanted)
    files = every_file(
        options.format, form, selection, terms_of(place, selection.dataset), links=options.links
    )
    content = folder.content_of_marker(files[-1])
    present = _present(options, files, content)
    if present:
        say_aside(f"{options.target}: holds this export already; nothing written")
    elif options.is_dry:
        _tell(options, selection, files, "would hold")
        return 0
    else:
        _write(options, form, selection, files)
    _tell(options, selection, files, "holds")
    return 0


def _refuse_places(target: Path, place: DatasetPlace) -> None:
    """Refuse a folder inside what is exported: a run, DVC or a signature speaks for that."""
    if target.resolve() == Path.cwd():
        raise UsageError(
            str(target),
            "the folder that this command is given in cannot be replaced",
            done="nothing written",
            remedy="name a folder to be made",
        )
    root = place.root.resolve()
    kept = [root] if place.is_release else [root / "data", root / ".git", root / ".dvc"]
    kept += [place.images.resolve()] if place.images else []
    within = (target.resolve(), *target.resolve().parents)
    for path in kept:
        if path in within:
            raise UsageError(
                str(target),
                f"inside {path.name}, where no export belongs",
                done="nothing written",
                remedy="export to another folder",
            )


def _present(options: ExportOptions, files: Sequence[PlannedFile], content: str | None) -> bool:
    """Tell whether this very export lies there, whole.

    Raises
    ------
    UsageError
        If anything else does, and it is not to go.
    """
    target = options.target
    if not target.exists() and not target.is_symlink():
        return False
    if target.is_symlink() or not target.is_dir():
        raise UsageError(str(target), "there is a file, or a link, already", done="nothing written")
    if not any(target.iterdir()):
        return False
    found = folder.content_of(target)
    if found is None:
        raise UsageError(
            str(target),
            "there is a folder already, and it is no export of acne04",
            done="nothing written",
            remedy="export to another folder",
        )
    if found == content and folder.is_whole(target, files):
        return True
    if not options.replaces:
        raise UsageError(
            str(target),
            "there is an export already, "
            + ("from which files are missing" if found == content else "of other content"),
            done="nothing written",
            remedy="--replace puts this one in its place",
        )
    return False


def _write(
    options: ExportOptions, form: ExportFormat, selection: Selection, files: Sequence[PlannedFile]
) -> None:
    target = options.target
    store = ImageStore(selection.images)
    try:
        with folder.unfinished(target) as part:
            if not options.links:
                _refuse_full_disk(part, files)
            folder.write(part, files, list(form.folders(selection)), store, options.links)
            folder.put_in_place(part, target)
    except OSError as error:
        raise UnavailableError(
            str(error.filename2 or error.filename or target),
            f"cannot be written ({error.strerror or error})",
            done=f"{target} is not there; what is finished of it is kept in {target.name}.part",
            remedy="make room, or allow it, and give the same command again",
        ) from None


def _refuse_full_disk(part: Path, files: Sequence[PlannedFile]) -> None:
    needed = sum(size_of(file) for file in files if not (part / file.path).exists())
    free = shutil.disk_usage(part).free
    if needed > free:
        raise UnavailableError(
            str(part.parent),
            "the disk has too little room",
            expected=f"{needed / _MEGABYTE:,.0f} MB",
            found=f"{free / _MEGABYTE:,.0f} MB",
            done="no image written",
            remedy="make room, or use --links, which needs hardly any",
        )


def _tell(
    options: ExportOptions, selection: Selection, files: Sequence[PlannedFile], verb: str
) -> None:
    counted: dict[str, Any] = {}
    for part in selection.parts:
        fold = "" if part.fold is None else f" of fold {part.fold}"
        counted[f"{part.folder}{fold}"] = len(part.images)
    size = sum(
        size_of(file) for file in files if not (options.links and isinstance(file, ImageFile))
    )
    say(
        f"{options.target}: {verb} {len(files):,} files, {size / _MEGABYTE:,.1f} MB",
        *(f"  {part}: {number:,} images" for part, number in counted.items()),
    )
    reasons = counted_reasons(selection)
    if reasons:
        say(
            f"  left out: {sum(reasons.values()):,} ("
            + ", ".join(f"{reason} {number:,}" for reason, number in reasons.items())
            + "); each in excluded.csv"
        )
    if selection.dataset == "standin":
        say("  of the stand-in: drawings, no photographs")
    else:
        say("  photographs of people's faces: this folder may not be passed on")
