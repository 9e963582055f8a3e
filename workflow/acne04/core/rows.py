"""The only place where CSV text is taken apart or put together; every row knows its line.

Tables of ours are UTF-8 with commas, and their header is that of a schema; `acne04.core.tables`
checks all of one, `read_rows` the header alone, where importing pandas would take longer than the
answer. A stranger's table is read as a person would.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from acne04.core.errors import SchemaError, UnavailableError
from acne04.core.files import read_bytes
from acne04.core.schemas import load_schema

#: What may stand between the fields of a stranger's table.
FOREIGN_DELIMITERS = ",;\t"


class Row(NamedTuple):
    """The texts of a row, and the line from 1 that it begins in: a field may be of several."""

    line: int
    texts: list[str]


class RowError(ValueError):
    """A text is no CSV: in which line, what is expected there, and what is found."""

    def __init__(self, line: int, expected: str, found: str) -> None:
        super().__init__(f"line {line}: {found}")
        self.line = line
        self.expected = expected
        self.found = found


def parse(content: bytes) -> Iterator[Row]:
    """Give the rows of a table of ours.

    Raises
    ------
    RowError
        If it is not CSV in UTF-8.
    """
    return _split(_decode(content, "utf-8"), ",")


def parse_foreign(content: bytes) -> Iterator[Row]:
    """Give those rows of a stranger's table that are not blank.

    It is UTF-8, maybe with a mark at its start; of `FOREIGN_DELIMITERS` that one separates which
    its first line has most of.

    Raises
    ------
    RowError
        If it is not CSV in UTF-8.
    """
    text = _decode(content, "utf-8-sig")
    delimiter = max(FOREIGN_DELIMITERS, key=text.partition("\n")[0].count)
    rows = _split(text, delimiter)
    return (row for row in rows if any(value.strip() for value in row.texts))


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise RowError(line, "text in UTF-8", "bytes that are not UTF-8") from None


def _split(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for texts in reader:
            yield Row(line, texts)
            line = reader.line_num + 1
    except csv.Error as error:
        raise RowError(reader.line_num, "a CSV file", str(error)) from None


def read(path: Path) -> list[Row]:
    """Read a table of ours, its header too, which is not checked.

    Raises
    ------
    UnavailableError
        If there is no such file.
    SchemaError
        If it is not CSV in UTF-8.
    """
    try:
        return list(parse(read_bytes(path)))
    except FileNotFoundError:
        raise UnavailableError(
            str(path), "no such table", remedy="run the stage that makes it, or `dvc pull`"
        ) from None
    except RowError as error:
        raise SchemaError(str(path), f"not a CSV file in UTF-8 ({error})") from None


def check_header(path: Path, name: str, rows: Sequence[Row], columns: list[str]) -> None:
    """Compare the first row with the columns of a schema.

    Raises
    ------
    SchemaError
        If they are others.
    """
    if not rows or rows[0].texts != columns:
        raise SchemaError(
            f"{path} (line 1)",
            f"the header is not that of {name}.table.json",
            expected=",".join(columns),
            found=",".join(rows[0].texts) if rows else "an empty file",
        )


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
    rows = read(path)
    check_header(path, name, rows, columns)
    for line, texts in rows[1:]:
        if len(texts) != len(columns):
            raise SchemaError(
                f"{path} (line {line})",
                "a row of another length",
                expected=f"{len(columns)} fields",
                found=str(len(texts)),
            )
        if position is None or texts[position] in wanted:
            yield dict(zip(columns, texts, strict=True))


def to_text(rows: Iterable[Iterable[str]]) -> str:
    """Give rows as the text of a table of ours, with LF line ends."""
    lines = _Lines()
    csv.writer(lines, lineterminator="\r\n").writerows(rows)
    return "".join(f"{line[:-2]}\n" for line in lines)


class _Lines(list[str]):
    """Lines of a CSV file, each ending as the csv module was told.

    It is told a carriage return with the line feed, which is taken off again: otherwise it would,
    before Python 3.13, leave a carriage return in a field unquoted.
    """

    write = list.append
