"""The command line of ``acne04 leaks``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from acne04.core import documents
from acne04.core.errors import UsageError
from acne04.core.schemas import load_schema
from acne04.leaks.columns import choose_columns
from acne04.leaks.known import Known, known_groups, known_subjects, read_ours
from acne04.leaks.placing import Placed, place_ours, place_strangers
from acne04.leaks.reading import read_foreign
from acne04.leaks.report import Verdict, print_verdict
from acne04.relations.kinship import Kinship
from acne04.relations.leakage import leak_table

SCHEMA = "leaks.schema.json"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 leaks``."""
    parser.epilog = "Exit code: 0 nothing leaks, 1 something does, 2 it could not be said."
    add = parser.add_argument
    add("manifest", type=Path, metavar="MANIFEST", help="CSV, ours or any with images and parts")
    add("--json", action="store_true", help="give everything as a JSON document on stdout")
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


def run(arguments: argparse.Namespace) -> int:
    """Judge one manifest: 0 nothing leaks, 1 something does."""
    known = _known(arguments)
    placed = _placed(arguments, known)
    _refuse_one_side(placed)
    kinship = Kinship(known.images["image_id"], known.relations)
    verdict = Verdict(known, placed, leak_table(placed.sides, kinship))
    document = verdict.as_document()
    documents.check(document, SCHEMA, "the document")
    if arguments.json:
        sys.stdout.write(documents.to_text(document))
    else:
        print_verdict(verdict)
    return 1 if verdict.leaks else 0


def _known(arguments: argparse.Namespace) -> Known:
    if not arguments.subjects:
        return known_groups(arguments.groups, arguments.relations, arguments.inventory)
    for option in ("groups", "inventory"):
        if getattr(arguments, option):
            raise UsageError(f"--{option}", "not together with --subjects", done="nothing said")
    return known_subjects(arguments.subjects, arguments.relations)


def _placed(arguments: argparse.Namespace, known: Known) -> Placed:
    table = read_foreign(arguments.manifest)
    if list(table.rows) == [field["name"] for field in load_schema("splits.table.json")["fields"]]:
        return place_ours(table, read_ours(arguments.manifest, "splits"), known)
    options = (arguments.path_column, arguments.split_column, arguments.fold_column)
    return place_strangers(table, choose_columns(table, *options), known)


def _refuse_one_side(placed: Placed) -> None:
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
            found=f"{len(placed.findings)} rows that do not, the first {first.found} "
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
