"""Versions of releases: which texts are one, which two are the same, which comes later."""

from __future__ import annotations

import re

from packaging.version import Version

#: What PEP 440 and Semantic Versioning have in common: numbers, and a mark of a version to come.
_VERSION = re.compile(
    r"(0|[1-9]\d{0,5})(\.(0|[1-9]\d{0,5})){1,2}((a|b|rc)\d{1,3}|-(alpha|beta|rc)(\.\d{1,3})?)?",
    re.ASCII,
)


def is_version(text: str) -> bool:
    """Tell whether a text is a version that a release may have.

    >>> is_version("1.0.0"), is_version("2.0.0-rc.1"), is_version("1"), is_version("1.0.0 ")
    (True, True, False, False)
    """
    return bool(_VERSION.fullmatch(text))


def order(version: str) -> Version:
    """Give what PEP 440 compares of a version, equal for all its spellings.

    >>> sorted(["1.0.0", "1.10", "1.0.0rc1", "1.9"], key=order)
    ['1.0.0rc1', '1.0.0', '1.9', '1.10']
    """
    return Version(version)


def is_same_version(one: str, other: str) -> bool:
    """Tell whether two texts are spellings of one version.

    >>> is_same_version("1.0", "1.0.0"), is_same_version("2.0rc1", "2.0.0-rc.1")
    (True, True)
    >>> is_same_version("1.0.0", "1.0.0rc1"), is_same_version("one", "one")
    (False, True)
    """
    if is_version(one) and is_version(other):
        return order(one) == order(other)
    return one == other
