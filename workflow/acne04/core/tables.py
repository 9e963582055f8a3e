"""Read and write tables, checked against their schemas.

A table is UTF-8 CSV with LF line ends, a header, rows sorted by the primary key of its Table
Schema (``schemas/<name>.table.json``, https://specs.frictionlessdata.io/table-schema/). An empty
field is a missing value, never 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from acne04.core import rows as csv_rows
from acne04.core.errors import SchemaError, UsageError
from acne04.core.files import write_text
from acne04.core.schemas import load_schema

#: Decimals kept of a number that is not an integer.
NUMBER_DECIMALS = 6
#: Lines that are named of rows that have one problem.
LINES_SHOWN = 5
_DTYPES = {"string": "str", "integer": "Int64", "number": "Float64", "boolean": "boolean"}
_SHAPES = {"integer": r"-?\d{1,18}", "number": r"-?\d{1,18}(?:\.\d+)?"}


def empty(name: str) -> pd.DataFrame:
    """Give a table of no rows, with the columns and types of its schema."""
    fields = load_schema(f"{name}.table.json")["fields"]
    return pd.DataFrame({f["name"]: pd.Series([], dtype=_DTYPES[f["type"]]) for f in fields})


def from_records(name: str, records: list[dict[str, Any]]) -> pd.DataFrame:
    """Make a table from one mapping a row; a missing value is None."""
    fields = load_schema(f"{name}.table.json")["fields"]
    columns = {}
    for field in fields:
        values = [record[field["name"]] for record in records]
        if field["type"] == "string":
            values = ["" if value is None else value for value in values]
        columns[field["name"]] = pd.Series(values, dtype=_DTYPES[field["type"]])
    return pd.DataFrame(columns)


def write(path: Path, name: str, table: pd.DataFrame) -> None:
    """Write a table, sorted by its primary key, atomically.

    Parameters
    ----------
    path : pathlib.Path
        The CSV file.
    name : str
        The table's schema, ``schemas/<name>.table.json``.
    table : pandas.DataFrame
        Columns in any order; a column that the schema does not know is an error.

    Raises
    ------
    SchemaError
        If the table does not follow its schema: then nothing is written.
    """
    schema = load_schema(f"{name}.table.json")
    columns = [field["name"] for field in schema["fields"]]
    if set(columns) != set(table.columns):
        raise SchemaError(
            str(path),
            f"the columns are not those of {name}.table.json",
            expected=", ".join(columns),
            found=", ".join(map(str, table.columns)),
            done="nothing written",
        )
    _write(path, schema, {name: _values_of(table[name]) for name in columns})


def write_records(path: Path, name: str, records: Sequence[Mapping[str, Any]]) -> None:
    """Write a table given as one mapping a row; a missing value is None.

    The file is that of `write` with `from_records`, without the detour over a data frame, which
    for a large table costs as much as all the rest.

    Raises
    ------
    SchemaError
        If the table does not follow its schema: then nothing is written.
    """
    schema = load_schema(f"{name}.table.json")
    columns = [field["name"] for field in schema["fields"]]
    _write(path, schema, {name: [record[name] for record in records] for name in columns})


def _write(path: Path, schema: dict[str, Any], values: dict[str, list[Any]]) -> None:
    """Write columns of values, None where one is missing."""
    text = {
        field["name"]: _texts(values[field["name"]], field["type"]) for field in schema["fields"]
    }
    number = len(values[schema["fields"][0]["name"]])
    problems = _problems(text, schema, range(2, number + 2))
    if problems:
        raise SchemaError(str(path), "\n  ".join(problems), done="nothing written")
    keys = list(zip(*(_sortable(values[name]) for name in schema["primaryKey"]), strict=True))
    rows = list(zip(*text.values(), strict=True))
    ordered = (rows[row] for row in sorted(range(len(rows)), key=keys.__getitem__))
    write_text(path, csv_rows.to_text(chain([text], ordered)))


def read(path: Path, name: str, dataset: str | None = None) -> pd.DataFrame:
    """Read a table and check it against its schema; with `dataset`, also that it is of that one.

    Returns
    -------
    pandas.DataFrame
        Columns of the schema in its order, rows in the order of the file; strings are never
        missing (an empty field is ``""``), other types are nullable.

    Raises
    ------
    UnavailableError
        If there is no such file.
    SchemaError
        If the file does not follow the schema; the message has every problem, each with its
        column and the first of its lines.
    UsageError
        If a row is of another dataset.
    """
    text = read_texts(path, name, dataset)
    fields = load_schema(f"{name}.table.json")["fields"]
    return pd.DataFrame(
        {
            field["name"]: _values(pd.Series(text[field["name"]], dtype="str"), field["type"])
            for field in fields
        }
    )


def read_made(path: Path, name: str, dataset: str | None = None) -> pd.DataFrame:
    """Read a table that a stage has made: as `read`, and its rows in the order of `write`.

    Raises
    ------
    UnavailableError, SchemaError, UsageError
        As `read`; `SchemaError` also where a row stands before one that it belongs behind.
    """
    table = read(path, name, dataset)
    key = load_schema(f"{name}.table.json")["primaryKey"]
    keys = list(zip(*(_sortable(_values_of(table[column])) for column in key), strict=True))
    for row, (before, here) in enumerate(pairwise(keys)):
        if here < before:
            raise SchemaError(
                f"{path} (line {row + 3})",
                "a row in another order than a stage writes them",
                expected=f"rows by {', '.join(key)}",
                found=", ".join(str(table[column].iloc[row + 1]) for column in key),
            )
    return table


def read_texts(path: Path, name: str, dataset: str | None = None) -> dict[str, list[str]]:
    """Read and check a table as `read` does, and give each column's texts as they stand there."""
    schema = load_schema(f"{name}.table.json")
    columns = [field["name"] for field in schema["fields"]]
    rows = csv_rows.read(path)
    csv_rows.check_header(path, name, rows, columns)
    ragged = [row for row in rows[1:] if len(row.texts) != len(columns)]
    if ragged:
        found = f"{_listed([row.line for row in ragged])}: expected {len(columns)} fields"
        raise SchemaError(
            str(path), f"rows of another length\n  {found}, found {len(ragged[0].texts)}"
        )
    lines = [row.line for row in rows[1:]]
    by_column = (
        zip(*(row.texts for row in rows[1:]), strict=True) if lines else ([] for _ in columns)
    )
    text = dict(zip(columns, map(list, by_column), strict=True))
    problems = _problems(text, schema, lines)
    if problems:
        raise SchemaError(str(path), f"against {name}.table.json:\n  " + "\n  ".join(problems))
    others = set(text["dataset"]) - {dataset} if dataset else set()
    if others:
        raise UsageError(
            str(path),
            "the table is of another dataset than --dataset says",
            expected=dataset or "",
            found=", ".join(sorted(others)),
            done="nothing written",
        )
    return text


def _values_of(column: pd.Series) -> list[Any]:
    values: list[Any] = column.tolist()
    if not column.hasnans:
        return values
    return [None if gap else v for v, gap in zip(values, column.isna().tolist(), strict=True)]


def _texts(values: list[Any], kind: str) -> list[str]:
    write = {"boolean": _boolean, "integer": _whole, "number": _number}.get(kind, str)
    if kind == "integer" and set(map(type, values)) <= {int}:
        return list(map(str, values))
    return ["" if value is None else write(value) for value in values]


def _sortable(values: list[Any]) -> list[Any]:
    """Values that can be compared: text by code point, numbers by size, a missing one first."""
    if None not in values:
        return values
    return [(0, 0) if value is None else (1, value) for value in values]


def _boolean(value: object) -> str:
    return str(bool(value)).lower()


def _whole(value: float) -> str:
    if int(value) != value:
        raise ValueError(f"{value} is no integer")
    return str(int(value))


def _number(value: float) -> str:
    text = f"{value:.{NUMBER_DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _values(column: pd.Series, kind: str) -> pd.Series:
    if kind == "string":
        return column
    if kind == "boolean":
        return column.map({"true": True, "false": False, "": pd.NA}).astype("boolean")
    return pd.to_numeric(column.mask(column == "", other=None)).astype(_DTYPES[kind])


def _problems(
    text: dict[str, list[str]], schema: dict[str, Any], lines: Sequence[int]
) -> list[str]:
    """Say of every field that breaks the schema where it stands (line, column) and why.

    One problem of a thousand rows is one problem, with the first of their lines.
    """
    found: dict[str, list[int]] = {}
    examples: dict[str, str] = {}
    for field in schema["fields"]:
        for row, expected, value in _field_problems(text[field["name"]], field):
            problem = f"column {field['name']}: expected {expected}"
            found.setdefault(problem, []).append(lines[row])
            examples.setdefault(problem, f", found {value}")
    key = schema["primaryKey"]
    keys = list(zip(*(text[name] for name in key), strict=True))
    if len(set(keys)) < len(keys):
        seen: set[tuple[str, ...]] = set()
        for row, values in enumerate(keys):
            if values in seen:
                found.setdefault(f"a second row with the same {', '.join(key)}", []).append(
                    lines[row]
                )
            seen.add(values)
    return [
        f"{_listed(at)}, {problem}{examples.get(problem, '')}"
        for problem, at in sorted(found.items(), key=lambda item: item[1])
    ]


def _listed(lines: Sequence[int]) -> str:
    """Name the first lines, and how many more there are."""
    if len(lines) == 1:
        return f"line {lines[0]}"
    more = f" and {len(lines) - LINES_SHOWN:,} more" if len(lines) > LINES_SHOWN else ""
    return f"lines {', '.join(map(str, lines[:LINES_SHOWN]))}{more}"


def _field_problems(column: list[str], field: dict[str, Any]) -> list[tuple[int, str, str]]:
    """Give row, what is expected and what is found of every value that is not as it must be."""
    limits = field.get("constraints", {})
    kind = field["type"]
    if _plainly_fine(column, kind, limits):
        return []
    # Distinct values are few compared with rows: each is judged once.
    verdicts = {value: _judge(value, kind, limits) for value in set(column)}
    bad = {value: verdict for value, verdict in verdicts.items() if verdict}
    if not bad:
        return []
    is_number = re.compile(_SHAPES.get(kind, r"(?!)"))
    shown = {v: v if is_number.fullmatch(v) else repr(v) if v else "none" for v in bad}
    return [(row, bad[v], shown[v]) for row, v in enumerate(column) if v in bad]


def _plainly_fine(column: list[str], kind: str, limits: dict[str, Any]) -> bool:
    """Whether one look at the whole column settles that every value has its form."""
    settled, pattern = {"pattern", "required"}, limits.get("pattern", _SHAPES.get(kind))
    if kind == "integer" and limits.get("minimum") == 0:
        settled, pattern = {"minimum", "required"}, r"\d{1,18}"
    if limits.keys() - settled:
        return False
    if pattern is None:
        return kind == "string" and not (limits.get("required") and "" in column)
    form = f"(?:{pattern})" if limits.get("required") else f"(?:{pattern})?"
    text = "\n".join([*column, ""])
    return text.count("\n") == len(column) and bool(re.fullmatch(f"(?:{form}\\n)*", text))


def _judge(value: str, kind: str, limits: dict[str, Any]) -> str:
    """Say what is expected in place of a value; nothing where it is as it must be."""
    if value == "":
        return "a value" if limits.get("required") else ""
    if kind in _SHAPES and not re.fullmatch(_SHAPES[kind], value):
        return "an integer" if kind == "integer" else "a number"
    if kind == "boolean" and value not in ("true", "false"):
        return "true or false"
    if "enum" in limits and value not in map(str, limits["enum"]):
        return f"one of {', '.join(map(str, limits['enum']))}"
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        return f"text like {limits['pattern']}"
    if "minimum" in limits and float(value) < limits["minimum"]:
        return f"at least {limits['minimum']}"
    if "maximum" in limits and float(value) > limits["maximum"]:
        return f"at most {limits['maximum']}"
    return ""
