"""Gives each image its size in real pixels."""

from __future__ import annotations

from acne04_standin.chance import Chance
from acne04_standin.figures import FIRST_SIZE, LANDSCAPE, PORTRAIT, Figures, Size
from acne04_standin.near import copy_size
from acne04_standin.relations import SAME_PLACE, Relations

#: Frames with a shorter side than this, in real pixels, show few lesions.
SMALL_SIDE = 1100


def draw_sizes(relations: Relations, figures: Figures, chance: Chance) -> list[Size]:
    """Size of each image, (width, height) in real pixels, in the order of `relations`."""
    sizes: dict[int, Size] = _sizes_of_related(relations)
    free = [i for i in range(len(relations.grade)) if i not in sizes]
    _fill_portraits(sizes, chance.shuffled(free), relations, figures)
    _fill_annotated(sizes, chance.shuffled(free), relations, figures)
    _fill_others(sizes, chance.shuffled(free), figures)
    return [sizes[i] for i in range(len(relations.grade))]


def _sizes_of_related(relations: Relations) -> dict[int, Size]:
    sizes: dict[int, Size] = {relations.first_image: FIRST_SIZE}
    for pair in relations.pairs:
        sizes[pair.first] = sizes[pair.second] = PORTRAIT
    for copy in relations.copies:
        # Few images of the commonest size are outside v2, where such a copy has to be.
        rare = copy.ordinal > 0 and copy.kind in SAME_PLACE
        original = sizes.setdefault(copy.original, LANDSCAPE if rare else PORTRAIT)
        keeps_frame = relations.annotated[copy.image]
        size = original if keeps_frame else copy_size(copy.kind, copy.ordinal, original)
        sizes[copy.image] = size
    return sizes


def _fill_portraits(
    sizes: dict[int, Size], free: list[int], relations: Relations, figures: Figures
) -> None:
    for annotated in (True, False):
        left = list(figures.portraits_annotated if annotated else figures.portraits_other)
        total = sum(left)
        for image, size in sizes.items():
            if size == PORTRAIT and relations.annotated[image] == annotated:
                left[relations.grade[image]] -= 1
                total -= 1
        mine = [i for i in free if relations.annotated[i] == annotated]
        for strict in (True, False):  # first in the known proportion, then whatever is missing
            for image in mine:
                grade = relations.grade[image]
                if image not in sizes and total > 0 and (left[grade] > 0 or not strict):
                    sizes[image] = PORTRAIT
                    left[grade] -= 1
                    total -= 1


def _fill_annotated(
    sizes: dict[int, Size], free: list[int], relations: Relations, figures: Figures
) -> None:
    used = [s for i, s in sizes.items() if relations.annotated[i] and s != PORTRAIT]
    left = [s for s, many in figures.annotated_sizes.items() for _ in range(many - used.count(s))]
    images = [i for i in free if relations.annotated[i] and i not in sizes]
    images.sort(key=lambda i: relations.grade[i])
    left.sort(key=lambda size: min(size) >= SMALL_SIDE)
    sizes.update(zip(images, left, strict=True))


def _fill_others(sizes: dict[int, Size], free: list[int], figures: Figures) -> None:
    images = [i for i in free if i not in sizes]
    known = set(sizes.values()) | set(figures.annotated_sizes) | {PORTRAIT}
    missing = max(0, figures.other_sizes + 1 - len(known))
    new: list[Size] = []
    width = 1120
    while len(new) < min(missing, len(images)):
        shape = ((4, 3), (3, 4), (9, 8))[len(new) % 3]
        size = (width, width * shape[0] // shape[1] // 16 * 16)
        width += 16
        if size not in known:
            new.append(size)
    repeated = new or [LANDSCAPE]
    for number, image in enumerate(images):
        sizes[image] = repeated[number % len(repeated)]
