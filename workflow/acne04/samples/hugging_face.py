"""The images of a part as a dataset of Hugging Face; imported only where `datasets` is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import datasets

from acne04.core.grades import GRADE_NAMES
from acne04.samples.sample import Box, Circle, Sample

_WHOLE, _EXACT, _TEXT = (datasets.Value(kind) for kind in ("int32", "float64", "string"))
#: Column -> its type; the image stays in its file.
FEATURES = datasets.Features(
    {
        "image": datasets.Image(),
        "grade": datasets.ClassLabel(names=list(GRADE_NAMES)),
        "image_id": _TEXT,
        "origin": datasets.ClassLabel(names=["real", "synthetic"]),
        "lesions_v1": _WHOLE,
        "lesions_v2": _WHOLE,
        "boxes": datasets.List(dict.fromkeys(("xmin", "ymin", "xmax", "ymax"), _WHOLE)),
        "circles": datasets.List(dict.fromkeys(("x", "y", "radius_x", "radius_y"), _EXACT)),
        "width": _WHOLE,
        "height": _WHOLE,
        "subject": _TEXT,
        "group": _TEXT,
        "weight": _EXACT,
        "sha256": _TEXT,
        "mark": _TEXT,
    }
)


def dataset_of(samples: Sequence[Sample], files: Sequence[str]) -> datasets.Dataset:
    """Make a dataset of samples and their files; boxes and circles are of the upright image."""
    plain = [name for name in FEATURES if name not in ("image", "boxes", "circles")]
    columns: dict[str, list[Any]] = {
        name: [getattr(sample, name) for sample in samples] for name in plain
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
            "x": circle.photo_x,
            "y": circle.photo_y,
            "radius_x": circle.photo_radius_x,
            "radius_y": circle.photo_radius_y,
        }
        for circle in circles
    ]
