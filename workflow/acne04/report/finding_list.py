"""The findings of all stages, each with the images that it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acne04.core import documents, tables
from acne04.core.errors import UnavailableError
from acne04.core.files import read_bytes
from acne04.core.findings import SEVERITIES, unfold
from acne04.core.printing import shown_in_line
from acne04.report.image_records import Images
from acne04.samples.place import DatasetPlace

#: Folders below ``data`` whose stage reports findings, in the order of the workflow.
WITH_FINDINGS = ("inventory", "annotations", "near", "groups", "splits", "cohort", "shortcuts")
V2 = "Acne04-v2_annotations.json"
_POINTER = re.compile(r"/(annotations|images)/(\d+)")
_GRAVE = [str(severity) for severity in SEVERITIES]
_TEXTS = ("expected", "found", "done", "remedy")


@dataclass(frozen=True)
class KindOfFinding:
    """All findings of one name in one stage: how many, how grave, what to do."""

    stage: str
    check: str
    severity: str
    number: int
    remedy: str


def read_findings(place: DatasetPlace, images: Images) -> list[dict[str, Any]]:
    """Read the findings of all stages, one that stands for many as many.

    Returns
    -------
    list of dict
        The gravest first, in the order of the workflow: `stage`, `check`, `severity`, `file`,
        `where` (pointer or line), `expected`, `found`, `done`, `remedy` and `images` (numbers of
        those it is about).
    """
    named = _names_of_v2(place)
    found = []
    for folder in WITH_FINDINGS:
        document = place.document(f"{folder}/findings.json", "findings.schema.json")
        for entry in _each(place.tables / folder, document):
            found.append(
                {
                    "stage": document["stage"],
                    "check": entry["check"],
                    "severity": entry["severity"],
                    "file": shown_in_line(entry["file"]),
                    "where": shown_in_line(_where(entry)),
                    **{name: shown_in_line(entry[name]) for name in _TEXTS},
                    "images": _about(entry, images, named),
                }
            )
    return sorted(found, key=lambda finding: _GRAVE.index(finding["severity"]))


def kinds_of(findings: list[dict[str, Any]]) -> list[KindOfFinding]:
    """Give the kinds of findings, the gravest first, then those of which there are most."""
    kinds: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for finding in findings:
        kinds.setdefault((finding["stage"], finding["check"], finding["severity"]), []).append(
            finding
        )
    found = [KindOfFinding(*key, len(of), of[0]["remedy"]) for key, of in kinds.items()]
    return sorted(found, key=lambda kind: (_GRAVE.index(kind.severity), -kind.number, kind.check))


def _each(folder: Path, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    findings: list[dict[str, Any]] = document["findings"]
    if not any("count" in finding for finding in findings):
        return findings
    columns = tables.read_texts(folder / "problems.csv", "problems")
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return unfold(findings, rows)


def _where(entry: Mapping[str, Any]) -> str:
    line = f"line {entry['line']}" if entry["line"] else ""
    return ", ".join(word for word in (entry["pointer"], line) if word)


def _about(entry: Mapping[str, Any], images: Images, named: Mapping[str, list[str]]) -> list[int]:
    """Number the images: the one at the file or the place, then those that the words name."""
    about = dict.fromkeys(images.called(entry["file"]))
    match = _POINTER.match(entry["pointer"])
    if match and entry["file"] == V2:
        names = named.get(match[1], [])
        number = int(match[2])
        real = images.real(names[number]) if number < len(names) else None
        if real is not None:
            about[real] = None
    elif entry["pointer"]:
        about.update(dict.fromkeys(images.called(entry["pointer"])))
    for text in ("expected", "found", "done"):
        about.update(dict.fromkeys(images.mentioned(entry[text])))
    return list(about)


def _names_of_v2(place: DatasetPlace) -> dict[str, list[str]]:
    """Give the file name of each record of the annotation file, in the file's order.

    Empty where the file is not here or broken: the stage `validate` told of that.
    """
    if place.images is None:
        return {}
    try:
        document = documents.parse(read_bytes(place.images / "v2" / V2), V2)
        images = {image["id"]: image["file_name"] for image in document["images"]}
        return {
            "images": [str(image["file_name"]) for image in document["images"]],
            "annotations": [str(images.get(a["image_id"])) for a in document["annotations"]],
        }
    except (FileNotFoundError, UnavailableError, KeyError, TypeError):
        return {}
