"""Write the reports that a command line asks for, and give its exit code."""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from acne04.core import documents
from acne04.core.files import write_text
from acne04.core.outputs import check_outputs
from acne04.inspection import junit, markdown, sarif, text
from acne04.inspection.document import EXIT_CODES

_FORMS = ("json", "markdown", "sarif", "junit")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options that name report files."""
    group = parser.add_argument_group("reports (“-”: on standard output, in place of the text)")
    for form, what in zip(
        _FORMS,
        (
            "everything, as one document",
            "for a job summary or a pull request",
            "SARIF 2.1.0, for code scanning",
            "JUnit XML, one case a check",
        ),
        strict=True,
    ):
        group.add_argument(f"--{form}", type=Path, metavar="FILE", help=what)


def check(arguments: argparse.Namespace) -> None:
    """Refuse report files that would overwrite one another."""
    files = {f"--{form}": getattr(arguments, form) for form in _FORMS}
    check_outputs({k: v for k, v in files.items() if v is None or str(v) != "-"}, {})


def fix_places(arguments: argparse.Namespace) -> None:
    """Make the paths of report files hold wherever the command goes."""
    for form in _FORMS:
        target = getattr(arguments, form)
        if target is not None and str(target) != "-":
            setattr(arguments, form, target.absolute())


def report(document: dict[str, Any], arguments: argparse.Namespace) -> int:
    """Write what is asked for; the text goes to standard output unless a form of it does."""
    is_told = False
    for form in _FORMS:
        target = getattr(arguments, form)
        if target is None:
            continue
        content = _rendered(form, document)
        if str(target) == "-":
            sys.stdout.write(content)
            is_told = True
        else:
            write_text(target, content)
    if not is_told:
        sys.stdout.write("".join(f"{line}\n" for line in text.lines(document)))
    return EXIT_CODES[document["verdict"]]


def _rendered(form: str, document: dict[str, Any]) -> str:
    if form == "json":
        return documents.to_text(document)
    if form == "markdown":
        return markdown.text(document)
    if form == "sarif":
        return documents.to_text(sarif.log(document, version("acne04")))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + junit.text(document)
