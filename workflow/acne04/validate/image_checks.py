"""Checks of the images of the file, a few of which hold for its annotations, too."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from acne04.core.findings import FindingKind
from acne04.validate import catalogue
from acne04.validate.problems import PlacedProblem, printable


def image_problems(images: pd.DataFrame) -> Iterator[PlacedProblem]:
    """Find images that share an id or a name: nobody can say which record is meant.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns id, file_name; row = position in the array.
    """
    yield from shared_values(images["id"], "images", catalogue.IMAGE_ID_DUPLICATE)
    yield from shared_values(images["file_name"], "images", catalogue.FILE_NAME_DUPLICATE)


def image_advice(images: pd.DataFrame, circles: pd.DataFrame) -> Iterator[PlacedProblem]:
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
            yield PlacedProblem(
                catalogue.FILE_NAME_CASE, ("images", int(position), "file_name"), found
            )
    sound = images[~images["bad"]]
    named = sound["id"].isin(circles["image_id"])
    for position in sound.index[~named]:
        yield PlacedProblem(catalogue.IMAGE_WITHOUT_LESION, ("images", int(position)), "no circle")
    left = sound["id"].isin(circles.loc[~circles["bad"], "image_id"])
    for position in sound.index[named & ~left]:
        found = "no circle of this image is in order"
        yield PlacedProblem(catalogue.IMAGE_LOST_ALL_LESIONS, ("images", int(position)), found)


def id_advice(ids: pd.Series, kind: str) -> Iterator[PlacedProblem]:
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
        yield PlacedProblem(catalogue.IDS_NOT_CONTIGUOUS, (kind,), found)


def promise_problems(
    counts: Mapping[str, int], promises: Mapping[str, Any]
) -> Iterator[PlacedProblem]:
    """Compare the number of records with what the source promises.

    Parameters
    ----------
    counts, promises : mapping
        Array of the file -> number of its records; a promise that is not made is not checked.
    """
    for kind, count in counts.items():
        promised = promises.get(kind)
        if promised is not None and promised != count:
            yield PlacedProblem(
                catalogue.FILE_BREAKS_PROMISE, (kind,), f"{count} {kind}", f"{promised} {kind}"
            )


def shared_values(column: pd.Series, array: str, kind: FindingKind) -> Iterator[PlacedProblem]:
    """Report every record that shares a value with another: it is unknown which one is right."""
    values = column.dropna()
    repeated = values[values.duplicated(keep=False)]
    for value, same in repeated.groupby(repeated):
        shown = printable(value) if isinstance(value, str) else f"{value:.0f}"
        for position in same.index:
            found = f"{shown}, in {len(same)} records, of which /{array}/{same.index[0]} is first"
            yield PlacedProblem(kind, (array, int(position)), found)
