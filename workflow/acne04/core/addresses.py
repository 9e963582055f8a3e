r"""Addresses as they may be told: who logs in, with which password, and what a query asks for go.

Tokens stand in queries and fragments, passwords before the host. What cites an address may be
anybody's: DVC, a library of HTTP, git, a shell. So it is looked for in any text, however it stands
there: in brackets, in JSON, percent-encoded, cut short. The bridge, which may not import this
package, has the same in `snakemake_dvc.addresses`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

#: What ends an address in a text; of a password, which may hold anything, only white space and
#: quotes do.
_END = r"\s\"'<>`\x00"
_SLASH = r"(?:\\?/)"
_ADDRESS = re.compile(rf"([A-Za-z][A-Za-z0-9+.-]*:{_SLASH}{{2,}})([^{_END}]*)")
#: In JSON a slash may be escaped; a backslash begins no path otherwise.
_AUTHORITY = re.compile(r"[^/?#\\]*")
#: A password with a slash or the like in it, unencoded: what stands before its @ is no port.
_UNENCODED = re.compile(r"[^/@:\[]*:(?!\d{1,5}(?:[/?#\\]|$)).*@")
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.%]*\]|[^:\[]*)(?::\d{0,5})?")
#: Closing marks and stops after an address, which are the text's.
_AFTER = re.compile(r"[)\]}.,;:!]*$")
_ENCODED = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*%3[Aa](?:%2[Ff]|/){{2}}[^{_END}]*", re.ASCII)
#: As ssh and git take it: bob@host:path, bob:password@host:path.
_COPIED = re.compile(
    rf"(?<![\w.@/%+-])[\w.+%-]+(?::[^{_END}/@]+)?@"
    rf"(?=(?:[\w-]+(?:\.[\w-]+)+|localhost|\[[0-9A-Fa-f:.]+\]):[^{_END}]|[\w-]+:[/~])"
)
#: The rest of an address whose start was left out, as libraries of HTTP cite it.
_QUERY = re.compile(rf"(?<=[^\s?])\?(?=[^{_END}?]*=)[^{_END}]*")
_LEFT_OUT = "?..."
_CUT = "..."


def bare(text: str) -> str:
    """Give a text with its addresses as they may be told.

    Examples
    --------
    >>> bare("(see HTTP://bob:pass@h.org:80/a?token=1#x)")
    '(see HTTP://h.org:80/a?...)'
    >>> bare("git clone bob@h.org:a/b, ssh://bob@h.org/a")
    'git clone h.org:a/b, ssh://h.org/a'
    """
    if "%3" in text:
        text = _ENCODED.sub(lambda match: quote(bare(unquote(match[0])), safe=""), text)
    if "://" in text or ":\\/" in text:
        text = _ADDRESS.sub(lambda match: match[1] + _bare_rest(*match.groups()), text)
    if "@" in text:
        text = _COPIED.sub("", text)
    return _QUERY.sub(_LEFT_OUT, text) if "?" in text else text


def in_all_strings(document: Any, change: Callable[[str], str]) -> Any:
    """Give a document of JSON with all of its strings changed, keys too."""
    if isinstance(document, str):
        return change(document)
    if isinstance(document, dict):
        return {change(key): in_all_strings(value, change) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [in_all_strings(value, change) for value in document]
    return document


def _bare_rest(scheme: str, rest: str) -> str:
    """Give what follows the scheme of an address."""
    after = _AFTER.search(rest)
    stops = after[0] if after else ""
    rest = rest[: len(rest) - len(stops)]
    if unencoded := _UNENCODED.match(rest):
        rest = rest[unencoded.end() :]
    authority = _AUTHORITY.match(rest)
    own = authority[0] if authority else ""
    path, host = rest[len(own) :], own.rpartition("@")[2]
    # Of a container a version follows.
    if not _HOST.fullmatch(host) and not scheme.lower().startswith("docker:"):
        # No port follows the colon: a name and a password, cut before their @.
        host = _CUT
    path = path.partition("#")[0]
    path, has_query, _ = path.partition("?")
    # What is left out already is left as it is.
    return host + path + (_LEFT_OUT + stops.removeprefix(_CUT) if has_query else stops)
