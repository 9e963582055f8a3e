"""Say which names from strangers may become files of ours."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

NAME_BYTES = 255

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def name_problem(name: str) -> str:
    """Say why a name is not a harmless path below a folder.

    Parameters
    ----------
    name : str
        As an archive or an upstream's listing gives it, with forward slashes.

    Returns
    -------
    str
        The reason as a verb phrase; empty where there is none.

    >>> name_problem("Classification/JPEGImages/levle0_0.jpg")
    ''
    >>> name_problem("../secret"), name_problem("/etc/passwd")
    ('climbs out of its folder', 'is an absolute path')
    """
    path = PurePosixPath(name)
    if not path.parts:
        return "is no name"
    if _SURROGATE.search(name):
        return "is not UTF-8"
    if _CONTROL.search(name):
        return "holds a control character"
    if path.is_absolute() or re.match(r"[A-Za-z]:", name):
        return "is an absolute path"
    if "\\" in name:
        return "holds a backslash"
    if ".." in path.parts:
        return "climbs out of its folder"
    if any(len(part.encode("utf-8")) > NAME_BYTES for part in path.parts):
        return f"has a part of more than {NAME_BYTES} bytes"
    return ""
