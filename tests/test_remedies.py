"""Every command that a message tells people to type: it exists, and it helps."""

from __future__ import annotations

import argparse
import ast
import functools
import importlib.util
import itertools
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from dvc.cli import DvcParserError
from faulting import flip, times_kept
from project import Project

from acne04 import cli

ROOT = Path(__file__).parents[1]
CODE = (
    ROOT / "workflow" / "acne04",
    ROOT / "snakemake_dvc" / "src",
    ROOT / "upstreams" / "standin" / "origin",
)
#: Stands for what a message fills in: a file, a number, a name.
FILLED = "7"
PROGRAMS = ("acne04", "snakemake", "dvc", "git", "make", "python", "chmod", "rm", "cd", "openssl")
_COMMAND = re.compile(rf"`((?:[A-Z0-9_]+=\S+ )*(?:{'|'.join(PROGRAMS)})\b[^`]*)`")
#: What a word in capitals stands for, no choice or number is.
_PLACEHOLDER = re.compile(r"invalid (?:choice|\w+ value): '[A-Z][A-Z0-9_.]*'")
_DOCUMENT = re.compile(r"(?<![\w/])(?:docs|workflow|schemas|decisions|upstreams)/[\w./-]*\.\w{2,}")


def text_of(node: ast.AST) -> str:
    """A string as it stands in the code, what is filled in replaced."""
    if isinstance(node, ast.JoinedStr):
        return "".join(map(text_of, node.values))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return FILLED


def texts(file: Path) -> Iterator[tuple[int, str]]:
    """All strings of a module that somebody may read: all but docstrings."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    unread = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            unread |= {id(part) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in unread:
            yield node.lineno, text_of(node)


def gathered(pattern: re.Pattern[str]) -> dict[str, str]:
    """What a pattern finds in all strings of the code, and where first."""
    found: dict[str, str] = {}
    for folder in CODE:
        for file in sorted(folder.rglob("*.py")):
            for line, text in texts(file):
                for match in pattern.findall(text):
                    found.setdefault(match, f"{file.relative_to(ROOT)}:{line}")
    return found


COMMANDS = gathered(_COMMAND)


def refusal(parser: argparse.ArgumentParser, words: list[str]) -> str:
    """What a parser has against some words; of a command that is named only, nothing is missed."""
    said = StringIO()
    try:
        with redirect_stderr(said):
            parser.parse_args(words)
    except DvcParserError:
        return "an unknown word"
    except SystemExit:
        last = said.getvalue().strip().rpartition("error: ")[2]
        is_fine = last.startswith("the following arguments are required") and "mean" not in last
        return "" if is_fine or _PLACEHOLDER.search(last) else last
    return ""


def acne04_refuses(words: list[str]) -> str:
    """What the whole command line has against some words; VERB stands for any."""
    words = ["explain" if word in ("VERB", FILLED) else word for word in words]
    asked, _ = cli._verb(words)
    return refusal(cli._parser([asked]), words)


def snakemake_refuses(words: list[str]) -> str:
    from snakemake.cli import get_argument_parser

    options = get_argument_parser()._option_string_actions
    unknown = [w for w in words if w.startswith("-") and w.partition("=")[0] not in options]
    return " ".join(unknown)


def dvc_refuses(words: list[str]) -> str:
    from dvc.cli.parser import get_main_parser

    return refusal(get_main_parser(), words)


def git_refuses(words: list[str]) -> str:
    """What the manual of a subcommand does not name; for a `git` that has no manual, its usage."""
    verb, *rest = words
    done = subprocess.run(["git", verb, "-h"], capture_output=True, text=True, cwd=ROOT)
    usage = done.stdout + done.stderr
    if "is not a git command" in usage:
        return f"no command {verb}"
    # These give the options of the commands that they stand on, and their usage does not.
    of_others = {"-p": "log", "--all": "log", "--ours": "checkout"}
    options = [word.partition("=")[0] for word in rest if word.startswith("-") and word != "--"]
    return " ".join(
        option for option in options if of_others.get(option) != verb and option not in usage
    )


def make_refuses(words: list[str]) -> str:
    targets = re.findall(r"^([\w. -]+):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    known = {name for line in targets for name in line.split()}
    if words[0] == "-C":
        words = words[2:]
    return " ".join({word for word in words if "=" not in word} - known)


def python_refuses(words: list[str]) -> str:
    if words[0] != "-m":
        return "" if words[0] == "-c" or (ROOT / words[0]).is_file() else words[0]
    return "" if importlib.util.find_spec(words[1]) else f"no module {words[1]}"


def system_refuses(program: str, _: list[str]) -> str:
    return "" if program == "cd" or shutil.which(program) else f"no program {program}"


REFUSE: dict[str, Callable[[list[str]], str]] = {
    "acne04": acne04_refuses,
    "snakemake": snakemake_refuses,
    "dvc": dvc_refuses,
    "git": git_refuses,
    "make": make_refuses,
    "python": python_refuses,
}


def test_the_code_tells_people_what_to_type() -> None:
    programs = {command.split()[0] for command in COMMANDS}
    assert {"acne04", "snakemake", "dvc", "git", "make", "rm"} <= programs
    assert len(COMMANDS) > 40


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_command_can_be_typed(command: str) -> None:
    words = shlex.split(command)
    while re.fullmatch(r"[A-Z0-9_]+=\S*", words[0]):
        words.pop(0)
    program, *rest = words
    refuse = REFUSE.get(program, functools.partial(system_refuses, program))
    assert (refuse(rest) if rest else "") == "", f"`{command}` of {COMMANDS[command]}"


def test_what_can_not_be_typed_is_seen() -> None:
    assert acne04_refuses(["leeks"])
    assert acne04_refuses(["audit", "--nosuch"])
    assert snakemake_refuses(["--cores", "all", "--nosuch"])
    assert dvc_refuses(["checkout", "--nosuch"])
    assert dvc_refuses(["chekout"])
    assert git_refuses(["chekout"])
    assert git_refuses(["fetch", "--nosuch"])
    assert make_refuses(["nosuch"])
    assert python_refuses(["-m", "acne04.nosuch"])


def test_the_files_that_messages_name_are_there() -> None:
    named = {
        name: where
        for name, where in gathered(_DOCUMENT).items()
        if FILLED not in name and "<" not in name
    }
    assert len(named) > 5
    missing = {n: w for n, w in named.items() if not (ROOT / n).exists()}
    assert missing == {}


# --- what happens when they are typed


@dataclass(frozen=True)
class Trouble:
    """A situation, the command that refuses, and which of the commands told are typed then.

    Attributes
    ----------
    typed : tuple of str
        How each command begins, in this order; what is told beside it is another way.
    removed : str
        Pattern of the files that the message names, where it says to remove these.
    bare : bool
        Whether the clone is one without data.
    """

    spoil: Callable[[Project], None]
    refused: tuple[str, ...]
    typed: tuple[str, ...]
    removed: str = ""
    bare: bool = False


SNAKEMAKE = ("snakemake", "--cores", "2")
HOLDOUT, PERSONS = "data/splits/holdout.csv", "data/raw/subjects/train.jsonl"


def _rot(project: Project) -> None:
    flip(project.path / HOLDOUT)


def _origin(project: Project) -> Path:
    return Path(project.git("remote", "get-url", "origin").strip())


def _cached_holdout(project: Project) -> Path:
    entry = project.read("dvc.lock").partition(f"path: {HOLDOUT}\n")[2]
    md5 = re.search(r"md5: (\w{32})", entry)
    assert md5
    return project.path / ".dvc" / "cache" / "files" / "md5" / md5[1][:2] / md5[1][2:]


def _rot_in_the_cache_too(project: Project) -> None:
    flip(project.path / HOLDOUT)
    flip(_cached_holdout(project))


def _rot_of_a_delivery(project: Project) -> None:
    flip(project.path / PERSONS)


def _edit_of_a_delivery(project: Project) -> None:
    project.append(PERSONS, "\n")


def _listing_altered(project: Project) -> None:
    listing = project.path / "data/raw/subjects.csv"
    with times_kept(listing):
        listing.write_text(listing.read_text().replace("path", "paht", 1))


def _lost(*names: str) -> Callable[[Project], None]:
    def spoil(project: Project) -> None:
        for name in names:
            (project.path / name).unlink()

    return spoil


def _nothing(_: Project) -> None:
    """The situation is there as it is."""


def _manifest(project: Project) -> None:
    """Take a manifest that somebody else has, and the tables behind it have not."""
    shutil.copy(_origin(project) / HOLDOUT, project.path / "mine.csv")


def _annotations_lost(project: Project) -> None:
    shutil.rmtree(project.path / "data/raw/v2")


def _rot_in_the_cache(project: Project) -> None:
    flip(_cached_holdout(project))


def _object_lost_in_the_store(project: Project) -> None:
    """Lose it in a store of its own, not in that of the other tests."""
    store = project.path.parent / "store"
    shutil.copytree(_origin(project).parent / "acne04-store", store)
    done = project.dvc("remote", "modify", "--local", "store", "url", str(store))
    assert done.returncode == 0, done.stderr
    (store / _cached_holdout(project).relative_to(project.path / ".dvc" / "cache")).unlink()


AUDIT, WHOLE_AUDIT = ("acne04", "audit"), ("acne04", "audit", "--level", "full")

TROUBLES = {
    "an artifact altered, times kept": Trouble(_rot, SNAKEMAKE, ("rm -r",)),
    "an artifact altered, and its object": Trouble(
        _rot_in_the_cache_too, SNAKEMAKE, ("rm -r", "rm -f")
    ),
    "the same, for an audit": Trouble(
        _rot, AUDIT, ("dvc checkout",), removed=r"^ +(data/splits/\S+)()$"
    ),
    "an artifact lost, for an audit": Trouble(_lost(HOLDOUT), AUDIT, ("dvc checkout",)),
    "a delivered file altered, times kept": Trouble(_rot_of_a_delivery, SNAKEMAKE, ("rm -r",)),
    "a delivered file edited": Trouble(_edit_of_a_delivery, SNAKEMAKE, ("rm -r",)),
    "the same, for DVC": Trouble(_edit_of_a_delivery, ("dvc", "repro", "dedupe"), ("rm -r",)),
    "an object altered": Trouble(
        _rot_in_the_cache,
        WHOLE_AUDIT,
        ("dvc pull",),
        removed=r"object (\S+) with its own bytes in the cache \((\S+)\)",
    ),
    "an object lost in the store": Trouble(
        _object_lost_in_the_store, WHOLE_AUDIT, ("python -m snakemake_dvc --push",)
    ),
    "annotations lost": Trouble(
        _annotations_lost,
        ("acne04", "trace", "Acne04-v2_annotations.json#/annotations/0"),
        ("dvc pull",),
    ),
    "a listing altered, times kept": Trouble(_listing_altered, SNAKEMAKE, ("rm",)),
    "decisions deleted": Trouble(_lost("decisions/places.csv"), SNAKEMAKE, ("git checkout",)),
    "both locks deleted": Trouble(_lost("dvc.lock", "snakemake.lock"), AUDIT, ("snakemake",)),
    "no questions": Trouble(_nothing, ("acne04", "decide"), ("dvc pull",), bare=True),
    "no groups": Trouble(_manifest, ("acne04", "leaks", "mine.csv"), ("dvc pull",), bare=True),
    "no ledger": Trouble(
        _nothing, ("acne04", "trace", "data/inventory/images.csv"), ("dvc pull",), bare=True
    ),
}


def commands_told(said: str) -> list[str]:
    """The commands of all that says what to do next; a line may be folded."""
    lines = said.splitlines()
    told = []
    for place, line in enumerate(lines):
        if re.match(r"\W*next:", line):
            more = itertools.takewhile(lambda text: text.startswith(" " * 8), lines[place + 1 :])
            told.append(" ".join([line.strip(), *(text.strip() for text in more)]))
    return [command for line in told for command in re.findall(r"`([^`]+)`", line)]


@pytest.fixture
def project(name: str, request: pytest.FixtureRequest) -> Project:
    """A clone, with its data where the trouble needs them."""
    clone: Project = request.getfixturevalue("bare_clone" if TROUBLES[name].bare else "clone")
    return clone


@pytest.mark.workflow
@pytest.mark.parametrize("name", TROUBLES)
def test_what_is_told_is_typed_and_the_same_command_goes_through(
    name: str, project: Project
) -> None:
    TROUBLES[name].spoil(project)
    type_what_is_told(project, TROUBLES[name])


def type_what_is_told(project: Project, trouble: Trouble) -> None:
    refused = project.command(*trouble.refused)
    said = refused.stdout + refused.stderr
    assert refused.returncode != 0, said
    if trouble.removed:
        named = set(re.findall(trouble.removed, said, re.MULTILINE))
        assert named, said
        for names in named:
            # An object of the cache is told with its folder behind it.
            (project.path / Path(*reversed(names))).unlink()
    told = commands_told(said)
    for start in trouble.typed:
        command = next((c for c in told if c.startswith(start)), "")
        assert command, f"no `{start} …` among {told} in:\n{said}"
        done = project.command("bash", "-c", command)
        assert done.returncode == 0, f"`{command}`: {done.stdout}{done.stderr}"
    again = project.command(*trouble.refused)
    assert again.returncode == 0, again.stdout + again.stderr
