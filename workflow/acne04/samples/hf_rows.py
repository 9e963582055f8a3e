"""The images of a part as a dataset of Hugging Face; imported only where `datasets` is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import datasets

from acne04.core.grades import GRADE_NAMES
from acne04.samples.lesion_records import (
    BOX_FIELDS,
    CIRCLE_FIELDS,
    INTEGER,
    NUMBER,
    TEXT,
    box_record,
    circle_record,
)
from acne04.samples.sample import Sample

_INTEGER, _NUMBER, _TEXT = (datasets.Value(kind) for kind in (INTEGER, NUMBER, TEXT))
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
        "boxes": datasets.List({name: datasets.Value(kind) for name, kind in BOX_FIELDS.items()}),
        "circles": datasets.List(
            {name: datasets.Value(kind) for name, kind in CIRCLE_FIELDS.items()}
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
    columns |= {"image": list(files), "boxes": [], "circles": []}
    for sample in samples:
        # None where nobody drew any, an empty list where there is no lesion.
        boxes, circles = sample.boxes, sample.circles
        columns["boxes"].append(None if boxes is None else [box_record(box) for box in boxes])
        columns["circles"].append(
            None if circles is None else [circle_record(circle) for circle in circles]
        )
    ordered = {name: columns[name] for name in FEATURES}
    return datasets.Dataset.from_dict(ordered, features=FEATURES)
