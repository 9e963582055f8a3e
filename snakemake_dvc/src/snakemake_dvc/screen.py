"""Where the words of a run go: how wide a line may be, its colours, where it is folded."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from snakemake_dvc.printing import shown_in_line

#: Columns of a line in a file, and at most on a terminal: nobody reads longer ones with pleasure.
WIDTH = 100
#: What a folded line hangs below: ``To do    ``, ``  expected: ``.
_LABEL = re.compile(r"\s*(?:\w[\w ]*?\s{2,}|\w+:\s+)")


class Terminal(Console):
    """Standard error; where nobody reads it any more the run goes on in silence."""

    def on_broken_pipe(self) -> None:
        """Say nothing more. Rich would end the thread that shows what becomes of the jobs."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def console(plain: bool = False) -> Console:
    """Give standard error: a terminal with colours, unless `plain` or NO_COLOR, or a file without.

    What CI sets to have colours in its logs (FORCE_COLOR) makes no terminal of a file: there is
    nothing in it that a line could replace.
    """
    made = Terminal(
        stderr=True,
        no_color=plain or None,
        highlight=False,
        markup=False,
        emoji=False,
        force_terminal=sys.stderr.isatty(),
    )
    if not made.is_terminal:
        made.width = WIDTH
    return made


def width_of(where: Console) -> int:
    """Give how long a line may be there.

    A terminal's last column stays free: some begin a new line once it is filled.
    """
    return min(where.width - 1 if where.is_terminal else where.width, WIDTH)


def say(where: Console, lines: Iterable[str], style: str = "") -> None:
    """Print lines, folded between words, what they hang below and headings in bold."""
    for line in map(shown_in_line, lines):
        text = Text("\n".join(folded(line, width_of(where))), style=style)
        label = _LABEL.match(line) if not line.startswith(" ") else None
        if label is not None:
            text.stylize("bold", 0, label.end())
        where.print(text, soft_wrap=True)


def folded(line: str, width: int) -> list[str]:
    r"""Fold a line between words; what follows hangs below the text behind its label.

    >>> folded("To do    near, dedupe, split", 20)
    ['To do    near,', '         dedupe,', '         split']
    >>> folded("  next: one two three", 14)
    ['  next: one', '        two', '        three']
    """
    if len(line) <= width:
        return [line]
    label = _LABEL.match(line)
    indent = label.end() if label else len(line) - len(line.lstrip()) + 2
    return textwrap.wrap(
        line,
        width,
        subsequent_indent=" " * min(indent, width // 2),
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
    )


def cut(text: Text, width: int) -> Text:
    """Cut a line to what fits, and say so with an ellipsis."""
    text.truncate(width, overflow="ellipsis")
    text.rstrip()
    return text
