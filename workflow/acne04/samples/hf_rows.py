"""The images of a part as a dataset of Hugging Face; imported only where `datasets` is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import datasets

from acne04.core.grades import GRADE_NAMES
from acne04.samples.sample import Box, Circle, Sample

_INTEGER, _NUMBER, _TEXT = (datasets.Value(kind) for kind in ("int64", "float64", "string"))
#: Column -> its type: names and types are those of the export `parquet`.
FEATURES = datasets.Features(
    {
        "image": datasets.Image(),
        "image_id": _TEXT,
        "grade": datasets.ClassLabel(names=list(GRADE_NAMES)),
        "lesions_v1": _INTEGER,
        "lesions_v2": _INTEGER,
        "width": _INTEGER,
        "height": _INTEGER,
        "subject": _TEXT,
        "group": _TEXT,
        "weight": _NUMBER,
        "origin": _TEXT,
        "mark": _TEXT,
        "boxes": datasets.List(dict.fromkeys(("xmin", "ymin", "xmax", "ymax"), _INTEGER)),
        "circles": datasets.List(
            {
                "annotation_id": _INTEGER,
                **dict.fromkeys(("x", "y", "radius_x", "radius_y"), _NUMBER),
                **dict.fromkeys(("published_x", "published_y", "published_radius"), _INTEGER),
                "repaired": _TEXT,
            }
        ),
        "path": _TEXT,
        "sha256": _TEXT,
    }
)


def dataset_of(samples: Sequence[Sample], files: Sequence[str]) -> datasets.Dataset:
    """Make a dataset of samples and their files; boxes and circles are of the upright image."""
    made = {"image", "boxes", "circles"}
    columns: dict[str, list[Any]] = {
        name: [getattr(sample, name) for sample in samples] for name in FEATURES if name not in made
    }
    columns["image"] = list(files)
    columns["boxes"] = [_boxes(sample.boxes) for sample in samples]
    columns["circles"] = [_circles(sample.circles) for sample in samples]
    ordered = {name: columns[name] for name in FEATURES}
    return datasets.Dataset.from_dict(ordered, features=FEATURES)


def _boxes(boxes: tuple[Box, ...] | None) -> list[dict[str, Any]] | None:
    return None if boxes is None else [asdict(box) for box in boxes]


def _circles(circles: tuple[Circle, ...] | None) -> list[dict[str, Any]] | None:
    if circles is None:
        return None
    return [
        {
            "annotation_id": circle.annotation_id,
            "x": circle.photo_x,
            "y": circle.photo_y,
            "radius_x": circle.photo_radius_x,
            "radius_y": circle.photo_radius_y,
            "published_x": circle.x,
            "published_y": circle.y,
            "published_radius": circle.radius,
            "repaired": circle.repaired,
        }
        for circle in circles
    ]
