"""Say to a person what a trace found, in the order in which it came to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acne04.trace.passages import (
    artifact_passages,
    circle_passages,
    image_passages,
    member_passages,
)

_DATASETS = {
    "standin": "standin: a drawing, not a photograph",
    "acne04": "acne04: the real images; they may go to a private store only",
}
_PASSAGES = {
    "image": image_passages,
    "circle": circle_passages,
    "artifact": artifact_passages,
    "file": member_passages,
}
_WIDTH = 11


def lines(document: dict[str, Any], bold: bool = False) -> Iterator[str]:
    """Give the document of ``schemas/trace.schema.json`` as lines, the dataset in the first.

    Parameters
    ----------
    document : dict
        The answer.
    bold : bool
        Whether the terminal shows headings in bold.
    """
    yield _labelled("Dataset", _DATASETS[document["dataset"]], bold)
    if document["altered"]:
        yield _labelled(
            "Warning", "altered since the ledger was written, so do not rely on it:", bold
        )
        yield from (f"{'':<{_WIDTH}}{path}" for path in document["altered"])
        yield f"{'':<{_WIDTH}}`acne04 audit` says more"
    found = document["traces"]
    for number, trace in enumerate(found, start=1):
        yield ""
        if len(found) > 1:
            yield _labelled(
                f"{number} of {len(found)}", f"things that {document['asked']} names", bold
            )
        for heading, passage in _PASSAGES[trace["kind"]](trace):
            for position, line in enumerate(passage):
                yield _labelled("" if position else heading, line, bold)


def _labelled(heading: str, text: str, bold: bool) -> str:
    padded = f"{heading:<{_WIDTH}}"
    return (f"\x1b[1m{padded}\x1b[0m" if bold and heading else padded) + text
