"""Words of strangers in Markdown: nothing in them may be taken for the report's own."""

from __future__ import annotations

import html
import re

from acne04.core.printing import shown_in_line

_MARKS = re.compile(r"[|`*_\[\]@~\\]")


def in_markdown(text: str) -> str:
    r"""Escape what Markdown or HTML would act on, for a cell of a table.

    >>> in_markdown("a|b <i>`x`")
    'a&#124;b &lt;i&gt;&#96;x&#96;'
    """
    escaped = html.escape(shown_in_line(text), quote=False)
    # An @ would call somebody on a code host.
    return _MARKS.sub(lambda match: f"&#{ord(match.group())};", escaped)
