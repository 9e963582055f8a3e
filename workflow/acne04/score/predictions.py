"""Predictions of a model, by image, held against the part of a split that they are of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from acne04.core.errors import UsageError
from acne04.core.findings import Finding, FindingKind
from acne04.core.foreign_tables import PATH_COLUMNS, ForeignTable, read_foreign
from acne04.core.grades import GRADE_NAMES, GRADES
from acne04.samples.image_lookup import names_of_images
from acne04.samples.parts import check_part, is_of_folds, rows_of_part
from acne04.score import catalogue

#: Columns of the predicted grade, of its probabilities, of the predicted count.
GRADE_COLUMNS = ("predicted", "prediction", "pred", "grade", "label")
PROBABILITY_COLUMNS = tuple(f"p{grade}" for grade in GRADES)
COUNT_COLUMNS = ("count", "predicted_count", "lesions")
#: Predictions that are named of many that have one problem.
_NAMED = 5
#: What sums to 1 within this was rounded.
_ROUNDED = 0.01


@dataclass(frozen=True)
class ScoredPart:
    """What is known of the images that a model is to predict.

    Attributes
    ----------
    variant, part : str
        Of the split.
    truth : pandas.DataFrame
        Columns image_id, fold (missing without folds), grade, count (missing where nobody counted),
        person (the image itself where nobody knows) and known (whether somebody does); a row an
        image and fold.
    places : dict of str to set of str
        Every image of the manifest -> parts that it is in, in any fold; none where it is left out.
    names : dict of str to str
        What an image may be called -> its image_id.
    """

    variant: str
    part: str
    truth: pd.DataFrame
    places: dict[str, set[str]]
    names: dict[str, str]


@dataclass(frozen=True)
class Predictions:
    """Predictions that are whole: each image of the part once for each repeat.

    Attributes
    ----------
    name : str
        Of the file.
    table : pandas.DataFrame
        Columns repeat, image_id, fold, predicted (0 to 3), predicted_count (NaN where there is
        none), and those of the truth; sorted by the first three.
    """

    name: str
    table: pd.DataFrame

    @property
    def repeats(self) -> int:
        """How many runs of the model there are."""
        return int(self.table["repeat"].nunique())


def scored_part(manifest: pd.DataFrame, variant: str, part: str) -> ScoredPart:
    """Take from a manifest what predictions are judged by.

    Raises
    ------
    UsageError
        If there is no such part, or it is the one that is trained on.
    """
    check_part(variant, part)
    if part in ("train", "trainval", "all"):
        raise UsageError(
            "--part", "nothing that is trained on is scored", expected="val or test", found=part
        )
    held_out = _held_out(manifest, variant, part)
    graded = held_out[held_out["grade"].notna()]
    # Whoever is in no subject table may still be tied to others: a group is never torn apart.
    known = graded["subject"] != ""
    truth = pd.DataFrame(
        {
            "image_id": graded["image_id"],
            "fold": graded["fold"] if is_of_folds(variant) else pd.NA,
            "grade": graded["grade"].astype(int),
            "count": graded["lesions_v1"].astype("Float64"),
            "person": graded["subject"].where(known, "group " + graded["group"]),
            "known": known,
        }
    )
    places: dict[str, set[str]] = {}
    for image_id, split in zip(manifest["image_id"], manifest["split"], strict=True):
        places.setdefault(image_id, set()).update({split} - {""})
    names = names_of_images(manifest.drop_duplicates("image_id"))
    return ScoredPart(variant, part, truth.reset_index(drop=True), places, names)


def _held_out(manifest: pd.DataFrame, variant: str, part: str) -> pd.DataFrame:
    """Give the rows of a part, of all folds, each with the fold that it is held out in."""
    if not is_of_folds(variant):
        return rows_of_part(manifest, variant, part)
    folds = sorted(int(fold) for fold in manifest["fold"].dropna().unique())
    each = [rows_of_part(manifest, variant, part, fold).assign(fold=fold) for fold in folds]
    return pd.concat(each) if each else manifest.iloc[:0]


def read_predictions(path: Path, scored: ScoredPart) -> tuple[Predictions, list[Finding]]:
    """Read a table of predictions, and say all that is wrong with it.

    Raises
    ------
    UsageError
        If it has no column of images or none of predictions.
    UnavailableError
        If it cannot be read.
    """
    table = read_foreign(path)
    column = table.first(PATH_COLUMNS)
    if column is None:
        raise _no_column(table, "of images", PATH_COLUMNS)
    read = _values(table)
    read["name"] = table.rows[column]
    findings = [*table.findings, *_invalid(table.name, read)]
    read = read[read["valid"]].assign(image_id=lambda t: t["name"].map(lambda n: _of(n, scored)))
    unknown = read[read["image_id"].isna()]
    findings += _finding(catalogue.PREDICTION_UNKNOWN, table.name, unknown["name"].unique())
    read = _with_fold(read[read["image_id"].notna()], scored)
    keys = ["image_id", "fold"]
    wanted = scored.truth[keys].astype({"fold": "Int64"})
    merged = read.merge(wanted, on=keys, how="left", indicator="of_part")
    strange = merged.loc[merged["of_part"] == "left_only", "image_id"]
    findings += _elsewhere(table.name, strange.unique(), scored)
    own = merged[merged["of_part"] == "both"].drop(columns="of_part")
    twice = own[own.duplicated(["repeat", *keys], keep=False)]
    findings += _finding(catalogue.PREDICTION_REPEATED, table.name, twice["image_id"].unique())
    for repeat in sorted(own["repeat"].unique()) or [""]:
        given = own[own["repeat"] == repeat]
        missing = wanted.merge(given[keys], on=keys, how="left", indicator="given")
        missing = missing.loc[missing["given"] == "left_only", "image_id"].unique()
        where = f"{table.name}, repeat {repeat}" if repeat else table.name
        findings += _finding(catalogue.PREDICTION_MISSING, where, missing)
    truth = scored.truth.astype({"fold": "Int64"})
    joined = own.merge(truth, on=keys).sort_values(["repeat", *keys], ignore_index=True)
    return Predictions(table.name, joined), findings


def _values(table: ForeignTable) -> pd.DataFrame:
    """Give columns predicted, predicted_count, repeat, fold and valid, by the file's lines."""
    rows = table.rows
    read = pd.DataFrame(index=rows.index)
    valid = pd.Series(True, index=rows.index)
    if all(name in rows for name in PROBABILITY_COLUMNS):
        shares = rows[list(PROBABILITY_COLUMNS)].apply(pd.to_numeric, errors="coerce")
        inside = (shares >= 0).all(axis=1) & (shares <= 1).all(axis=1)
        valid &= inside & ((shares.sum(axis=1) - 1).abs() <= _ROUNDED)
        read["predicted"] = shares.fillna(0).to_numpy().argmax(axis=1)
    elif (column := table.first(GRADE_COLUMNS)) is not None:
        grades = rows[column].map(_grade)
        valid &= grades.notna()
        read["predicted"] = grades.fillna(0).astype(int)
    else:
        raise _no_column(table, "of predictions", (*GRADE_COLUMNS, "p0, p1, p2 and p3"))
    counts = table.first(COUNT_COLUMNS)
    read["predicted_count"] = np.nan
    if counts is not None:
        read["predicted_count"] = pd.to_numeric(rows[counts], errors="coerce")
        valid &= (rows[counts] == "") | (read["predicted_count"] >= 0)
    read["repeat"] = rows.get("repeat", "")
    read["fold"] = pd.NA
    if "fold" in rows:
        folds = rows["fold"].where(rows["fold"].str.fullmatch(r"\d{1,6}"))
        valid &= (rows["fold"] == "") | folds.notna()
        read["fold"] = pd.to_numeric(folds)
    read["fold"] = read["fold"].astype("Int64")
    return read.assign(valid=valid)


def _grade(text: str) -> int | None:
    """Read a grade by its number, also written as 2.0, or by its name."""
    names = {name: grade for grade, name in enumerate(GRADE_NAMES)}
    if text.casefold().replace("_", " ") in names:
        return names[text.casefold().replace("_", " ")]
    number = text.removesuffix(".0")
    return int(number) if number in map(str, GRADES) else None


def _of(name: str, scored: ScoredPart) -> str | None:
    base = PurePosixPath(name.replace("\\", "/")).name
    return scored.names.get(name) or scored.names.get(base)


def _with_fold(read: pd.DataFrame, scored: ScoredPart) -> pd.DataFrame:
    """Fill in the fold that tests on an image, where only one does and the row names none."""
    if not is_of_folds(scored.variant):
        return read.assign(fold=pd.Series(pd.NA, index=read.index, dtype="Int64"))
    once = scored.truth[~scored.truth["image_id"].duplicated(keep=False)]
    only = once.set_index("image_id")["fold"].astype("Int64")
    return read.assign(fold=read["fold"].fillna(read["image_id"].map(only).astype("Int64")))


def _invalid(name: str, read: pd.DataFrame) -> Iterator[Finding]:
    wrong = read[~read["valid"]]
    lines = [f"line {line}" for line in wrong.index]
    yield from _finding(catalogue.PREDICTION_INVALID, name, lines)


def _elsewhere(name: str, images: object, scored: ScoredPart) -> Iterator[Finding]:
    """Tell images of the training part from those that are in no part, or in another one."""
    trained = {"train", "trainval", "train-only"}
    if is_of_folds(scored.variant):
        # An image that another fold tests on is trained on in this one.
        trained.add("test")
    of = [(image, scored.places[image]) for image in images]  # type: ignore[attr-defined]
    shown = [image for image, places in of if places & trained]
    yield from _finding(catalogue.PREDICTION_TRAINED_ON, name, shown)
    others = [image for image, places in of if not places & trained]
    yield from _finding(catalogue.PREDICTION_ELSEWHERE, name, others)


def _finding(kind: FindingKind, name: str, items: object) -> Iterator[Finding]:
    listed = sorted(map(str, items), key=_by_number)  # type: ignore[call-overload]
    if listed:
        more = f" and {len(listed) - _NAMED:,} more" if len(listed) > _NAMED else ""
        found = f"{', '.join(listed[:_NAMED])}{more}"
        yield kind.at(name, found=found, done="nothing scored", count=len(listed))


def _by_number(text: str) -> tuple[int, str]:
    return (int(text[5:]), "") if text.startswith("line ") else (0, text)


def _no_column(table: ForeignTable, what: str, names: tuple[str, ...]) -> UsageError:
    return UsageError(
        table.name,
        f"no column {what}",
        expected=f"one of {', '.join(names)}",
        found=", ".join(table.rows),
        done="nothing scored",
    )
