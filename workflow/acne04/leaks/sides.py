"""The sides on which the images of a manifest are.

What the columns of a stranger's table mean:

- A part alone: any two parts are two sides.
- A part and a fold, most images in several folds: within each fold, any two parts.
- A part and a fold, most images in one fold: each fold is held out in turn, against all else.
- A fold alone: the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from acne04.core.errors import UsageError
from acne04.core.findings import Finding
from acne04.core.foreign_tables import ForeignTable
from acne04.core.variants import base_of
from acne04.leaks import catalogue
from acne04.leaks.known_images import KnownImages
from acne04.leaks.manifest_columns import FOLD_COLUMN, PERSON_COLUMNS, ManifestColumns
from acne04.leaks.register import Register, match_rows
from acne04.relations.leakage import OTHER_FOLDS, THIS_FOLD, sides_of
from acne04.relations.persons import plain_subject

#: More parts or folds than that are no parts or folds.
MOST = 100
#: Share of images in several folds from which on a fold is a whole split of its own: then nearly
#: all are in all of them, else nearly each is in one.
_MOSTLY = 0.5
#: Columns of ours beside a stranger's, whose names never begin with a blank.
_PART, _FOLD = " part", " fold"


@dataclass(frozen=True)
class PlacedImages:
    """A manifest whose images are known.

    Attributes
    ----------
    name : str
        Name of its file.
    read_as : str
        What it was taken for, in words.
    sides : pandas.DataFrame
        Columns fold, part, image_id, grade, as `acne04.relations.leakage.leak_table` takes them.
    persons : pandas.DataFrame
        Columns image_id, subject: whom its own column names, where it has one; indexed by the line.
    rows : dict of str to int
        Rows read, judged, left_out (the manifest gives them no part), not_judged (findings say
        why): the first is the sum of the others.
    findings : list of Finding
        What there is to say about its rows.
    """

    name: str
    read_as: str
    sides: pd.DataFrame
    persons: pd.DataFrame
    rows: dict[str, int]
    findings: list[Finding]


def place_ours(table: ForeignTable, manifest: pd.DataFrame, known: KnownImages) -> PlacedImages:
    """Place the images of a manifest of ours.

    Parameters
    ----------
    manifest : pandas.DataFrame
        Table ``splits``, rows as in `table`.

    Raises
    ------
    UsageError
        If it holds several variants, or is of another dataset than the tables it is judged by.
    """
    datasets, variants = (sorted(set(manifest[column])) for column in ("dataset", "variant"))
    if len(variants) > 1 or (known.dataset != "unknown" and datasets != [known.dataset]):
        raise UsageError(
            table.name,
            f"not a manifest of one variant of {known.dataset}, as {known.source} is",
            expected=f"{known.dataset}, one variant",
            found=f"{', '.join(datasets)}: {', '.join(variants)}",
            done="nothing said",
        )
    is_placed = (manifest["split"] != "").to_numpy()
    rows = table.rows[is_placed]
    columns = ("image_id", "sha256", "path")
    found, findings = match_rows(table.name, rows, columns, Register(known.images))
    placed = manifest[is_placed].assign(image_id=found)
    sides = sides_of(variants[0], placed[placed["image_id"] != ""])
    counts = _counted(table, rows, found)
    persons = _persons(rows, found)
    findings += _other_persons(table.name, persons, known)
    return PlacedImages(table.name, f"variant {variants[0]}", sides, persons, counts, findings)


def place_strangers(
    table: ForeignTable, columns: ManifestColumns, known: KnownImages
) -> PlacedImages:
    """Place the images of any other manifest.

    Raises
    ------
    UsageError
        If there are more than `MOST` parts or folds.
    """
    parts = table.rows[columns.split].str.casefold() if columns.split else OTHER_FOLDS
    folds = table.rows[columns.fold].map(_plain_number) if columns.fold else ""
    rows = table.rows.assign(**{_PART: parts, _FOLD: folds})
    rows = rows[rows[_PART if columns.split else _FOLD] != ""]
    found, findings = match_rows(table.name, rows, columns.images, Register(known.images))
    placed = pd.DataFrame({"fold": rows[_FOLD], "part": rows[_PART], "image_id": found})
    placed = placed[placed["image_id"] != ""]
    again = placed.duplicated()
    repeated = [_repeated(table.name, int(line), row) for line, row in placed[again].iterrows()]
    placed = placed[~again]
    _refuse_many(table.name, placed)
    grades = known.images.set_index("image_id")["grade"]
    sides = _sides(placed.assign(grade=placed["image_id"].map(grades)), columns, table)
    counts = _counted(table, rows, found)
    persons, others = _persons(rows, found), []
    if _are_known(persons, known):
        others = list(_other_persons(table.name, persons, known))
    else:
        persons["subject"] = f"{table.name}: " + persons["subject"]
    findings = [*table.findings, *findings, *repeated, *others]
    return PlacedImages(table.name, str(columns), sides, persons, counts, findings)


def _persons(rows: pd.DataFrame, found: list[str]) -> pd.DataFrame:
    """Give whom the manifest names, for the rows whose image is known."""
    column = next((name for name in PERSON_COLUMNS if name in rows), None)
    subject = rows[column] if column else ""
    told = pd.DataFrame({"image_id": found, "subject": subject}, index=rows.index, dtype="str")
    return told[(told["image_id"] != "") & (told["subject"] != "")]


def _shown(known: KnownImages) -> dict[str, dict[str, str]]:
    """Give the persons of each image, by their plain spelling."""
    shown: dict[str, dict[str, str]] = defaultdict(dict)
    for image_id, subject in known.persons.itertuples(index=False):
        shown[image_id][plain_subject(subject)] = subject
    return shown


def _are_known(persons: pd.DataFrame, known: KnownImages) -> bool:
    """Whether a stranger calls most persons as the tables do, and not by names of its own."""
    shown = _shown(known)
    agree = [plain_subject(row.subject) in shown[row.image_id] for row in persons.itertuples()]
    return 2 * sum(agree) > len(agree)


def _other_persons(name: str, persons: pd.DataFrame, known: KnownImages) -> Iterator[Finding]:
    """Report the rows that name another person than the tables do for their image."""
    shown = _shown(known)
    for line, image_id, subject in persons.itertuples():
        if plain_subject(subject) not in shown[image_id]:
            yield catalogue.PERSON_DIFFERS.at(
                name,
                line=int(line),
                expected=f"{image_id} of {', '.join(shown[image_id].values()) or 'nobody'}",
                found=subject,
                done="both taken: related to the images of either",
            )


def _counted(table: ForeignTable, placed: pd.DataFrame, found: list[str]) -> dict[str, int]:
    judged = sum(bool(image_id) for image_id in found)
    return {
        "read": len(table.rows) + table.malformed,
        "judged": judged,
        "left_out": len(table.rows) - len(placed),
        "not_judged": len(placed) - judged + table.malformed,
    }


def _plain_number(fold: str) -> str:
    """Spell 3.0, which a column of integers with gaps becomes, as 3."""
    return re.sub(r"^(\d+)\.0+$", r"\1", fold)


def _refuse_many(name: str, placed: pd.DataFrame) -> None:
    for column in ("part", "fold"):
        if placed[column].nunique() > MOST:
            raise UsageError(
                name,
                f"too many {column}s",
                expected=f"at most {MOST}",
                found=str(placed[column].nunique()),
                done="nothing said",
                remedy="name the right columns with --split-column and --fold-column",
            )


def _sides(placed: pd.DataFrame, columns: ManifestColumns, table: ForeignTable) -> pd.DataFrame:
    folds = set(placed["fold"]) - {""}
    if all(fold.isdecimal() for fold in folds):
        placed = placed.assign(fold=pd.to_numeric(placed["fold"]).astype("Int64"))
    else:
        placed = placed.assign(fold=placed["fold"].mask(placed["fold"] == "", other=None))
    if _is_kfold(columns, table):
        return sides_of("kfold", _as_kfold(placed, table))
    if len(folds) < 2:
        return placed.assign(fold=placed["fold"].ffill().bfill())
    in_several = placed.groupby("image_id")["fold"].nunique() > 1
    each = []
    for fold in sorted(placed["fold"].dropna().unique()):
        here = (placed["fold"] == fold).fillna(value=False).astype(bool)
        if columns.split and in_several.mean() > _MOSTLY:
            # A row without a fold belongs to all of them.
            each.append(placed[here | placed["fold"].isna()].assign(fold=fold))
        else:
            each.append(placed.assign(fold=fold, part=placed["part"].mask(here, THIS_FOLD)))
    return pd.concat(each, ignore_index=True)


def _is_kfold(columns: ManifestColumns, table: ForeignTable) -> bool:
    """Whether it is a ``kfold`` of ours to which somebody has added a column."""
    ours = (columns.split, columns.fold) == ("split", FOLD_COLUMN)
    return (
        ours
        and "variant" in table.rows
        and {base_of(v) for v in table.rows["variant"]} == {"kfold"}
    )


def _as_kfold(placed: pd.DataFrame, table: ForeignTable) -> pd.DataFrame:
    """Give the columns that ours has; a manifest of before has no validation parts."""
    column = table.rows.get("validates")
    validates = "" if column is None else column.reindex(placed.index).fillna("")
    return placed.rename(columns={"part": "split"}).assign(validates=validates)


def _repeated(name: str, line: int, row: pd.Series) -> Finding:
    fold = f" of fold {row['fold']}" if row["fold"] else ""
    return catalogue.ROW_REPEATED.at(
        name,
        line=line,
        expected="each image once in a part",
        found=f"{row['image_id']} in {row['part']}{fold} again",
        done="counted once",
    )
