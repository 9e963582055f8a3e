"""Checks: how they run, and every report that is made of their one document."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped
from upstreams import assert_golden

from acne04.core import documents
from acne04.core.errors import SchemaError, UnavailableError
from acne04.inspection.check_reports import EXIT_CODES, as_document
from acne04.inspection.checks import (
    Check,
    Evidence,
    Impossible,
    Mismatch,
    NotAsked,
    NothingYet,
    of_level,
    run,
)
from acne04.inspection.interchange import SARIF_SHOWN, junit, sarif
from acne04.inspection.printout import markdown, text_lines

ROOT = Path(__file__).parents[1]
HOSTILE = "a | b <script>alert(1)</script> `c` *d*\n## e\x1b[31m @f \u202eg é"


def check(name: str, examine: Any, *, required: bool = True, level: Any = "quick") -> Check[None]:
    return Check(name, f"What {name} protects.", required, level, f"mend {name}", examine)


def looked(*problems: Mismatch) -> Any:
    return lambda subject: Evidence("3 files", problems)


def raising(error: Exception) -> Any:
    def examine(subject: None) -> Evidence:
        raise error

    return examine


PROBLEM = Mismatch("data/splits/hold out.csv", HOSTILE, "found | this", 12, "/rows/3")
CHECKS = (
    check("all-well", looked()),
    check("one-wrong", looked(PROBLEM, Mismatch("dvc.lock", "x", "y"))),
    check("only-advice", looked(Mismatch("README.md", "x", "y")), required=False),
    check("nothing-to-see", raising(NothingYet("no release"))),
    check("not-wanted", raising(NotAsked("no --images"))),
    check("broken", raising(KeyError("grade"))),
    check("cannot-be-made", raising(Impossible("the store is away")), required=False),
    check("unreadable", raising(SchemaError("params.yaml", "no mapping", found="a list"))),
    check("thorough", looked(), level="full"),
)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return as_document("audit", "standin", "full", run(CHECKS, None))


def test_what_comes_of_checks(document: dict[str, Any]) -> None:
    assert {c["id"]: c["status"] for c in document["checks"]} == {
        "all-well": "passed",
        "one-wrong": "failed",
        "only-advice": "failed",
        "nothing-to-see": "not-run",
        "not-wanted": "not-run",
        "broken": "impossible",
        "cannot-be-made": "impossible",
        "unreadable": "failed",
        "thorough": "passed",
    }
    assert document["verdict"] == "failed"
    counts = {"passed": 2, "failed": 2, "advice": 1, "not_run": 2, "impossible": 2}
    assert document["counts"] == counts


@pytest.mark.parametrize(
    ("checks", "code"),
    [
        ((looked(),), 0),
        ((looked(), raising(NothingYet("-"))), 0),
        ((looked(), raising(NotAsked("-"))), 0),
        ((looked(), raising(Impossible("-"))), 2),
        ((looked(), raising(UnavailableError("a", "b"))), 2),
        ((looked(PROBLEM), raising(Impossible("-"))), 1),
        # A check that breaks is one that could not be made, whatever broke it.
        ((looked(), raising(RecursionError("-"))), 2),
        ((looked(), raising(UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogate"))), 2),
        ((looked(PROBLEM), raising(AttributeError("-"))), 1),
        ((looked(), lambda subject: Evidence("")), 2),
        # Nothing that was checked is nothing that passed.
        ((), 2),
        ((raising(NothingYet("-")),), 2),
        ((raising(NotAsked("-")), raising(NothingYet("-"))), 2),
    ],
)
def test_failed_comes_before_impossible_before_passed(checks: tuple[Any, ...], code: int) -> None:
    outcomes = run([check(f"c{n}", examine) for n, examine in enumerate(checks)], None)
    assert EXIT_CODES[as_document("audit", "standin", "quick", outcomes)["verdict"]] == code


def test_advice_alone_never_fails() -> None:
    outcomes = run([check("c", looked()), check("d", looked(PROBLEM), required=False)], None)
    assert as_document("audit", "standin", "quick", outcomes)["verdict"] == "passed"


def test_a_level_has_the_checks_of_the_cheaper_ones() -> None:
    assert [c.id for c in of_level(CHECKS, "quick")] == [c.id for c in CHECKS[:-1]]
    assert of_level(CHECKS, "full") == list(CHECKS)


def test_advice_that_could_not_be_given_is_no_pass() -> None:
    outcomes = run(
        [check("c", looked()), check("d", raising(Impossible("-")), required=False)], None
    )
    assert as_document("audit", "standin", "quick", outcomes)["verdict"] == "impossible"


def test_checks_of_a_deeper_level_are_told_as_not_asked_for() -> None:
    outcomes = run(CHECKS, None, "quick")
    assert [o.id for o in outcomes] == [c.id for c in CHECKS]
    (deeper,) = (o for o in outcomes if o.id == "thorough")
    assert (deeper.status, deeper.reason) == ("not-run", "not asked for: a check of level full")


def test_a_check_that_breaks_says_where() -> None:
    def examine(subject: None) -> Evidence:
        of_level([], "deep")  # type: ignore[arg-type]
        return Evidence("-")

    (outcome,) = run([check("c", examine)], None)
    assert re.search(r"the check broke .*\(ValueError: .*, in inspection/checks.py, of_level\)",
                     outcome.reason)  # fmt: skip


def test_what_did_not_run_for_one_reason_is_told_together() -> None:
    away = [check(f"c{n}", raising(Impossible("the store is away"))) for n in range(40)]
    document = as_document("audit", "standin", "quick", run([check("a", looked()), *away], None))
    lines = list(text_lines(document))
    assert lines[0] == "IMPOSSIBLE 40 checks: the store is away"
    assert sum(line.count("c39") for line in lines) == 1
    assert len(lines) < 12


@pytest.mark.parametrize(
    ("name", "render"),
    [
        ("text.txt", lambda d: "".join(f"{line}\n" for line in text_lines(d))),
        ("markdown.txt", markdown),
        ("sarif.txt", lambda d: documents.to_text(sarif(d, "0.0.0"))),
        ("junit.txt", junit),
    ],
)
def test_reports_are_as_they_were(name: str, render: Any, document: dict[str, Any]) -> None:
    assert_golden(f"checks/{name}", (0, render(document), ""))


def test_words_of_strangers_do_nothing(document: dict[str, Any]) -> None:
    for line in text_lines(document):
        assert "\x1b" not in line
        assert "\u202e" not in line
    report = markdown(document)
    assert "<script>" not in report
    assert "\n## e" not in report
    rows = [line for line in report.splitlines() if line.startswith("| data/splits")]
    assert [row.count("|") for row in rows] == [4]


def test_a_job_summary_stays_under_its_limit() -> None:
    many = tuple(Mismatch(f"data/{n}.csv", HOSTILE * 40, "y" * 4000) for n in range(10_000))
    outcomes = run([check(f"c{n}", looked(*many)) for n in range(3)], None)
    found = as_document("audit", "standin", "quick", outcomes)
    report = markdown(found)
    assert len(report.encode()) < 1 << 20
    assert report.count("9,950 more") == 3
    assert len(sarif(found, "0")["runs"][0]["results"]) == 3 * SARIF_SHOWN


def test_fingerprints_stay_when_lines_move() -> None:
    def prints(line: int, order: int) -> set[str]:
        problems = [Mismatch("a.csv", "x", "y", line), Mismatch("b.csv", "x", "y", line + 7)]
        outcomes = run([check("c", looked(*problems[::order]))], None)
        results = sarif(as_document("audit", "standin", "quick", outcomes), "0")["runs"][0]
        return {r["partialFingerprints"]["acne04/v1"] for r in results["results"]}

    assert prints(1, 1) == prints(90, -1)
    assert len(prints(1, 1)) == 2


def test_sarif_names_rules_and_places(document: dict[str, Any]) -> None:
    (only,) = sarif(document, "1.2.3")["runs"]
    rules = [rule["id"] for rule in only["tool"]["driver"]["rules"]]
    for result in only["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        for location in result["locations"]:
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"[\w./%~-]+", uri)
    places = {
        r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]: r for r in only["results"]
    }
    assert places["data/splits/hold%20out.csv"]["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 12
    }


@pytest.mark.node
def test_sarif_is_accepted_by_the_multitool(
    document: dict[str, Any], node_modules: Path, tmp_path: Path
) -> None:
    file = tmp_path / "report.sarif"
    file.write_text(documents.to_text(sarif(document, "1.2.3")), encoding="utf-8")
    tool = node_modules / "@microsoft/sarif-multitool-linux/Sarif.Multitool"
    done = subprocess.run([tool, "validate", file], capture_output=True, text=True, check=False)
    # It exits 0 whatever it finds.
    assert "Analysis completed successfully" in done.stdout, done.stdout + done.stderr
    assert re.findall(r"\b(?:error|warning) \w+:.*", done.stdout) == []


def test_junit_is_read_by_a_parser(document: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "report.xml"
    file.write_text(junit(document), encoding="utf-8")
    (suite,) = JUnitXml.fromfile(str(file))
    kinds = {case.name: {type(result) for result in case.result} for case in suite}
    assert kinds == {
        "all-well": set(),
        "one-wrong": {Failure},
        "only-advice": set(),
        "nothing-to-see": {Skipped},
        "cannot-be-made": {Error},
        "not-wanted": {Skipped},
        "broken": {Error},
        "unreadable": {Failure},
        "thorough": set(),
    }
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (9, 2, 2, 2)


def test_the_document_follows_its_schema(document: dict[str, Any]) -> None:
    documents.check(json.loads(json.dumps(document)), "audit.schema.json", "the document")
