"""Decides who is who among the real images: names, grades, counts, subjects, folds, sizes."""

from __future__ import annotations

from dataclasses import dataclass

from acne04.core.errors import UsageError
from acne04_standin.box_counts import draw_box_counts
from acne04_standin.chance import Chance
from acne04_standin.circle_counts import draw_circle_counts
from acne04_standin.figures import Figures, Size
from acne04_standin.folds import draw_folds
from acne04_standin.names import choose_broken_image, draw_names, number_of
from acne04_standin.relations import Copy, Pair, Relations, relate
from acne04_standin.sizes import draw_sizes
from acne04_standin.subjects import NoPlanError, split_subjects, subject_grades

#: Draws before giving up. Nearly every one of the full corpus succeeds, one in fifteen of the
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

    `pairs` and `copies` speak of images by their place in `images`.
    """

    images: tuple[RealImage, ...]
    pairs: tuple[Pair, ...]
    copies: tuple[Copy, ...]


def draw_roster(figures: Figures, near_duplicates: int, seed: int) -> Roster:
    """Draw the real images so that all of `figures` hold together.

    Raises
    ------
    UsageError
        If so many near-duplicates of each kind do not fit.
    """
    for attempt in range(ATTEMPTS):
        try:
            return _attempt(figures, near_duplicates, Chance(seed, "roster", attempt))
        except NoPlanError:
            continue
    raise UsageError(
        "--near-duplicates",
        "so many near-duplicates do not fit beside the other figures",
        expected="1 to 25 of each kind (fraction 1), 1 (fraction 32)",
        found=str(near_duplicates),
        done="nothing has been written",
        remedy="ask for fewer",
    )


def _attempt(figures: Figures, near_duplicates: int, chance: Chance) -> Roster:
    subjects = subject_grades(figures, chance)
    parts = split_subjects([len(grades) for grades in subjects], figures, chance)
    relations = relate(subjects, figures, near_duplicates, chance)
    sizes = draw_sizes(relations, figures, chance)
    broken = choose_broken_image(relations, sizes, chance)
    circles = draw_circle_counts(relations, sizes, broken, figures, chance)
    boxes = draw_box_counts(relations, circles, figures, chance)
    names = draw_names(relations, broken, figures, chance)
    pairs = [(pair.first, pair.second) for pair in relations.pairs]
    folds = draw_folds(relations.grade, pairs, figures.fold_test, figures.straddling, chance)
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
    return _renumbered(images, relations, order)


def _subject_ids(subject: list[int], names: list[str]) -> dict[int, str]:
    """Identifiers in the order in which the subjects come when the names are sorted as text."""
    ids: dict[int, str] = {}
    for image in sorted(range(len(names)), key=lambda i: names[i]):
        ids.setdefault(subject[image], f"sub_{len(ids):06d}")
    return ids


def _renumbered(images: tuple[RealImage, ...], relations: Relations, order: list[int]) -> Roster:
    place = {old: new for new, old in enumerate(order)}
    return Roster(
        images,
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
