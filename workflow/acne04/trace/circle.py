"""The chain of one circle of Acne04-v2: kept, repaired by a decision, or in quarantine."""

from __future__ import annotations

import re
from typing import Any

from acne04.core.errors import UnavailableError
from acne04.trace.naming import circle_decisions, findings_on
from acne04.trace.origin import origin
from acne04.trace.records import V2, Records

POINTER = re.compile(r"/(images|annotations)/(0|[1-9]\d*)")


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
    if not (match := POINTER.fullmatch(pointer)):
        return None
    entries = document[match[1]]
    return entries[int(match[2])] if int(match[2]) < len(entries) else None


def trace_circle(records: Records, pointer: str, record: Any) -> dict[str, Any]:
    """Tell all that is known of the circle at a pointer."""
    whence = origin(records, f"v2/{V2}")
    fields = record if isinstance(record, dict) else {}
    circle_id = fields.get("id") if isinstance(fields.get("id"), int) else None
    image = _image(records, fields.get("image_id"))
    kept = _kept(records, circle_id)
    checks = _quarantined(records, {pointer, *([image["pointer"]] if image else [])})
    # A circle that is in the table was kept, even where its id is that of another in quarantine.
    quarantined = checks.get(pointer) or ([] if kept else next(iter(checks.values()), []))
    decisions = (
        circle_decisions(records, whence["listed"]["sha256"], circle_id)
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
        "findings": findings_on(records, (), (), {pointer}, decisions),
        "decisions": decisions,
    }


def _state(quarantined: list[str], kept: dict[str, Any] | None) -> str:
    if quarantined:
        return "quarantined"
    if kept is None:
        return "unknown"
    return "repaired" if kept["repaired"] else "clean"


def _image(records: Records, v2_image_id: Any) -> dict[str, Any] | None:
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
        "crosses_border": row["crosses_border"] == "true",
        "repaired": row["repaired"] or None,
    }


def _quarantined(records: Records, pointers: set[str]) -> dict[str, list[str]]:
    """Pointer -> checks that a record in quarantine failed, of some pointers."""
    document = records.document("data/annotations/quarantine.json")
    found = ((entry["pointer"], entry["checks"]) for entry in document["records"])
    return {pointer: list(checks) for pointer, checks in found if pointer in pointers}
