"""The catalogue of findings and checks: nothing is found, left out or checked that is not in it."""

from __future__ import annotations

import ast
import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from acne04.cli import main
from acne04.core.findings import CheckGroup, FindingKind
from acne04.inspection import check_catalogue
from acne04.inspection.check_catalogue import CatalogueEntry, declared, findings, groups

ROOT = Path(__file__).parents[1]
PRODUCTION = sorted(
    path
    for folder in ("workflow/acne04", "snakemake_dvc/src", "upstreams/standin/origin")
    for path in (ROOT / folder).rglob("*.py")
)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def calls(path: Path) -> Iterator[str]:
    """Give the last word of everything that a module calls."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield node.func.id if isinstance(node.func, ast.Name) else node.func.attr


# Code.


@pytest.mark.parametrize(
    ("names", "where"),
    [
        ({"Finding", "NotRun"}, re.compile(r"core/findings\.py")),
        ({"FindingKind", "CheckGroup"}, re.compile(r"\w+/catalogue\.py")),
    ],
    ids=["findings", "entries"],
)
def test_nobody_else_makes(names: set[str], where: re.Pattern[str]) -> None:
    made = {path for path in PRODUCTION if names & set(calls(path))}
    assert made, "nothing was found that makes them at all"
    elsewhere = [p for p in made if not where.fullmatch("/".join(p.parts[-2:]))]
    assert elsewhere == [], "make it by `at` or `not_run` of an entry of the room's catalogue"


def used_entries(room: str) -> set[str]:
    """Give the names of a room's catalogue that other modules use."""
    used = set()
    for path in PRODUCTION:
        tree = tree_of(path)
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        if path.name == "catalogue.py":
            continue
        if any(
            node.module == f"acne04.{room}" and "catalogue" in {a.name for a in node.names}
            for node in imports
        ):
            used |= {
                node.attr
                for node in ast.walk(tree)
                if isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "catalogue"
            }
        by_name = {
            alias.name
            for node in imports
            if node.module == f"acne04.{room}.catalogue"
            for alias in node.names
        }
        used |= by_name & {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return used


@pytest.mark.parametrize("room", check_catalogue.ROOMS)
def test_every_entry_is_used(room: str) -> None:
    tree = tree_of(ROOT / f"workflow/acne04/{room}/catalogue.py")
    assigned = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and not target.id.startswith("_")
    }
    assert assigned
    assert assigned - used_entries(room) == set()


def test_every_room_with_a_catalogue_is_gathered() -> None:
    rooms = {path.parent.name for path in PRODUCTION if path.name == "catalogue.py"}
    assert rooms == set(check_catalogue.ROOMS)


def twice(names: list[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def test_a_name_means_one_thing() -> None:
    kinds = [k for room in check_catalogue.ROOMS for k in declared(room)]
    meanings = {(k.name, k.severity, k.meaning) for k in kinds if isinstance(k, FindingKind)}
    of_findings = [name for name, _, _ in meanings]
    left_out = [name for name, _ in {(k.name, k.meaning) for k in kinds if type(k) is CheckGroup}]
    verbs = ("audit", "verify", "doctor")
    checks = {verb: [e.name for e in check_catalogue.checks(verb)] for verb in verbs}
    assert [twice(names) for names in checks.values()] == [[], [], []]
    # What both audit and verify look at has one name in both; doctor looks at other things.
    of_data = {*checks["audit"], *checks["verify"]}
    assert twice([*of_data, *checks["doctor"]]) == []
    of_checks = {*of_data, *checks["doctor"]}
    assert twice([*of_findings, *left_out]) == twice([*of_findings, *of_checks]) == []
    names = [*of_findings, *left_out, *of_checks]
    assert [name for name in names if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


def test_every_finding_says_what_to_do_in_any_other_case() -> None:
    assert [entry.name for entry in findings().values() if entry.remedies[0][0]] == []


# What was found.


def recorded() -> list[dict[str, Any]]:
    """Give every document of findings among the golden files."""
    found = []
    for path in sorted((ROOT / "tests/golden").rglob("*")):
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        start = text.find("{\n")
        if '"not_run": [' in text and start >= 0:
            document = json.JSONDecoder().raw_decode(text[start:])[0]
            found += [document] if "findings" in document else []
    return found


def _fits(entry: CatalogueEntry, remedy: str) -> bool:
    forms = [re.sub(r"\\\{\w+\\\}", ".+", re.escape(form)) for _, form in entry.remedies]
    return any(re.fullmatch(form, remedy) for form in forms)


def test_what_examples_show_is_in_the_catalogue() -> None:
    documents = recorded()
    told = [finding for document in documents for finding in document["findings"]]
    assert len({document.get("stage", "leaks") for document in documents}) == 6
    entries = findings()
    assert {finding["check"] for finding in told} - entries.keys() == set()
    wrong = {
        finding["check"]
        for finding in told
        if finding["severity"] != entries[finding["check"]].weight
        or not _fits(entries[finding["check"]], finding["remedy"])
    }
    assert wrong == set()
    left_out = {gap["check"] for document in documents for gap in document["not_run"]}
    assert left_out
    assert left_out - entries.keys() - groups().keys() == set()


@pytest.mark.parametrize("dataset", ["standin", "acne04"])
def test_what_the_audit_expects_is_in_the_catalogue(dataset: str) -> None:
    table = ROOT / f"workflow/expectations/{dataset}.csv"
    with table.open(encoding="utf-8", newline="") as stream:
        names = {row["check"] for row in csv.DictReader(stream)}
    assert names
    assert names - findings().keys() == set()


# What people read.


def test_the_page_is_that_of_the_catalogue() -> None:
    expected = (ROOT / check_catalogue.CATALOGUE).read_text(encoding="utf-8")
    assert check_catalogue.text() == expected, "run `python -m acne04.inspection.check_catalogue`"


def test_the_page_can_be_linked_by_every_name() -> None:
    page = (ROOT / check_catalogue.CATALOGUE).read_text(encoding="utf-8")
    headings = re.findall(r"(?m)^### (.+)$", page)
    assert headings == [entry.name for entry in check_catalogue.every_entry()]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("circle-outside-image", ["(error; acne04 validate)", "expected: a centre inside"]),
        ("near-undecidable", ["(warning; several stages)", "a uniform picture: look at the file"]),
        ("fold-overlap", ["do not report results on fold <fold>"]),
        ("derived-from", ["(left out; several stages)", "acne04 near"]),
        (
            "leaks",
            ["(required, from level quick; acne04 audit)", "verify)", "(left out; acne04 split)"],
        ),
        ("artifact-bytes", ["acne04 audit)", "next: "]),
    ],
)
def test_a_name_is_explained(name: str, told: list[str], capsys) -> None:
    assert main(["explain", name]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{name} (")
    for words in told:
        assert words in said


def test_an_unknown_name_is_2_and_the_nearest_are_named(capsys) -> None:
    assert main(["explain", "circle-outside-imag\x1b[31m"]) == 2
    said = capsys.readouterr()
    assert "circle-outside-image" in said.err
    assert "docs/checks.md" in said.err
    assert "\x1b" not in said.err
    assert said.out == ""
