"""The command line of ``acne04 trace``."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from acne04.core.outputs import declare_json, give_document, read_json
from acne04.core.printing import say
from acne04.trace.checkout_records import Records
from acne04.trace.prose import WIDTH, lines
from acne04.trace.query import traces


@dataclass(frozen=True)
class TraceOptions:
    """What to trace.

    Attributes
    ----------
    asked : str
        Path, image_id, name, beginning of a SHA-256, or place in the Acne04-v2 file.
    data : pathlib.Path
        Folder of the artifacts.
    json : pathlib.Path or None
        Where the answer goes as a JSON document (`acne04.core.outputs.read_json`).
    """

    asked: str
    data: Path
    json: Path | None


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 trace``."""
    parser.add_argument(
        "asked",
        metavar="PATH|IMAGE_ID|SHA256",
        help="an artifact, an image by path, image_id or name, at least 8 digits of a SHA-256, "
        "or a circle as Acne04-v2_annotations.json#/annotations/N",
    )
    declare_json(parser, "everything")
    parser.add_argument(
        "--data", type=Path, default=Path("data"), metavar="FOLDER", help="the artifacts (data)"
    )


def read_options(arguments: argparse.Namespace) -> TraceOptions:
    """Make options of the arguments."""
    return TraceOptions(arguments.asked, arguments.data, read_json(arguments))


def run(options: TraceOptions) -> int:
    """Print the chain of what was asked for."""
    records = Records(options.data)
    found = traces(records, options.asked)
    document = {
        "dataset": records.ledger.dataset,
        "asked": options.asked,
        "altered": records.altered(),
        "traces": found,
    }
    if give_document(options.json, document):
        coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        for line in lines(document):
            # Headings alone begin at the start of a line.
            say(line, bold=WIDTH if coloured and line[:1].strip() else 0)
    return 0
