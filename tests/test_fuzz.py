"""Anything in place of anything that `audit` and `verify` read: 0, 1 or 2, and whole reports."""

from __future__ import annotations

import json
import os
import random
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from project import Project, flag_of
from released import Keys

from acne04.audit.registry import CHECKS as OF_AUDIT
from acne04.cli import main
from acne04.verify.registry import CHECKS as OF_VERIFY

pytestmark = pytest.mark.workflow

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "schemas/audit.schema.json").read_text(encoding="utf-8"))
#: What the audit reads of a checkout; images stand for one another.
READ = (
    "params.yaml",
    "dvc.yaml",
    "dvc.lock",
    "snakemake.lock",
    ".dvc/config",
    ".dvcignore",
    ".gitignore",
    "Snakefile",
    "requirements.lock",
    "README.md",
    "workflow/sources.yaml",
    "workflow/acne04/core/grades.py",
    "workflow/rules/6_split.smk",
    "workflow/expectations/standin.csv",
    "schemas/splits.table.json",
    "releases/index.csv",
    "releases/1.1.0.dvc",
    "decisions/*.csv",
    "upstreams/standin/pins/*.csv",
    "data/*/*.csv",
    "data/*/*.json",
    "data/raw/subjects/*",
    "data/raw/classification",
    "data",
)
#: Names that a file can have on a Linux machine.
ODD_NAMES = [
    b"\xff\xfe.csv",
    b"::error file=x::y",
    b"a\nb",
    b"\x1b[31m",
    "\u202egnp".encode(),
    "\uffff".encode(),
    b"<script>",
    b"|`@x`|",
    b"-rf",
    b" ",
    b"%41?raw=1",
    b"a" * 255,
]


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _noise(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content) + 1)
    return content[:place] + chance.randbytes(chance.randrange(1, 40)) + content[place:]


def _bit(content: bytes, chance: random.Random) -> bytes:
    if not content:
        return b"\0"
    changed = bytearray(content)
    changed[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _words(content: bytes, chance: random.Random) -> bytes:
    """Put one word of the file, or one that is none, in place of another."""
    words = content.split(b",") if b"," in content else content.split()
    if len(words) < 2:
        return content * 2
    odd = [b"null", b"[]", b"{}", b"NaN", b"-1", b"1e999", b"\xff", b"\xef\xbf\xbf", b'"', b"true"]
    return content.replace(chance.choice(words), chance.choice([*odd, chance.choice(words)]), 1)


def _value(content: bytes, chance: random.Random) -> bytes:
    """Put a value of another kind in place of one of a JSON document."""
    try:
        document = json.loads(content)
    except ValueError:
        return _words(content, chance)
    holders = [document]
    for holder in holders:
        inner = holder.values() if isinstance(holder, dict) else holder
        holders += [value for value in inner if isinstance(value, dict | list) and value]
    holder = chance.choice(holders[:200])
    key = chance.choice(list(holder)) if isinstance(holder, dict) else chance.randrange(len(holder))
    holder[key] = chance.choice([None, [], {}, "", 0, -1, True, "\ud800", [[]], 10**30])
    return json.dumps(document).encode()


CHANGES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "cut": _cut,
    "noise": _noise,
    "a bit": _bit,
    "a word": _words,
    "a value": _value,
    "empty": lambda content, chance: b"",
    "a mark at its start": lambda content, chance: b"\xef\xbb\xbf" + content,
    "line ends": lambda content, chance: content.replace(b"\n", b"\r\n"),
    "UTF-16": lambda content, chance: content.decode("utf-8", "replace").encode("utf-16"),
    "nested": lambda content, chance: b"[" * 100_000,
    "conflict": lambda content, chance: b"<<<<<<< ours\n" + content + b"=======\n>>>>>>> theirs\n",
}


def _gone(path: Path) -> None:
    """Leave nothing there."""


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


PLACES: dict[str, Callable[[Path], None]] = {
    "gone": _gone,
    "a folder": Path.mkdir,
    "a pipe": lambda path: os.mkfifo(path),
    "a link to itself": _loop,
    "a link to no end": lambda path: path.symlink_to("/dev/zero"),
    "a link to nowhere": lambda path: path.symlink_to("nowhere"),
    "nobody may read it": lambda path: path.touch(0o000),
}


@contextmanager
def _changed(path: Path, how: str, chance: random.Random) -> Iterator[None]:
    """Change what lies at a path, and put it back."""
    aside = path.parent.parent / f".aside-{path.name}"
    if how in CHANGES and not path.is_file():
        how = "gone"
    content = path.read_bytes() if how in CHANGES else b""
    path.rename(aside)
    try:
        if how in CHANGES:
            path.write_bytes(CHANGES[how](content, chance))
        else:
            PLACES[how](path)
        yield
    finally:
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
        aside.rename(path)


def _reports_of(words: list[str], folder: Path, checks: int) -> None:
    """Run a command; hold every form of its report to be whole."""
    shutil.rmtree(folder, ignore_errors=True)
    forms = {form: folder / form for form in ("json", "markdown", "sarif", "junit")}
    code = main([*words, *(word for f, p in forms.items() for word in (flag_of(f), str(p)))])
    assert code in (0, 1, 2)
    document = json.loads(forms["json"].read_text(encoding="utf-8"))
    jsonschema.validate(document, SCHEMA)
    assert len(document["checks"]) == checks
    assert {"passed": 0, "failed": 1, "impossible": 2}[document["verdict"]] == code
    json.loads(forms["sarif"].read_text(encoding="utf-8"))
    suite = ElementTree.fromstring(forms["junit"].read_text(encoding="utf-8"))[0]
    assert len(suite) == checks
    markdown = forms["markdown"].read_text(encoding="utf-8")
    assert markdown.startswith("## ")
    for text in (markdown, forms["junit"].read_text(encoding="utf-8")):
        assert "Traceback" not in text
        assert not any(line.startswith("::") or "##[" in line for line in text.splitlines())
        assert not any(mark in text for mark in "\x1b\u202e\uffff")


@pytest.fixture(scope="module")
def lab(audited: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the checkout with its releases, keys and store beside it."""
    place = tmp_path_factory.mktemp("fuzz") / "lab"
    shutil.copytree(audited.path.parent, place, symlinks=True)
    return Project(place / audited.path.name)


def _settled(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


@pytest.mark.timeout(900)
@_settled(60)
@given(
    pattern=st.sampled_from(READ),
    how=st.sampled_from([*CHANGES, *PLACES]),
    seed=st.integers(0, 1 << 30),
)
def test_whatever_lies_in_a_checkout(
    lab: Project, monkeypatch: pytest.MonkeyPatch, pattern: str, how: str, seed: int
) -> None:
    chance = random.Random(seed)
    path = chance.choice(sorted(lab.path.glob(pattern)))
    reports = lab.path.parent / "reports"
    with _changed(path, how, chance), monkeypatch.context() as patch:
        # Without `dvc.yaml` there is no checkout, which is told before any check.
        if (lab.path / "dvc.yaml").is_file():
            patch.chdir(reports.parent)
            _reports_of(["audit", "--root", str(lab.path)], reports, len(OF_AUDIT))


@pytest.mark.timeout(900)
@_settled(60)
@given(how=st.sampled_from([*CHANGES, *PLACES]), seed=st.integers(0, 1 << 30))
def test_whatever_lies_in_a_release(lab: Project, how: str, seed: int) -> None:
    chance = random.Random(seed)
    release = lab.path / "releases/1.1.0"
    path = chance.choice(sorted(p for p in release.rglob("*") if p.is_file()))
    keys = Keys(lab.path.parent / "keys/ed25519.pem", lab.path.parent / "keys/ed25519.pub.pem")
    with _changed(path, how, chance):
        _reports_of(
            ["verify", str(release), "--trusted-key", str(keys.public)],
            lab.path.parent / "reports",
            len(OF_VERIFY),
        )


@pytest.mark.parametrize("name", ODD_NAMES)
@pytest.mark.parametrize(
    "folder", ["", "data", "data/raw/classification", "workflow/acne04", "releases/1.1.0"]
)
def test_whatever_a_file_is_called(lab: Project, folder: str, name: bytes) -> None:
    path = Path(os.fsdecode(os.path.join(os.fsencode(lab.path / folder), name)))  # noqa: PTH118
    path.write_bytes(b"\xff\xd8\xff" + name)
    keys = lab.path.parent / "keys/ed25519.pub.pem"
    reports = lab.path.parent / "reports"
    words = ["audit", "--root", str(lab.path)]
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(reports.parent)
            _reports_of(words, reports, len(OF_AUDIT))
            if folder.startswith("releases"):
                release = ["verify", str(lab.path / folder), "--trusted-key", str(keys)]
                _reports_of(release, reports, len(OF_VERIFY))
    finally:
        path.unlink()
