"""What the stage leaves behind: tables of the sound records, quarantine, metrics, a summary."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from acne04.core.findings import SEVERITIES, summary_lines
from acne04.validate import catalogue
from acne04.validate.circle_checks import overhang
from acne04.validate.examination import Examination
from acne04.validate.problems import QuarantinedRecord
from acne04.validate.questions import KnownPhotograph
from acne04.validate.soundness import AnnotationVerdict

#: Findings of one check that the summary shows in full; the others are only counted.
SHOWN = 3


def lesion_table(verdict: AnnotationVerdict, dataset: str) -> pd.DataFrame:
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


def image_table(verdict: AnnotationVerdict, dataset: str) -> pd.DataFrame:
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


def echo_table(
    echoes: pd.DataFrame, known: Mapping[str, KnownPhotograph], dataset: str
) -> pd.DataFrame:
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


def metrics(examination: Examination, verdict: AnnotationVerdict, dataset: str) -> dict[str, Any]:
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
        "border_crossing": counts[catalogue.CIRCLE_CROSSES_BORDER.name],
        "echoes": counts[catalogue.ANNOTATION_ECHO.name],
        "findings": dict(sorted(counts.items())),
    }


def summary(document: dict[str, Any], name: str, verdict: AnnotationVerdict | None) -> str:
    """Sum up a findings document: errors and warnings with examples, all counted."""
    lines = [f"{name}: {_records(verdict)}", *summary_lines(document)]
    lines += [f"not run {gap['check']}: {gap['reason']}" for gap in document["not_run"]]
    for check in document["counts"]:
        lines += _examples(document, check)
    counts = [f"{document['severities'][severity]} {severity}" for severity in SEVERITIES]
    return "\n".join([*lines, "", ", ".join(counts)])


def _records(verdict: AnnotationVerdict | None) -> str:
    if verdict is None:
        return "no table can be made"
    images, circles = verdict.images, verdict.circles
    return (
        f"{len(images)} images ({images['bad'].sum()} bad), "
        f"{len(circles)} annotations ({circles['bad'].sum()} bad)"
    )


def _examples(document: dict[str, Any], check: str) -> Iterator[str]:
    findings = [finding for finding in document["findings"] if finding["check"] == check]
    if findings[0]["severity"] == "info":
        return
    for finding in findings[:SHOWN]:
        pointer = f"#{finding['pointer']}" if finding["pointer"] else ""
        place = f"{finding['file']}{pointer} (line {finding['line']})"
        yield ""
        yield f"{finding['severity']} {check}: {place}"
        yield f"  expected: {finding['expected']}"
        yield f"  found:    {finding['found']}"
        yield f"  done:     {finding['done']}"
        yield f"  next:     {finding['remedy']}"
    if len(findings) > SHOWN:
        yield f"  … and {len(findings) - SHOWN} more of this check"


def _integers(column: pd.Series) -> pd.Series:
    return column.astype("int64").astype("Int64")
