"""Gives every subject its images' grades, and every subject its part of the published split."""

from __future__ import annotations

from acne04_standin.chance import Chance
from acne04_standin.figures import Figures


class NoPlanError(Exception):
    """A draw that leads nowhere; the next one may. Never shown to a user as it is."""


def subject_grades(figures: Figures, chance: Chance) -> list[list[int]]:
    """Draw the grades of each subject's images.

    Returns
    -------
    list of list of int
        One entry per subject, one grade per image. The sizes are `figures.subject_sizes`, the
        totals `figures.grades`, and exactly ``sum(figures.mixed_neighbours)`` subjects have more
        than one grade, their first two images being of neighbouring ones.

    Raises
    ------
    NoPlanError
        If the draw cannot be completed.
    """
    sizes = chance.shuffled([s for s, many in figures.subject_sizes.items() for _ in range(many)])
    mixed = _choose_mixed(sizes, sum(figures.mixed_neighbours))
    in_mixed = _share_of_mixed(figures, sum(sizes[i] for i in mixed))
    in_pure = [all_ - part for all_, part in zip(figures.grades, in_mixed, strict=True)]
    subjects: list[list[int]] = [[] for _ in sizes]
    for index in sorted(set(range(len(sizes))) - mixed, key=lambda i: -sizes[i]):
        roomy = [g for g in range(4) if in_pure[g] >= sizes[index]]
        if not roomy:
            raise NoPlanError("no grade has room for a subject of one grade")
        grade = chance.pick([g for g in roomy for _ in range(in_pure[g])])
        subjects[index] = [grade] * sizes[index]
        in_pure[grade] -= sizes[index]
    _fill_mixed(subjects, sizes, chance.shuffled(sorted(mixed)), figures, in_mixed, chance)
    return subjects


def _choose_mixed(sizes: list[int], wanted: int) -> set[int]:
    """Subjects of more than one grade: half of them large, a quarter of middle size."""
    large = [i for i, size in enumerate(sizes) if size >= 6][: wanted // 2]
    middle = [i for i, size in enumerate(sizes) if 3 <= size < 6][: wanted // 4]
    small = [i for i, size in enumerate(sizes) if size == 2]
    return {*large, *middle, *small[: wanted - len(large) - len(middle)]}


def _share_of_mixed(figures: Figures, images: int) -> list[int]:
    """Of `images` images in mixed subjects, how many have each grade (in proportion)."""
    total = sum(figures.grades)
    low, middle, high = figures.mixed_neighbours
    least = (low, low + middle, middle + high, high)
    share = [max(n * images // total, m) for n, m in zip(figures.grades, least, strict=True)]
    while (difference := images - sum(share)) != 0:
        step = 1 if difference > 0 else -1
        free = [g for g in range(4) if share[g] + step >= least[g]]
        share[max(free, key=lambda g: (figures.grades[g] - share[g]) * step)] += step
    return share


def _fill_mixed(
    subjects: list[list[int]],
    sizes: list[int],
    mixed: list[int],
    figures: Figures,
    left: list[int],
    chance: Chance,
) -> None:
    lower = [grade for grade, many in enumerate(figures.mixed_neighbours) for _ in range(many)]
    for index, grade in zip(mixed, lower, strict=True):
        subjects[index] = [grade, grade + 1]
        left[grade] -= 1
        left[grade + 1] -= 1
    for index in mixed:
        while len(subjects[index]) < sizes[index]:
            own = [g for g in subjects[index] if left[g] > 0]
            grade = chance.pick(own) if own else max(range(4), key=lambda g: left[g])
            subjects[index].append(grade)
            left[grade] -= 1


def split_subjects(sizes: list[int], figures: Figures, chance: Chance) -> list[str]:
    """Part of the subject-disjoint split for each subject, filling `figures.subject_split`.

    Raises
    ------
    NoPlanError
        If the sizes drawn cannot fill the parts exactly.
    """
    room = dict(figures.subject_split)
    parts = [""] * len(sizes)
    order = chance.shuffled(range(len(sizes)))
    for index in sorted(order, key=lambda i: -sizes[i]):
        part = max(room, key=lambda name: room[name] * 1000 // figures.subject_split[name])
        if room[part] < sizes[index]:
            part = max(room, key=lambda name: room[name])
        if room[part] < sizes[index]:
            raise NoPlanError("the parts of the split cannot be filled exactly")
        parts[index] = part
        room[part] -= sizes[index]
    return parts
