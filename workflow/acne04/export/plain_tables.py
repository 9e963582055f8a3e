"""The format ``csv``: one table a part, whose rows lead to the images where they lie."""

from __future__ import annotations

from collections.abc import Iterator

from acne04.export.planned import DataFile, ExportedImage, PlannedFile, Selection
from acne04.export.records import relative_path, sample_table


def place(image: ExportedImage, selection: Selection) -> str:
    """Give the path of an image from the folder of the tables, or the absolute one."""
    if selection.is_absolute:
        return (selection.images / image.sample.path).absolute().as_posix()
    return relative_path(image, selection, selection.target)


def files(selection: Selection) -> Iterator[PlannedFile]:
    """Give the table of each part."""
    places = {image.sample.image_id: place(image, selection) for image in selection.every_image}
    for part in selection.parts:
        yield DataFile(f"{part.folder}.csv", sample_table(selection, places, [part.folder]))
