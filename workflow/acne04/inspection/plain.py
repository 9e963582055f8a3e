"""Words of strangers in a report: nothing in them may be taken for the report's own."""

from __future__ import annotations

import html
import re

#: Characters that terminals act on, or that turn the direction of a text.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")

_ACTED_ON = re.compile(r"[|`*_\[\]@~\\]")


def visible(text: str) -> str:
    r"""Show control characters as escapes; line ends and tabs become single spaces.

    >>> visible("a\nb\x1b[31m")
    'a b\\x1b[31m'
    """
    flat = " ".join(text.split("\n")).replace("\t", " ")
    return _CONTROLS.sub(lambda match: ascii(match.group())[1:-1], flat)


def in_markdown(text: str) -> str:
    r"""Escape what Markdown or HTML would act on, for a cell of a table.

    >>> in_markdown("a|b <i>`x`")
    'a&#124;b &lt;i&gt;&#96;x&#96;'
    """
    escaped = html.escape(visible(text), quote=False)
    # An @ would call somebody on a code host.
    return _ACTED_ON.sub(lambda match: f"&#{ord(match.group())};", escaped)
