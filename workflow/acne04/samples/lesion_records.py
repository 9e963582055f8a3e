"""Boxes and circles as records, in the form that other libraries are given them in."""

from __future__ import annotations

from typing import Any

from acne04.samples.sample import Box, Circle

#: Names of types, as Arrow and Hugging Face have them.
TEXT, INTEGER, NUMBER = "string", "int64", "float64"
#: Field -> type of a box: pixels of the upright image.
BOX_FIELDS = dict.fromkeys(("xmin", "ymin", "xmax", "ymax"), INTEGER)
#: Field -> type of a circle: centre and radii in pixels of the upright image, then the numbers of
#: the published file with the recorded repairs, and the decision by which they are repaired.
CIRCLE_FIELDS = {
    "annotation_id": INTEGER,
    **dict.fromkeys(("x", "y", "radius_x", "radius_y"), NUMBER),
    **dict.fromkeys(("published_x", "published_y", "published_radius"), INTEGER),
    "repaired": TEXT,
}


def box_record(box: Box) -> dict[str, Any]:
    """Give a box by `BOX_FIELDS`."""
    return {"xmin": box.xmin, "ymin": box.ymin, "xmax": box.xmax, "ymax": box.ymax}


def circle_record(circle: Circle) -> dict[str, Any]:
    """Give a circle by `CIRCLE_FIELDS`; ``repaired`` is None where it is as published."""
    return {
        "annotation_id": circle.annotation_id,
        "x": circle.photo_x,
        "y": circle.photo_y,
        "radius_x": circle.photo_radius_x,
        "radius_y": circle.photo_radius_y,
        "published_x": circle.x,
        "published_y": circle.y,
        "published_radius": circle.radius,
        "repaired": circle.repaired or None,
    }
