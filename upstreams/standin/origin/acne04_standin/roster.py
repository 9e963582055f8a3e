"""Decides who is who among the real images: their names, sizes, subjects, folds, relations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from acne04.core.errors import UsageError
from acne04_standin.chance import Chance
from acne04_standin.counts import draw_box_counts, draw_circle_counts
from acne04_standin.figures import (
    BROKEN_NAME,
    FIRST_NAME,
    FIRST_SIZE,
    GAPS,
    LANDSCAPE,
    LAST_NUMBER,
    PORTRAIT,
    SMALL_SIDE,
    Figures,
    Size,
)
from acne04_standin.people import (
    SAME_PLACE,
    Copy,
    NoPlanError,
    Pair,
    Relations,
    relate,
    split_subjects,
    subject_grades,
)
from acne04_standin.retakes import Retake, choose_retakes
from acne04_standin.variants import copy_size

#: Draws before giving up. Nearly every one of the full corpus succeeds, one in seven of the
#: small one.
ATTEMPTS = 2000


@dataclass(frozen=True)
class RealImage:
    """One image of ACNE04 as its files will describe it.

    Attributes
    ----------
    name : str
        File name.
    grade, boxes : int
        Grade and count of its label line.
    circles : int or None
        Circles of v2; None where v2 does not know the image.
    size : (int, int)
        Width and height in real pixels.
    subject, part : str
        Who is depicted, and that subject's part of the subject-disjoint split.
    test_folds : tuple of int
        Published folds in whose test part it stands.
    """

    name: str
    grade: int
    boxes: int
    circles: int | None
    size: Size
    subject: str
    part: str
    test_folds: tuple[int, ...]


@dataclass(frozen=True)
class Roster:
    """All real images in the order of their numbers, and how they are related.

    `pairs`, `copies`, `retakes` and `without_embedding` speak of images by their place in `images`.
    """

    images: tuple[RealImage, ...]
    pairs: tuple[Pair, ...]
    copies: tuple[Copy, ...]
    retakes: tuple[Retake, ...]
    without_embedding: tuple[int, ...]

    @property
    def in_retakes(self) -> frozenset[int]:
        """Retakes and their originals."""
        ends = [(retake.image, retake.original) for retake in self.retakes]
        return frozenset(image for both in ends for image in both)


def draw_roster(figures: Figures, near_duplicates: int, retakes: int, seed: int) -> Roster:
    """Draw the real images so that all of `figures` hold together.

    Raises
    ------
    UsageError
        If so many near-duplicates of each kind, or so many retakes, do not fit.
    """
    for attempt in range(ATTEMPTS):
        try:
            return _attempt(figures, near_duplicates, retakes, seed, attempt)
        except NoPlanError:
            continue
    raise UsageError(
        "--near-duplicates",
        "so many near-duplicates and retakes do not fit beside the other figures",
        expected="1 to 25 of each kind (fraction 1), 1 (fraction 32)",
        found=f"{near_duplicates}, and {retakes} retakes",
        done="nothing has been written",
        remedy="ask for fewer",
    )


def _attempt(
    figures: Figures, near_duplicates: int, retakes: int, seed: int, attempt: int
) -> Roster:
    chance = Chance(seed, "roster", attempt)
    subjects = subject_grades(figures, chance)
    parts = split_subjects([len(grades) for grades in subjects], figures, chance)
    relations = relate(subjects, figures, near_duplicates, chance)
    sizes = draw_sizes(relations, figures, chance)
    broken = choose_broken_image(relations, sizes, chance)
    circles = draw_circle_counts(relations, sizes, broken, figures, chance)
    boxes = draw_box_counts(relations, circles, figures, chance)
    names = draw_names(relations, broken, figures, chance)
    twins = [(pair.first, pair.second) for pair in relations.pairs]
    folds = draw_folds(relations.grade, twins, figures.fold_test, figures.straddling, chance)
    subject_ids = _subject_ids(relations.subject, names)
    order = sorted(range(len(names)), key=lambda i: number_of(names[i]))
    images = tuple(
        RealImage(
            names[i],
            relations.grade[i],
            boxes[i],
            circles.get(i),
            sizes[i],
            subject_ids[relations.subject[i]],
            parts[relations.subject[i]],
            tuple(sorted(folds[i])),
        )
        for i in order
    )
    pairs, copies = _renumbered(relations, order)
    own = Chance(seed, "retakes", attempt)
    again = choose_retakes(images, pairs, copies, retakes, own)
    unseen = _choose_without_embedding(images, figures, Chance(seed, "embedding", attempt))
    return Roster(images, pairs, copies, again, unseen)


def _choose_without_embedding(
    images: Sequence[RealImage], figures: Figures, chance: Chance
) -> tuple[int, ...]:
    """Images in which no face was found: each is a subject of its own, for want of evidence."""
    many = Counter(image.subject for image in images)
    alone = chance.shuffled([i for i, image in enumerate(images) if many[image.subject] == 1])
    chosen: list[int] = []
    for grade, wanted in enumerate(figures.without_embedding):
        chosen += [i for i in alone if images[i].grade == grade][:wanted]
    return tuple(sorted(chosen))


def _subject_ids(subject: list[int], names: list[str]) -> dict[int, str]:
    """Identifiers in the order in which the subjects come when the names are sorted as text."""
    ids: dict[int, str] = {}
    for image in sorted(range(len(names)), key=lambda i: names[i]):
        ids.setdefault(subject[image], f"sub_{len(ids):06d}")
    return ids


def _renumbered(
    relations: Relations, order: list[int]
) -> tuple[tuple[Pair, ...], tuple[Copy, ...]]:
    place = {old: new for new, old in enumerate(order)}
    return (
        tuple(
            sorted(
                (
                    Pair(place[p.first], place[p.second], p.counts, p.circles)
                    for p in relations.pairs
                ),
                key=lambda pair: pair.first,
            )
        ),
        tuple(Copy(place[c.image], place[c.original], c.kind, c.ordinal) for c in relations.copies),
    )


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


FOLDS = 5


def draw_folds(
    grades: Sequence[int],
    pairs: Sequence[tuple[int, int]],
    test_images: int,
    straddling: Sequence[int],
    chance: Chance,
) -> list[set[int]]:
    """Test folds of each image.

    Parameters
    ----------
    grades : sequence of int
        Grade per image.
    pairs : sequence of (int, int)
        Byte-identical images, each in one pair at most.
    test_images : int
        Images in every test fold. Five times that is a little more than there are images, so
        that a few stand in two test folds, as in the original.
    straddling : sequence of int
        For each fold, how many pairs have one member in its test part. Their sum is even.

    Returns
    -------
    list of set of int
        Per image the folds, 0 to 4, in whose test part it stands: one, seldom two.
    """
    home: dict[int, int] = {}
    room = [test_images] * FOLDS
    homes = _fold_pairs(straddling, len(pairs))
    for pair, folds in zip(chance.shuffled(pairs), homes, strict=True):
        for image, fold in zip(chance.shuffled(pair), folds, strict=True):
            home[image] = fold
            room[fold] -= 1
    free = [i for i in chance.shuffled(range(len(grades))) if i not in home]
    for image in sorted(free, key=lambda i: grades[i]):
        fold = max(range(FOLDS), key=lambda f: room[f])
        home[image] = fold
        room[fold] -= 1
    folds_of = [{home[image]} for image in range(len(grades))]
    again = iter(chance.shuffled(free))
    for fold in range(FOLDS):
        for _ in range(room[fold]):
            image = next(i for i in again if fold not in folds_of[i])
            folds_of[image].add(fold)
    return folds_of


def _fold_pairs(straddling: Sequence[int], pairs: int) -> list[tuple[int, int]]:
    """Two folds for each pair, so that fold f stands in ``straddling[f]`` unequal ones.

    >>> _fold_pairs((1, 1, 0, 0, 0), 2)
    [(0, 1), (0, 0)]
    """
    left = list(straddling)
    chosen = []
    while any(left):
        first, second = sorted(range(FOLDS), key=lambda f: (-left[f], f))[:2]
        left[first] -= 1
        left[second] -= 1
        chosen.append((first, second))
    same = pairs - len(chosen)
    return chosen + [(fold % FOLDS, fold % FOLDS) for fold in range(same)]
