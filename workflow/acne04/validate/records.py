"""The records of the file as columns, so that checks of meaning need no loop."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

#: Largest number up to which float64 holds every integer, and JSON readers agree (RFC 8259, 6).
EXACT = 2**53 - 1
_IMAGE_NUMBERS = ("id", "width", "height")
_ANNOTATION_NUMBERS = ("id", "image_id", "radius")


def image_columns(records: list[Any], broken: set[int]) -> pd.DataFrame:
    """Give the images as columns.

    Parameters
    ----------
    records : list
        The array ``images``.
    broken : set of int
        Positions of the records that break the schema.

    Returns
    -------
    pandas.DataFrame
        float64 columns id, width, height (px) and object column file_name; row = position in
        the array. What a broken record does not say is NaN or None: a comparison with it is
        false, so that no check of meaning speaks about it, and the sound fields are checked.
    """
    sound = [_sound(r, _IMAGE_NUMBERS) if i in broken else r for i, r in enumerate(records)]
    columns: dict[str, Any] = {name: _numbers(sound, name) for name in _IMAGE_NUMBERS}
    names = [record["file_name"] for record in sound]
    return pd.DataFrame(columns | {"file_name": pd.Series(names, dtype=object)})


def annotation_columns(records: list[Any], broken: set[int]) -> pd.DataFrame:
    """Give the annotations as columns; see `image_columns`.

    Returns
    -------
    pandas.DataFrame
        float64 columns id, image_id, radius, x, y (px); row = position in the array.
    """
    sound = [_sound(r, _ANNOTATION_NUMBERS) if i in broken else r for i, r in enumerate(records)]
    columns = {name: _numbers(sound, name) for name in _ANNOTATION_NUMBERS}
    centres = np.array([record["coordinates"] for record in sound], dtype=np.float64)
    columns["x"], columns["y"] = centres.reshape(-1, 2).T
    return pd.DataFrame(columns)


def _numbers(records: list[dict[str, Any]], name: str) -> np.ndarray:
    return np.array([record[name] for record in records], dtype=np.float64)


def _sound(record: Any, numbers: tuple[str, ...]) -> dict[str, Any]:
    """Keep of a broken record what is usable, and put NaN or None in place of the rest."""
    fields = record if isinstance(record, dict) else {}
    name, centre = fields.get("file_name"), fields.get("coordinates")
    usable = isinstance(centre, list) and len(centre) == 2 and all(map(_is_usable, centre))
    kept: dict[str, Any] = {
        field: fields[field] if _is_usable(fields.get(field)) else np.nan for field in numbers
    }
    kept["file_name"] = name if isinstance(name, str) else None
    kept["coordinates"] = centre if usable else [np.nan, np.nan]
    return kept


def _is_usable(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= EXACT and value == int(value)
