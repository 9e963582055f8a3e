r"""What a person sees: nothing that a terminal, or the log of a CI service, would act on.

Names of files, shell commands and the logs of jobs are words of strangers. A project that has such
a module of its own keeps it: the bridge knows no project, and no project need know the bridge.
"""

from __future__ import annotations

import re
import sys

from snakemake_dvc.addresses import bare

#: Control codes, marks of direction, what stands for bytes that are not UTF-8, and what XML has
#: not; line ends and tabs aside.
_ACTED_ON = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
    "\ufffe\uffff]"
)
#: Commands to GitHub's runner: `::` at the start of a line or of a word of it, `##[` anywhere.
_COMMAND = re.compile(r"(?<!\S)::|##\[")


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


def say(*lines: str) -> None:
    """Print lines on standard output, each as one line."""
    print(*map(shown_in_line, lines), sep="\n")


def say_aside(*lines: str) -> None:
    """Print lines on standard error, at once."""
    print(*map(shown_in_line, lines), sep="\n", file=sys.stderr, flush=True)
