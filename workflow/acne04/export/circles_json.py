"""The format ``v2``: circles in the form of the Acne04-v2 file, one file a part.

A circle keeps its id of the published file; images are numbered from 0. Where two files of one
photograph share its circles, those of the second get ids that no other circle has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from acne04.export.planned import DataFile, ExportedImage, Part, PlannedFile, Selection
from acne04.samples.sample import Circle

FILE = "Acne04-v2_annotations.json"


def place(image: ExportedImage, selection: Selection) -> str:
    """Give the path of an image below the folder of the export."""
    return f"{image.part}/images/{image.name}"


def files(selection: Selection) -> Iterator[PlannedFile]:
    """Give the annotations of each part."""
    ids = _Ids(selection)
    for part in selection.parts:
        text = json.dumps(_document(selection, part, ids), ensure_ascii=False)
        yield DataFile(f"{part.folder}/{FILE}", text.encode())


class _Ids:
    """Ids of images and circles: one each in the whole export."""

    def __init__(self, selection: Selection) -> None:
        images = selection.every_image
        self.circles: dict[tuple[str, int], int] = {}
        taken: set[int] = set()
        used = [c.annotation_id for image in images for c in image.sample.circles or ()]
        free = max(used, default=-1) + 1
        for image in images:
            for circle in image.sample.circles or ():
                number = circle.annotation_id
                if number in taken:
                    number, free = free, free + 1
                taken.add(number)
                self.circles[image.sample.image_id, circle.annotation_id] = number
        self.images = {image.sample.image_id: number for number, image in enumerate(images)}


def _document(selection: Selection, part: Part, ids: _Ids) -> dict[str, Any]:
    return {
        "images": [
            {
                "id": ids.images[image.sample.image_id],
                "file_name": image.name,
                "height": image.sample.height,
                "width": image.sample.width,
            }
            for image in part.images
        ],
        "annotations": [
            {
                "id": ids.circles[image.sample.image_id, circle.annotation_id],
                "image_id": ids.images[image.sample.image_id],
                "radius": _radius(circle),
                "coordinates": [round(circle.photo_x), round(circle.photo_y)],
                "class_name": "acne",
            }
            for image in part.images
            for circle in image.sample.circles or ()
        ],
        "info": {
            "version": "2.0",
            "description": f"Acne04-v2 with the recorded repairs: {selection.dataset}, "
            f"{selection.variant}, {part.name}"
            + ("" if part.fold is None else f" of fold {part.fold}"),
            "year": 2024,
            "contributor": "Gazeau et al.; circles repaired and images chosen by acne04",
        },
    }


def _radius(circle: Circle) -> int:
    """Give the radius in the photograph, at least 1 px: the mean where it is an ellipse."""
    return max(1, round((circle.photo_radius_x + circle.photo_radius_y) / 2))
