"""Compare what a table says with what it should say, a column at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acne04.inspection.checks import Mismatch

#: Half of the last decimal that a table keeps: two figures that near are one.
_TOLERANCE = 5.1e-7
#: What stands for a missing number: no table has it.
_MISSING = -9e99


def differing(found: pd.Series, expected: pd.Series) -> NDArray[np.bool_]:
    """Say in which rows two columns differ; missing is like missing alone.

    >>> differing(pd.Series([1, None, 2]), pd.Series([1, None, 3])).tolist()
    [False, False, True]
    """
    if _is_number(found) and _is_number(expected):
        one, other = (_numbers(column) for column in (found, expected))
        result: NDArray[np.bool_] = np.abs(one - other) > _TOLERANCE
        return result
    return np.asarray(_texts(found) != _texts(expected), dtype=bool)


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _numbers(column: pd.Series) -> NDArray[np.float64]:
    return np.asarray(column.astype("Float64").fillna(_MISSING), dtype=np.float64)


def _texts(column: pd.Series) -> NDArray[np.object_]:
    if isinstance(column.dtype, pd.StringDtype):
        return np.asarray(column.to_numpy(dtype=object, na_value=""))
    return np.asarray(column.astype("object").where(column.notna(), "").astype(str), dtype=object)


def looked_up(keys: pd.Series, values: Any) -> pd.Series:
    """Give the text of each key, empty where there is none; also where nothing is known at all.

    >>> looked_up(pd.Series(["a", "b"]), {"a": "x"}).tolist()
    ['x', '']
    """
    found = keys.map(values).astype("object")
    return found.where(found.notna(), "").astype("str")


def unlike(
    file: str, rows: pd.DataFrame, column: str, expected: pd.Series, key: str = "image_id"
) -> Iterator[Mismatch]:
    """Yield each row that says something else in a column than is expected.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of the table, numbered as in its file, from 0.
    expected : pandas.Series
        In the order of `rows`.
    key : str
        Column that names a row.
    """
    found = rows[column].reset_index(drop=True)
    wanted = expected.reset_index(drop=True)
    for row in np.flatnonzero(differing(found, wanted)).tolist():
        yield Mismatch(
            file,
            f"{column} {shown(wanted[row])}",
            f"{column} {shown(found[row])}",
            int(rows.index[row]) + 2,
            str(rows[key].iloc[row]),
        )


def shown(value: Any) -> str:
    """Say a value of a cell, also that there is none."""
    if isinstance(value, dict | list):
        return f"{len(value)} entries"
    return "none" if value is None or pd.isna(value) or value == "" else str(value)


class Partly(dict[str, Any]):
    """Figures of which a document may have others, too."""


def unlike_figures(
    file: str, found: Any, expected: Mapping[str, Any], pointer: str = ""
) -> Iterator[Mismatch]:
    """Yield each figure of a JSON document that is another one than was counted.

    A figure that nobody counted is refused, but where `expected` is `Partly` told.

    >>> [p.pointer for p in unlike_figures("m.json", {"a": 1, "b": 2}, {"a": 3})]
    ['/a', '/b']
    >>> [p.pointer for p in unlike_figures("m.json", {"a": 1, "b": 2}, Partly(a=3))]
    ['/a']
    """
    others = found.keys() - expected.keys() if isinstance(found, dict) else ()
    for name in () if isinstance(expected, Partly) else sorted(others):
        yield Mismatch(file, "no such figure", shown(found[name]), pointer=f"{pointer}/{name}")
    for name, wanted in expected.items():
        place = f"{pointer}/{name}"
        said = found.get(name) if isinstance(found, dict) else None
        if isinstance(wanted, dict) and isinstance(said, dict):
            yield from unlike_figures(file, said, wanted, place)
        elif not _same(said, wanted):
            yield Mismatch(file, str(wanted), shown(said), pointer=place)


def _same(said: Any, wanted: Any) -> bool:
    # True is 1 to Python, and another figure to everybody else.
    if isinstance(said, bool) != isinstance(wanted, bool):
        return False
    if isinstance(said, int | float) and isinstance(wanted, int | float):
        return abs(said - wanted) <= _TOLERANCE
    return bool(said == wanted)


def unlike_rows(
    file: str, found: pd.DataFrame, expected: pd.DataFrame, key: list[str]
) -> Iterator[Mismatch]:
    """Yield each row of a table that is not, or is otherwise, among those that were counted."""
    rest = [name for name in expected.columns if name not in key]
    one, other = (_by_key(table, key, rest) for table in (expected, found))
    for where in sorted({*one, *other}):
        mine, theirs = one.get(where, []), other.get(where, [])
        if mine != theirs:
            yield Mismatch(file, _told(mine), _told(theirs), pointer=" ".join(filter(None, where)))


def _by_key(
    table: pd.DataFrame, key: list[str], rest: list[str]
) -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    texts = {name: _texts(table[name]).tolist() for name in (*key, *rest)}
    rows: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    keys = zip(*(texts[name] for name in key), strict=True)
    for where, row in zip(keys, zip(*(texts[name] for name in rest), strict=True), strict=True):
        rows.setdefault(where, []).append(row)
    return rows


def _told(rows: list[tuple[str, ...]]) -> str:
    return "; ".join(", ".join(row) for row in rows) or "no row"
