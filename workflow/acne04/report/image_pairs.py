"""Pairs of images that are related, with score, threshold and verdict."""

from __future__ import annotations

from typing import Any

import pandas as pd

from acne04.core.printing import shown_in_line
from acne04.report.image_records import Images
from acne04.samples.place import DatasetPlace

#: Kinds in the order of the page -> what they are called there.
KINDS = {
    "review": "not settled",
    "near": "near-copies",
    "retake": "retakes",
    "exact": "copies",
    "parent": "parent and child",
}
#: What the verdict of a comparison makes of a pair.
_VERDICTS = {"same": "near", "retake": "retake", "review": "review", "undecidable": "review"}


def read_pairs(place: DatasetPlace, images: Images) -> list[dict[str, Any]]:
    """Read the pairs: those of one photograph, of one moment, of one parent, of the same bytes.

    Returns
    -------
    list of dict
        `kind` (of `KINDS`, in their order), `a` and `b` (numbers of images), `score` and
        `threshold` (None where nothing was measured), `form` (how the one lies on the other) and
        `verdict`; in each kind the least sure first.
    """
    pairs = [*_verdicts(place, images), *_parents(place, images), *_copies(place, images)]
    kinds = list(KINDS)
    return sorted(pairs, key=lambda p: (kinds.index(p["kind"]), p["score"] or 0.0, p["a"], p["b"]))


def _verdicts(place: DatasetPlace, images: Images) -> list[dict[str, Any]]:
    return [
        _pair(
            _VERDICTS[row.verdict],
            images.by_path[row.path_a],
            images.by_path[row.path_b],
            row.verdict,
            row,
            row.form,
        )
        for row in place.table("near/verdicts.csv", "verdicts").itertuples()
        if row.verdict in _VERDICTS
    ]


def _parents(place: DatasetPlace, images: Images) -> list[dict[str, Any]]:
    return [
        _pair(
            "review" if row.status == "review" else "parent",
            images.by_path[row.parent_path],
            images.by_path[row.path],
            f"parent {row.status}",
            row,
        )
        for row in place.table("near/parents.csv", "parents").itertuples()
        if row.parent_path
    ]


def _copies(place: DatasetPlace, images: Images) -> list[dict[str, Any]]:
    rows = place.table("groups/relations.csv", "relations")
    return [
        {
            **_pair("exact", images.by_id[row.a], images.by_id[row.b], "the same bytes", None),
            "score": None,
        }
        for row in rows[rows["kind"] == "exact"].itertuples()
    ]


def _pair(kind: str, a: int, b: int, verdict: str, row: Any, form: str = "") -> dict[str, Any]:
    measured = {
        name: None if row is None or pd.isna(getattr(row, name)) else float(getattr(row, name))
        for name in ("score", "threshold")
    }
    return {
        "kind": kind,
        "a": a,
        "b": b,
        **measured,
        "form": shown_in_line(form),
        "verdict": shown_in_line(verdict),
    }
