"""What differs, as data that text and Markdown render."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True)
class Change:
    """One thing that differs, or many of one kind.

    Attributes
    ----------
    kind : {"added", "removed", "changed", "moved"}
        What happened to it.
    what : str
        What it is: a parameter, "images", "train -> test".
    before, after : str
        Values, where there is one of each.
    count : int
        How many; 1 for a single thing.
    names : tuple of str
        Which, sorted; empty for a single thing.
    """

    kind: Kind
    what: str
    before: str = ""
    after: str = ""
    count: int = 1
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Balance:
    """How many images of each grade a part of a variant holds, before and after."""

    variant: str
    part: str
    before: Mapping[str, int]
    after: Mapping[str, int]


@dataclass(frozen=True)
class Section:
    """The changes of one area, with the balance of a split where it is one."""

    title: str
    changes: tuple[Change, ...]
    balance: tuple[Balance, ...] = field(default=())


def many(kind: Kind, what: str, names: Iterable[str]) -> list[Change]:
    """Give one change for many things of one kind; none for none."""
    listed = tuple(sorted(names))
    return [Change(kind, what, count=len(listed), names=listed)] if listed else []


def values(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """Compare two mappings key by key; every difference is a change of its own.

    >>> values({"a": "1", "b": "2"}, {"a": "3"})[0]
    Change(kind='changed', what='a', before='1', after='3', count=1, names=())
    """
    found: list[Change] = []
    for key in sorted(before.keys() | after.keys()):
        if key not in after:
            found.append(Change("removed", key, before=before[key]))
        elif key not in before:
            found.append(Change("added", key, after=after[key]))
        elif before[key] != after[key]:
            found.append(Change("changed", key, before[key], after[key]))
    return found


def flat(value: Any, at: str = "") -> dict[str, str]:
    """Give the leaves of nested mappings as text, by their dotted path; lists are leaves.

    >>> flat({"split": {"ratios": [65, 15, 20], "previous": ""}})
    {'split.ratios': '[65, 15, 20]', 'split.previous': '""'}
    """
    if isinstance(value, dict) and value:
        leaves: dict[str, str] = {}
        for key, item in value.items():
            leaves |= flat(item, f"{at}.{key}" if at else str(key))
        return leaves
    return {at: '""' if value == "" else str(value)}
