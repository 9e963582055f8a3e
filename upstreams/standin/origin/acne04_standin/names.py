"""Gives each image its file name."""

from __future__ import annotations

from collections import Counter

from acne04_standin.chance import Chance
from acne04_standin.figures import (
    BROKEN_NAME,
    FIRST_NAME,
    GAPS,
    LAST_NUMBER,
    PORTRAIT,
    Figures,
    Size,
)
from acne04_standin.relations import Relations
from acne04_standin.subjects import NoPlanError


def choose_broken_image(relations: Relations, sizes: list[Size], chance: Chance) -> int:
    """Image that will carry `BROKEN_NAME`: severe, in v2, of the commonest size, unrelated."""
    related = relations.related()
    suitable = [
        image
        for image, grade in enumerate(relations.grade)
        if grade == 2
        and relations.annotated[image]
        and sizes[image] == PORTRAIT
        and image not in related
    ]
    if not suitable:
        raise NoPlanError("no severe image is free to carry the broken circles")
    return chance.pick(suitable)


def draw_names(
    relations: Relations, broken_image: int, figures: Figures, chance: Chance
) -> list[str]:
    """File name of each image, in the order of `relations`.

    How many names suggest which grade, for images in v2 and others, is `figures.cells` and
    `figures.annotated_cells`.
    """
    prefixes = _draw_prefixes(relations, broken_image, figures, chance)
    names = [""] * len(prefixes)
    names[relations.first_image], names[broken_image] = FIRST_NAME, BROKEN_NAME
    for prefix in range(4):
        images = [i for i, p in enumerate(prefixes) if p == prefix and not names[i]]
        known = {f"levle{prefix}_{number}.jpg" for number in _numbers(prefix)}
        free = sorted(known - {FIRST_NAME, BROKEN_NAME}, key=number_of)
        # A small corpus takes some of the names; the last one shows how far they run.
        chosen = [free[-1], *chance.shuffled(free[:-1])[: len(images) - 1]]
        for image, name in zip(chance.shuffled(images), chosen, strict=True):
            names[image] = name
    return names


def number_of(name: str) -> tuple[int, int]:
    """Sort key of a name of ACNE04: prefix, then number.

    >>> number_of("levle1_42.jpg")
    (1, 42)
    """
    prefix, number = name.removeprefix("levle").removesuffix(".jpg").split("_")
    return int(prefix), int(number)


def _numbers(prefix: int) -> list[int]:
    return [n for n in range(LAST_NUMBER[prefix] + 1) if n not in GAPS[prefix]]


def _draw_prefixes(
    relations: Relations, broken_image: int, figures: Figures, chance: Chance
) -> list[int]:
    outside = Counter(figures.cells)
    outside.subtract(figures.annotated_cells)
    prefixes = [-1] * len(relations.grade)
    prefixes[broken_image], prefixes[relations.first_image] = 2, 0
    for annotated, cells in ((True, Counter(figures.annotated_cells)), (False, outside)):
        cells[(2, 2) if annotated else (0, 0)] -= 1
        for grade in range(4):
            images = [
                i
                for i, g in enumerate(relations.grade)
                if g == grade and relations.annotated[i] == annotated and prefixes[i] < 0
            ]
            wanted = [p for p in range(4) for _ in range(cells[p, grade])]
            for image, prefix in zip(images, chance.shuffled(wanted), strict=True):
                prefixes[image] = prefix
    return prefixes
