"""What is known of the images, as the rows of the tables or the figures of the metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from acne04.core import imaging
from acne04.core.grades import GRADES, grade_of_prefix
from acne04.core.trivia import Trivia
from acne04.scan.boxes import Boxes
from acne04.scan.labels import Label, LabelLine
from acne04.scan.source_files import ImageFile
from acne04.scan.voc import CORNERS

Records = list[dict[str, Any]]
_UNLABELLED = Label(None, None)


@dataclass(frozen=True)
class Inventory:
    """What is known of the images.

    Attributes
    ----------
    real, synthetic : dict
        Path to file name of the images of each origin.
    labels : dict
        File name to label, for real images.
    folder_grades : dict
        Path to grade, for synthetic images.
    lines : list of LabelLine
        Lines of the folds, no name twice in a part.
    boxes : Boxes
        What the VOC files say.
    """

    real: dict[str, str]
    synthetic: dict[str, str]
    labels: dict[str, Label]
    folder_grades: dict[str, int]
    lines: list[LabelLine]
    boxes: Boxes

    def label(self, path: str) -> Label:
        """Label of an image by its path; of None where it has none."""
        if path in self.real:
            return self.labels.get(self.real[path], _UNLABELLED)
        return Label(self.folder_grades.get(path), None)


def inventory_rows(dataset: str, inventory: Inventory, images: Mapping[str, ImageFile]) -> Records:
    """Rows of the table ``inventory``, real images first."""
    decoder = imaging.decoder_name()
    squares = {p: image.reading.square for p, image in images.items() if image.reading.square}
    hashes = dict(zip(squares, imaging.perceptual_hashes(list(squares.values())), strict=True))
    rows = []
    for origin, names in (("real", inventory.real), ("synthetic", inventory.synthetic)):
        for path, name in names.items():
            label, reading = inventory.label(path), images[path].reading
            rows.append(
                {
                    "dataset": dataset,
                    "path": path,
                    "name": name,
                    "origin": origin,
                    "grade": label.grade,
                    "lesions_v1": label.lesions,
                    "boxes": inventory.boxes.counts.get(name) if origin == "real" else None,
                    "prefix_grade": grade_of_prefix(name),
                    "size": reading.size,
                    "sha256": reading.sha256,
                    "md5": reading.md5,
                    "width": reading.width,
                    "height": reading.height,
                    "orientation": reading.orientation,
                    "mode": reading.mode,
                    "exif_make": reading.exif_make,
                    "exif_model": reading.exif_model,
                    "decodable": not reading.problem,
                    "phash": f"{hashes[path]:016x}" if path in hashes else "",
                    "decoder": decoder,
                }
            )
    return rows


def feature_rows(dataset: str, inventory: Inventory, images: Mapping[str, ImageFile]) -> Records:
    """Rows of the table ``features``: one for each row of the inventory."""
    rows = []
    for path in (*inventory.real, *inventory.synthetic):
        reading, trivia = images[path].reading, images[path].trivia
        pixels = (reading.width or 0) * (reading.height or 0)
        seen = trivia._asdict() if trivia else dict.fromkeys(Trivia._fields)
        rows.append(
            {
                "dataset": dataset,
                "path": path,
                "width": reading.width,
                "height": reading.height,
                "size": reading.size,
                "bytes_per_pixel": reading.size / pixels if pixels else None,
                "quantization": reading.quantization,
                "exif_make": reading.exif_make,
                **seen,
            }
        )
    return rows


def fold_rows(dataset: str, inventory: Inventory) -> Records:
    """Rows of the table ``folds``: the lines of the images that are there."""
    present = set(inventory.real.values())
    return [
        {
            "dataset": dataset,
            "fold": line.fold,
            "part": line.part,
            "name": line.name,
            "grade": line.grade,
            "lesions_v1": line.lesions,
            "line": line.line,
        }
        for line in inventory.lines
        if line.name in present
    ]


def box_rows(dataset: str, inventory: Inventory) -> Records:
    """Rows of the table ``boxes``."""
    return [
        {
            "dataset": dataset,
            "name": name,
            "box": box,
            "xmin": xmin,
            "ymin": ymin,
            "xmax": xmax,
            "ymax": ymax,
            **{f"voc_{corner}": place for corner, place in zip(CORNERS, voc, strict=True)},
        }
        for name, box, (xmin, ymin, xmax, ymax), voc in inventory.boxes.rows
    ]


def metrics(
    dataset: str, inventory: Inventory, images: Mapping[str, ImageFile], findings: Mapping[str, int]
) -> dict[str, Any]:
    """Figures that ``dvc metrics diff`` compares.

    Parameters
    ----------
    dataset : str
        ``standin``, ``acne04`` or ``unknown``.
    inventory : Inventory
        What is known of the images.
    images : mapping
        Path to what was read.
    findings : mapping
        Number of findings by check.
    """
    by_label = Counter(inventory.label(path).grade for path in inventory.real)
    by_prefix = Counter(grade_of_prefix(name) for name in inventory.real.values())
    return {
        "dataset": dataset,
        "images": {"real": len(inventory.real), "synthetic": len(inventory.synthetic)},
        "grades_by_label": {str(grade): by_label[grade] for grade in GRADES},
        "grades_by_prefix": {str(grade): by_prefix[grade] for grade in GRADES},
        "boxes": inventory.boxes.objects,
        "undecodable": sum(bool(image.reading.problem) for image in images.values()),
        "findings": dict(findings),
    }
