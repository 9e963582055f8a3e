"""What makes a record wrong although its form is right; every check works on whole columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from acne04.validate.problems import Problem, printable

#: Factor of the known defect of the published file: centre and radius of 49 circles.
KNOWN_FACTOR = 100


def image_problems(images: pd.DataFrame) -> Iterator[Problem]:
    """Find images that share an id or a name: nobody can say which record is meant.

    Parameters
    ----------
    images : pandas.DataFrame
        As `records.image_columns` gives them.
    """
    yield from _shared(images["id"], "images", "image-id-duplicate")
    yield from _shared(images["file_name"], "images", "file-name-duplicate")


def annotation_problems(circles: pd.DataFrame, images: pd.DataFrame) -> Iterator[Problem]:
    """Find annotations whose ids, image or circle cannot be right.

    Parameters
    ----------
    circles : pandas.DataFrame
        As `with_image_size` gives them.
    images : pandas.DataFrame
        Column id, and bool column bad: the image is quarantined.
    """
    yield from _shared(circles["id"], "annotations", "annotation-id-duplicate")
    unknown = circles["image_id"].notna() & ~circles["image_id"].isin(images["id"])
    for position, image_id in circles.loc[unknown, "image_id"].items():
        yield _of(position, "annotation-orphan", f"image_id {image_id:.0f}, which no image has")
    lost = ~unknown & circles["image_id"].isin(images.loc[images["bad"], "id"].dropna())
    for position, image_id in circles.loc[lost, "image_id"].items():
        found = f"image_id {image_id:.0f}, whose image is quarantined"
        yield _of(position, "annotation-of-quarantined-image", found)
    for position, radius in circles.loc[circles["radius"] <= 0, "radius"].items():
        yield _of(position, "radius-not-positive", f"radius {radius:.0f}")
    yield from _outside(circles)


def duplicate_circles(circles: pd.DataFrame) -> Iterator[Problem]:
    """Find circles that an image has twice; the one with the lowest id is kept.

    Parameters
    ----------
    circles : pandas.DataFrame
        Circles without any other error, so that each has an id of its own.
    """
    place = ["image_id", "x", "y", "radius"]
    by_id = circles.sort_values("id")
    repeated = by_id[by_id.duplicated(place)].reset_index(names="position")
    kept = by_id.drop_duplicates(place).set_index(place)["id"].rename("kept")
    for row in repeated.join(kept, on=place).itertuples():
        found = (
            f"x={row.x:.0f}, y={row.y:.0f}, radius {row.radius:.0f}: "
            f"the same circle as annotation {row.kept:.0f}, which is kept"
        )
        yield _of(row.position, "circle-duplicate", found)


def with_image_size(annotations: pd.DataFrame, images: pd.DataFrame) -> pd.DataFrame:
    """Add to each annotation the width and height (px) of its image.

    NaN where the image is quarantined: against a disputed size no circle is right or wrong.
    """
    sound = images[~images["bad"]].set_index("id")
    sizes = {side: annotations["image_id"].map(sound[side]) for side in ("width", "height")}
    return annotations.assign(**sizes)


def _outside(circles: pd.DataFrame) -> Iterator[Problem]:
    x, y, width, height = (circles[name] for name in ("x", "y", "width", "height"))
    outside = circles[(x < 0) | (y < 0) | (x >= width) | (y >= height)]
    for row in outside.itertuples():
        found = (
            f"x={row.x:.0f}, y={row.y:.0f}, radius {row.radius:.0f} "
            f"outside {row.width:.0f}×{row.height:.0f}"
        )
        if looks_multiplied(row.x, row.y, row.radius, row.width, row.height):
            found += f"; divided by {KNOWN_FACTOR} all of it would lie inside"
        yield _of(row.Index, "circle-outside-image", found)


def looks_multiplied(x: float, y: float, radius: float, width: float, height: float) -> bool:
    """Tell whether a circle shows the known defect, rather than a centre just off the border.

    >>> looks_multiplied(98018, 304639, 1076, 3112, 3456)
    True
    >>> looks_multiplied(3115, 1200, 120, 3112, 3456)
    False
    """
    apart = x - radius >= width or y - radius >= height
    x, y, radius = x / KNOWN_FACTOR, y / KNOWN_FACTOR, radius / KNOWN_FACTOR
    inside = radius <= x < width - radius and radius <= y < height - radius
    return apart and radius >= 1 and inside


def _shared(column: pd.Series, kind: str, check: str) -> Iterator[Problem]:
    """Report every record that shares a value with another: it is unknown which one is right."""
    values = column.dropna()
    repeated = values[values.duplicated(keep=False)]
    for value, same in repeated.groupby(repeated):
        shown = printable(value) if isinstance(value, str) else f"{value:.0f}"
        for position in same.index:
            found = f"{shown}, in {len(same)} records, of which /{kind}/{same.index[0]} is first"
            yield Problem(check, (kind, int(position)), found)


def _of(position: Any, check: str, found: str) -> Problem:
    return Problem(check, ("annotations", int(position)), found)
