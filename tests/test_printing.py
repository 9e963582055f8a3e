"""Words of strangers in all that is printed: nothing acts on them, and nothing breaks on them."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from acne04 import cli
from acne04.core import documents, printing
from acne04.core.errors import SchemaError
from acne04.decide.queue import Selection, text_lines
from acne04.diff import presentation
from acne04.inspection import check_reports
from acne04.inspection.check_reports import as_document
from acne04.inspection.checks import Check, Evidence, Impossible, Mismatch, NotAsked, run
from acne04.relations.decisions.review_queue import Question
from snakemake_dvc import printing as bridge_printing
from snakemake_dvc.errors import BridgeError

#: A line end, a terminal's escape, a mark of direction, a command to GitHub, a byte that is no
#: UTF-8, and an older command to GitHub.
NASTY = "a\n::error file=x::b\x1b[2J\u202e\udcff\x9b31m ::warning::c ##[error]d"
EXAMPLES = Path(__file__).parent / "examples"
MACHINE_READ = ["--json", "--sarif"]


def assert_harmless(text: str) -> None:
    text.encode("utf-8")
    for character in set(text) - {"\n"}:
        assert unicodedata.category(character) not in ("Cc", "Cs"), ascii(character)
        assert unicodedata.bidirectional(character) not in (
            "RLO",
            "LRO",
            "RLE",
            "LRE",
            "RLI",
            "LRI",
        )
    for line in text.split("\n"):
        assert not line.lstrip().startswith("::"), line
        assert "##[" not in line


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr()
    assert_harmless(said.out)
    assert_harmless(said.err)
    return said.out + said.err


def test_the_name_is_nasty() -> None:
    for text in (NASTY, NASTY[2:], "\u2003::error::x", "a ##[error]"):
        with pytest.raises((AssertionError, UnicodeEncodeError)):
            assert_harmless(text)


@pytest.mark.parametrize("start", ["", " ", "\t", "\n", "\u00a0", "\u3000", "\r", "x\r\n \n"])
def test_no_line_begins_with_a_command(start: str) -> None:
    for escaped in (printing.shown, printing.shown_in_line):
        assert_harmless(escaped(f"{start}::add-mask::x").replace("\t", " "))


def test_what_is_harmless_stays_as_it_is() -> None:
    text = "Müller's “grade” 3 — ☠ 日本 std::vector http://[::1]/ a\tb\nc"
    assert printing.shown(text) == bridge_printing.shown(text) == text


def test_both_packages_agree() -> None:
    characters = "".join(map(chr, range(sys.maxunicode + 1)))
    texts = [characters, NASTY, "::a", "x ::a", "\u3000::a", "##[a]", "a::b", "###[", ":::"]
    for text in texts:
        assert printing.shown(text) == bridge_printing.shown(text)
        assert printing.shown_in_line(text) == bridge_printing.shown_in_line(text)
    assert_harmless(printing.shown_in_line(characters))


def test_messages_of_errors() -> None:
    error = SchemaError(NASTY, f"what {NASTY}", expected=NASTY, found=NASTY, done=NASTY)
    assert_harmless(str(error))
    # None of its words looks like a line of the message's own.
    lines = str(error).split("\n")
    labels = [line[2:12].rstrip() for line in lines if re.match(r"  \w+: ", line)]
    assert labels == ["expected:", "found:", "done:"]
    assert_harmless(str(BridgeError(NASTY, NASTY, found=NASTY, remedy=NASTY)))


def exit_code(*words: str) -> int:
    try:
        return cli.main(list(words))
    except SystemExit as ended:
        return int(ended.code or 0)


@pytest.mark.parametrize("verb", cli.VERBS)
def test_arguments_of_every_verb(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert exit_code(verb, NASTY, f"--no-such={NASTY}", NASTY, NASTY) == 2
    assert printed(capsys)


_PATHS = {
    "standin": ["--folder"],
    "near": ["--inventory", "--images"],
    "scan": ["--classification"],
    "validate": [""],
    "leaks": [""],
    "trace": ["--data", ""],
    "diff": ["--root", ""],
    "verify": [""],
    "check": [""],
    "record": ["--ledger"],
    "report": ["--data"],
    "decide": ["--data"],
}


@pytest.mark.parametrize("verb", _PATHS)
def test_paths_that_are_not_there(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = [word for option in _PATHS[verb] for word in ([option] if option else []) + [NASTY]]
    assert exit_code(verb, *words) == 2
    assert printed(capsys)


def test_the_operating_systems_own_refusal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / NASTY.replace("/", "")
    folder.mkdir()
    assert cli.main(["validate", str(folder)]) == 2
    assert "directory" in printed(capsys)


def _outcomes() -> dict[str, Any]:
    def check(name: str, examine: Any) -> Check[None]:
        return Check(name, "What it protects.", True, "quick", f"mend {NASTY}", examine)

    def raising(error: Exception) -> Any:
        def examine(subject: None) -> Evidence:
            raise error

        return examine

    wrong = Mismatch(NASTY, NASTY, NASTY, 3, NASTY)
    checks = (
        check("wrong", lambda subject: Evidence(NASTY, (wrong,))),
        check("away", raising(Impossible(NASTY))),
        check("not-asked", raising(NotAsked(NASTY))),
        check("unread", raising(SchemaError(NASTY, NASTY, found=NASTY))),
    )
    return as_document("audit", "standin", "quick", run(checks, None))


@pytest.mark.parametrize("form", ["json", "markdown", "sarif", "junit"])
def test_reports_of_checks(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = _outcomes()
    assert check_reports.report(document, {form: Path("-")}) == 1
    text = printed(capsys)
    assert check_reports.report(document, {form: tmp_path / "report"}) == 1
    printed(capsys)
    for content in (text, (tmp_path / "report").read_text(encoding="utf-8")):
        if form == "junit":
            assert len(list(ElementTree.fromstring(content).iter("testcase"))) == 4
        elif form == "json":
            assert json.loads(content) == document
        elif form == "sarif":
            results = json.loads(content)["runs"][0]["results"]
            places = [result["locations"][0]["physicalLocation"] for result in results]
            addresses = [place["artifactLocation"]["uri"] for place in places]
            assert unquote(addresses[0]) == NASTY.replace("\udcff", "\\udcff")
            assert all(re.fullmatch(r"[\w./~%-]*", address) for address in addresses)
        else:
            assert_harmless(content)


def test_json_that_is_written_and_read_back(tmp_path: Path) -> None:
    documents.write(tmp_path / "file.json", {NASTY: [NASTY]})
    content = (tmp_path / "file.json").read_text(encoding="utf-8")
    assert json.loads(content) == {NASTY: [NASTY]}
    shown = printing.shown_json(content)
    assert_harmless(shown)
    assert json.loads(shown) == {NASTY: [NASTY]}


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_strangers_split(
    more: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(EXAMPLES / "leaks")
    ours = list(csv.DictReader(Path("holdout-leaky.csv").read_text().splitlines()))
    rows = [{"file": row["path"], "part": row["split"]} for row in ours]
    part = f"::error::{NASTY}".replace("\udcff", "")
    rows = [row | {"part": f"{part} {row['part']}"} if n % 2 else row for n, row in enumerate(rows)]
    rows.append({"file": part, "part": "train"})
    file = tmp_path / f"{NASTY}.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ["file", "part", part])
        writer.writeheader()
        writer.writerows(rows)
    words = ["--groups=groups/groups.csv", "--relations=groups/relations.csv"]
    words.append("--inventory=inventory/images.csv")
    assert cli.main(["leaks", str(file), *words, *more]) == 1
    assert ("::error" if more else r"\x3a:error") in printed(capsys)


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_strangers_annotations(
    more: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = EXAMPLES / "valid/annotations/byte_order_mark.json"
    document = json.loads(example.read_text(encoding="utf-8-sig"))
    document["images"][0]["file_name"] = NASTY
    document["annotations"][0]["class_name"] = NASTY
    document[NASTY] = 1
    file = tmp_path / f"{NASTY}.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    assert cli.main(["validate", str(file), *more]) == 1
    assert "error" in printed(capsys)


def test_a_folder_of_nasty_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "classification"
    folder.mkdir()
    (folder / f"{NASTY}.jpg").write_bytes(b"no image")
    (folder / f"{NASTY}.jpg".replace("\udcff", "")).write_bytes(b"no image")
    (folder / NASTY).write_bytes(b"")
    findings = tmp_path / "findings.json"
    assert cli.main(["scan", f"--classification={folder}"]) == 1
    assert "name-not-unicode" in printed(capsys)
    words = [f"--classification={folder}", f"--findings={findings}", "--dataset=standin"]
    assert cli.main(["scan", *words]) == 1
    printed(capsys)
    found = json.loads(findings.read_text(encoding="utf-8"))["findings"]
    assert "name-not-unicode" in {finding["check"] for finding in found}


def test_a_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    change = {
        "kind": "added",
        "what": NASTY,
        "count": 1,
        "names": [NASTY],
        "before": "",
        "after": "",
    }
    altered = {**change, "kind": "changed", "names": [], "before": NASTY, "after": NASTY}
    document = {
        "before": {"name": NASTY},
        "after": {"name": NASTY},
        "summary": NASTY,
        "notes": [NASTY],
        "verdict": "different",
        "sections": [{"title": "Pins", "changes": [change, altered], "balance": []}],
    }
    printing.say(*presentation.lines(document))
    assert NASTY[:1] in printed(capsys)
    assert_harmless(presentation.markdown(document))


def test_questions(capsys: pytest.CaptureFixture[str]) -> None:
    from acne04.core.review import ReviewItem

    item = ReviewItem(
        kind="grade",
        subject="1" * 64,
        path=NASTY,
        target=NASTY,
        question=NASTY,
        evidence=NASTY,
        default=NASTY,
        options=("1",),
    )
    printing.say(*text_lines([Question("standin", item)], Selection()))
    # The number of questions, by kind; then seven lines of the one.
    assert printed(capsys).count("\n") == 9


def test_a_commit_of_nasty_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("dvc.yaml").write_text("stages: {}\n")
    Path("pins").mkdir()
    name = f"decisions/{NASTY.replace('/', '')}.csv"
    Path("decisions").mkdir()
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for number in range(2):
        Path(name).write_text(f"dataset,kind,subject,target,path\nstandin,x,{number},,y\n")
        for words in (["init", "-q"], ["add", "--all"], [*identity, "commit", "-qm", "one"]):
            subprocess.run(["git", *words], check=True, env={**os.environ, "LC_ALL": "C"})
    words = ["diff", "HEAD~1", "HEAD", "--markdown=out.md", "--output=out.json"]
    assert cli.main(words) == 0
    said = printed(capsys)
    assert "added" in said
    assert_harmless(Path("out.md").read_text(encoding="utf-8"))
    (decisions,) = json.loads(Path("out.json").read_text(encoding="utf-8"))["sections"]
    assert {change["what"] for change in decisions["changes"]} == {name}
    assert cli.main(["diff", NASTY]) == 2
    assert "no such revision" in printed(capsys)
