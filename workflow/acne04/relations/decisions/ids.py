"""Ids of annotations, as the target of a decision names them."""

from __future__ import annotations

from collections.abc import Iterable


def id_ranges(target: str) -> list[tuple[int, int]]:
    """Give the ids that a target of kind circles names, as ranges with both ends.

    >>> id_ranges("ids 3, 7-9")
    [(3, 3), (7, 9)]
    """
    parts = [part.partition("-") for part in target.removeprefix("ids ").split(", ")]
    return [(int(first), int(last or first)) for first, _, last in parts]


def id_target(ids: Iterable[int]) -> str:
    """Name ids as a target of kind circles.

    >>> id_target([9, 3, 7, 8])
    'ids 3, 7-9'
    """
    ranges: list[list[int]] = []
    for number in sorted(ids):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return "ids " + ", ".join(f"{a}-{b}" if b > a else f"{a}" for a, b in ranges)
