"""Names of strangers in a checkout and in a release: every report is whole, whatever they are."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import jsonschema
import pytest
from faults import NEWEST, keys
from project import Project, flag_of
from test_printing import assert_harmless

pytestmark = pytest.mark.workflow
ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "schemas/audit.schema.json").read_text(encoding="utf-8"))
FORMS = ("json", "markdown", "sarif", "junit")
#: Commands to a CI service, marks of direction, of a terminal, of Markdown and HTML, no UTF-8, no
#: character of XML, a line end, and a name that looks like an option or an address.
NAMES = [
    b"::error file=a,line=1::b",
    b"a\n::error::b",
    b"##[error]a",
    b"a\x1b[31mb\x07",
    "a\u202eb\u2066c".encode(),
    b"latin-\xff\xfe",
    "\uffff\ufffe".encode(),
    b"\xed\xa0\x80",
    b"<script>a<script>&amp;]]>",
    b"|a|`b`[c](d)@e",
    b"--json=a",
    b"http:bob:pa55word@h",
    "é".encode() * 120,
]


@pytest.fixture
def project(audited: Project, tmp_path: Path) -> Project:
    place = tmp_path / "lab"
    subprocess.run(["cp", "-a", str(audited.path.parent), str(place)], check=True)
    return Project(place / audited.path.name)


def put(folder: Path) -> None:
    for name in NAMES:
        (folder / os.fsdecode(name)).write_text("")


def assert_whole(form: str, text: str) -> None:
    """See that a report is one, and that nothing of it acts on anything."""
    text.encode("utf-8")
    if form == "json":
        jsonschema.validate(json.loads(text), SCHEMA)
    elif form == "sarif":
        run = json.loads(text)["runs"][0]
        places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
        assert all(place["artifactLocation"]["uri"].isascii() for place in places)
    elif form == "junit":
        assert list(ElementTree.fromstring(text).iter("testcase"))
        assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    else:
        assert_harmless(text)
        assert "<script>" not in text or form == "text"


def reports_are_whole(project: Project, *words: str, code: int) -> str:
    """Call it for the text and all files, and for each form on standard output."""
    files = {form: project.path / f"reports/all.{form}" for form in FORMS}
    options = [word for form, file in files.items() for word in (flag_of(form), str(file))]
    done = project.command(*words, *options)
    assert (done.returncode, done.stderr) == (code, "")
    assert_whole("text", done.stdout)
    for form, file in files.items():
        assert_whole(form, file.read_text(encoding="utf-8"))
        told = project.command(*words, flag_of(form), "-")
        assert (told.returncode, told.stderr) == (code, "")
        assert_whole(form, told.stdout)
    return done.stdout


@pytest.mark.parametrize("where", ["workflow/acne04", "data/splits", "data/raw/classification"])
def test_names_in_a_checkout(where: str, project: Project) -> None:
    put(project.path / where)
    said = reports_are_whole(project, "acne04", "audit", code=1)
    assert r"latin-\udcff" in said


def test_names_in_a_commit(project: Project) -> None:
    put(project.path / "docs")
    put(project.path / "decisions")
    project.git("add", "--all")
    project.git("commit", "--quiet", "--message", "names")
    for name in NAMES:
        (project.path / "docs" / os.fsdecode(name)).unlink()
    said = reports_are_whole(project, "acne04", "audit", code=1)
    assert r"docs/latin-\udcff" in said


def test_names_in_a_release(project: Project, tmp_path: Path) -> None:
    release = tmp_path / "elsewhere/release"
    shutil.copytree(project.path / NEWEST, release)
    put(release)
    words = ["--trusted-key", str(keys(project).public)]
    reports_are_whole(project, "acne04", "verify", str(release), *words, code=1)
    words = ["--release", str(release), *words, "--expect-serial", "2"]
    said = reports_are_whole(project, "acne04", "audit", *words, code=1)
    assert r"latin-\udcff" in said


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(b"--")])
def test_arguments(name: bytes, project: Project) -> None:
    word = os.fsdecode(name)
    calls = [["audit", f"--level={word}"], ["audit", f"--root={word}"], ["verify", f"./{word}"],
             ["audit", f"--expect-serial={word}"], [word], ["audit", word]]  # fmt: skip
    for call in calls:
        done = project.command("acne04", *call)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert_harmless(done.stderr)
        assert done.stdout == ""
