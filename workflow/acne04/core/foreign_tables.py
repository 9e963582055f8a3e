"""A stranger's CSV file: any columns, any order, read as a person would.

Tables of ours have a schema and go through `acne04.core.tables`; these have none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from acne04.core.catalogue import ROW_MALFORMED
from acne04.core.errors import UnavailableError, UsageError
from acne04.core.findings import Finding
from acne04.core.printing import spelt_out
from acne04.core.rows import Row, RowError, parse_foreign

#: Columns that may name the image, the most certain first.
PATH_COLUMNS = (
    "sha256",
    "image_id",
    "path",
    "image_path",
    "filepath",
    "file_path",
    "file",
    "file_name",
    "filename",
    "image",
    "image_name",
    "name",
    "id",
)


@dataclass(frozen=True)
class ForeignTable:
    """A CSV file of unknown columns.

    Attributes
    ----------
    name : str
        Name of the file.
    rows : pandas.DataFrame of str
        Its rows, without blanks around a value, what cannot be printed as an escape; column
        names in lower case. Indexed by the line in the file, from 1.
    findings : list of Finding
        On the rows that could not be read, which are not in `rows`.
    malformed : int
        How many these are.
    """

    name: str
    rows: pd.DataFrame
    findings: list[Finding]
    malformed: int = 0

    def first(self, recognised: Iterable[str]) -> str | None:
        """Give the first of some column names that the file has."""
        return next((name for name in recognised if name in self.rows), None)

    def named(self, option: str, column: str) -> str:
        """Give a column that an option names, in any case.

        Raises
        ------
        UsageError
            If the file has none of that name.
        """
        if column.strip().casefold() in self.rows:
            return column.strip().casefold()
        raise UsageError(
            f"{option} {column}",
            f"no such column in {self.name}",
            expected=f"one of {', '.join(self.rows)}",
        )


def read_foreign(path: Path) -> ForeignTable:
    """Read a CSV file with a header, in UTF-8, separated by commas, semicolons or tabs.

    Raises
    ------
    UnavailableError
        If there is no such file, or it is no CSV file with a header and a row.
    """
    (_, header), *lines = _rows_of(path)
    # A spreadsheet leaves columns without a name, and an empty one is nothing to miss.
    header = [spelt_out(name.strip()) for name in header]
    names = {place: name.casefold() for place, name in enumerate(header) if name}
    if not names or len(set(names.values())) < len(names):
        raise _unreadable(path, "a header of different names", ", ".join(header))
    sound = [(line, row) for line, row in lines if len(row) == len(header)]
    rows = pd.DataFrame(
        {
            name: [spelt_out(row[place].strip()) for _, row in sound]
            for place, name in names.items()
        },
        index=[line for line, _ in sound],
        dtype="str",
    )
    findings = [
        _malformed(path.name, line, len(header), row)
        for line, row in lines
        if len(row) != len(header)
    ]
    return ForeignTable(path.name, rows, findings, len(findings))


def _rows_of(path: Path) -> list[Row]:
    """Give each row that is not blank; the header is the first."""
    try:
        rows = list(parse_foreign(path.read_bytes()))
    except FileNotFoundError:
        raise UnavailableError(str(path), "no such file") from None
    except RowError as error:
        raise _unreadable(path, error.expected, str(error)) from None
    if len(rows) < 2:
        raise _unreadable(path, "a header and rows", "no row" if rows else "an empty file")
    return rows


def _unreadable(path: Path, expected: str, found: str) -> UnavailableError:
    return UnavailableError(
        str(path), "cannot be read as a table", expected=expected, found=found, done="nothing said"
    )


def _malformed(name: str, line: int, columns: int, row: list[str]) -> Finding:
    return ROW_MALFORMED.at(
        name,
        line=line,
        expected=f"{columns} fields",
        found=f"{len(row)} field{'' if len(row) == 1 else 's'}",
        done="not judged",
    )
