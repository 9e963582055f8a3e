"""What the standards' validators take on trust: hashes of files, and columns of tables."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from acne04.core.hashing import digest_file
from acne04.inspection.checks import Mismatch

CROISSANT, CRATE = "croissant.json", "ro-crate-metadata.json"


def distribution_problems(release: Path, document: Mapping[str, Any]) -> Iterator[Mismatch]:
    """Compare the file objects of a Croissant document that lie in the release with their bytes."""
    for item in _objects(document.get("distribution")):
        url = str(item.get("contentUrl", ""))
        if item.get("@type") == "cr:FileObject" and "://" not in url:
            yield from _hash_problems(release, CROISSANT, url, item.get("sha256"))


def part_problems(release: Path, document: Mapping[str, Any]) -> Iterator[Mismatch]:
    """Compare the files of a crate with their bytes."""
    for entity in _objects(document.get("@graph")):
        kinds = entity.get("@type", [])
        if "File" in ([kinds] if isinstance(kinds, str) else kinds):
            name = unquote(str(entity.get("@id")))
            yield from _hash_problems(release, CRATE, name, entity.get("sha256"))


def column_problems(release: Path, document: Mapping[str, Any]) -> Iterator[Mismatch]:
    """Look for the columns that fields of a Croissant document are taken from."""
    headers: dict[str, list[str]] = {}
    for record_set in _objects(document.get("recordSet")):
        for field in _objects(record_set.get("field")):
            for source in _objects([field.get("source"), field.get("references")]):
                table = str(_object(source.get("fileObject")).get("@id"))
                column = _object(source.get("extract")).get("column")
                if column is None or _outside(table) or not (release / table).is_file():
                    continue
                if table not in headers:
                    headers[table] = _header(release / table)
                if column not in headers[table]:
                    place = str(field.get("@id"))
                    yield Mismatch(
                        CROISSANT, f"a column {column} in {table}", "none", pointer=place
                    )


def _hash_problems(release: Path, document: str, name: str, sha256: Any) -> Iterator[Mismatch]:
    if _outside(name):
        yield Mismatch(document, "files of the release alone", name, pointer=name)
    elif not (release / name).is_file():
        yield Mismatch(document, f"the file {name}", "no such file", pointer=name)
    elif (found := digest_file(release / name).sha256) != sha256:
        yield Mismatch(document, f"{name} with sha256 {sha256}", f"sha256 {found}", pointer=name)


def _outside(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts


def _header(table: Path) -> list[str]:
    with table.open(encoding="utf-8", errors="replace", newline="") as stream:
        return next(csv.reader(stream), [])


def _objects(value: Any) -> list[dict[str, Any]]:
    """Give the objects in a list; a document may hold anything in its place."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
