"""A split as a folder: images below folders that are called like parts, or a list for each part."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pandas as pd

from acne04.core.errors import UnavailableError, UsageError
from acne04.core.findings import Finding
from acne04.core.foreign_tables import PATH_COLUMNS, ForeignTable, read_foreign
from acne04.core.hashing import digest_file, files_below
from acne04.core.printing import spelt_out
from acne04.relations.leakage import held_out_order

_IMAGES = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp")
_LISTS = (".csv", ".tsv", ".txt")
_SHOWN = 5


def read_folder(folder: Path) -> ForeignTable:
    """Read a folder as a manifest.

    A file of images is of the part that a folder above it is called after (``train/0/a.jpg``,
    ``images/test/a.jpg``), or else of the uppermost one. Where there are no images, each list
    (``train.csv``, ``test.txt``) is a part.

    Returns
    -------
    ForeignTable
        Columns sha256 (of images), path, split. Indexed by number, from 1, as there are no lines.

    Raises
    ------
    UnavailableError
        If the folder holds neither.
    """
    files = [name for name in files_below(folder) if not _is_hidden(name)]
    images = [name for name in files if name.casefold().endswith(_IMAGES)]
    if images:
        rows = [
            {
                "sha256": digest_file(folder / name).sha256,
                "path": spelt_out(name),
                "split": spelt_out(_part_of(name)),
            }
            for name in images
        ]
        return _table(folder, rows, [])
    lists = [name for name in files if "/" not in name and name.casefold().endswith(_LISTS)]
    if not lists:
        raise UnavailableError(
            str(folder),
            "a folder without images and without lists",
            expected="train/, val/ and test/ with images, or train.csv, val.csv and test.csv",
            found=", ".join(map(spelt_out, files[:_SHOWN])) or "an empty folder",
            done="nothing said",
        )
    rows, findings = [], []
    for name in lists:
        names, problems = _listed(folder / name)
        part = spelt_out(PurePosixPath(name).stem)
        rows += [{"sha256": "", "path": image, "split": part} for image in names]
        findings += problems
    return _table(folder, rows, findings)


def _table(folder: Path, rows: list[dict[str, str]], findings: list[Finding]) -> ForeignTable:
    columns = ["sha256", "path", "split"]
    table = pd.DataFrame(rows, columns=columns, index=range(1, len(rows) + 1), dtype="str")
    name = f"{folder.resolve().name}/"
    return ForeignTable(name, table, findings, len(findings))


def _listed(path: Path) -> tuple[list[str], list[Finding]]:
    """Give the images of a list: of its column of images, or of a text with one a line."""
    if path.suffix.casefold() == ".txt":
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except UnicodeDecodeError:
            raise UnavailableError(
                str(path), "cannot be read", expected="text in UTF-8", done="nothing said"
            ) from None
        # A list for training may have a label behind the name.
        return [spelt_out(line.split()[0]) for line in lines if line.strip()], []
    table = read_foreign(path)
    column = table.first(PATH_COLUMNS)
    if column is None:
        raise UsageError(
            str(path),
            "no column of images",
            expected=f"one of {', '.join(PATH_COLUMNS)}",
            found=", ".join(table.rows),
            done="nothing said",
        )
    return table.rows[column].tolist(), table.findings


def _part_of(name: str) -> str:
    folders = PurePosixPath(name).parts[:-1]
    anything = held_out_order("0")[0]
    called = (folder for folder in folders if held_out_order(folder)[0] != anything)
    return next(called, folders[0] if folders else "")


def _is_hidden(name: str) -> bool:
    return any(step.startswith(".") for step in name.split("/"))
