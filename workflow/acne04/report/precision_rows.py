"""How sure a figure over each part can be, as the page tells it beside the part's images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from acne04.core.grades import GRADES

#: Parts that figures are made over.
_HELD_OUT = ("val", "test")


@dataclass(frozen=True)
class PrecisionRow:
    """One part that nothing is trained on.

    Attributes
    ----------
    part : str
        ``test``, ``fold 0, test``, or ``all folds, test``.
    images, persons : int
        Photographs with a grade, and the people whom they show.
    effective : float
        So many photographs of different people would tell as much.
    recalls : tuple of (int, float or None)
        Of each grade the persons, and half the 95 % interval of a recall; None for too few.
    balanced, apart : float or None
        Half the interval of balanced accuracy, and the least difference of two models that shows.
    """

    part: str
    images: int
    persons: int
    effective: float
    recalls: tuple[tuple[int, float | None], ...]
    balanced: float | None
    apart: float | None


def precision_rows(parts: Mapping[str, Any]) -> list[PrecisionRow]:
    """Give the rows of a variant, in the order of its folds; all folds together come last.

    Parameters
    ----------
    parts : mapping of str to Any
        What the certificates say of a variant.
    """
    ordered = sorted(parts, key=lambda name: (name == "test", list(parts).index(name)))
    return [row for name in ordered for row in _row(name, parts[name], len(parts))]


def _row(name: str, told: Mapping[str, Any], parts: int) -> Iterator[PrecisionRow]:
    part, _, fold = name.partition("-")
    if part not in _HELD_OUT:
        return
    # A variant with folds has many more parts than these.
    whole = "all folds, test" if parts > len(("train", *_HELD_OUT)) else part
    cells = [told["grades"][str(grade)] for grade in GRADES]
    yield PrecisionRow(
        part=f"fold {fold}, {part}" if fold else whole,
        images=told["images"],
        persons=told["persons"],
        effective=told["effective_images"],
        recalls=tuple(
            (cell["persons"], cell["recall"] and cell["recall"]["half_width"]) for cell in cells
        ),
        balanced=told["balanced_accuracy"]["half_width"],
        apart=told["balanced_accuracy"]["least_difference"],
    )
