"""The one document of a run of checks, from which the report files that are asked for are made."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from acne04.core import documents, outputs
from acne04.core.addresses import in_all_strings
from acne04.core.files import write_text
from acne04.core.outputs import STANDARD_OUTPUT, declare_json, read_json
from acne04.core.printing import say, shown_json, told
from acne04.inspection.checks import CheckOutcome, Level
from acne04.inspection.interchange import junit, sarif
from acne04.inspection.printout import markdown, text_lines

SCHEMA = "audit.schema.json"
#: Exit codes of the verdicts.
EXIT_CODES = {"passed": 0, "failed": 1, "impossible": 2}
_FORMS = {
    "markdown": "for a job summary or a pull request",
    "sarif": "SARIF 2.1.0, for code scanning",
    "junit": "JUnit XML, one case a check",
}
#: Form (``json`` or a key of `_FORMS`) -> the file that a command line asks for; ``-`` is standard
#: output, in place of the text.
ReportFiles = Mapping[str, Path]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options that name report files."""
    group = parser.add_argument_group("reports (“-”: on standard output, in place of the text)")
    declare_json(group, "everything")
    for form, what in _FORMS.items():
        group.add_argument(f"--{form}", type=Path, metavar="FILE", help=what)


def read_files(arguments: argparse.Namespace) -> ReportFiles:
    """Give the report files; refuse those that would overwrite one another."""
    given = {"json": read_json(arguments), **{form: vars(arguments)[form] for form in _FORMS}}
    files = {form: file for form, file in given.items() if file is not None}
    outputs.check_reports({f"--{form}": file for form, file in files.items()})
    return files


def absolute(files: ReportFiles) -> ReportFiles:
    """Make the paths of report files hold wherever the command goes."""
    return {
        form: file if file == STANDARD_OUTPUT else file.absolute() for form, file in files.items()
    }


def as_document(
    tool: str, dataset: str, level: Level, outcomes: Sequence[CheckOutcome]
) -> dict[str, Any]:
    """Gather outcomes into the document of ``schemas/audit.schema.json``.

    Parameters
    ----------
    tool : str
        Verb that ran the checks.
    dataset : str
        ``standin``, ``acne04`` or ``unknown``.
    """
    statuses = Counter(outcome.status for outcome in outcomes)
    advice = sum(o.status == "failed" and not o.required for o in outcomes)
    # Tuples are lists in JSON.
    checks = [
        {**dataclasses.asdict(outcome), "problems": list(map(dataclasses.asdict, outcome.problems))}
        for outcome in outcomes
    ]
    document: dict[str, Any] = {
        "tool": tool,
        "dataset": dataset,
        "level": level,
        "verdict": _verdict(outcomes),
        "counts": {
            "passed": statuses["passed"],
            "failed": statuses["failed"] - advice,
            "advice": advice,
            "not_run": statuses["not-run"],
            "impossible": statuses["impossible"],
        },
        # All forms are made of these words: here, once, they lose what nobody is told.
        "checks": in_all_strings(checks, told),
    }
    documents.check(document, SCHEMA, "the document")
    return document


def report(document: dict[str, Any], files: ReportFiles) -> int:
    """Write what is asked for; the text goes to standard output unless a form of it does."""
    is_told = False
    for form, target in files.items():
        content = _rendered(form, document)
        if target == STANDARD_OUTPUT:
            sys.stdout.write(shown_json(content) if form in ("json", "sarif") else content)
            is_told = True
        else:
            write_text(target, content)
    if not is_told:
        say(*text_lines(document))
    return EXIT_CODES[document["verdict"]]


def _verdict(outcomes: Iterable[CheckOutcome]) -> str:
    """Say ``failed`` before ``impossible`` before ``passed``.

    Advice cannot fail, but where it could not be given something is wrong. Where no required check
    came to an end nothing was checked, whatever the reason: that is not passed.
    """
    told = list(outcomes)
    required = {outcome.status for outcome in told if outcome.required}
    if "failed" in required:
        return "failed"
    if any(outcome.status == "impossible" for outcome in told) or "passed" not in required:
        return "impossible"
    return "passed"


def _rendered(form: str, document: dict[str, Any]) -> str:
    if form == "json":
        return documents.to_text(document)
    if form == "markdown":
        return markdown(document)
    if form == "sarif":
        return documents.to_text(sarif(document, version("acne04")))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + junit(document)
