"""The report as JUnit XML: one test case a check."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

from acne04.inspection.document import place
from acne04.inspection.plain import visible


def text(document: dict[str, Any]) -> str:
    """Give the XML; advice that was not taken passes, with its words in ``system-out``."""
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
    told = "\n".join(_lines(check))
    if check["status"] == "failed" and check["required"]:
        ElementTree.SubElement(case, "failure", message=visible(check["protects"])).text = told
    elif check["status"] == "impossible":
        ElementTree.SubElement(case, "error", message=visible(check["reason"]))
    elif check["status"] == "not-run":
        ElementTree.SubElement(case, "skipped", message=visible(check["reason"]))
    else:
        ElementTree.SubElement(case, "system-out").text = told


def _lines(check: dict[str, Any]) -> list[str]:
    lines = [visible(check["looked_at"])]
    for problem in check["problems"]:
        expected, found = (visible(problem[key]) for key in ("expected", "found"))
        lines.append(f"{visible(place(problem))}: expected {expected}; found {found}")
    if check["problems"]:
        lines.append(f"next: {visible(check['remedy'])}")
    return lines
