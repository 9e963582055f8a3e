"""What ``score`` says: as a document, and as a table for people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from rich import box
from rich.table import Table

from acne04.core.findings import Finding
from acne04.core.printing import say, say_table
from acne04.inference.intervals import CONFIDENCE, DRAWS, Difference, Estimate
from acne04.inference.measures import NAMES
from acne04.score.predictions import Predictions, ScoredPart

#: Decimals that are told and written.
DECIMALS = 4


def as_document(
    dataset: str, scored: ScoredPart, given: Sequence[Predictions], findings: Sequence[Finding]
) -> dict[str, Any]:
    """Give the document of ``schemas/score.schema.json``, without the figures."""
    truth = scored.truth
    images = truth.drop_duplicates("image_id")
    return {
        "dataset": dataset,
        "variant": scored.variant,
        "part": scored.part,
        "images": len(images),
        "persons": int(truth["person"].nunique()),
        "images_of_unknown_person": int((~images["known"]).sum()),
        "files": [predictions.name for predictions in given],
        "repeats": [predictions.repeats for predictions in given],
        "confidence": CONFIDENCE,
        "draws": DRAWS,
        "figures": [],
        "findings": [finding.as_entry() for finding in findings],
    }


def figure_entries(
    models: Sequence[Sequence[Estimate]], compared: Sequence[Difference] | None
) -> list[dict[str, Any]]:
    """Give an entry for each figure that makes sense for a model at least."""
    entries = []
    for place, name in enumerate(NAMES):
        of_models = [model[place] for model in models]
        if all(estimate.value is None for estimate in of_models):
            continue
        entry: dict[str, Any] = {"figure": name, "models": [_plain(e) for e in of_models]}
        if compared is not None:
            difference = compared[place]
            entry["difference"] = {**_plain(difference.estimate), "p": _rounded(difference.p)}
        entries.append(entry)
    return entries


def _plain(estimate: Estimate) -> dict[str, Any]:
    return {
        "value": _rounded(estimate.value),
        "low": _rounded(estimate.low),
        "high": _rounded(estimate.high),
        "persons": estimate.persons,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)


def print_scores(document: dict[str, Any]) -> None:
    """Print a table of the figures, and what they rest on."""
    say(*_headline(document))
    with_difference = len(document["files"]) == 2
    # Two models, their difference and p are to fit a line of 80.
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 0))
    table.add_column("figure", no_wrap=True)
    titles = ["first", "second", "apart"] if with_difference else ["value"]
    for title in titles:
        table.add_column(title, justify="right")
        table.add_column("95 %")
    table.add_column("p" if with_difference else "persons", justify="right")
    for entry in document["figures"]:
        cells = [*entry["models"], *([entry["difference"]] if with_difference else [])]
        last = _text(entry["difference"]["p"]) if with_difference else str(cells[0]["persons"])
        told = [text for cell in cells for text in (_text(cell["value"]), _interval(cell))]
        table.add_row(entry["figure"], *told, last)
    say_table(table)
    say(
        f"Intervals: {document['draws']:,} draws of persons; docs/statistics.md says what they are."
    )


def _headline(document: dict[str, Any]) -> Iterator[str]:
    files = " against ".join(document["files"])
    yield f"{files}: {document['variant']}, part {document['part']} ({document['dataset']})"
    yield (
        f"{document['images']:,} images of {document['persons']:,} persons; of "
        f"{document['images_of_unknown_person']:,} images nobody knows the person"
    )


def _text(value: float | None) -> str:
    """Spell a figure without the zero before the point: two models are to fit a line."""
    return "-" if value is None else re.sub(r"^(-?)0\.", r"\1.", f"{value:.3f}")


def _interval(cell: dict[str, Any]) -> str:
    if cell["low"] is None:
        return "too few"
    return f"{_text(cell['low'])}–{_text(cell['high'])}"


def print_findings(findings: Sequence[Finding]) -> None:
    """Print why nothing is scored."""
    for finding in findings:
        count = f"{finding.count:,} x " if finding.count > 1 else ""
        line = f" (line {finding.line})" if finding.line else ""
        say(f"{count}{finding.check}: {finding.file}{line}: {finding.found}")
        say(f"  expected: {finding.expected}", f"  next:     {finding.remedy}")
    say("Not scored: these are not the predictions of this part")
