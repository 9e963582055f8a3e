"""The format ``yolo``: ultralytics' layout, a text file of shares of width and height an image."""

from __future__ import annotations

from collections.abc import Iterator

from acne04.export.coco import CLASSES
from acne04.export.planned import DataFile, ExportedImage, PlannedFile, Selection
from acne04.export.records import boxed_lesions

#: Decimals of a share: in 5,184 px less than a millionth of a pixel.
DECIMALS = 10


def place(image: ExportedImage, selection: Selection) -> str:
    """Give the path of an image below the folder of the export."""
    return f"images/{image.part}/{image.name}"


def files(selection: Selection) -> Iterator[PlannedFile]:
    """Give ``data.yaml`` and the labels of each image that is annotated."""
    yield DataFile("data.yaml", _settings(selection).encode())
    for image in selection.every_image:
        if (image.sample.boxes if selection.lesions == "boxes" else image.sample.circles) is None:
            # Kept, though nobody drew its lesions: without a file it is background.
            continue
        lines = _lines(image, selection)
        yield DataFile(f"labels/{image.part}/{image.stem}.txt", "".join(lines).encode())


def folders(selection: Selection) -> Iterator[str]:
    """Give the folders of labels."""
    return (f"labels/{part.folder}" for part in selection.parts)


def _settings(selection: Selection) -> str:
    """Say where the parts are: without ``path``, which is then the folder of this file itself."""
    there = {part.folder for part in selection.parts}
    training = "train" if "train" in there else "all"
    lines = [f"# {selection.dataset}, {selection.variant}", f"train: images/{training}"]
    if "val" in there:
        lines.append("val: images/val")
    else:
        lines += [
            "# This variant has no part to choose a model by. Its test part is none:",
            f"val: images/{training}",
        ]
    if "test" in there:
        lines.append("test: images/test")
    return "\n".join([*lines, "names:", f"  0: {CLASSES[selection.lesions]}", ""])


def _lines(image: ExportedImage, selection: Selection) -> Iterator[str]:
    width, height = image.sample.width, image.sample.height
    for each in boxed_lesions(image, selection.lesions):
        if each.borders is None or width is None or height is None:
            continue
        xmin, ymin, xmax, ymax = each.borders
        shares = (
            (xmin + xmax) / 2 / width,
            (ymin + ymax) / 2 / height,
            (xmax - xmin) / width,
            (ymax - ymin) / height,
        )
        yield f"0 {' '.join(f'{share:.{DECIMALS}f}' for share in shares)}\n"
