"""The format ``imagefolder``: class folders in a folder for each part, and typed columns.

torchvision's ``ImageFolder`` reads the class folders of a part; Hugging Face's ``imagefolder``
reads ``metadata.parquet`` beside them. Not ``metadata.csv``: of a CSV file ``datasets`` guesses the
types part by part, and refuses where the guesses differ (decision 0017).
"""

from __future__ import annotations

from collections.abc import Iterator

from acne04.core.grades import GRADE_NAMES, GRADES
from acne04.export import hugging_face
from acne04.export.planned import DataFile, ExportedImage, PlannedFile, Selection
from acne04.export.records import record


def class_folder(grade: int) -> str:
    """Give the folder of a grade: sorted by name they are in the order of the grades.

    >>> class_folder(3)
    '3-very-severe'
    """
    return f"{grade}-{GRADE_NAMES[grade].replace(' ', '-')}"


def place(image: ExportedImage, selection: Selection) -> str:
    """Give the path of an image below the folder of the export."""
    return f"{image.part}/{_within_part(image)}"


def folders(selection: Selection) -> Iterator[str]:
    """Give all class folders of all parts, that the classes have one number in each."""
    for part in selection.parts:
        yield from (f"{part.folder}/{class_folder(grade)}" for grade in GRADES)


def files(selection: Selection) -> Iterator[PlannedFile]:
    """Give the file of columns of each part."""
    for part in selection.parts:
        if not part.images:
            # A part without a row has no types; it is then no part of the data set.
            continue
        records = [{"file_name": _within_part(each), **record(each)} for each in part.images]
        yield DataFile(f"{part.folder}/metadata.parquet", hugging_face.to_bytes(records))


def _within_part(image: ExportedImage) -> str:
    assert image.sample.grade is not None, "images without a grade are left out"
    return f"{class_folder(image.sample.grade)}/{image.name}"
