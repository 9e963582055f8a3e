"""What others say about the file: the images themselves, and the promises of the source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from acne04.validate.problems import Problem


def inventory_problems(images: pd.DataFrame, inventory: pd.DataFrame) -> Iterator[Problem]:
    """Compare the images of the file with the photographs that are there.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns file_name, width, height (px); row = position in the array.
    inventory : pandas.DataFrame
        Table ``inventory``; only photographs (origin real) count, for the annotated images are
        photographs, and a synthetic image may bear the name of one.
    """
    real = inventory[inventory["origin"] == "real"]
    # In float64 an unreadable size is NaN, which is equal to nothing.
    pixels = real[["width", "height"]].astype("Float64").to_numpy("float64", na_value=np.nan)
    sizes: dict[str, list[tuple[float, float]]] = {}
    for name, (width, height) in zip(real["name"], pixels.tolist(), strict=True):
        sizes.setdefault(name, []).append((width, height))
    spelled = {name.casefold(): name for name in sorted(sizes)}
    for image in images[images["file_name"].notna()].itertuples():
        place = ("images", int(image.Index))
        if image.file_name not in sizes:
            other = spelled.get(image.file_name.casefold())
            found = f"no such file, but one named {other}" if other else "no such file"
            yield Problem("image-missing", place, found)
        elif pd.notna(image.width) and pd.notna(image.height):
            yield from _compare(place, (image.width, image.height), sizes[image.file_name])


def promise_problems(counts: Mapping[str, int], promises: Mapping[str, Any]) -> Iterator[Problem]:
    """Compare the number of records with what the source promises.

    Parameters
    ----------
    counts, promises : mapping
        Array of the file -> number of its records; a promise that is not made is not checked.
    """
    for kind, count in counts.items():
        promised = promises.get(kind)
        if promised is not None and promised != count:
            yield Problem("broken-promise", (kind,), f"{count} {kind}", f"{promised} {kind}")


def _compare(
    place: tuple[str, int], stated: tuple[float, float], actual: list[tuple[float, float]]
) -> Iterator[Problem]:
    if stated in actual:
        return
    width, height = actual[0]
    if pd.isna(width) or pd.isna(height):
        yield Problem("image-size-unreadable", place, "an image file whose size cannot be read")
        return
    found = f"{stated[0]:.0f}×{stated[1]:.0f}"
    if stated == (height, width):
        found += ": width and height are swapped"
    expected = f"{width:.0f}×{height:.0f}, the size of the image file"
    yield Problem("image-size", place, found, expected)
