"""The report for other programs: SARIF, which code hosts show beside the files, and JUnit XML.

SARIF: https://docs.oasis-open.org/sarif/sarif/v2.1.0/
"""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from acne04.core.printing import in_utf8, shown_in_line
from acne04.inspection.printout import failures_first, place

_HOME = "https://github.com/acne04/acne04"
#: Results of one check that SARIF lists: code hosts take 25,000 of a run.
SARIF_SHOWN = 500


def sarif(document: dict[str, Any], version: str) -> dict[str, Any]:
    """Give the report as a SARIF 2.1.0 log.

    Parameters
    ----------
    version : str
        Version of this package.
    """
    checks = document["checks"]
    order = {check["id"]: number for number, check in enumerate(checks)}
    rules = [_rule(check) for check in checks]
    results = [
        result
        for check in failures_first(document)
        if check["status"] in ("failed", "impossible")
        for result in _results(check, order[check["id"]])
    ]
    driver = {
        "name": f"acne04-{document['tool']}",
        "semanticVersion": version,
        "informationUri": _HOME,
        "rules": rules,
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"acne04/{document['tool']}/{document['level']}/"},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }


def _rule(check: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": check["id"],
        "shortDescription": {"text": _sentence(check["id"].replace("-", " "))},
        "fullDescription": {"text": _sentence(shown_in_line(check["protects"]))},
        "help": {"text": _sentence(f"Next: {shown_in_line(check['remedy'])}")},
        "helpUri": f"{_HOME}/blob/main/docs/checks.md#{check['id']}",
        "defaultConfiguration": {"level": "error" if check["required"] else "note"},
    }


def _results(check: dict[str, Any], number: int) -> Iterator[dict[str, Any]]:
    level = "error" if check["required"] else "note"
    if not check["problems"]:
        yield {
            "ruleId": check["id"],
            "ruleIndex": number,
            "level": level,
            "message": {"text": _sentence(shown_in_line(check["reason"]))},
            "locations": [_location("params.yaml", None)],
            "partialFingerprints": {"acne04/v1": _fingerprint(check["id"], "", "", "")},
        }
    for problem in check["problems"][:SARIF_SHOWN]:
        pointer = f" at {problem['pointer']}" if problem["pointer"] else ""
        text = f"Expected{pointer} {problem['expected']}; found {problem['found']}"
        # No line and no number: what moves in its file stays the same finding.
        identity = (problem["file"], problem["pointer"], problem["expected"])
        yield {
            "ruleId": check["id"],
            "ruleIndex": number,
            "level": level,
            "message": {"text": _sentence(shown_in_line(text))},
            "locations": [_location(problem["file"], problem["line"])],
            "partialFingerprints": {"acne04/v1": _fingerprint(check["id"], *identity)},
        }


def _location(file: str, line: int | None) -> dict[str, Any]:
    # Code hosts want a line, also where it is about the whole file.
    region = {"startLine": line or 1}
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(in_utf8(file), safe="/~")},
            "region": region,
        }
    }


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256(in_utf8("\0".join(parts)).encode()).hexdigest()


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def junit(document: dict[str, Any]) -> str:
    """Give the report as JUnit XML, one case a check.

    Advice that was not taken passes, with its words in ``system-out``.
    """
    counts = document["counts"]
    suite = ElementTree.Element(
        "testsuite",
        name=f"acne04 {document['tool']} {document['level']} {document['dataset']}",
        tests=str(len(document["checks"])),
        failures=str(counts["failed"]),
        errors=str(sum(c["status"] == "impossible" for c in document["checks"])),
        skipped=str(counts["not_run"]),
    )
    for check in document["checks"]:
        _case(suite, check)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _case(suite: ElementTree.Element, check: dict[str, Any]) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname="acne04", name=check["id"])
    told = "\n".join(_case_lines(check))
    if check["status"] == "failed" and check["required"]:
        failure = ElementTree.SubElement(case, "failure", message=shown_in_line(check["protects"]))
        failure.text = told
    elif check["status"] == "impossible":
        ElementTree.SubElement(case, "error", message=shown_in_line(check["reason"]))
    elif check["status"] == "not-run":
        ElementTree.SubElement(case, "skipped", message=shown_in_line(check["reason"]))
    else:
        ElementTree.SubElement(case, "system-out").text = told


def _case_lines(check: dict[str, Any]) -> list[str]:
    lines = [shown_in_line(check["looked_at"])]
    for problem in check["problems"]:
        expected, found = (shown_in_line(problem[key]) for key in ("expected", "found"))
        lines.append(f"{shown_in_line(place(problem))}: expected {expected}; found {found}")
    if check["problems"]:
        lines.append(f"next: {shown_in_line(check['remedy'])}")
    return lines
