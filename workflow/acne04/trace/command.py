"""The command line of ``acne04 trace``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from acne04.core import documents
from acne04.trace.asking import traces
from acne04.trace.records import Records
from acne04.trace.text import lines


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 trace``."""
    parser.add_argument(
        "asked",
        metavar="PATH|IMAGE_ID|SHA256",
        help="an artifact, an image by path, image_id or name, at least 8 digits of a SHA-256, "
        "or a circle as Acne04-v2_annotations.json#/annotations/N",
    )
    parser.add_argument("--json", action="store_true", help="answer as one JSON document")
    parser.add_argument(
        "--data", type=Path, default=Path("data"), metavar="FOLDER", help="the artifacts (data)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the chain of what was asked for."""
    records = Records(arguments.data)
    found = traces(records, arguments.asked)
    document = {
        "dataset": records.ledger.dataset,
        "asked": arguments.asked,
        "altered": records.altered(),
        "traces": found,
    }
    if arguments.json:
        sys.stdout.write(documents.to_text(document))
    else:
        coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        for line in lines(document, bold=coloured):
            print(line)
    return 0
