"""All that the page says of each image, as columns: what its script searches, filters and shows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from acne04.core.printing import shown_in_line
from acne04.report.manifest_places import Place
from acne04.samples.place import DatasetPlace
from acne04.samples.sample import Annotations, Box, Circle

#: Kinds of relations that an image's record lists one by one. Of one person there may be dozens of
#: photographs: the gallery finds them by the person.
RELATED = ("exact", "near", "derived-from", "retake")
#: Longest name that is looked for in a text.
_LONGEST = 200
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Image:
    """One image of the inventory.

    Attributes
    ----------
    image_id, path, name : str
        Canonical name, place below the folder of images, name of the file.
    origin : str
        ``real`` or ``synthetic``.
    grade, lesions_v1, lesions_v2 : int or None
        As labelled; None where nobody says.
    width, height : int or None
        Pixels, upright; None where the file does not decode.
    orientation : int
        As its EXIF block marks it; 1 is stored upright.
    size : int
        Bytes.
    sha256, subject, group : str
        Of the file; person (empty where unknown); what is placed together with it.
    """

    image_id: str
    path: str
    name: str
    origin: str
    grade: int | None
    lesions_v1: int | None
    lesions_v2: int | None
    width: int | None
    height: int | None
    orientation: int
    size: int
    sha256: str
    subject: str
    group: str

    @property
    def is_shown(self) -> bool:
        """Whether there is a picture of it: it decodes."""
        return self.width is not None


class Images:
    """The images of a dataset in the order of the page, found by path, by name, and in a text."""

    def __init__(self, images: Iterable[Image]) -> None:
        self.all = sorted(images, key=_reading_order)
        self.by_id: dict[str, int] = {}
        self.by_path: dict[str, int] = {}
        named: dict[str, set[int]] = defaultdict(set)
        for number, image in enumerate(self.all):
            self.by_id[image.image_id] = self.by_path[image.path] = number
            for name in (image.image_id, image.path, image.name):
                named[name].add(number)
        self._named = {name: sorted(numbers) for name, numbers in named.items()}
        ends = {name[name.rfind(".") :] for name in self._named if "." in name}
        words = "|".join(re.escape(end) for end in sorted(ends, key=lambda end: (-len(end), end)))
        self._end = re.compile(rf"(?:{words})(?![\w~/-]|\.\w)" if words else r"(?!)")

    def called(self, name: str) -> list[int]:
        """Give the numbers of the images with this path, image_id or name."""
        return self._named.get(name, [])

    def real(self, name: str) -> int | None:
        """Give the number of the photograph with this file name; None where there is none."""
        found = [n for n in self.called(name) if self.all[n].origin == "real"]
        return found[0] if found else None

    def mentioned(self, text: str) -> list[int]:
        """Give the numbers of the images that a text names, in the order of the text.

        A name counts as a whole: not inside a longer one.
        """
        found: dict[int, None] = {}
        for match in self._end.finditer(text):
            for start in range(max(0, match.end() - _LONGEST), match.start()):
                numbers = self._named.get(text[start : match.end()])
                if numbers and not (start and re.match(r"[\w/~-]", text[start - 1])):
                    found.update(dict.fromkeys(numbers))
                    break
        return list(found)


def _reading_order(image: Image) -> tuple[Any, ...]:
    """Photographs first, numbers in names as numbers: levle0_2.jpg before levle0_10.jpg."""
    steps = _DIGITS.split(image.image_id)
    name = [(int(step), "") if step.isdecimal() else (-1, step) for step in steps]
    return image.origin != "real", name, image.path


def read_images(place: DatasetPlace) -> Images:
    """Read the images of a dataset from its inventory, its groups and a manifest."""
    groups = place.table("groups/groups.csv", "groups").set_index("path")
    # Of the manifests that one which has every image once, as it is labelled.
    counted = place.manifest("paper").set_index("path")["lesions_v2"]
    images = []
    for row in place.table("inventory/images.csv", "inventory").itertuples():
        decodes = row.decodable is not pd.NA and bool(row.decodable)
        images.append(
            Image(
                image_id=groups.at[row.path, "image_id"],
                path=row.path,
                name=row.name,
                origin=row.origin,
                grade=integer(row.grade),
                lesions_v1=integer(row.lesions_v1),
                lesions_v2=integer(counted.get(row.path)),
                width=integer(row.width) if decodes else None,
                height=integer(row.height) if decodes else None,
                orientation=integer(row.orientation) or 1,
                size=int(row.size),
                sha256=row.sha256,
                subject=groups.at[row.path, "subject"],
                group=groups.at[row.path, "group"],
            )
        )
    return Images(images)


def related(place: DatasetPlace, images: Images) -> dict[int, list[list[Any]]]:
    """Give of each image kind, other image and score (None where there is none), both ways."""
    found: dict[int, list[list[Any]]] = defaultdict(list)
    for row in place.table("groups/relations.csv", "relations").itertuples():
        if row.kind in RELATED:
            a, b = images.by_id[row.a], images.by_id[row.b]
            score = None if pd.isna(row.score) else float(row.score)
            found[a].append([row.kind, b, score])
            back = "parent-of" if row.kind == "derived-from" else row.kind
            found[b].append([back, a, score])
    return found


def columns(
    images: Images,
    annotations: Annotations,
    relations: Mapping[int, list[list[Any]]],
    places: Mapping[str, Mapping[str, Place]],
) -> dict[str, list[Any]]:
    """Give what is known of the images as columns, each in their order; then what they number.

    Parameters
    ----------
    images : Images
        All of them.
    annotations : Annotations
        Their boxes and circles.
    relations : mapping
        Of each image, what `related` gives.
    places : mapping
        Variant to where it has each image, by its path.
    """
    rows = images.all
    return {
        "id": [shown_in_line(image.image_id) for image in rows],
        "path": [shown_in_line(image.path) for image in rows],
        "real": [int(image.origin == "real") for image in rows],
        "grade": [image.grade for image in rows],
        "v1": [image.lesions_v1 for image in rows],
        "v2": [image.lesions_v2 for image in rows],
        "width": [image.width for image in rows],
        "height": [image.height for image in rows],
        "turn": [image.orientation for image in rows],
        "bytes": [image.size for image in rows],
        "sha256": [image.sha256 for image in rows],
        "person": [shown_in_line(image.subject) for image in rows],
        "group": [shown_in_line(image.group) for image in rows],
        "boxes": [_flat_boxes(annotations.boxes_of(image.path)) for image in rows],
        "circles": [
            _flat_circles(annotations.circles_of(image.path, image.image_id)) for image in rows
        ],
        "related": [relations.get(number, []) for number in range(len(rows))],
        **_placed(rows, places),
    }


def _placed(rows: list[Image], places: Mapping[str, Mapping[str, Place]]) -> dict[str, list[Any]]:
    """Give where each image is placed by numbers of texts: there are few, and many images."""
    texts: dict[str, int] = {"": 0}
    parts: dict[str, int] = {}
    found: dict[str, list[Any]] = {"places": [], "parts": []}
    for image in rows:
        of = [places[variant].get(image.path) for variant in places]
        told = [place.text if place else "" for place in of]
        found["places"].append([texts.setdefault(text, len(texts)) for text in told])
        named = [part for place in of if place for part in place.parts]
        found["parts"].append([parts.setdefault(part, len(parts)) for part in named])
    return {**found, "texts": list(texts), "partNames": list(parts), "variants": list(places)}


def _flat_boxes(boxes: tuple[Box, ...] | None) -> list[int] | None:
    if boxes is None:
        return None
    return [number for box in boxes for number in (box.xmin, box.ymin, box.xmax, box.ymax)]


def _flat_circles(circles: tuple[Circle, ...] | None) -> list[float] | None:
    if circles is None:
        return None
    return [
        _short(number)
        for c in circles
        for number in (c.photo_x, c.photo_y, c.photo_radius_x, c.photo_radius_y)
    ]


def _short(number: float) -> float:
    """Give a coordinate to a tenth of a pixel, a whole one as an integer."""
    rounded = round(float(number), 1)
    return int(rounded) if rounded.is_integer() else rounded


def integer(value: Any) -> int | None:
    """Give a cell as an integer; None where it is empty."""
    return None if value is None or pd.isna(value) else int(value)
