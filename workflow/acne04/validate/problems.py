"""A problem at a place of the document, and the words for a stranger's text."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Steps from the top of the document to a value: keys of objects, indices of arrays.
Steps = tuple[str | int, ...]

#: Characters of a stranger's text that are shown in full; of a longer one only the start is.
LONGEST_QUOTE = 80
QUOTE_START = 60


@dataclass(frozen=True)
class Problem:
    """What a check found at one place, before it is worded as a finding.

    Attributes
    ----------
    check : str
        Name of the check in the catalogue.
    steps : tuple
        Way to the value; empty for the whole file.
    found : str or None
        What is there; None for the source text of the value.
    expected : str or None
        The rule; None for the catalogue's words.
    line : int or None
        Line from 1; None for the line where the value begins.
    """

    check: str
    steps: Steps = ()
    found: str | None = None
    expected: str | None = None
    line: int | None = None


def pointer_of(steps: Steps) -> str:
    """Write steps as a JSON Pointer (RFC 6901); an overlong key is cut.

    >>> pointer_of(("annotations", 30592, "a/b"))
    '/annotations/30592/a~1b'
    """
    escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    return "".join(f"/{printable(step)}" for step in escaped)


def printable(text: str) -> str:
    r"""Make a piece of a stranger's text fit to be shown: printable, and not too long.

    >>> printable("a\x1b[2J\ud800")
    'a\\x1b[2J\\ud800'
    """
    length = len(text)
    if length > LONGEST_QUOTE:
        text = text[:QUOTE_START]
    shown = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )
    return shown if length <= LONGEST_QUOTE else f"{shown}… ({length} characters)"


def quote(text: str, span: slice) -> str:
    r"""Quote the source text of a value on one line.

    >>> quote('[1,\n  2]', slice(0, 8))
    '[1, 2]'
    """
    # White space is folded in so much of the text as can be shown.
    length = span.stop - span.start
    if length <= LONGEST_QUOTE:
        return printable(re.sub(r"\s+", " ", text[span]))
    start = re.sub(r"\s+", " ", text[span.start : span.start + QUOTE_START])
    return f"{printable(start)}… ({length} characters)"
