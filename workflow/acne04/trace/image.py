"""The chain of one image: from its source to its place in each manifest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acne04.trace.naming import circle_decisions, decisions_on, findings_on
from acne04.trace.origin import origin
from acne04.trace.records import MANIFESTS, V2, Records

_FACTS = (
    "origin",
    "grade",
    "prefix_grade",
    "lesions_v1",
    "boxes",
    "width",
    "height",
    "mode",
    "exif_make",
    "exif_model",
    "decodable",
    "phash",
    "decoder",
)
_NUMBERS = ("grade", "prefix_grade", "lesions_v1", "boxes", "width", "height")


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
    decisions = _decisions(records, facts, ids)
    words = {path, image_id, *([facts["name"]] if alone else [])}
    return {
        "kind": "image",
        "image_id": image_id,
        "name": facts["name"],
        **origin(records, path),
        "facts": _facts(facts),
        "annotated": annotated,
        "findings": findings_on(records, {path, image_id}, words, pointers, decisions),
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
    """Give its row of the Acne04-v2 images: circles kept, circles in quarantine."""
    rows = records.rows("data/annotations/images.csv", "annotated", "file_name", (name,))
    if not rows:
        return None
    circles = records.rows("data/annotations/lesions.csv", "lesions", "file_name", (name,))
    return {
        "v2_image_id": int(rows[0]["v2_image_id"]),
        "circles": int(rows[0]["lesions_v2"] or 0),
        "quarantined": int(rows[0]["quarantined"] or 0),
        "repaired": sum(circle["repaired"] != "" for circle in circles),
    }


def _in_v2(records: Records, annotated: dict[str, Any] | None) -> tuple[set[str], set[int]]:
    """Find the image's places in the Acne04-v2 file, and the ids of its circles."""
    document = records.annotations
    if annotated is None or document is None:
        return set(), set()
    v2_id = annotated["v2_image_id"]
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


def _decisions(records: Records, facts: dict[str, str], circles: set[int]) -> list[dict[str, Any]]:
    found = decisions_on(records, {facts["sha256"]}, {facts["path"]})
    v2 = records.rows("data/raw/v2.csv", "listing", "path", (V2,))
    for circle in sorted(circles):
        for decision in circle_decisions(records, v2[0]["sha256"], circle):
            if decision not in found:
                found.append(decision)
    return found


def _places(records: Records, path: str) -> Iterator[dict[str, Any]]:
    for manifest in MANIFESTS:
        file = f"data/splits/{manifest}.csv"
        for row in records.rows(file, "splits", "path", (path,)):
            yield {
                "manifest": file,
                "fold": int(row["fold"]) if row["fold"] else None,
                "part": row["split"] or None,
                "weight": float(row["weight"]) if row["weight"] else None,
                "mark": row["mark"] or None,
                "excluded": row["excluded"] or None,
            }
