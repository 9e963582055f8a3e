"""One image of a manifest with its labels, boxes and circles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pandas as pd

from acne04.samples.place import DatasetPlace

_T = TypeVar("_T")
#: Columns of a manifest that a sample is made of, besides ``image_id``.
SAMPLE_COLUMNS = (
    "path",
    "origin",
    "grade",
    "lesions_v1",
    "lesions_v2",
    "width",
    "height",
    "sha256",
    "subject",
    "group",
    "weight",
    "mark",
)


@dataclass(frozen=True, slots=True)
class Box:
    """A lesion box of ACNE04: its borders in pixels of the upright image.

    They may lie outside the image where the published file has them so.
    """

    xmin: int
    ymin: int
    xmax: int
    ymax: int


@dataclass(frozen=True, slots=True)
class Circle:
    """A lesion circle of Acne04-v2.

    Attributes
    ----------
    annotation_id : int
        Its id in the published file.
    x, y, radius : int
        Pixels, in the frame of the published file, with the recorded repairs.
    photo_x, photo_y, photo_radius_x, photo_radius_y : float
        The same in pixels of the upright photograph that is here: an ellipse, where it was resized
        by two factors and somebody decided to scale the circles.
    repaired : str
        The decision by which they are not as published; empty where they are.
    """

    annotation_id: int
    x: int
    y: int
    radius: int
    photo_x: float
    photo_y: float
    photo_radius_x: float
    photo_radius_y: float
    repaired: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One image of a manifest.

    Attributes
    ----------
    image_id : str
        Canonical name, unique.
    path : str
        Below the folder of images.
    origin : str
        ``real`` or ``synthetic``.
    grade : int or None
        0 mild to 3 very severe, as the manifest has it.
    lesions_v1, lesions_v2 : int or None
        Counts; None where not annotated.
    width, height : int or None
        Pixels, upright; None where the file does not decode.
    sha256 : str
        Of the file.
    subject : str
        Person; empty where unknown.
    group : str
        What is placed together with it.
    weight : float or None
        How often an epoch of training shows it; None where it is never trained on.
    mark : str
        A warning, or empty; see the manifest's schema.
    boxes : tuple of Box or None
        None where ACNE04 has no boxes of the image, in the order of the VOC file.
    circles : tuple of Circle or None
        By id; None where Acne04-v2 has none of this photograph in its frame.
    orientation : int
        As the EXIF block of the file marks it, 1 (stored upright, or not marked) to 8.
    """

    image_id: str
    path: str
    origin: str
    grade: int | None
    lesions_v1: int | None
    lesions_v2: int | None
    width: int | None
    height: int | None
    sha256: str
    subject: str
    group: str
    weight: float | None
    mark: str
    boxes: tuple[Box, ...] | None
    circles: tuple[Circle, ...] | None
    orientation: int = 1

    def file(self, images: Path) -> Path:
        """Give the image's file below a folder of images."""
        return images / self.path


class Annotations:
    """Boxes and circles by image, read once.

    Parameters
    ----------
    place : DatasetPlace
        Whose tables ``inventory``, ``groups``, ``boxes``, ``annotated`` and ``lesions`` are read.

    Raises
    ------
    UnavailableError
        If one of them is not there.
    """

    def __init__(self, place: DatasetPlace) -> None:
        self._boxes = _boxes(place.table("inventory/boxes.csv", "boxes"))
        self._circles = _circles(
            place.table("annotations/images.csv", "annotated"),
            place.table("annotations/lesions.csv", "lesions"),
        )
        inventory = place.table("inventory/images.csv", "inventory")
        groups = place.table("groups/groups.csv", "groups")
        self._facts = {row.path: row for row in inventory.itertuples()}
        self._copies: dict[str, list[str]] = {}
        for row in groups.sort_values("image_id").itertuples():
            if row.canonical:
                self._copies.setdefault(row.canonical, []).append(row.path)

    def boxes_of(self, path: str) -> tuple[Box, ...] | None:
        """Give the boxes of the image at a path of the manifest; None where it has none."""
        facts = self._facts.get(path)
        if facts is None or facts.origin != "real" or pd.isna(facts.boxes):
            return None
        return self._boxes.get(facts.name, ())

    def orientation_of(self, path: str) -> int:
        """Give the EXIF orientation of the image at a path of the manifest; 1 where unmarked."""
        facts = self._facts.get(path)
        return 1 if facts is None or pd.isna(facts.orientation) else int(facts.orientation)

    def circles_of(self, path: str, image_id: str) -> tuple[Circle, ...] | None:
        """Give the circles of the image at a path of the manifest; None where it has none.

        As its lesion count: where the image that stands for its copies has none of its own, those
        of the first copy that has. Of a copy in another frame (resized, cropped) the count holds,
        but not the coordinates: then None.
        """
        facts = self._facts.get(path)
        if facts is None or facts.origin != "real":
            return None
        for other in (path, *self._copies.get(image_id, ())):
            of = self._facts[other]
            same_frame = (of.width, of.height) == (facts.width, facts.height)
            if of.origin == "real" and same_frame and of.name in self._circles:
                return self._circles[of.name]
        return None


def samples_of(rows: pd.DataFrame, annotations: Annotations) -> Iterator[Sample]:
    """Give the samples of rows of a manifest, in their order."""
    for row in rows.itertuples():
        yield Sample(
            image_id=row.image_id,
            path=row.path,
            origin=row.origin,
            grade=_integer(row.grade),
            lesions_v1=_integer(row.lesions_v1),
            lesions_v2=_integer(row.lesions_v2),
            width=_integer(row.width),
            height=_integer(row.height),
            sha256=row.sha256,
            subject=row.subject,
            group=row.group,
            weight=None if pd.isna(row.weight) else float(row.weight),
            mark=row.mark,
            boxes=annotations.boxes_of(row.path),
            circles=annotations.circles_of(row.path, row.image_id),
            orientation=annotations.orientation_of(row.path),
        )


def _integer(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]


def _boxes(table: pd.DataFrame) -> dict[str, tuple[Box, ...]]:
    columns = ("xmin", "ymin", "xmax", "ymax")
    ordered = table.sort_values(["name", "box"])
    borders = zip(*(ordered[column].astype(int).tolist() for column in columns), strict=True)
    return _gathered(ordered["name"], (Box(*four) for four in borders))


def _circles(annotated: pd.DataFrame, lesions: pd.DataFrame) -> dict[str, tuple[Circle, ...]]:
    """Give the circles by file name, of images whose own record is sound."""
    whole = ("annotation_id", "x", "y", "radius")
    exact = ("photo_x", "photo_y", "photo_radius_x", "photo_radius_y")
    ordered = lesions.sort_values("annotation_id")
    numbers = [ordered[column].astype(int).tolist() for column in whole]
    numbers += [ordered[column].astype(float).tolist() for column in exact]
    found = _gathered(
        ordered["file_name"],
        (Circle(*values) for values in zip(*numbers, ordered["repaired"], strict=True)),
    )
    sound = annotated[(annotated["quarantined_by"] == "") & (annotated["quarantined"] == 0)]
    return dict.fromkeys(sound["file_name"], ()) | found


def _gathered(names: Iterable[str], items: Iterable[_T]) -> dict[str, tuple[_T, ...]]:
    lists: dict[str, list[_T]] = {}
    for name, item in zip(names, items, strict=True):
        lists.setdefault(name, []).append(item)
    return {name: tuple(of_one) for name, of_one in lists.items()}
