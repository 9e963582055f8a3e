"""Strata: what every part is to have its share of. Grades, or grades by size of the photograph."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acne04.core.grades import GRADES

#: What `split.strata` can be.
GRADE, GRADE_AND_SIZE = "grade", "grade+size"
#: Column of images that holds their stratum, in the order of its categories.
COLUMN = "stratum"
#: Up to the middle size of the photographs that are placed, and above it.
SIZES = ("smaller", "larger")


def strata_of(images: pd.DataFrame, real: pd.Series, strata: str) -> pd.Series:
    """Give the stratum of each image, as a category; missing where it has no grade.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns grade, width, height.
    real : pandas.Series of bool
        The photographs that can be placed. Half of them at least have up to the middle number of
        pixels, and are the smaller ones.
    strata : {"grade", "grade+size"}
        What is told apart.

    Examples
    --------
    >>> images = pd.DataFrame({"grade": [0, 0, 3], "width": [2, 4, 6], "height": 1})
    >>> strata_of(images, pd.Series([True] * 3), "grade+size").tolist()
    ['0 smaller', '0 smaller', '3 larger']
    """
    grade = images["grade"].astype("Int64").astype("string")
    names = [str(grade) for grade in GRADES]
    if strata == GRADE_AND_SIZE:
        pixels = (images["width"] * images["height"]).astype("Float64")
        known = np.sort(pixels[real].dropna().to_numpy(dtype=np.float64))
        middle = known[(len(known) - 1) // 2] if len(known) else 0.0
        size = (pixels > middle).fillna(value=False).map({False: SIZES[0], True: SIZES[1]})
        grade = grade + " " + size.astype("string")
        names = [f"{name} {size}" for name in names for size in SIZES]
    return pd.Series(pd.Categorical(grade, categories=names), index=images.index)


def codes_of(images: pd.DataFrame) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Give the number of each image's stratum, and the names of all; by grade if it has none."""
    if COLUMN not in images:
        return images["grade"].to_numpy(dtype=np.int64), tuple(map(str, GRADES))
    column = images[COLUMN].cat
    return column.codes.to_numpy(dtype=np.int64), tuple(column.categories)
