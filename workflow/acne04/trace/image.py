"""The chain of one image, or of a circle on it: from its source to its place in each manifest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from acne04.core.errors import UnavailableError
from acne04.trace.artifact import origin
from acne04.trace.checkout_records import V2, Records

_POINTER = re.compile(r"/(images|annotations)/(0|[1-9]\d*)")
_FACTS = (
    "origin",
    "grade",
    "prefix_grade",
    "lesions_v1",
    "boxes",
    "width",
    "height",
    "orientation",
    "mode",
    "exif_make",
    "exif_model",
    "decodable",
    "phash",
    "decoder",
)
_IN_PHOTOGRAPH = ("photo_x", "photo_y", "photo_radius_x", "photo_radius_y")
#: The check by which photographs of other sizes than the annotations state are in quarantine.
_RESIZED = "photographs-resized"
_NUMBERS = ("grade", "prefix_grade", "lesions_v1", "boxes", "width", "height", "orientation")


def trace_image(records: Records, path: str) -> dict[str, Any]:
    """Tell all that is known of one image.

    Parameters
    ----------
    records : Records
        The checkout.
    path : str
        As the inventory has it, relative to ``data/raw``.
    """
    facts = next(row for row in records.inventory if row["path"] == path)
    grouped = next((row for row in records.groups if row["path"] == path), None)
    image_id = grouped["image_id"] if grouped else facts["name"]
    alone = sum(row["name"] == facts["name"] for row in records.inventory) == 1
    annotated = _annotated(records, facts["name"]) if facts["origin"] == "real" else None
    pointers, ids = _in_v2(records, annotated)
    decisions = _decisions(records, facts, ids, annotated)
    words = {path, image_id, *([facts["name"]] if alone else [])}
    return {
        "kind": "image",
        "image_id": image_id,
        "name": facts["name"],
        **origin(records, path),
        "facts": _facts(facts),
        "annotated": annotated,
        "findings": records.findings_on({path, image_id}, words, pointers, decisions),
        "relations": list(_relations(records, image_id)),
        "group": _group(records, grouped) if grouped else None,
        "decisions": decisions,
        "places": list(_places(records, path)),
    }


def _facts(row: dict[str, str]) -> dict[str, Any]:
    facts: dict[str, Any] = {name: row[name] or None for name in _FACTS}
    facts["decodable"] = row["decodable"] == "true"
    return facts | {name: int(row[name]) if row[name] else None for name in _NUMBERS}


def _annotated(records: Records, name: str) -> dict[str, Any] | None:
    """Give its row of the Acne04-v2 images: circles kept, what is in quarantine."""
    rows = records.rows("data/annotations/images.csv", "annotated", "file_name", (name,))
    if not rows:
        return None
    circles = records.rows("data/annotations/lesions.csv", "lesions", "file_name", (name,))
    return {
        "v2_image_id": int(rows[0]["v2_image_id"]) if rows[0]["v2_image_id"] else None,
        "circles": int(rows[0]["lesions_v2"] or 0),
        "quarantined": int(rows[0]["quarantined"] or 0),
        "quarantined_by": [by for by in rows[0]["quarantined_by"].split(" | ") if by],
        "repaired": sum(circle["repaired"] != "" for circle in circles),
        "moved": sum(map(_is_moved, circles)),
    }


def _is_moved(circle: dict[str, str]) -> bool:
    """Tell whether the photograph here has it in another place or size than the file says."""
    stated = (circle["x"], circle["y"], circle["radius"], circle["radius"])
    return stated != tuple(circle[name] for name in _IN_PHOTOGRAPH)


def _in_v2(records: Records, annotated: dict[str, Any] | None) -> tuple[set[str], set[int]]:
    """Find the image's places in the Acne04-v2 file, and the ids of its circles."""
    document = records.annotations
    if annotated is None or document is None:
        return set(), set()
    v2_id = annotated["v2_image_id"]
    if v2_id is None:
        return set(), set()
    images = {
        f"/images/{n}" for n, entry in enumerate(document["images"]) if _is(entry, "id", v2_id)
    }
    circles = {
        f"/annotations/{n}": entry.get("id")
        for n, entry in enumerate(document["annotations"])
        if _is(entry, "image_id", v2_id)
    }
    return images | set(circles), {i for i in circles.values() if isinstance(i, int)}


def _is(entry: Any, name: str, value: int) -> bool:
    return isinstance(entry, dict) and entry.get(name) == value


def _relations(records: Records, image_id: str) -> Iterator[dict[str, Any]]:
    for row in records.table("data/groups/relations.csv", "relations"):
        if image_id in (row["a"], row["b"]):
            yield {
                "kind": row["kind"],
                "with": row["b"] if row["a"] == image_id else row["a"],
                "of": row["a"] == image_id,
                "method": row["method"],
                "score": float(row["score"]) if row["score"] else None,
                "threshold": float(row["threshold"]) if row["threshold"] else None,
                "evidence": row["evidence"],
            }


def _group(records: Records, row: dict[str, str]) -> dict[str, Any]:
    members = sorted(r["image_id"] for r in records.groups if r["group"] == row["group"])
    names = ("subject", "canonical", "parent", "parent_status", "conflict", "conflict_grades")
    more = ("conflict_counts", "weakest_link")
    return {
        "group": row["group"],
        **{name: row[name] or None for name in names + more},
        "decided_grade": int(row["decided_grade"]) if row["decided_grade"] else None,
        "members": members,
    }


def _decisions(
    records: Records,
    facts: dict[str, str],
    circles: set[int],
    annotated: dict[str, Any] | None,
) -> list[dict[str, Any]]:
    found = records.decisions_on({facts["sha256"]}, {facts["path"]})
    v2 = records.rows("data/raw/v2.csv", "listing", "path", (V2,))
    on_v2 = []
    for circle in sorted(circles):
        on_v2 += records.circle_decisions(v2[0]["sha256"], circle)
    if annotated and (annotated["moved"] or _RESIZED in annotated["quarantined_by"]):
        on_v2 += records.resizing_decisions(v2[0]["sha256"])
    for decision in on_v2:
        if decision not in found:
            found.append(decision)
    return found


def _places(records: Records, path: str) -> Iterator[dict[str, Any]]:
    for manifest in records.manifests:
        file = f"data/splits/{manifest}.csv"
        for row in records.rows(file, "splits", "path", (path,)):
            yield {
                "manifest": file,
                "fold": int(row["fold"]) if row["fold"] else None,
                "validates": [int(fold) for fold in row["validates"].split("/") if fold],
                "part": row["split"] or None,
                "weight": float(row["weight"]) if row["weight"] else None,
                "mark": row["mark"] or None,
                "excluded": row["excluded"] or None,
            }


def record_at(records: Records, pointer: str) -> Any | None:
    """Give the record of the Acne04-v2 file at a pointer; None where there is none.

    Raises
    ------
    UnavailableError
        If the file is not here.
    """
    document = records.annotations
    if document is None:
        raise UnavailableError(
            str(records.place(f"data/raw/v2/{V2}")),
            "the annotation file is not here",
            remedy="`dvc pull data/raw/v2`",
        )
    if not (match := _POINTER.fullmatch(pointer)):
        return None
    entries = document[match[1]]
    return entries[int(match[2])] if int(match[2]) < len(entries) else None


def trace_circle(records: Records, pointer: str, record: Any) -> dict[str, Any]:
    """Tell all that is known of the circle at a pointer."""
    whence = origin(records, f"v2/{V2}")
    fields = record if isinstance(record, dict) else {}
    circle_id = fields.get("id") if isinstance(fields.get("id"), int) else None
    image = _image_of(records, fields.get("image_id"))
    kept = _kept(records, circle_id)
    checks = _quarantined(records, {pointer, *([image["pointer"]] if image else [])})
    # A circle that is in the table was kept, even where its id is that of another in quarantine.
    quarantined = checks.get(pointer) or ([] if kept else next(iter(checks.values()), []))
    decisions = (
        records.circle_decisions(whence["listed"]["sha256"], circle_id)
        if circle_id is not None
        else []
    )
    return {
        "kind": "circle",
        "pointer": pointer,
        "record": record,
        **whence,
        "image": image,
        "state": _state(quarantined, kept),
        "quarantined_by": quarantined,
        "kept": None if quarantined else kept,
        "findings": records.findings_on((), (), {pointer}, decisions),
        "decisions": decisions,
    }


def _state(quarantined: list[str], kept: dict[str, Any] | None) -> str:
    if quarantined:
        return "quarantined"
    if kept is None:
        return "unknown"
    return "repaired" if kept["repaired"] else "clean"


def _image_of(records: Records, v2_image_id: Any) -> dict[str, Any] | None:
    """Find the image that a circle says it lies on, in the file and in our tables."""
    entries = (records.annotations or {"images": []})["images"]
    for number, entry in enumerate(entries):
        if isinstance(entry, dict) and v2_image_id is not None and entry.get("id") == v2_image_id:
            name = str(entry.get("file_name"))
            row = next(
                (r for r in records.inventory if r["name"] == name and r["origin"] == "real"), None
            )
            return {
                "pointer": f"/images/{number}",
                "file_name": name,
                "path": f"data/raw/{row['path']}" if row else None,
            }
    return None


def _kept(records: Records, circle_id: int | None) -> dict[str, Any] | None:
    rows = records.rows(
        "data/annotations/lesions.csv", "lesions", "annotation_id", (str(circle_id),)
    )
    if circle_id is None or not rows:
        return None
    row = rows[0]
    return {
        **{name: int(row[name]) for name in ("x", "y", "radius")},
        **{name: float(row[name]) for name in _IN_PHOTOGRAPH},
        "crosses_border": row["crosses_border"] == "true",
        "repaired": row["repaired"] or None,
    }


def _quarantined(records: Records, pointers: set[str]) -> dict[str, list[str]]:
    """Pointer -> checks that a record in quarantine failed, of some pointers."""
    document = records.document("data/annotations/quarantine.json")
    found = ((entry["pointer"], entry["checks"]) for entry in document["records"])
    return {pointer: list(checks) for pointer, checks in found if pointer in pointers}
