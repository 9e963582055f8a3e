"""Where the columns of inventory, label lines, boxes, names and groups come from.

===========  ==============================================================================
table        column: its second home
===========  ==============================================================================
inventory    path, size, sha256: the listings, where they are at hand; name: path; origin: the
             source's folder in path; grade: for a photograph the label lines and the band of its
             lesion count (exceptions are counted by a finding of `scan`), for a synthetic image
             its folder; lesions_v1: the label lines; boxes: table boxes; prefix_grade: name;
             decoder: the ledger
folds        grade, lesions_v1: inventory (where the lines of an image disagree that is empty);
             name: inventory
boxes        name: inventory; box: numbered from 0; voc_*: as xmin to ymax, of an upright image
names        path, name: inventory; image_id: groups, and the plain name but for a collision;
             collision: the names
groups       path: names; canonical: relations of kind exact and near; parent: derived-from, or
             equal bytes; parent_status: table parents, a decision; conflict, conflict_grades,
             conflict_counts: labels of the photograph's files; group: relations (`groups-agree`);
             weakest_link: a relation of the group
===========  ==============================================================================

No second home in any table: md5, width, height, orientation, mode, exif_make, exif_model, decodable
and phash of the inventory, which were measured, and need only be the same for the same bytes
(findings count the images that are not upright); fold, part and line of the label lines, and the
corners of boxes, which are the publisher's; subject and decided_grade of groups, which are the
subject table's (`groups-agree` compares it where it is at hand) and a person's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from acne04.core.grades import grade_of_count, grade_of_prefix
from acne04.core.naming import collision_key, collision_kind, plain_name
from acne04.inspection.checks import Mismatch
from acne04.invariants.comparing import unlike
from acne04.invariants.dataset import BOXES, FINDINGS, FOLDS, INVENTORY, NAMES, findings_of
from acne04.invariants.dataset_tables import Tables

#: What scan measured of an image's bytes.
_MEASURED = (
    *("md5", "width", "height", "orientation", "mode", "exif_make", "exif_model", "decodable"),
    "phash",
)
#: First folder of a path to the origin of its image.
_ORIGINS = {"classification": "real", "acnedit": "synthetic"}
#: Findings of `scan` that count the rows in which two columns disagree.
_CONFLICT, _TURNED = "label-conflict", "exif-orientation"
_BAND, _PREFIX, _BOXES = "grade-outside-band", "prefix-grade-mismatch", "count-boxes-mismatch"


def problems(tables: Tables) -> Iterator[Mismatch]:
    """Yield what the tables say otherwise than their origins."""
    yield from _inventory(tables)
    yield from _measured(tables)
    yield from _labels(tables)
    yield from _disagreements(tables)
    yield from _boxes(tables)
    yield from _names(tables)


def _inventory(tables: Tables) -> Iterator[Mismatch]:
    inventory, file = tables.inventory, tables.dataset.file_of(INVENTORY)
    names = pd.Series([path.rpartition("/")[2] for path in inventory["path"]], dtype="str")
    yield from unlike(file, inventory, "name", names, "path")
    source = pd.Series([path.partition("/")[0] for path in inventory["path"]], dtype="str")
    known = source.isin(_ORIGINS)
    origin = source[known].map(_ORIGINS)
    yield from unlike(file, inventory[known], "origin", origin, "path")
    prefix = pd.Series([grade_of_prefix(name) for name in inventory["name"]], dtype="Int64")
    yield from unlike(file, inventory, "prefix_grade", prefix, "path")
    yield from _delivered(tables, file)
    decoder = tables.dataset.ledger.environment.decoder
    for found, rows in inventory.groupby("decoder"):
        if not str(found).startswith(decoder):
            line = int(rows.index[0]) + 2
            yield Mismatch(file, f"decoder {decoder}, as in the ledger", str(found), line)


def _measured(tables: Tables) -> Iterator[Mismatch]:
    """Check that what was measured of the same bytes is the same, and counted where it is odd."""
    inventory, file = tables.inventory, tables.dataset.file_of(INVENTORY)
    same = inventory.groupby("sha256")
    for column in _MEASURED:
        yield from unlike(file, inventory, column, same[column].transform("first"), "path")
    decodable = inventory["decodable"].fillna(value=False).astype(bool)
    for row in inventory[decodable != (inventory["phash"] != "")].itertuples():
        expected = "a hash of an image that decodes, and of no other"
        yield Mismatch(file, expected, row.phash or "none", int(row.Index) + 2, row.path)
    turned = inventory["width"].notna() & (inventory["orientation"].fillna(1) != 1)
    counted = _counts(tables).get(_TURNED, 0)
    if int(turned.sum()) != counted:
        expected = f"{counted} images that are not upright, as findings {_TURNED} count"
        yield Mismatch(file, expected, str(int(turned.sum())))


def _delivered(tables: Tables, file: str) -> Iterator[Mismatch]:
    """Compare bytes with those that the listings tell of, where there are any."""
    if tables.dataset.delivered is None:
        return
    files = tables.dataset.delivered.files.drop_duplicates("path").set_index("path")
    for column in ("sha256", "size"):
        expected = tables.inventory["path"].map(files[column])
        yield from unlike(file, tables.inventory, column, expected, "path")


def _labels(tables: Tables) -> Iterator[Mismatch]:
    """Compare grade and count with the label lines, and the grade of an edit with its folder."""
    inventory, file = tables.inventory, tables.dataset.file_of(INVENTORY)
    real = inventory["origin"] == "real"
    lines, conflicts = tables.folds, _counts(tables).get(_CONFLICT, 0)
    for column in ("grade", "lesions_v1"):
        by_name = lines.groupby("name")[column].agg(["first", "nunique"])
        # Lines that disagree leave it open.
        agreed = by_name["first"].where(by_name["nunique"] == 1)
        rows = inventory[real]
        if conflicts:
            # A line that the table of lines does not repeat may have left it open.
            rows = rows[rows[column].notna()]
        yield from unlike(file, rows, column, rows["name"].map(agreed), "path")
    known = set(inventory.loc[real, "name"])
    for row in lines[lines.duplicated(["fold", "part", "line"])].itertuples():
        expected = f"one name on line {row.line} of {row.part} in fold {row.fold}"
        yield Mismatch(tables.dataset.file_of(FOLDS), expected, row.name, int(row.Index) + 2)
    unknown = lines[~lines["name"].isin(known)]
    for row in unknown.itertuples():
        expected = "the name of a photograph of the inventory"
        yield Mismatch(tables.dataset.file_of(FOLDS), expected, row.name, int(row.Index) + 2)
    folders = _folder_grades(tables)
    synthetic = inventory[~real]
    told = [_folder_grade(path, folders) for path in synthetic["path"]]
    grades = pd.Series(told, index=synthetic.index, dtype="Int64")
    if folders:
        yield from unlike(file, synthetic, "grade", grades, "path")


def _counts(tables: Tables) -> dict[str, int]:
    """Give the number of findings of `scan`, by check."""
    document = tables.dataset.document_of(findings_of("inventory"), FINDINGS)
    counts: dict[str, int] = document["counts"]
    return counts


def _folder_grades(tables: Tables) -> dict[str, int]:
    """Give the grade of each folder of synthetic images, as the producer promises it."""
    for stage in tables.dataset.ledger.stages:
        for name, value in stage.parameters.items():
            if name.endswith(".acnedit.promises") and isinstance(value, dict):
                folders: Any = value.get("folders")
                promised = folders.items() if isinstance(folders, dict) else ()
                return {
                    folder: about["grade"]
                    for folder, about in promised
                    if isinstance(about, dict) and isinstance(about.get("grade"), int)
                }
    return {}


def _folder_grade(path: str, folders: dict[str, int]) -> int | None:
    steps = [step for step in path.split("/")[:-1] if step in folders]
    return folders[steps[-1]] if steps else None


def _disagreements(tables: Tables) -> Iterator[Mismatch]:
    """Count the labels outside their bands, which findings tell of, and no others."""
    inventory, file = tables.inventory, tables.dataset.file_of(INVENTORY)
    counts = _counts(tables)
    photographs = inventory[(inventory["origin"] == "real") & inventory["grade"].notna()]
    counted = photographs["lesions_v1"].dropna()
    band = pd.Series([grade_of_count(int(n)) for n in counted], counted.index, dtype="Int64")
    boxed = inventory[inventory["boxes"].notna() & inventory["lesions_v1"].notna()]
    named = photographs[photographs["prefix_grade"].notna()]
    pairs = (
        (_BAND, "grade", photographs.loc[counted.index, "grade"], band, "the band of its lesions"),
        (_PREFIX, "grade", named["grade"], named["prefix_grade"], "its name"),
        (_BOXES, "boxes", boxed["boxes"], boxed["lesions_v1"], "its lesion count"),
    )
    for check, column, found, other, told in pairs:
        wrong = found.index[(found != other).to_numpy(dtype=bool)]
        if len(wrong) == counts.get(check, 0):
            continue
        yield Mismatch(file, f"{counts.get(check, 0)} images whose {column} is not that of {told}, "
                       f"as findings {check} count", f"{len(wrong)}")  # fmt: skip


def _boxes(tables: Tables) -> Iterator[Mismatch]:
    boxes, file = tables.dataset.table_of(BOXES, "boxes"), tables.dataset.file_of(BOXES)
    photographs = tables.inventory[tables.inventory["origin"] == "real"]
    counts = boxes.groupby("name").size()
    told = photographs["boxes"].fillna(0)
    inventory = tables.dataset.file_of(INVENTORY)
    # An image without a VOC file has no number, one whose file holds no box 0.
    found = photographs.assign(boxes=told)
    expected = photographs["name"].map(counts).fillna(0).astype("Int64")
    yield from unlike(inventory, found, "boxes", expected, "path")
    yield from unlike(file, boxes, "box", boxes.groupby("name").cumcount(), "name")
    upright = photographs.drop_duplicates("name").set_index("name")["orientation"]
    straight = boxes[boxes["name"].map(upright).fillna(0) == 1]
    for corner in ("xmin", "ymin", "xmax", "ymax"):
        yield from unlike(file, straight, f"voc_{corner}", straight[corner], "name")


def _names(tables: Tables) -> Iterator[Mismatch]:
    names, file = tables.dataset.table_of(NAMES, "names"), tables.dataset.file_of(NAMES)
    inventory = tables.inventory.set_index("path")
    known = names["path"].isin(inventory.index)
    for row in names[~known].itertuples():
        yield Mismatch(file, "a path of the inventory", row.path, int(row.Index) + 2)
    for path in sorted(set(inventory.index) - set(names["path"])):
        yield Mismatch(file, "each image of the inventory", "no row", pointer=path)
    rows = names[known]
    yield from unlike(file, rows, "name", rows["path"].map(inventory["name"]), "path")
    ids = tables.groups.drop_duplicates("path").set_index("path")["image_id"]
    yield from unlike(file, rows, "image_id", rows["path"].map(ids), "path")
    yield from _collisions(file, rows.assign(origin=rows["path"].map(inventory["origin"])))


def _collisions(file: str, names: pd.DataFrame) -> Iterator[Mismatch]:
    """Check that of names that collide one is plain, and the others are told apart and say how."""
    ordered = names.sort_values(["origin", "path"])
    keys = pd.Series([collision_key(name) for name in ordered["name"]], index=ordered.index)
    keeper = ordered.groupby(keys)["name"].transform("first")
    is_keeper = ~keys.duplicated()
    kinds = [
        "" if keeps else collision_kind(name, first)
        for keeps, name, first in zip(is_keeper, ordered["name"], keeper, strict=True)
    ]
    expected = pd.Series(kinds, index=ordered.index, dtype="str").loc[names.index]
    yield from unlike(file, names, "collision", expected, "path")
    plain = pd.Series([plain_name(name) for name in names["name"]], index=names.index)
    keeps = is_keeper.loc[names.index]
    yield from unlike(file, names[keeps], "image_id", plain[keeps], "path")
    for row in names[~keeps].itertuples():
        stem, dot, extension = plain[row.Index].rpartition(".")
        pattern = f"{re.escape(stem if dot else extension)}~[0-9a-f]{{8,64}}"
        if not re.fullmatch(pattern + (re.escape(dot + extension) if dot else ""), row.image_id):
            expected_name = f"the name {plain[row.Index]} with a mark"
            yield Mismatch(file, expected_name, row.image_id, int(row.Index) + 2, row.path)
