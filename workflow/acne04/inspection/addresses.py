"""Addresses as they may be shown: without what lets somebody in."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"(?P<scheme>\b[A-Za-z][A-Za-z0-9+.-]*://)(?P<rest>[^\s'\"<>]*)")
#: What ssh and its like take for an address: a user, a password, a host.
_LOGIN = re.compile(r"(?<![\w/])[^\s/@:]+:[^\s/@]+@(?=[\w.-])")


def without_secrets(address: str) -> str:
    """Give an address, or a text with some in it, without user-info, query and fragment.

    Examples
    --------
    >>> without_secrets("cannot read https://bob:pass@host/store?token=abc: refused")
    'cannot read https://host/store refused'
    >>> without_secrets("s3://bucket/v@1"), without_secrets("../../acne04-store")
    ('s3://bucket/v@1', '../../acne04-store')
    """
    return _LOGIN.sub("", _ADDRESS.sub(_plain, address))


def _plain(match: re.Match[str]) -> str:
    rest = match["rest"]
    before, _, after = rest.rpartition("@")
    # A password may hold what else ends a host: all up to the last sign is taken for it, where a
    # colon or the missing of any path says that it can be one.
    if after and (":" in before or "/" not in before):
        rest = after
    return match["scheme"] + re.split(r"[?#]", rest, maxsplit=1)[0]
