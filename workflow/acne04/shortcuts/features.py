"""The trivial features of images, as columns that a learner takes: numbers, or categories."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

#: Feature -> its columns in the table of `trivial_table`.
FEATURES: Mapping[str, tuple[str, ...]] = {
    "size": ("pixels", "shape"),
    "bytes": ("bytes",),
    "bytes per pixel": ("bytes_per_pixel",),
    "jpeg tables": ("quantization",),
    "camera": ("exif_make",),
    "luminance": ("luminance",),
    "contrast": ("contrast",),
    "colour cast": ("cast_blue", "cast_red"),
    "sharpness": ("sharpness",),
    "background": ("background",),
    "file number": ("number",),
    "in v2": ("in_v2",),
    "source": ("source",),
}
#: Those that a file has whoever made it: by them synthetic images may be told from real ones. (The
#: others do so by their meaning: no synthetic image has a number, or is annotated.)
OF_FILES = tuple(name for name in FEATURES if name not in ("file number", "in v2", "source"))
#: All of them at once.
TOGETHER = "together"
#: Columns whose values have no order.
CATEGORIES = ("quantization", "exif_make", "source")
#: Most bins of a number: neighbours in one bin stand for one another, which smooths.
BINS = 16
_NUMBER = re.compile(r"(\d{1,15})\.[^.]*$")
_MISSING = 0


@dataclass(frozen=True)
class Codes:
    """A column as small integers, as it was learnt from the training images.

    Attributes
    ----------
    train, test : numpy.ndarray
        From 0, which stands for a missing value, or a category that no training image has.
    number : int
        How many codes there are.
    """

    train: npt.NDArray[np.int64]
    test: npt.NDArray[np.int64]
    number: int


def trivial_table(
    images: pd.DataFrame, features: pd.DataFrame, annotated: set[str]
) -> pd.DataFrame:
    """Give the columns of `FEATURES` for images.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns path, origin; any index.
    features : pandas.DataFrame
        Table ``features``.
    annotated : set of str
        File names that Acne04-v2 annotates.

    Returns
    -------
    pandas.DataFrame
        Indexed as `images`; numbers are floats, NaN where there is none, categories are text, the
        empty one too.
    """
    of_path = features.set_index("path").reindex(images["path"])
    names = [path.rpartition("/")[2] for path in images["path"]]
    real = (images["origin"] == "real").to_numpy()
    width, height = (of_path[side].to_numpy(float, na_value=np.nan) for side in ("width", "height"))
    columns: dict[str, object] = {
        "pixels": width * height,
        "shape": width / height,
        "bytes": of_path["size"].to_numpy(float, na_value=np.nan),
        "number": np.where(real, [_number(name) for name in names], np.nan),
        "in_v2": np.where(real, [float(name in annotated) for name in names], 0.0),
        "source": [path.partition("/")[0] for path in images["path"]],
    }
    for column in ("bytes_per_pixel", "luminance", "contrast", "cast_blue", "cast_red",
                   "sharpness", "background"):  # fmt: skip
        columns[column] = of_path[column].to_numpy(float, na_value=np.nan)
    for column in ("quantization", "exif_make"):
        columns[column] = of_path[column].fillna("").to_numpy(object)
    return pd.DataFrame(columns, index=images.index)


def coded(column: pd.Series, train: npt.NDArray[np.int64], test: npt.NDArray[np.int64]) -> Codes:
    """Make small integers of a column; bins and categories are those of the training images.

    A number of up to `BINS` values keeps them apart; of more values each bin holds about as many
    training images as any other.

    Examples
    --------
    >>> both = np.arange(4)
    >>> coded(pd.Series([5.0, 7.0, np.nan, 5.0]), both, both).train.tolist()
    [1, 2, 0, 1]
    """
    if column.name in CATEGORIES:
        texts = column.to_numpy(object)
        known = sorted(set(texts[train]))
        places = {text: number for number, text in enumerate(known, 1)}
        codes = np.array([places.get(text, _MISSING) for text in texts], dtype=np.int64)
        return Codes(codes[train], codes[test], len(known) + 1)
    values = column.to_numpy(float)
    borders = _borders(values[train])
    codes = np.searchsorted(borders, values, side="right") + 1
    codes[np.isnan(values)] = _MISSING
    return Codes(codes[train], codes[test], len(borders) + 2)


def _borders(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Give the least value of each bin but the first."""
    known = np.sort(values[~np.isnan(values)])
    different = np.unique(known)
    borders: npt.NDArray[np.float64] = different
    if len(different) > BINS:
        places = np.arange(1, BINS) * len(known) // BINS
        borders = np.unique(known[places])
    above: npt.NDArray[np.float64] = borders[borders > known[:1].min(initial=np.inf)]
    return above


def _number(name: str) -> float:
    """Give the number that a file name ends in, without its prefix; NaN where there is none.

    >>> _number("levle2_130.jpg"), _number("levle2_130_0.jpg")
    (130.0, 0.0)
    """
    match = _NUMBER.search(name)
    return float(match[1]) if match else float("nan")
