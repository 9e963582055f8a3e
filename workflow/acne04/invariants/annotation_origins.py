"""Where the columns of Acne04-v2's images, circles, echoes, and of the questions come from.

=========  ================================================================================
table      column: its second home
=========  ================================================================================
annotated  lesions_v2: number of the image's circles; quarantined, quarantined_by: the records in
           quarantine.json
lesions    v2_image_id and file_name: annotated; crosses_border: circle and size of the image;
           photo_x, photo_y, photo_radius_x, photo_radius_y: circle, size of the image and of the
           upright photograph
echoes     circles_a, circles_b: annotated; share: matches; explained: sha256 of the inventory
review     subject: sha256 of the inventory, of the images at path (three tables)
=========  ================================================================================

No second home in any table: v2_image_id, width and height of annotated, annotation_id, x, y,
radius and repaired of lesions, which are the publisher's and a person's; matches of echoes; what a
question says. Circles in a photograph with an EXIF orientation are not turned again here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pandas as pd

from acne04.inspection.checks import Mismatch
from acne04.invariants.comparing import unlike
from acne04.invariants.dataset import ANNOTATED, ECHOES, LESIONS, QUARANTINE
from acne04.invariants.dataset_tables import Tables

_REVIEWS = ("data/annotations/review.csv", "data/groups/review.csv", "data/splits/review.csv")


def problems(tables: Tables) -> Iterator[Mismatch]:
    """Yield what the tables say otherwise than their origins."""
    circles = tables.dataset.table_of(LESIONS, "lesions")
    yield from _numbers(tables, circles)
    yield from _circles(tables, circles)
    yield from _echoes(tables)
    for artifact in _REVIEWS:
        yield from _questions(tables, artifact)


def _numbers(tables: Tables, circles: pd.DataFrame) -> Iterator[Mismatch]:
    """Count the sound circles of each image, and its records in quarantine."""
    annotated, file = tables.annotated, tables.dataset.file_of(ANNOTATED)
    document = tables.dataset.document_of(QUARANTINE, "quarantine.schema.json")
    records = [_content(record) for record in document["records"]]
    broken = Counter(
        record["image_id"]
        for record in records
        if record["pointer"].startswith("/annotations/") and isinstance(record["image_id"], int)
    )
    sound = circles["v2_image_id"].value_counts()
    # Of an id that several images claim the first row has all circles.
    own = annotated["v2_image_id"].where(~annotated["v2_image_id"].duplicated())
    expected = own.map(sound).fillna(0).astype("Int64")
    yield from unlike(file, annotated, "lesions_v2", expected, "file_name")
    expected = own.map(pd.Series(broken, dtype="Int64")).fillna(0).astype("Int64")
    yield from unlike(file, annotated, "quarantined", expected, "file_name")
    images = [record for record in records if record["pointer"].startswith("/images/")]
    why = {(record["id"], record["file_name"]): " | ".join(record["checks"]) for record in images}
    keys = zip(annotated["v2_image_id"], annotated["file_name"], strict=True)
    found = [why.get((None if pd.isna(number) else int(number), name), "") for number, name in keys]
    yield from unlike(file, annotated, "quarantined_by", pd.Series(found, dtype="str"), "file_name")


def _content(record: dict[str, Any]) -> dict[str, Any]:
    """Read the text of a record in quarantine as far as it can be read."""
    try:
        content = json.loads(record["record"])
    except (ValueError, RecursionError):
        content = {}
    known = content if isinstance(content, dict) else {}
    return record | {name: known.get(name) for name in ("id", "image_id", "file_name")}


def _circles(tables: Tables, circles: pd.DataFrame) -> Iterator[Mismatch]:
    file = tables.dataset.file_of(LESIONS)
    sound = tables.annotated[tables.annotated["quarantined_by"] == ""]
    image = sound.drop_duplicates("v2_image_id").set_index("v2_image_id")
    key = circles["v2_image_id"]
    yield from unlike(file, circles, "file_name", key.map(image["file_name"]), "annotation_id")
    width, height = (key.map(image[side]).astype("Float64") for side in ("width", "height"))
    x, y, radius = (circles[name].astype("Float64") for name in ("x", "y", "radius"))
    over = pd.concat([-x, -y, x - width, y - height], axis=1).max(axis=1) + radius
    yield from unlike(file, circles, "crosses_border", over > 0, "annotation_id")
    real = tables.inventory[tables.inventory["origin"] == "real"]
    photograph = real.drop_duplicates("name").set_index("name")
    upright = circles["file_name"].map(photograph["orientation"]).fillna(1) == 1
    here = {
        side: circles["file_name"].map(photograph[side]).astype("Float64").fillna(stated)
        for side, stated in (("width", width), ("height", height))
    }
    expected = {
        "photo_x": x * here["width"] / width,
        "photo_y": y * here["height"] / height,
        "photo_radius_x": radius * here["width"] / width,
        "photo_radius_y": radius * here["height"] / height,
    }
    for column, value in expected.items():
        yield from unlike(file, circles[upright], column, value[upright], "annotation_id")


def _echoes(tables: Tables) -> Iterator[Mismatch]:
    echoes, file = tables.dataset.table_of(ECHOES, "echoes"), tables.dataset.file_of(ECHOES)
    sound = tables.annotated[tables.annotated["quarantined_by"] == ""]
    counts = sound.drop_duplicates("file_name").set_index("file_name")["lesions_v2"]
    for side in "ab":
        expected = echoes[f"name_{side}"].map(counts)
        yield from unlike(file, echoes, f"circles_{side}", expected, "name_a")
    share = echoes["matches"] / echoes[["circles_a", "circles_b"]].min(axis=1)
    yield from unlike(file, echoes, "share", share, "name_a")
    real = tables.inventory[tables.inventory["origin"] == "real"]
    digest = real.drop_duplicates("name").set_index("name")["sha256"]
    first, second = (echoes[f"name_{side}"].map(digest) for side in "ab")
    explained = (first == second).map({True: "exact", False: ""}).astype("str")
    yield from unlike(file, echoes, "explained", explained, "name_a")


def _questions(tables: Tables, artifact: str) -> Iterator[Mismatch]:
    questions, file = tables.dataset.table_of(artifact, "review"), tables.dataset.file_of(artifact)
    digest = dict(zip(tables.inventory["path"], tables.inventory["sha256"], strict=True))
    for row in questions[questions["subject"] != ""].itertuples():
        known = [digest.get(path) for path in row.path.split("|")]
        # A question about a file that is no image is bound to that.
        if None not in known and ":".join(map(str, known)) != row.subject:
            expected = f"subject {':'.join(map(str, known))}"
            yield Mismatch(file, expected, row.subject, int(row.Index) + 2, row.path)
