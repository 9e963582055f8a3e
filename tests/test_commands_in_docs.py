"""Every command in the documentation: the real command line takes it; each anchor is there."""

from __future__ import annotations

import functools
import re
import shlex
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_remedies import PROGRAMS, REFUSE, system_refuses

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
#: Made by the code, whose own strings `test_remedies` holds to the same.
MADE = {"checks.md", "faults.md", "CHANGELOG.md"}
_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_PROGRAM = re.compile(rf"(?:[A-Z0-9_]+=\S* )*(?:{'|'.join(PROGRAMS)})(?: |$)")


def lines_of(text: str) -> Iterator[str]:
    """What may be a command: lines of a shell, and words between backticks."""
    for language, block in _FENCE.findall(text):
        lines = block.replace("\\\n", " ").splitlines()
        if language == "console":
            yield from (line[2:] for line in lines if line.startswith("$ "))
        elif language in ("sh", "bash", ""):
            yield from lines
    yield from _INLINE.findall(_FENCE.sub("", text))


def words_of(line: str) -> Iterator[list[str]]:
    """Take a line apart into the commands that it joins."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    command: list[str] = []
    for word in [*lexer, ";"]:
        if set(word) <= set("|&;<>"):
            yield command
            # What a command is redirected to is no command.
            command = ["to a file"] if "<" in word or ">" in word else []
        else:
            command.append(word)


def commands() -> list[str]:
    found: dict[str, None] = {}
    for page in PAGES:
        if page.name in MADE or "decisions" in page.parts:
            continue
        for line in lines_of(page.read_text(encoding="utf-8")):
            if _PROGRAM.match(line):
                found.setdefault(line.strip())
    return sorted(found)


def test_the_documentation_has_commands() -> None:
    programs = {re.sub(r"^(?:[A-Z0-9_]+=\S* )*", "", line).split()[0] for line in commands()}
    assert {"acne04", "dvc", "git", "make", "snakemake"} <= programs
    assert len(commands()) > 60


@pytest.mark.parametrize("line", commands())
def test_a_command_of_the_documentation_can_be_typed(line: str) -> None:
    for words in words_of(line):
        while words and re.fullmatch(r"[A-Z0-9_]+=.*", words[0]):
            words.pop(0)
        words = [word for word in words if word not in ("…", "...")]
        if not words or words[0] not in PROGRAMS:
            continue
        program, *rest = words
        refuse = REFUSE.get(program, functools.partial(system_refuses, program))
        assert (refuse(rest) if rest else "") == "", line


@pytest.mark.parametrize(
    ("line", "is_refused"),
    [
        ("acne04 audit --json reports/a.json", True),
        ("acne04 leeks my.csv", True),
        ("acne04 verify RELEASE --trusted-key KEY.pem --expect-serial N", False),
        ("acne04 -v audit --level full", False),
        ("acne04 audit --level deep", True),
        ("make nosuch", True),
    ],
)
def test_what_can_not_be_typed_is_seen(line: str, is_refused: bool) -> None:
    program, *rest = line.split()
    assert bool(REFUSE[program](rest)) == is_refused


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and the site make them."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    found: set[str] = set()
    for heading in re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        plain = unicodedata.normalize("NFC", re.sub(r"[`*]", "", plain)).lower()
        found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_each_anchor_is_a_heading(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", page.read_text(encoding="utf-8"))
    missing = [
        (target, anchor)
        for target, anchor in links
        if (target or page.name).endswith(".md")
        and anchor not in anchors((page.parent / target) if target else page)
    ]
    assert missing == []
