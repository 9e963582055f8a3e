"""An exported image as a record: what every table and every sample of a shard says of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from acne04.core import tables
from acne04.core.grades import GRADE_NAMES
from acne04.export.geometry import BoxedLesion, boxed, whole
from acne04.export.planned import ExportedImage, Lesions, Selection
from acne04.samples.lesion_records import box_record, circle_record
from acne04.samples.sample import Box, Circle

_OF_SAMPLE = ("image_id", "path", "origin", "grade", "lesions_v1", "lesions_v2", "width", "height")
_OF_ROW = ("conflict_counts", "quarantined_v2", "conflict_counts_v2", "size")


def grade_name(grade: int | None) -> str | None:
    """Give the name of a grade.

    >>> grade_name(3), grade_name(None)
    ('very severe', None)
    """
    return None if grade is None else GRADE_NAMES[grade]


def facts(image: ExportedImage) -> dict[str, Any]:
    """Give what is known of an image, None where something is not; without its lesions."""
    sample = image.sample
    known = {name: getattr(sample, name) for name in _OF_SAMPLE}
    known |= {name: _plain(image.row[name]) for name in _OF_ROW}
    return known | {
        "grade_name": grade_name(sample.grade),
        "sha256": sample.sha256,
        "subject": sample.subject or None,
        "group": sample.group,
        "weight": sample.weight,
        "mark": sample.mark or None,
        "orientation": sample.orientation,
        "turned": image.is_turned,
    }


def record(image: ExportedImage) -> dict[str, Any]:
    """Give what is known of an image with its boxes and circles, as typed data sets hold it.

    Boxes and circles are None where nobody drew them, an empty list where there is no lesion.
    """
    sample = image.sample
    return {
        **facts(image),
        "boxes": None if sample.boxes is None else [box_record(box) for box in sample.boxes],
        "circles": None
        if sample.circles is None
        else [circle_record(each) for each in sample.circles],
    }


def original(lesion: Box | Circle) -> dict[str, Any]:
    """Give a circle as it is beside its box: whole numbers where they are; of a box nothing."""
    if isinstance(lesion, Box):
        return {}
    written = {
        name: whole(value) if isinstance(value, float) else value
        for name, value in circle_record(lesion).items()
    }
    return {**written, "repaired": lesion.repaired}


def boxed_lesions(image: ExportedImage, lesions: Lesions) -> list[BoxedLesion]:
    """Give the lesions of an image with their boxes; none where its size is not known."""
    width, height = image.sample.width, image.sample.height
    if width is None or height is None:
        return []
    return boxed(image.lesions(lesions), width, height)


def sample_table(selection: Selection, places: Mapping[str, str], parts: Iterable[str]) -> bytes:
    """Give the table ``samples`` of some parts (their folders)."""
    wanted = set(parts)
    records = [
        {
            "dataset": selection.dataset,
            "variant": selection.variant,
            "fold": part.fold,
            "part": part.folder,
            "file": places[image.sample.image_id],
            **_texts(image),
        }
        for part in selection.parts
        if part.folder in wanted
        for image in part.images
    ]
    return table_bytes("samples", records)


def _texts(image: ExportedImage) -> dict[str, Any]:
    """Give the facts, with empty texts, and None for other values that are missing."""
    known = facts(image)
    texts = ("grade_name", "conflict_counts", "conflict_counts_v2", "subject", "mark")
    return known | {name: known[name] or "" for name in texts}


def lesion_table(
    selection: Selection, places: Mapping[str, str], kinds: Iterable[Lesions]
) -> bytes:
    """Give the table ``exported_lesions`` of all images, with boxes, circles or both."""
    blank = dict.fromkeys(tables.empty("exported_lesions").columns)
    records = []
    for kind in kinds:
        for image in selection.every_image:
            for each in boxed_lesions(image, kind):
                borders = each.borders._asdict() if each.borders else {}
                records.append(
                    blank
                    | {"dataset": selection.dataset, "file": places[image.sample.image_id]}
                    | {"image_id": image.sample.image_id, "number": each.number}
                    | {"source": "v1" if kind == "boxes" else "v2", "clipped": each.is_clipped}
                    | {"repaired": ""}
                    | borders
                    | original(each.lesion)
                )
    return table_bytes("exported_lesions", records)


def excluded_table(selection: Selection) -> bytes:
    """Give the table ``exclusions``: what is in no part, and why."""
    records = [
        {"dataset": selection.dataset, "variant": selection.variant, **each._asdict()}
        for each in selection.left_out
    ]
    return table_bytes("exclusions", records)


def table_bytes(name: str, records: list[dict[str, Any]]) -> bytes:
    """Give the bytes of a table of ours, checked against its schema."""
    with TemporaryDirectory() as folder:
        path = Path(folder, f"{name}.csv")
        tables.write_records(path, name, records)
        return path.read_bytes()


def relative_path(image: ExportedImage, selection: Selection, folder: Path) -> str:
    """Give the way from a folder to the file in data/raw, with forward slashes."""
    source = selection.images / image.sample.path
    # The last part may be a link of DVC's: that is followed by whoever reads, not by us.
    origin = Path(os.path.realpath(source.parent), source.name)
    return Path(os.path.relpath(origin, os.path.realpath(folder))).as_posix()


def _plain(value: Any) -> Any:
    """Give a value of a manifest as Python has it; None where it is missing."""
    if value is None or value is pd.NA or value == "":
        return None
    return int(value) if not isinstance(value, str) else value
