"""The tables and findings of both states, those of an older schema too."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from acne04.core import tables
from acne04.core.errors import SchemaError
from acne04.core.schemas import load_schema
from acne04.diff.artifacts import Artifacts

Row = dict[str, str]


class Reader:
    """Both states of every artifact; `notes` says what a reader of the comparison must know."""

    def __init__(self, before: Artifacts, after: Artifacts) -> None:
        self.sides = (before, after)
        self.notes: list[str] = []

    @property
    def paths(self) -> list[str]:
        """Paths of the outputs of either state, sorted."""
        return sorted(self.sides[0].md5s.keys() | self.sides[1].md5s.keys())

    def differs(self, path: str) -> bool:
        """Tell whether the states name different bytes for an output."""
        return self.sides[0].md5s.get(path) != self.sides[1].md5s.get(path)

    def fetch(self, paths: Iterable[str]) -> None:
        """Have those outputs here that differ."""
        wanted = [path for path in paths if self.differs(path)]
        for side in self.sides:
            side.fetch(wanted)

    def table(self, path: str, name: str) -> tuple[list[Row], list[Row]]:
        """Give the rows before and after, as text by column; none where there is no table."""
        before, after = (self._rows(side, path, name) for side in self.sides)
        return before, after

    def _rows(self, side: Artifacts, path: str, name: str) -> list[Row]:
        place = side.place(path)
        if place is None:
            if path in self.paths:
                self.notes.append(f"{side.state.name} has no {path}")
            return []
        try:
            tables.read(place, name)
        except SchemaError:
            return self._by_header(side, path, name, place)
        return list(csv.DictReader(io.StringIO(place.read_text(encoding="utf-8"))))

    def _by_header(self, side: Artifacts, path: str, name: str, place: Path) -> list[Row]:
        """Read what does not follow today's schema, a column that is missing as empty."""
        expected = [field["name"] for field in load_schema(f"{name}.table.json")["fields"]]
        try:
            text = place.read_text(encoding="utf-8")
            rows = list(csv.reader(io.StringIO(text), strict=True))
        except (UnicodeDecodeError, csv.Error) as error:
            raise side.state.unreadable(path, f"not a CSV file in UTF-8 ({error})") from None
        header = rows[0] if rows else []
        if any(len(row) != len(header) for row in rows):
            raise side.state.unreadable(path, "rows of another length than the header")
        differences = [f"no column {column}" for column in expected if column not in header]
        differences += [f"a column {column}" for column in header if column not in expected]
        found = ", ".join(differences) or "values that it does not allow"
        self.notes.append(f"{path} of {side.state.name} is of another schema than today's: {found}")
        blank = dict.fromkeys(expected, "")
        return [blank | dict(zip(header, row, strict=True)) for row in rows[1:]]

    def findings(self, path: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Give the findings of a stage, before and after."""
        before, after = (self._found(side, path) for side in self.sides)
        return before, after

    def _found(self, side: Artifacts, path: str) -> list[dict[str, Any]]:
        place = side.place(path)
        if place is None:
            return []
        try:
            listed = json.loads(place.read_text(encoding="utf-8"))["findings"]
            return [{**finding, "check": str(finding["check"])} for finding in listed]
        except (ValueError, KeyError, TypeError) as error:
            raise side.state.unreadable(path, f"no list of findings ({error!r})") from None
