"""The format ``ldl``: label lines and images as the code of the ICCV paper reads them."""

from __future__ import annotations

from collections.abc import Iterator

from acne04.export.planned import DataFile, ExportedImage, Part, PlannedFile, Selection

#: Part -> name in the label files; that code knows no third one.
NAMES = {"train": "trainval", "all": "all", "val": "val", "test": "test"}


def place(image: ExportedImage, selection: Selection) -> str:
    """Give the path of an image below the folder of the export."""
    return f"JPEGImages/{image.name}"


def files(selection: Selection) -> Iterator[PlannedFile]:
    """Give the label lines of each part of each fold; without folds there is one, 0."""
    for part in selection.parts:
        name = f"NNEW_{NAMES[part.folder]}_{part.fold or 0}.txt"
        yield DataFile(name, "".join(_lines(part)).encode())


def _lines(part: Part) -> Iterator[str]:
    for image in part.images:
        yield f"{image.name}  {image.sample.grade}  {image.sample.lesions_v1}\n"
