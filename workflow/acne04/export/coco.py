"""The format ``coco``: one JSON file a part, boxes from the left upper corner."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from acne04.export.planned import (
    DataFile,
    ExportedImage,
    Lesions,
    Part,
    PlannedFile,
    Selection,
)
from acne04.export.records import boxed_lesions, facts, original

#: Kind of lesions -> class, as their source calls it.
CLASSES: dict[Lesions, str] = {"boxes": "fore", "circles": "acne"}


def place(image: ExportedImage, selection: Selection) -> str:
    """Give the path of an image below the folder of the export."""
    return f"images/{image.part}/{image.name}"


def files(selection: Selection) -> Iterator[PlannedFile]:
    """Give the annotations of each part."""
    ids = {image.name: number for number, image in enumerate(selection.every_image, 1)}
    first = 1
    for part in selection.parts:
        document = _document(selection, part, ids, first)
        first += len(document["annotations"])
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        yield DataFile(f"annotations/instances_{part.folder}.json", f"{text}\n".encode())


def _document(selection: Selection, part: Part, ids: dict[str, int], first: int) -> dict[str, Any]:
    annotations: list[dict[str, Any]] = []
    for image in part.images:
        for each in boxed_lesions(image, selection.lesions):
            if each.borders is None:
                continue
            xmin, ymin, xmax, ymax = each.borders
            width, height = xmax - xmin, ymax - ymin
            circle = original(each.lesion)
            annotations.append(
                {
                    "id": first + len(annotations),
                    "image_id": ids[image.name],
                    "category_id": 1,
                    "bbox": [xmin, ymin, width, height],
                    "area": width * height,
                    "iscrowd": 0,
                    "segmentation": [],
                    **({"circle": circle} if circle else {}),
                }
            )
    return {
        "info": {
            "description": f"{selection.dataset}, {selection.variant}, {part.name}",
            "version": "1.0",
            "dataset": selection.dataset,
            "variant": selection.variant,
            "fold": part.fold,
            "part": part.name,
        },
        "licenses": [],
        "images": [_image(image, ids[image.name]) for image in part.images],
        "annotations": annotations,
        "categories": [{"id": 1, "name": CLASSES[selection.lesions], "supercategory": "lesion"}],
    }


def _image(image: ExportedImage, number: int) -> dict[str, Any]:
    known = facts(image)
    width, height, name = known.pop("width"), known.pop("height"), known.pop("image_id")
    start = {"id": number, "file_name": image.name, "width": width, "height": height}
    return start | {"name": name} | known
