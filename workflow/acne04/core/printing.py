r"""What a person sees: on a terminal, in a file that they open there, in a job's log.

The one place that says what a terminal, or the log of a CI service, acts on. Names of files,
cells of tables and arguments are words of strangers: they may hold escape sequences, marks that
turn the direction of a text, bytes that are not UTF-8, or commands to the service that runs us.
The bridge, which may not import this package, has the same in `snakemake_dvc.printing`.
"""

from __future__ import annotations

import json
import os
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from acne04.core.addresses import bare

if TYPE_CHECKING:
    from rich.table import Table

#: Environment variable by which a run names its state folder to its jobs (`snakemake_dvc`): then
#: standard error goes to the job's log alone.
RUN_STATE = "SNAKEMAKE_DVC_STATE"
#: Characters that terminals act on, that turn the direction of a text, or that stand for bytes
#: that are not UTF-8 (Unicode 16, 23.1 control codes, 23.2 directional marks, 23.6 surrogates), or
#: that XML has not; line ends and tabs aside.
ACTED_ON = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    r"\ud800-\udfff\ufffe\uffff"
)
_ACTED_ON = re.compile(f"[{ACTED_ON}]")
#: Commands to GitHub's runner: `::` begins one at the start of a line, where any line may come to
#: be broken at white space, and `##[` anywhere.
#: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
_COMMAND = re.compile(r"(?<!\S)::|##\[")
#: Names of variables that hold a secret, and the length from which on no word of a text is taken
#: for one.
_SECRET = re.compile(r"PASS(?:WORD|PHRASE|WD)?\b|SECRET|TOKEN|CREDENTIAL|(?:API|ACCESS)_?KEY", re.I)
_SHORTEST = 6
_WITHHELD = "[withheld]"
#: How much is told, set once by the command line: see `loudness`.
_loudness = 0


def shown(text: str) -> str:
    r"""Give a text with all that is acted on as escapes; line ends and tabs stay.

    Addresses lose who logs in, and their query.

    >>> shown("a\nb\x1b[31m\n::error::c")
    'a\nb\\x1b[31m\n\\x3a:error::c'
    """
    escaped = _ACTED_ON.sub(lambda match: ascii(match.group())[1:-1], bare(text))
    return _COMMAND.sub(lambda match: rf"\x{ord(match.group()[0]):x}{match.group()[1:]}", escaped)


def shown_in_line(text: str) -> str:
    r"""Give it in one line: line ends and tabs become single spaces.

    >>> shown_in_line("a\nb\x1b[31m")
    'a b\\x1b[31m'
    """
    return shown(text.replace("\n", " ").replace("\t", " "))


def told(text: str) -> str:
    """Give a text without what nobody is told: addresses bare, secrets of the environment away.

    No part of an artifact may come from here: the environment is another on each machine.
    """
    for value in _secrets():
        text = text.replace(value, _WITHHELD)
    return bare(text)


@cache
def _secrets() -> list[str]:
    """Values of variables that are named as secrets are, longest first; of files only the place."""
    found = {
        value
        for name, value in os.environ.items()
        if _SECRET.search(name) and len(value) >= _SHORTEST and not Path(value).exists()
    }
    return sorted(found, key=lambda value: (-len(value), value))


def spelt_out(text: str) -> str:
    r"""Give it with everything that is not printed as it is, line ends too, as escapes.

    >>> spelt_out("a\nb\x1b[31m\u200bc")
    'a\\nb\\x1b[31m\\u200bc'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def in_utf8(text: str) -> str:
    r"""Give it with those characters as escapes that stand for bytes that are not UTF-8.

    >>> in_utf8("é\udcff")
    'é\\udcff'
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def shown_json(text: str) -> str:
    r"""Give JSON that says the same, and that nothing acts on.

    >>> shown_json('{"a": "\x9b##[error]"}')
    '{"a": "\\u009b\\u0023#[error]"}'
    """
    return re.sub(f"[{ACTED_ON}]|#(?=#\\[)", lambda match: rf"\u{ord(match.group()):04x}", text)


def say(*lines: str, stream: TextIO | None = None, bold: int = 0) -> None:
    """Print lines, each as one line, on standard output if no other stream is given.

    Parameters
    ----------
    bold : int
        So many characters at the start of each line are set in bold.
    """
    for line in map(shown_in_line, map(told, lines)):
        text = f"\x1b[1m{line[:bold]}\x1b[0m{line[bold:]}" if bold else line
        print(text, file=stream or sys.stdout)


def say_aside(*lines: str) -> None:
    """Print lines on standard error: what is no part of the result."""
    say(*lines, stream=sys.stderr)


def say_table(table: Table) -> None:
    """Print a table whose cells are fit to be shown, on standard output.

    Raises
    ------
    BrokenPipeError
        Where nobody reads on, as `say` does: rich itself would end the process, with a code that
        says that the data are wrong.
    """
    from rich.console import Console

    class Output(Console):
        """Standard output."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    Output(highlight=False).print(table)


def set_loudness(level: int) -> None:
    """Say how much this process tells: -1 (``-q``), 0 or 1 (``-v``)."""
    global _loudness
    _loudness = level


def loudness() -> int:
    """Give how much this process tells: -1 (``-q``), 0 or 1 (``-v``)."""
    return _loudness


def remark(*lines: str) -> None:
    """Print lines on standard error that help, but that nobody misses: not under ``-q``."""
    if _loudness >= 0:
        say_aside(*lines)


def loud(headline: str, *details: str) -> None:
    """Print what nobody may miss on standard error; of a job, the run shows the headline."""
    say_aside(headline, *details)
    if RUN_STATE in os.environ:
        with Path(os.environ[RUN_STATE], "notices.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(shown_in_line(told(headline))) + "\n")
