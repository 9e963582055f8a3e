"""What the stage leaves behind: tables of the sound records, quarantine, metrics, a summary."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from acne04.core.findings import SEVERITIES, summary_lines
from acne04.core.orientation import TURNED_SIDEWAYS, turned_point
from acne04.validate import catalogue
from acne04.validate.circle_checks import overhang
from acne04.validate.examination import Examination
from acne04.validate.photographs import COLUMNS
from acne04.validate.problems import QuarantinedRecord, failed_checks, printable
from acne04.validate.questions import KnownPhotograph
from acne04.validate.soundness import AnnotationVerdict

#: Findings of one check that the summary shows in full; the others are only counted.
SHOWN = 3


def lesion_table(verdict: AnnotationVerdict, dataset: str) -> pd.DataFrame:
    """Give the sound circles as table ``lesions``, in the published frame and the photograph's."""
    circles = verdict.circles[~verdict.circles["bad"]]
    sound = verdict.images[~verdict.images["bad"]].set_index("id")
    names = sound["file_name"]
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
            **_in_photograph(circles, sound),
        }
    )


def _in_photograph(circles: pd.DataFrame, images: pd.DataFrame) -> dict[str, pd.Series]:
    """Scale circles by axis to the size of their photographs, and turn them upright with those.

    Parameters
    ----------
    circles : pandas.DataFrame
        Columns image_id, x, y, radius, width, height: the size of the frame they were taken in.
    images : pandas.DataFrame
        Columns photo_width, photo_height, turn; by id.
    """
    here = {name: circles["image_id"].map(images[name]) for name in COLUMNS}
    # Where no photograph is known, the published frame is all there is.
    width = here["photo_width"].fillna(circles["width"])
    height = here["photo_height"].fillna(circles["height"])
    # One division, and it comes last: of whole numbers it is exact wherever it can be.
    x, radius_x = (circles[name] * width / circles["width"] for name in ("x", "radius"))
    y, radius_y = (circles[name] * height / circles["height"] for name in ("y", "radius"))
    made = pd.DataFrame({"x": x, "y": y, "radius_x": radius_x, "radius_y": radius_y})
    for turn, turned in made.groupby(here["turn"]):
        size = (width[turned.index], height[turned.index])
        place = turned_point(int(turn), turned["x"], turned["y"], *size)
        made.loc[turned.index, ["x", "y"]] = np.column_stack(place)
        if turn in TURNED_SIDEWAYS:
            made.loc[turned.index, ["radius_x", "radius_y"]] = turned[
                ["radius_y", "radius_x"]
            ].to_numpy()
    return {f"photo_{name}": made[name].astype("Float64") for name in made}


def image_table(verdict: AnnotationVerdict, dataset: str) -> pd.DataFrame:
    """Give the images as table ``annotated``, with their numbers of circles.

    A record in quarantine has its row, too, if it can be named: its image is annotated, though
    nobody can say how. Of an id that several images claim the first row has all circles.
    """
    images = verdict.images.assign(quarantined_by=_reasons(verdict)).sort_values(
        ["id", "file_name", "width", "height"], kind="stable"
    )
    named = images["file_name"].map(lambda name: name is not None and name == printable(name))
    unlike = ~images.duplicated(["id", "file_name"])
    images = images[~images["bad"] | (named & unlike)]
    circles = verdict.circles
    own = images["id"].where(~images["id"].duplicated())
    sound = circles.loc[~circles["bad"], "image_id"].value_counts()
    bad = circles.loc[circles["bad"], "image_id"].value_counts()
    return pd.DataFrame(
        {
            "dataset": dataset,
            "v2_image_id": _usable(images["id"], least=0),
            "file_name": images["file_name"].astype("str"),
            "width": _usable(images["width"], least=1),
            "height": _usable(images["height"], least=1),
            "lesions_v2": _integers(own.map(sound).fillna(0)),
            "quarantined": _integers(own.map(bad).fillna(0)),
            "quarantined_by": images["quarantined_by"],
        }
    )


def _reasons(verdict: AnnotationVerdict) -> list[str]:
    failed = failed_checks(verdict.problems)
    positions = verdict.images.index
    return [" | ".join(sorted(failed.get(("images", n), ()))) for n in positions]


def _usable(column: pd.Series, least: int) -> pd.Series:
    return column.where(column >= least).astype("Int64")


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
    counts = Counter[str]()
    for finding in examination.findings:
        counts[finding.check] += finding.count
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
    more = document["counts"][check] - sum(f.get("count", 1) for f in findings[:SHOWN])
    if more:
        yield f"  … and {more} more of this check"


def _integers(column: pd.Series) -> pd.Series:
    return column.astype("int64").astype("Int64")
