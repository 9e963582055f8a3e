"""Checks of the circles of the file: of each, against each other, and against their images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from acne04.core.findings import FindingKind
from acne04.validate import catalogue
from acne04.validate.image_checks import shared_values
from acne04.validate.problems import PlacedProblem

#: Factor of the known defect of the published file: centre and radius of 49 circles.
KNOWN_FACTOR = 100


def annotation_problems(circles: pd.DataFrame, images: pd.DataFrame) -> Iterator[PlacedProblem]:
    """Find annotations whose ids, image or circle cannot be right.

    Parameters
    ----------
    circles : pandas.DataFrame
        As `with_image_size` gives them.
    images : pandas.DataFrame
        Column id, and bool columns bad: the image is quarantined, and resized: for no other
        reason than that photographs were resized, which is told once for all of them.
    """
    yield from shared_values(circles["id"], "annotations", catalogue.ANNOTATION_ID_DUPLICATE)
    unknown = circles["image_id"].notna() & ~circles["image_id"].isin(images["id"])
    for position, image_id in circles.loc[unknown, "image_id"].items():
        yield _of(
            position, catalogue.ANNOTATION_ORPHAN, f"image_id {image_id:.0f}, which no image has"
        )
    resized = set(images.loc[images["resized"], "id"])
    lost = ~unknown & circles["image_id"].isin(images.loc[images["bad"], "id"].dropna())
    for position, image_id in circles.loc[lost, "image_id"].items():
        found = f"image_id {image_id:.0f}, whose image is quarantined"
        kind = catalogue.ANNOTATION_OF_QUARANTINED_IMAGE
        yield _of(position, catalogue.PHOTOGRAPHS_RESIZED if image_id in resized else kind, found)
    for position, radius in circles.loc[circles["radius"] <= 0, "radius"].items():
        yield _of(position, catalogue.RADIUS_NOT_POSITIVE, f"radius {radius:.0f}")
    yield from _outside(circles)


def duplicate_circles(circles: pd.DataFrame) -> Iterator[PlacedProblem]:
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
        yield _of(row.position, catalogue.CIRCLE_DUPLICATE, found)


def with_image_size(annotations: pd.DataFrame, images: pd.DataFrame) -> pd.DataFrame:
    """Add to each annotation the width and height (px) of its image.

    NaN where the image is quarantined: against a disputed size no circle is right or wrong.
    """
    sound = images[~images["bad"]].set_index("id")
    sizes = {side: annotations["image_id"].map(sound[side]) for side in ("width", "height")}
    return annotations.assign(**sizes)


def circle_advice(circles: pd.DataFrame) -> Iterator[PlacedProblem]:
    """Find sound circles that cross the border of their image, or are too wide for it.

    Parameters
    ----------
    circles : pandas.DataFrame
        Sound circles: columns x, y, radius, width, height (px); row = position in the array.
    """
    over = overhang(circles)
    for position, pixels in over[over > 0].items():
        found = f"{pixels:.0f} px of the circle outside"
        yield PlacedProblem(catalogue.CIRCLE_CROSSES_BORDER, ("annotations", int(position)), found)
    shorter = circles[["width", "height"]].min(axis="columns")
    for row in circles[2 * circles["radius"] > shorter].itertuples():
        found = f"radius {row.radius:.0f} in an image of {row.width:.0f}×{row.height:.0f}"
        yield PlacedProblem(catalogue.RADIUS_IMPLAUSIBLE, ("annotations", int(row.Index)), found)


def overhang(circles: pd.DataFrame) -> pd.Series:
    """Give how far each circle reaches over the border, in px; 0 or less where it does not.

    >>> circle = {"x": [5, 50], "y": [50, 50], "radius": [8, 8], "width": 99, "height": 99}
    >>> overhang(pd.DataFrame(circle)).tolist()
    [3, -41]
    """
    x, y, radius = circles["x"], circles["y"], circles["radius"]
    beyond = [-x, -y, x - circles["width"], y - circles["height"]]
    return pd.concat(beyond, axis="columns").max(axis="columns") + radius


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


def _outside(circles: pd.DataFrame) -> Iterator[PlacedProblem]:
    x, y, width, height = (circles[name] for name in ("x", "y", "width", "height"))
    outside = circles[(x < 0) | (y < 0) | (x >= width) | (y >= height)]
    for row in outside.itertuples():
        found = (
            f"x={row.x:.0f}, y={row.y:.0f}, radius {row.radius:.0f} "
            f"outside {row.width:.0f}×{row.height:.0f}"
        )
        if looks_multiplied(row.x, row.y, row.radius, row.width, row.height):
            found += f"; divided by {KNOWN_FACTOR} all of it would lie inside"
        yield _of(row.Index, catalogue.CIRCLE_OUTSIDE_IMAGE, found)


def _of(position: Any, kind: FindingKind, found: str) -> PlacedProblem:
    return PlacedProblem(kind, ("annotations", int(position)), found)
