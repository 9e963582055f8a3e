"""The command line of ``acne04 leaks``."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from acne04.core import documents
from acne04.core.errors import UsageError
from acne04.core.foreign_tables import read_foreign
from acne04.core.outputs import declare_json, give_document, read_json
from acne04.core.schemas import load_schema
from acne04.leaks.folders import read_folder
from acne04.leaks.known_images import KnownImages, known_groups, known_subjects, read_ours
from acne04.leaks.manifest_columns import choose_columns
from acne04.leaks.sides import PlacedImages, place_ours, place_strangers
from acne04.leaks.verdict import LeakVerdict, print_verdict
from acne04.relations.kinship import Kinship
from acne04.relations.leakage import leak_table
from acne04.relations.persons import with_persons

SCHEMA = "leaks.schema.json"


@dataclass(frozen=True)
class LeaksOptions:
    """A manifest, and what it is judged by.

    Attributes
    ----------
    manifest : pathlib.Path
        A CSV file, ours or a stranger's, or a folder (`acne04.leaks.folders.read_folder`).
    json : pathlib.Path or None
        Where a JSON document goes (`acne04.core.outputs.read_json`).
    groups, relations, inventory : pathlib.Path or None
        Tables of ``acne04 dedupe`` and ``acne04 scan``; None for those of this checkout.
    subjects : pathlib.Path or None
        A table of persons, or the folder of its JSON lines, in place of groups and inventory.
    path_column, split_column, fold_column : str or None
        Columns of a stranger's manifest; None for what its header suggests.
    allow_unknown : float
        Percent of the rows with a part that may be of unknown images, 0 to 100.
    """

    manifest: Path
    json: Path | None
    groups: Path | None
    relations: Path | None
    inventory: Path | None
    subjects: Path | None
    path_column: str | None
    split_column: str | None
    fold_column: str | None
    allow_unknown: float


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 leaks``."""
    parser.epilog = "Exit code: 0 nothing leaks, 1 something does, 2 it could not be said."
    add = parser.add_argument
    add(
        "manifest",
        type=Path,
        metavar="MANIFEST",
        help="CSV, ours or any with images and parts; or a folder of train/, val/, test/",
    )
    add(
        "--allow-unknown",
        type=float,
        default=0.0,
        metavar="PERCENT",
        help="how many of the rows with a part may be of images that nobody knows (default 0)",
    )
    declare_json(parser, "everything")
    known = parser.add_argument_group("what is known of the images")
    add = known.add_argument
    add("--groups", type=Path, metavar="CSV", help="default: data/groups/groups.csv, here or above")
    add("--relations", type=Path, metavar="CSV", help="default: relations.csv beside the groups")
    add("--inventory", type=Path, metavar="CSV", help="hashes; default: that of the same data")
    add(
        "--subjects",
        type=Path,
        metavar="CSV|FOLDER",
        help="a table of images and persons, or the folder of its JSON lines, in place of --groups",
    )
    columns = parser.add_argument_group("columns of a manifest that is not ours")
    add = columns.add_argument
    add("--path-column", metavar="NAME", help="image: path, file name, image_id or SHA-256")
    add("--split-column", metavar="NAME", help="part; an empty value is an image left out")
    add("--fold-column", metavar="NAME", help="fold; without parts each is held out in turn")


def read_options(arguments: argparse.Namespace) -> LeaksOptions:
    """Give the options of a call.

    Raises
    ------
    UsageError
        If persons are to take the place of tables that are named, too, or a share is none.
    """
    options = LeaksOptions(
        manifest=arguments.manifest,
        json=read_json(arguments),
        groups=arguments.groups,
        relations=arguments.relations,
        inventory=arguments.inventory,
        subjects=arguments.subjects,
        path_column=arguments.path_column,
        split_column=arguments.split_column,
        fold_column=arguments.fold_column,
        allow_unknown=arguments.allow_unknown,
    )
    if not 0 <= options.allow_unknown <= 100:
        raise UsageError("--allow-unknown", "a percentage", found=str(options.allow_unknown))
    for option, table in (("--groups", options.groups), ("--inventory", options.inventory)):
        if options.subjects and table:
            raise UsageError(option, "not together with --subjects", done="nothing said")
    return options


def run(options: LeaksOptions) -> int:
    """Judge one manifest: 0 nothing leaks, 1 something does, 2 too little of it is known."""
    if options.subjects:
        known = known_subjects(options.subjects, options.relations)
    else:
        known = known_groups(options.groups, options.relations, options.inventory)
    placed = _placed(options, known)
    _refuse_one_side(placed)
    persons = pd.concat([known.persons, placed.persons], ignore_index=True)
    relations = with_persons(known.relations, persons)
    kinship = Kinship(known.images["image_id"], relations)
    verdict = LeakVerdict(known, placed, leak_table(placed.sides, kinship), options.allow_unknown)
    document = verdict.as_document()
    documents.check(document, SCHEMA, "the document")
    if give_document(options.json, document):
        print_verdict(verdict)
    return verdict.exit_code


def _placed(options: LeaksOptions, known: KnownImages) -> PlacedImages:
    is_folder = options.manifest.is_dir()
    table = read_folder(options.manifest) if is_folder else read_foreign(options.manifest)
    if list(table.rows) == [field["name"] for field in load_schema("splits.table.json")["fields"]]:
        return place_ours(table, read_ours(options.manifest, "splits"), known)
    named = (options.path_column, options.split_column, options.fold_column)
    return place_strangers(table, choose_columns(table, *named), known)


def _refuse_one_side(placed: PlacedImages) -> None:
    """Refuse to call a manifest free of leaks that has nothing to compare.

    Raises
    ------
    UsageError
        If no row names a known image, or no fold has two parts.
    """
    sides = placed.sides
    if sides.empty:
        first = next((f for f in placed.findings if f.line), None)
        raise UsageError(
            placed.name,
            "no row places an image that is known",
            expected="rows that name images of this collection, and their part",
            found=f"{placed.rows['not_judged']:,} rows that do not: {first.found} "
            f"(line {first.line})"
            if first
            else "no part in any row",
            done="nothing said",
            remedy="--path-column and --split-column name the right columns, --groups the tables",
        )
    if sides.groupby("fold", dropna=False)["part"].nunique().max() < 2:
        raise UsageError(
            placed.name,
            "only one side, so there is nothing that could leak into another",
            expected="at least two parts, or two folds",
            found=", ".join(sorted(set(sides["part"]))),
            done="nothing said",
            remedy="--split-column names the right column; of `paper`, which has no parts, "
            "paper_leaks.csv tells what would leak under the other splits",
        )
