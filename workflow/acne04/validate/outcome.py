"""What the stage leaves behind: tables of the sound records, quarantine, metrics."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from acne04.validate.advice import overhang
from acne04.validate.examining import Examination
from acne04.validate.judging import Verdict
from acne04.validate.questions import Photograph
from acne04.validate.wording import QuarantinedRecord


def lesion_table(verdict: Verdict, dataset: str) -> pd.DataFrame:
    """Give the sound circles as table ``lesions``; numbers in px of the original image."""
    circles = verdict.circles[~verdict.circles["bad"]]
    names = verdict.images[~verdict.images["bad"]].set_index("id")["file_name"]
    return pd.DataFrame(
        {
            "dataset": dataset,
            "annotation_id": _integers(circles["id"]),
            "v2_image_id": _integers(circles["image_id"]),
            "file_name": circles["image_id"].map(names).astype("str"),
            "x": _integers(circles["x"]),
            "y": _integers(circles["y"]),
            "radius": _integers(circles["radius"]),
            "crosses_border": (overhang(circles) > 0).astype("boolean"),
            "repaired": circles["repaired"].astype("str"),
        }
    )


def image_table(verdict: Verdict, dataset: str) -> pd.DataFrame:
    """Give the sound images as table ``annotated``, with their numbers of circles."""
    images = verdict.images[~verdict.images["bad"]]
    circles = verdict.circles
    sound = circles.loc[~circles["bad"], "image_id"].value_counts()
    bad = circles.loc[circles["bad"], "image_id"].value_counts()
    return pd.DataFrame(
        {
            "dataset": dataset,
            "v2_image_id": _integers(images["id"]),
            "file_name": images["file_name"].astype("str"),
            "width": _integers(images["width"]),
            "height": _integers(images["height"]),
            "lesions_v2": _integers(images["id"].map(sound).fillna(0)),
            "quarantined": _integers(images["id"].map(bad).fillna(0)),
        }
    )


def echo_table(echoes: pd.DataFrame, known: Mapping[str, Photograph], dataset: str) -> pd.DataFrame:
    """Give the images whose circles coincide as table ``echoes``."""
    digests = {name: photograph.sha256 for name, photograph in known.items()}
    first, second = (echoes[column].map(digests) for column in ("name_a", "name_b"))
    smaller = echoes[["circles_a", "circles_b"]].min(axis="columns")
    return echoes.assign(
        dataset=dataset,
        share=(echoes["matches"] / smaller).astype("Float64"),
        explained=(first == second).map({True: "exact", False: ""}).astype("str"),
    )


def quarantine_document(
    records: list[QuarantinedRecord], dataset: str, name: str
) -> dict[str, Any]:
    """Give the document of ``schemas/quarantine.schema.json``."""
    return {
        "dataset": dataset,
        "stage": "validate",
        "file": name,
        "records": [dataclasses.asdict(record) for record in records],
    }


def metrics(examination: Examination, verdict: Verdict, dataset: str) -> dict[str, Any]:
    """Count records of the file and findings by check, for ``dvc metrics``."""
    counts = Counter(finding.check for finding in examination.findings)
    return {
        "dataset": dataset,
        "images": len(verdict.images),
        "quarantined_images": int(verdict.images["bad"].sum()),
        "annotations": len(verdict.circles),
        "clean": int((~verdict.circles["bad"]).sum()),
        "quarantined": int(verdict.circles["bad"].sum()),
        "repaired": int((~verdict.circles["bad"] & (verdict.circles["repaired"] != "")).sum()),
        "border_crossing": counts["circle-crosses-border"],
        "echoes": counts["annotation-echo"],
        "findings": dict(sorted(counts.items())),
    }


def _integers(column: pd.Series) -> pd.Series:
    return column.astype("int64").astype("Int64")
