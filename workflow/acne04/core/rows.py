"""Read a table row by row as text, where importing pandas would take longer than the answer."""

from __future__ import annotations

import csv
from collections.abc import Container, Iterator
from pathlib import Path

from acne04.core.errors import SchemaError, UnavailableError
from acne04.core.schemas import load_schema


def read_rows(
    path: Path, name: str, column: str = "", wanted: Container[str] = ()
) -> Iterator[dict[str, str]]:
    """Give the rows of a table that a stage has made, and so has checked.

    Parameters
    ----------
    path : pathlib.Path
        The CSV file.
    name : str
        The table's schema, ``schemas/<name>.table.json``; only the header is checked against it.
    column, wanted : str, container of str
        Give only the rows with one of these values in this column; without a column all rows.

    Yields
    ------
    dict of str to str
        Column -> text as it stands in the file.

    Raises
    ------
    UnavailableError
        If there is no such file.
    SchemaError
        If the header is another, a row is too long or short, or it is no CSV file in UTF-8.
    """
    columns = [field["name"] for field in load_schema(f"{name}.table.json")["fields"]]
    position = columns.index(column) if column else None
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            if (header := next(reader, [])) != columns:
                raise SchemaError(
                    f"{path} (line 1)",
                    f"the header is not that of {name}.table.json",
                    expected=",".join(columns),
                    found=",".join(header) or "an empty file",
                )
            for row in reader:
                if len(row) != len(columns):
                    raise SchemaError(
                        f"{path} (line {reader.line_num})",
                        "a row of another length",
                        expected=f"{len(columns)} fields",
                        found=str(len(row)),
                    )
                if position is None or row[position] in wanted:
                    yield dict(zip(columns, row, strict=True))
    except FileNotFoundError:
        raise UnavailableError(
            str(path), "no such table", remedy="run the stage that makes it, or `dvc pull`"
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise SchemaError(str(path), f"not a CSV file in UTF-8 ({error})") from None
