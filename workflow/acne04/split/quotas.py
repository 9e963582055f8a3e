"""Exact quotas of grades in parts, and how far a placement is from them, in integers.

A *cell* is a grade, or all grades together, in one part. Its quota is the fraction
``images of the grade * ratio of the part / sum of the ratios``. Deviations are counted in units of
``1 / sum of the ratios``, so that every figure is an integer and every comparison exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acne04.core.grades import GRADES

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Parts:
    """The parts of a split and their shares.

    Attributes
    ----------
    names : tuple of str
        In the order in which groups are dealt.
    ratios : tuple of int
        Positive, without a common divisor.
    """

    names: tuple[str, ...]
    ratios: tuple[int, ...]

    @classmethod
    def of(cls, shares: dict[str, int]) -> Parts:
        """Reduce the shares: 65, 15, 20 become 13, 3, 4.

        >>> Parts.of({"train": 65, "val": 15, "test": 20}).ratios
        (13, 3, 4)
        """
        divisor = math.gcd(*shares.values())
        return cls(tuple(shares), tuple(share // divisor for share in shares.values()))

    @property
    def unit(self) -> int:
        """Units in one image: the sum of the ratios."""
        return sum(self.ratios)

    def without(self, name: str) -> Parts:
        """Leave out the part of that name, where there is one; the others keep their ratio.

        >>> Parts.of({"train": 65, "val": 15, "test": 20}).without("test").ratios
        (13, 3)
        """
        return Parts.of({n: r for n, r in zip(self.names, self.ratios, strict=True) if n != name})


def with_total(by_grade: Integers) -> Integers:
    """Append the sum over the last axis: the cell of all grades together."""
    return np.concatenate([by_grade, by_grade.sum(axis=-1, keepdims=True)], axis=-1)


def scaled_quotas(images: Integers, parts: Parts) -> Integers:
    """Quota of each cell in units, shape (cells, parts), from the images of each cell."""
    return np.outer(images, np.array(parts.ratios, dtype=np.int64))


def scaled_deviations(placed: Integers, parts: Parts) -> Integers:
    """Deviation of each cell in units, with its sign.

    Parameters
    ----------
    placed : array of int, shape (cells, parts)
        Images of each cell; everything that can be placed is.

    Examples
    --------
    >>> parts = Parts.of({"train": 65, "val": 15, "test": 20})
    >>> scaled_deviations(np.array([[118, 27, 37]]), parts)
    array([[-6, -6, 12]])
    """
    return parts.unit * placed - scaled_quotas(placed.sum(axis=1), parts)


@dataclass(frozen=True)
class FrozenPart:
    """A part of an earlier release that neither gives nor takes images: it has no quotas.

    Attributes
    ----------
    name : str
        The part.
    groups : int
        Groups in it.
    placed : tuple of int
        Its images, by grade and in total.
    """

    name: str
    groups: int
    placed: tuple[int, ...]


@dataclass(frozen=True)
class Certificate:
    """What was achieved, and what cannot be beaten.

    Attributes
    ----------
    parts : Parts
        The parts that take images.
    placed : array of int, shape (grades + 1, parts)
        Images placed, by grade and in total.
    kept : array of int, shape (grades + 1, parts)
        Those of them whose place was given: the groups of an earlier release.
    groups : tuple of int
        Groups placed in each part.
    bound_largest, bound_total : int
        In units: no placement of whole groups has a lesser largest deviation; none whose largest
        deviation is no greater has a lesser sum. Of placements that leave the kept ones.
    method : {"dealt", "approached", "solved"}
        How the placement was found, see `acne04.split.placement`.
    frozen : FrozenPart or None
        A further part, beside those that take images.
    strata : tuple of str
        Names of the cells but that of all images: grades, or what stands for them.
    """

    parts: Parts
    placed: Integers
    kept: Integers
    groups: tuple[int, ...]
    bound_largest: int
    bound_total: int
    method: str
    frozen: FrozenPart | None = None
    strata: tuple[str, ...] = tuple(map(str, GRADES))

    @property
    def largest(self) -> int:
        """Largest deviation of a cell, in units."""
        return int(np.abs(scaled_deviations(self.placed, self.parts)).max())

    @property
    def total(self) -> int:
        """Sum of the deviations of all cells, in units."""
        return int(np.abs(scaled_deviations(self.placed, self.parts)).sum())

    @property
    def deviations(self) -> tuple[int, int]:
        """Largest and sum: the order of placements, the less the better."""
        return self.largest, self.total

    @property
    def optimal(self) -> bool:
        """Whether nothing better exists."""
        return self.deviations == (self.bound_largest, self.bound_total)

    def as_document(self) -> dict[str, Any]:
        """Give the entry of ``schemas/certificates.schema.json``; fractions count images."""
        quotas = scaled_quotas(self.placed.sum(axis=1), self.parts)
        parts = {
            part: {
                "ratio": str(Fraction(self.parts.ratios[p], self.parts.unit)),
                "frozen": False,
                "groups": self.groups[p],
                "grades": self._cells(self.placed[:, p], self.kept[:, p], quotas[:, p]),
            }
            for p, part in enumerate(self.parts.names)
        }
        if self.frozen:
            placed = np.array(self.frozen.placed)
            parts[self.frozen.name] = {
                "ratio": "0",
                "frozen": True,
                "groups": self.frozen.groups,
                "grades": self._cells(placed, placed, self.parts.unit * placed),
            }
        return {
            "parts": parts,
            "largest_deviation": self._images(self.largest),
            "largest_deviation_bound": self._images(self.bound_largest),
            "total_deviation": self._images(self.total),
            "total_deviation_bound": self._images(self.bound_total),
            "optimal": self.optimal,
            "method": self.method,
        }

    def _cells(self, placed: Integers, kept: Integers, quotas: Integers) -> dict[str, Any]:
        rows = zip(placed.tolist(), kept.tolist(), quotas.tolist(), strict=True)
        cells = [
            {
                "quota": self._images(quota),
                "placed": images,
                "kept": given,
                "deviation": self._images(self.parts.unit * images - quota),
            }
            for images, given, quota in rows
        ]
        return dict(zip([*self.strata, "all"], cells, strict=True))

    def _images(self, units: int) -> str:
        return str(Fraction(units, self.parts.unit))
