"""What is known of the images and their relations: tables of ours, or a subject table alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from acne04.core import tables
from acne04.core.checkout import is_checkout, not_here
from acne04.core.errors import SchemaError, UnavailableError, UsageError
from acne04.core.findings import NotRun
from acne04.core.foreign_tables import read_foreign
from acne04.leaks import catalogue
from acne04.leaks.manifest_columns import PERSON_COLUMNS
from acne04.relations.catalogue import DERIVED_FROM, NEAR
from acne04.relations.kinship import KINDS
from acne04.relations.persons import with_persons
from acne04.relations.subjects import read_subject_files

GROUPS = Path("data/groups/groups.csv")
#: Names of the columns of a subject table.
IMAGE_COLUMNS = ("file_name", "filename", "name", "image_id", "image", "file", "path")
SUBJECT_COLUMNS = (*PERSON_COLUMNS, "group")
_NO_RELATIONS = (
    catalogue.EXACT.not_run("without --relations only an image that is placed twice is seen"),
    *(
        group.not_run("no --relations given")
        for group in (NEAR, DERIVED_FROM, catalogue.RETAKE, catalogue.CHAIN)
    ),
)


@dataclass(frozen=True)
class KnownImages:
    """What the rows of a manifest are judged by.

    Attributes
    ----------
    source : str
        What it was read from, for people.
    dataset : str
        ``standin``, ``acne04`` or ``unknown``.
    images : pandas.DataFrame
        Columns image_id, path, sha256 (empty where unknown), grade (missing where unknown),
        parent_status (empty but for synthetic images).
    persons : pandas.DataFrame
        Columns image_id, subject: a row for each person that an image is known to show.
    relations : pandas.DataFrame
        Columns kind, a, b; those that the persons make, too.
    kinds : tuple of str
        The kinds of relation that can be judged.
    not_run : tuple of NotRun
        What nobody has looked for here.
    """

    source: str
    dataset: str
    images: pd.DataFrame
    persons: pd.DataFrame
    relations: pd.DataFrame
    kinds: tuple[str, ...]
    not_run: tuple[NotRun, ...]


def known_groups(
    groups: Path | None, relations: Path | None, inventory: Path | None
) -> KnownImages:
    """Read the tables of ``acne04 dedupe``, and for hashes and grades the inventory.

    Parameters
    ----------
    groups : pathlib.Path or None
        None looks for `GROUPS` in the working folder and above.
    relations, inventory : pathlib.Path or None
        None takes what lies beside the groups; an inventory that is not there is done without.

    Raises
    ------
    UnavailableError
        If one of the tables is missing or not as its schema says.
    """
    place = groups or _above(GROUPS)
    beside = place.parent.parent / "inventory" / "images.csv"
    grouped = read_ours(place, "groups")
    dataset = grouped["dataset"].iloc[0] if len(grouped) else None
    edges = read_ours(relations or place.parent / "relations.csv", "relations", dataset)
    images = grouped[["image_id", "path", "parent_status"]]
    if inventory or beside.is_file():
        more = read_ours(inventory or beside, "inventory", dataset)
        images = images.merge(more[["path", "sha256", "grade"]], on="path", how="left")
    else:
        images = images.assign(sha256="", grade=pd.NA)
    images = images.assign(sha256=images["sha256"].fillna(""))
    persons = grouped.loc[grouped["subject"] != "", ["image_id", "subject"]]
    related = with_persons(edges, persons)
    return KnownImages(str(place.parent), dataset or "unknown", images, persons, related, KINDS, ())


def known_subjects(subjects: Path, relations: Path | None) -> KnownImages:
    """Read a subject table: a CSV file, or the folder of JSON lines that it was published as.

    Raises
    ------
    UnavailableError
        If it is not there or cannot be read.
    """
    pairs = list(_published_lines(subjects) if subjects.is_dir() else _csv_lines(subjects))
    table = pd.DataFrame(pairs, columns=["image_id", "subject"], dtype="str").drop_duplicates()
    persons = table[table["subject"] != ""]
    edges = pd.DataFrame(columns=["kind", "a", "b"], dtype="str")
    kinds: tuple[str, ...] = KINDS
    not_run: tuple[NotRun, ...] = ()
    if relations:
        edges = read_ours(relations, "relations")[["kind", "a", "b"]]
    else:
        kinds, not_run = ("exact", "subject"), _NO_RELATIONS
    edges = with_persons(edges, persons)
    names = sorted({*table["image_id"], *edges["a"], *edges["b"]})
    images = pd.DataFrame({"image_id": names, "path": names, "sha256": ""}, dtype="str")
    images = images.assign(grade=pd.NA, parent_status="")
    return KnownImages(subjects.name, "unknown", images, persons, edges, kinds, not_run)


def read_ours(path: Path, name: str, dataset: str | None = None) -> pd.DataFrame:
    """Read a table of ours; where it is broken nothing can be said, which is not a leak.

    Raises
    ------
    UnavailableError
        If it is missing or does not follow its schema.
    """
    try:
        return tables.read(path, name, dataset)
    except SchemaError as error:
        raise UnavailableError(
            error.where, error.what, expected=error.expected, found=error.found, done="nothing said"
        ) from None


def _above(place: Path) -> Path:
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / place).is_file():
            return Path("../" * len(here.relative_to(folder).parts)) / place
    around = next((f for f in (here, *here.parents) if is_checkout(f)), here)
    up = Path("../" * len(here.relative_to(around).parts))
    raise not_here(up / place.parts[0], up / place, "--groups names the table")


def _csv_lines(path: Path) -> Iterator[tuple[str, str]]:
    table = read_foreign(path)
    image, subject = table.first(IMAGE_COLUMNS), table.first(SUBJECT_COLUMNS)
    if image is None or subject is None or table.findings:
        raise UsageError(
            f"--subjects {path}",
            "not a table of subjects",
            expected=f"a column of images ({', '.join(IMAGE_COLUMNS)}) and one of subjects "
            f"({', '.join(SUBJECT_COLUMNS)}), filled in every row",
            found=f"line {table.findings[0].line} of another length"
            if table.findings
            else ", ".join(table.rows),
        )
    yield from zip(table.rows[image], table.rows[subject], strict=True)


def _published_lines(folder: Path) -> Iterator[tuple[str, str]]:
    """Read the published files; a bad line might hide a person, so nothing is said then."""
    lines, problems = read_subject_files(folder)
    for problem in problems:
        raise UnavailableError(
            f"{folder / problem.file} (line {problem.line})",
            "not a line of the subject table",
            expected=problem.expected,
            found=problem.found,
            remedy="`acne04 dedupe` tells all such lines",
        )
    for line in lines:
        yield line.name, line.subject
