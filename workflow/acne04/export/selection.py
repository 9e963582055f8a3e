"""Choose the images of an export: those of the parts, less what a format cannot take, by name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pandas as pd

from acne04.core.errors import UnavailableError, UsageError
from acne04.core.files import open_regular
from acne04.core.variants import base_of
from acne04.export.file_names import MAGIC_BYTES, extension_of, stems
from acne04.export.planned import (
    ExportedImage,
    ExportFormat,
    LeftOut,
    Lesions,
    Part,
    Selection,
)
from acne04.export.re_encoding import ReEncoding
from acne04.samples.parts import check_fold, is_of_folds, parts_of, rows_of_part
from acne04.samples.place import DatasetPlace
from acne04.samples.sample import Annotations, Sample, samples_of

#: Part -> folder, where it is not called the same: every reader knows `train`.
FOLDERS = {"trainval": "train"}
#: Why a row of `kfold` is in no part of a fold: it is made from what the fold holds out.
HELD_OUT = "parent-held-out"


@dataclass(frozen=True)
class Wanted:
    """What is asked for, of which dataset.

    Attributes
    ----------
    variant : str
        One of `acne04.samples.parts.PARTS`.
    fold : int or None
        None for all folds, where the format holds several, and where there are none.
    lesions : {"boxes", "circles"}
        What a detector is taught.
    keeps_unannotated : bool
        Whether images stay that have no annotation of this kind.
    shard_bytes : int
        About so many bytes a shard at most.
    target : pathlib.Path
        Folder of the export.
    is_absolute : bool
        Whether tables name images by absolute paths.
    re_encoding : ReEncoding or None
        How all images are written; None where they keep their bytes.
    """

    variant: str
    fold: int | None
    lesions: Lesions
    keeps_unannotated: bool
    shard_bytes: int
    target: Path
    is_absolute: bool
    re_encoding: ReEncoding | None = None


class _PartRows(NamedTuple):
    """What is kept of a part: each sample with its row of the manifest."""

    part: str
    fold: int | None
    kept: list[tuple[Sample, dict[str, Any]]]


def select(place: DatasetPlace, form: ExportFormat, wanted: Wanted) -> Selection:
    """Choose the images of an export.

    Raises
    ------
    UsageError
        If there is no such variant or fold, or no image is left.
    UnavailableError
        If a table or images are not there; all images are named.
    SchemaError
        If a table is not as its schema says.
    """
    manifest = place.manifest(wanted.variant)
    folds = _folds(manifest, form, wanted)
    if place.images is None:
        raise UnavailableError(
            str(place.root), "no images are known of it", remedy="name their folder with --images"
        )
    annotations = Annotations(place)
    chosen: list[_PartRows] = []
    left_out: list[LeftOut] = []
    for fold in folds:
        of_fold, not_of_fold = _choose(manifest, fold, form, wanted, annotations)
        chosen += of_fold
        left_out += not_of_fold
    if not any(each.kept for each in chosen):
        raise _nothing_left(wanted.variant, left_out)
    return Selection(
        dataset=str(manifest["dataset"].iloc[0]),
        variant=wanted.variant,
        fold=wanted.fold,
        parts=_parts(chosen, stems(manifest["image_id"]), place.images, wanted.re_encoding),
        left_out=tuple(sorted(left_out, key=lambda each: (each.fold or 0, each.image_id))),
        lesions=wanted.lesions,
        shard_bytes=wanted.shard_bytes,
        images=place.images,
        target=wanted.target,
        is_absolute=wanted.is_absolute,
        re_encoding=wanted.re_encoding,
        smaller=_smaller(chosen, wanted.re_encoding),
    )


def _choose(
    manifest: pd.DataFrame,
    fold: int | None,
    form: ExportFormat,
    wanted: Wanted,
    annotations: Annotations,
) -> tuple[list[_PartRows], list[LeftOut]]:
    """Give what is kept of each part of a fold, and everything else that the manifest has."""
    chosen, left_out = [], []
    rest = _of_fold(manifest, wanted.variant, fold)
    for part in parts_of(wanted.variant):
        rows = rows_of_part(manifest, wanted.variant, part, fold).sort_values("image_id")
        rest = rest[~rest["image_id"].isin(rows["image_id"])]
        of_part = _PartRows(part, fold, [])
        chosen.append(of_part)
        records = rows.to_dict("records")
        for sample, row in zip(samples_of(rows, annotations), records, strict=True):
            reason = form.lacks(sample, wanted.lesions)
            if wanted.re_encoding and sample.width is None:
                reason = reason or "no-size"
            if reason and not (wanted.keeps_unannotated and reason in KEPT_IF_ASKED):
                left_out.append(LeftOut(fold, sample.image_id, sample.path, reason))
            else:
                of_part.kept.append((sample, {str(name): value for name, value in row.items()}))
    left_out += [
        LeftOut(fold, row.image_id, row.path, row.excluded or HELD_OUT) for row in rest.itertuples()
    ]
    return chosen, left_out


def _smaller(chosen: list[_PartRows], form: ReEncoding | None) -> int:
    """Count the images that a form enlarges, each once."""
    if form is None:
        return 0
    samples = {sample.image_id: sample for each in chosen for sample, _ in each.kept}
    return sum(
        (sample.width or 0) < form.width or (sample.height or 0) < form.height
        for sample in samples.values()
    )


def _parts(
    chosen: list[_PartRows], names: dict[str, str], images: Path, form: ReEncoding | None
) -> tuple[Part, ...]:
    """Name the files of what is kept."""
    samples = {sample.path: sample for each in chosen for sample, _ in each.kept}
    extensions = _extensions(images, samples)
    parts = []
    for part, fold, kept in chosen:
        folder = FOLDERS.get(part, part)
        of_part = (
            ExportedImage(
                form.sample(sample) if form else sample,
                row,
                folder,
                fold,
                names[sample.image_id] + (".jpg" if form else extensions[sample.path]),
                sample.orientation != 1,
                form,
            )
            for sample, row in kept
        )
        parts.append(Part(part, folder, fold, tuple(of_part)))
    return tuple(parts)


def _nothing_left(variant: str, left_out: list[LeftOut]) -> UsageError:
    example = next(iter(left_out), None)
    return UsageError(
        variant,
        "no image of it can be in this format",
        found=f"{len(left_out):,} that are left out, such as {example.image_id} ({example.reason})"
        if example
        else "an empty manifest",
        done="nothing written",
    )


#: Reasons that `--unannotated keep` makes none.
KEPT_IF_ASKED = ("not-annotated", "circles-of-another-frame")


def lacks_nothing(sample: Sample, lesions: Lesions) -> str:
    """Take every image that is placed."""
    return ""


def lacks_grade(sample: Sample, lesions: Lesions) -> str:
    """Take images of a known grade."""
    return "no-grade" if sample.grade is None else ""


def lacks_count(sample: Sample, lesions: Lesions) -> str:
    """Take images of a known grade and lesion count."""
    return lacks_grade(sample, lesions) or ("no-lesion-count" if sample.lesions_v1 is None else "")


def lacks_lesions(sample: Sample, lesions: Lesions) -> str:
    """Take images of known size whose lesions of this kind are annotated, if there are none, too.

    Not annotated is not the same as no lesion: a detector would learn to overlook them.
    """
    if sample.width is None or sample.height is None:
        return "no-size"
    if (sample.boxes if lesions == "boxes" else sample.circles) is not None:
        return ""
    has_count = lesions == "circles" and sample.lesions_v2 is not None
    return "circles-of-another-frame" if has_count else "not-annotated"


def _folds(manifest: pd.DataFrame, form: ExportFormat, wanted: Wanted) -> list[int | None]:
    if form.is_of_all_folds and wanted.fold is None and is_of_folds(wanted.variant):
        there = manifest["fold"].dropna().unique()
        return [*sorted(int(number) for number in there)]
    return [check_fold(manifest, wanted.variant, wanted.fold)]


def _of_fold(manifest: pd.DataFrame, variant: str, fold: int | None) -> pd.DataFrame:
    """Give the rows that speak of a fold: in `kfold`, and where there are none, all do."""
    return (
        manifest
        if fold is None or base_of(variant) == "kfold"
        else manifest[manifest["fold"] == fold]
    )


def _extensions(images: Path, samples: dict[str, Sample]) -> dict[str, str]:
    """Give the extension of each image, by its first bytes; refuse if one is not there."""
    extensions, missing = {}, []
    for path, sample in sorted(samples.items()):
        try:
            with os.fdopen(open_regular(images / path), "rb") as stream:
                found = extension_of(stream.read(MAGIC_BYTES))
        except FileNotFoundError:
            missing.append(path)
            continue
        if sample.orientation != 1 and found != ".jpg":
            found = ".png"
        extensions[path] = found or PurePosixPath(path).suffix.lower()
    if missing:
        raise UnavailableError(
            str(images),
            f"{len(missing):,} of {len(samples):,} images are not there",
            found="\n".join(_all_or_few(missing, len(samples))),
            done="nothing written",
            remedy="`dvc pull`, or name their folder with --images",
        )
    return extensions


def _all_or_few(missing: list[str], number: int) -> Iterator[str]:
    """Name all; where every image is missing, the folder is wrong, and a few of them tell."""
    shown = missing[:3] if len(missing) == number else missing
    yield from (f"no {path}" for path in shown)
    if len(shown) < len(missing):
        yield "and none of the others"
