"""What a user of sound records ought to know: never a reason to leave one out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import numpy as np
import pandas as pd

from acne04.validate.problems import Problem, printable


def image_advice(images: pd.DataFrame, circles: pd.DataFrame) -> Iterator[Problem]:
    """Find names that collide where case is ignored, and images without a usable lesion.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns id, file_name, bool column bad; row = position in the array.
    circles : pandas.DataFrame
        Columns image_id and bad.
    """
    names = images["file_name"].dropna().drop_duplicates()
    folded = names.map(lambda name: unicodedata.normalize("NFC", name).casefold())
    alike = names[folded.duplicated(keep=False)]
    for _, same in alike.groupby(folded):
        found = ", ".join(map(printable, sorted(same)))
        for position in same.index:
            yield Problem("file-name-case", ("images", int(position), "file_name"), found)
    sound = images[~images["bad"]]
    named = sound["id"].isin(circles["image_id"])
    for position in sound.index[~named]:
        yield Problem("image-without-lesion", ("images", int(position)), "no circle")
    left = sound["id"].isin(circles.loc[~circles["bad"], "image_id"])
    for position in sound.index[named & ~left]:
        found = "no circle of this image is in order"
        yield Problem("image-lost-all-lesions", ("images", int(position)), found)


def circle_advice(circles: pd.DataFrame) -> Iterator[Problem]:
    """Find sound circles that cross the border of their image, or are too wide for it.

    Parameters
    ----------
    circles : pandas.DataFrame
        Sound circles: columns x, y, radius, width, height (px); row = position in the array.
    """
    over = overhang(circles)
    for position, pixels in over[over > 0].items():
        found = f"{pixels:.0f} px of the circle outside"
        yield Problem("circle-crosses-border", ("annotations", int(position)), found)
    shorter = circles[["width", "height"]].min(axis="columns")
    for row in circles[2 * circles["radius"] > shorter].itertuples():
        found = f"radius {row.radius:.0f} in an image of {row.width:.0f}×{row.height:.0f}"
        yield Problem("radius-implausible", ("annotations", int(row.Index)), found)


def overhang(circles: pd.DataFrame) -> pd.Series:
    """Give how far each circle reaches over the border, in px; 0 or less where it does not.

    >>> circle = {"x": [5, 50], "y": [50, 50], "radius": [8, 8], "width": 99, "height": 99}
    >>> overhang(pd.DataFrame(circle)).tolist()
    [3, -41]
    """
    x, y, radius = circles["x"], circles["y"], circles["radius"]
    beyond = [-x, -y, x - circles["width"], y - circles["height"]]
    return pd.concat(beyond, axis="columns").max(axis="columns") + radius


def id_advice(ids: pd.Series, kind: str) -> Iterator[Problem]:
    """Say where ids leave out numbers; the published file counts from 0 without a gap."""
    if ids.isna().any():
        # An id that cannot be read leaves no gap.
        return
    known = np.unique(ids)
    steps = np.diff(known, prepend=-1)
    if known.size and (steps > 1).any():
        gap = known[np.argmax(steps > 1)] - steps[np.argmax(steps > 1)] + 1
        missing = known[-1] + 1 - known.size
        found = f"ids up to {known[-1]:.0f}, {missing:.0f} left out, the first {gap:.0f}"
        yield Problem("ids-not-contiguous", (kind,), found)
