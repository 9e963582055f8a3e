"""The format ``voc``: the tree of Pascal VOC 2007, as ACNE04's own boxes came in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.sax.saxutils import escape

from acne04.export.coco import CLASSES
from acne04.export.geometry import BoxedLesion
from acne04.export.planned import DataFile, ExportedImage, PlannedFile, Selection
from acne04.export.records import boxed_lesions

#: Where torchvision's ``VOCDetection`` looks for it.
ROOT = "VOCdevkit/VOC2007"


def place(image: ExportedImage, selection: Selection) -> str:
    """Give the path of an image below the folder of the export."""
    return f"{ROOT}/JPEGImages/{image.name}"


def files(selection: Selection) -> Iterator[PlannedFile]:
    """Give the annotations, the lists of the parts, and the classes for Datumaro and CVAT."""
    yield DataFile(f"{ROOT}/labelmap.txt", f"{CLASSES[selection.lesions]}:::\n".encode())
    for part in selection.parts:
        listed = "".join(f"{image.stem}\n" for image in part.images)
        yield DataFile(f"{ROOT}/ImageSets/Main/{part.folder}.txt", listed.encode())
    for image in selection.every_image:
        text = _annotation(image, selection)
        yield DataFile(f"{ROOT}/Annotations/{image.stem}.xml", text.encode())


def _annotation(image: ExportedImage, selection: Selection) -> str:
    lesions = boxed_lesions(image, selection.lesions)
    objects = [_object(each, CLASSES[selection.lesions]) for each in lesions if each.borders]
    return "\n".join(
        [
            "<annotation>",
            "  <folder>VOC2007</folder>",
            f"  <filename>{escape(image.name)}</filename>",
            f"  <source><database>{escape(selection.dataset)}</database></source>",
            "  <size>",
            f"    <width>{image.sample.width}</width>",
            f"    <height>{image.sample.height}</height>",
            "    <depth>3</depth>",
            "  </size>",
            "  <segmented>0</segmented>",
            *objects,
            "</annotation>",
            "",
        ]
    )


def _object(lesion: BoxedLesion, name: str) -> str:
    """Give one object; its borders are whole pixels, outwards where they were none."""
    assert lesion.borders is not None
    xmin, ymin, xmax, ymax = lesion.borders
    return "\n".join(
        [
            "  <object>",
            f"    <name>{name}</name>",
            "    <pose>Unspecified</pose>",
            f"    <truncated>{int(lesion.is_clipped)}</truncated>",
            "    <difficult>0</difficult>",
            "    <bndbox>",
            f"      <xmin>{math.floor(xmin)}</xmin>",
            f"      <ymin>{math.floor(ymin)}</ymin>",
            f"      <xmax>{math.ceil(xmax)}</xmax>",
            f"      <ymax>{math.ceil(ymax)}</ymax>",
            "    </bndbox>",
            "  </object>",
        ]
    )
