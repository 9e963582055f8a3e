"""A register of the known images, by all that a row of a stranger's table may call them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

import pandas as pd

from acne04.core.findings import Finding
from acne04.core.naming import collision_key
from acne04.leaks import catalogue
from acne04.leaks.respellings import undone

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
#: Columns whose values are looked up as they are among our own names.
_OWN_NAMES = ("image_id", "id")
#: Names shown where one name fits several images.
_SHOWN = 3


class Register:
    """Where the image is found that a row speaks of.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns image_id, path, sha256.
    """

    def __init__(self, images: pd.DataFrame) -> None:
        ordered = images.sort_values("image_id")
        self._hashes = dict(zip(ordered["image_id"], ordered["sha256"], strict=True))
        self._by_hash: dict[str, list[str]] = defaultdict(list)
        for image_id, sha256 in self._hashes.items():
            self._by_hash[sha256].append(image_id)
        self._by_name: dict[str, list[tuple[list[str], str]]] = defaultdict(list)
        self._by_key: dict[str, list[tuple[list[str], str]]] = defaultdict(list)
        self._by_stem: dict[str, list[tuple[list[str], str]]] = defaultdict(list)
        for image_id, path in zip(ordered["image_id"], ordered["path"], strict=True):
            steps = _steps(path)
            self._by_name[steps[-1]].append((steps, image_id))
            self._by_key[collision_key(steps[-1])].append((steps, image_id))
            self._by_stem[collision_key(PurePosixPath(path).stem)].append((steps, image_id))

    def find(self, column: str, value: str) -> list[str]:
        """Give the images that a value may mean: none, one, or several that it fits alike.

        A hash; an image_id, in a column of that name; else a path or a file name, if need be in
        another case or without its extension. Of several images of one file name, those whose
        folders agree the furthest with the value's.

        Examples
        --------
        >>> images = {"image_id": ["a", "b"], "path": ["x/1.jpg", "y/1.jpg"], "sha256": ""}
        >>> register = Register(pd.DataFrame(images))
        >>> register.find("file", "C:/mine/y/1.JPG"), register.find("file", "1.jpg")
        (['b'], ['a', 'b'])
        """
        if _SHA256.fullmatch(value):
            return self._by_hash.get(value.lower(), [])
        if column in _OWN_NAMES and value in self._hashes:
            return [value]
        steps = _steps(value)
        if not steps:
            return []
        key = collision_key(steps[-1])
        alike = self._by_name.get(steps[-1]) or self._by_key.get(key) or self._by_stem.get(key, [])
        agreement = [_agreement(steps, known) for known, _ in alike]
        best = max(agreement, default=0)
        return sorted(i for (_, i), same in zip(alike, agreement, strict=True) if same == best)

    def find_respelt(self, column: str, value: str) -> tuple[list[str], str]:
        """Give the images that a value may mean, and which respellings were undone for that."""
        if found := self.find(column, value):
            return found, ""
        for name, called in undone(value):
            if found := self.find(column, name):
                return found, called
        return [], ""

    def are_copies(self, image_ids: Sequence[str]) -> bool:
        """Whether some images have the same bytes, so that any of them stands for all."""
        hashes = {self._hashes[image_id] for image_id in image_ids}
        return len(hashes) == 1 and hashes != {""}


def match_rows(
    name: str, rows: pd.DataFrame, columns: Sequence[str], register: Register
) -> tuple[list[str], list[Finding]]:
    """Find the image of each row.

    Parameters
    ----------
    name : str
        The table's file, for findings.
    rows : pandas.DataFrame of str
        Indexed by line.
    columns : sequence of str
        Columns that may name the image, the most certain first: a later one only chooses among
        the images that an earlier one fits.

    Returns
    -------
    list of str
        image_id of each row; empty where no column fits one.
    list of Finding
        One on all rows that name no known image, one on all that may mean several, and one for
        each way in which names were respelt.
    """
    found: list[str] = []
    unmatched: dict[bool, list[_Unmatched]] = defaultdict(list)
    respelt: dict[str, list[_Unmatched]] = defaultdict(list)
    for line, *values in rows[list(columns)].itertuples(name=None):
        fits: list[str] = []
        called = ""
        for column, value in zip(columns, values, strict=True):
            several, how = register.find_respelt(column, value) if value else ([], "")
            called = called if fits else how
            fits = [image_id for image_id in fits if image_id in several] or fits or several
            if len(fits) == 1:
                break
        settled = len(fits) == 1 or (bool(fits) and register.are_copies(fits))
        found.append(fits[0] if settled else "")
        said = next((value for value in values if value), "")
        row = _Unmatched(int(line), said, tuple(fits))
        if not settled:
            unmatched[bool(fits)].append(row)
        elif called:
            respelt[called].append(row)
    findings = [_unmatched(name, alike) for _, alike in sorted(unmatched.items(), reverse=True)]
    findings += [_respelt(name, called, alike) for called, alike in sorted(respelt.items())]
    return found, findings


class _Unmatched(NamedTuple):
    """A row: its line, what it calls the image, and the images that this fits."""

    line: int
    said: str
    fits: tuple[str, ...]


def _unmatched(name: str, rows: list[_Unmatched]) -> Finding:
    first = rows[0]
    shown = ", ".join(first.fits[:_SHOWN]) + (", …" if len(first.fits) > _SHOWN else "")
    said = f"{first.said}, which is {shown}" if first.fits else first.said or "nothing"
    kind = catalogue.ROW_AMBIGUOUS if first.fits else catalogue.ROW_UNKNOWN
    return kind.at(name, line=first.line, found=_and_more(said, rows), done="not judged")


def _respelt(name: str, called: str, rows: list[_Unmatched]) -> Finding:
    first = rows[0]
    return catalogue.ROW_RESPELT.at(
        name,
        line=first.line,
        found=_and_more(f"{first.said}, which is {first.fits[0]} but for {called}", rows),
        done=f"taken for the known image{'s' if len(rows) > 1 else ''}",
    )


def _and_more(first: str, rows: list[_Unmatched]) -> str:
    if len(rows) == 1:
        return first
    lines = "line" if len(rows) == 2 else "lines"
    return f"{first}; and {len(rows) - 1:,} more, {lines} {_ranges([row.line for row in rows[1:]])}"


def _ranges(lines: list[int]) -> str:
    """Spell numbers with runs as ranges.

    >>> _ranges([3, 4, 5, 9])
    '3-5, 9'
    """
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _steps(path: str) -> list[str]:
    return [step for step in path.replace("\\", "/").split("/") if step not in ("", ".")]


def _agreement(steps: list[str], known: list[str]) -> int:
    """Count the folders, from the file up, that two paths have in common."""
    pairs = zip(steps[-2::-1], known[-2::-1], strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(steps), len(known)) - 1)
