"""Who is depicted on which images, and which images show the same photograph.

Images are numbers here, in the order of their subjects; names come last (`roster`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from acne04_standin.chance import Chance
from acne04_standin.figures import Figures
from acne04_standin.variants import KINDS


class NoPlanError(Exception):
    """A draw that leads nowhere; the next one may. Never shown to a user as it is."""


def subject_grades(figures: Figures, chance: Chance) -> list[list[int]]:
    """Draw the grades of each subject's images.

    Returns
    -------
    list of list of int
        One entry per subject, in any order, one grade per image. Subjects of one grade and of
        several are those of `figures`, and so are the totals.

    Raises
    ------
    NoPlanError
        If the draw cannot be completed.
    """
    pure = [
        [grade] * size
        for grade, sizes in enumerate(figures.pure_subjects)
        for size, many in sizes.items()
        for _ in range(many)
    ]
    left = [n - many for n, many in zip(figures.grades, _by_grade(pure), strict=True)]
    return chance.shuffled([*pure, *_mixed_subjects(figures, left, chance)])


def _by_grade(subjects: list[list[int]]) -> list[int]:
    return [sum(grades.count(grade) for grades in subjects) for grade in range(4)]


def _mixed_subjects(figures: Figures, wanted: list[int], chance: Chance) -> list[list[int]]:
    """Subjects of several grades that have `wanted` images of each grade in all.

    Rare grades are dealt out first: what they leave open falls to each subject's lowest grade.
    """
    kinds = [
        (grades, size)
        for grades, sizes in figures.mixed_subjects.items()
        for size, many in sizes.items()
        for _ in range(many)
    ]
    subjects = [list(grades) for grades, _ in kinds]
    for grade in range(3, -1, -1):
        for subject, (grades, size) in zip(subjects, kinds, strict=True):
            if grade == grades[0]:
                subject += [grade] * (size - len(subject))
        for _ in range(wanted[grade] - _by_grade(subjects)[grade]):
            free = [
                place
                for place, (grades, size) in enumerate(kinds)
                if grade in grades[1:]
                and subjects[place].count(grade) < figures.most_of_subject[grade]
                for _ in range(size - len(subjects[place]))
            ]
            if not free:
                raise NoPlanError("no subject of several grades has room for a grade")
            subjects[chance.pick(free)].append(grade)
    most = figures.most_of_subject
    if _by_grade(subjects) != wanted or any(s.count(g) > most[g] for s in subjects for g in s):
        raise NoPlanError("the subjects of several grades cannot have so many of each")
    return subjects


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


#: Kinds of near-duplicate that keep the frame and every position: both members annotated, they
#: would be echo pairs beyond the known ones, so that the copy is never annotated.
SAME_PLACE = frozenset({"re-encoded", "brightness"})
#: Kinds of which copies may be annotated once those outside v2 are used up: the frame stays and
#: every lesion moves by more than an echo allows.
MOVED = frozenset(
    {"mirrored", "turned-2", "crop-5-centre", "crop-10-centre"}
    | {f"crop-{percent}-corner" for percent in (2, 5, 10)}
)

#: An original is shared only where fresh ones have run out.
COPIES_PER_ORIGINAL = 3


@dataclass(frozen=True)
class Pair:
    """Two names of the same bytes.

    Attributes
    ----------
    first, second : int
        Images.
    counts : str
        How their lesion counts relate: ``low`` (5 against 6), ``high`` (20 against 21), ``count``
        (other counts of one grade) or ``equal``.
    circles : str
        How v2 knows them: ``echo``, ``faint`` (three circles coincide), ``few`` (too few to
        tell) or ``half`` (`second` is not annotated).
    """

    first: int
    second: int
    counts: str
    circles: str


@dataclass(frozen=True)
class Copy:
    """A near-duplicate: `image` is made from `original` by the kind's `ordinal`-th variant."""

    image: int
    original: int
    kind: str
    ordinal: int


@dataclass
class Relations:
    """What is related to what; filled step by step by `relate`."""

    subject: list[int]
    grade: list[int]
    annotated: list[bool]
    pairs: list[Pair] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    first_image: int = -1

    def related(self) -> set[int]:
        """Images that are in some relation."""
        return (
            {image for pair in self.pairs for image in (pair.first, pair.second)}
            | {image for copy in self.copies for image in (copy.image, copy.original)}
            | {self.first_image}
        )


class _Slots:
    """Images not yet used, by subject and grade."""

    def __init__(self, subject: list[int], grade: list[int]) -> None:
        self.free: dict[tuple[int, int], list[int]] = {}
        for image, key in enumerate(zip(subject, grade, strict=True)):
            self.free.setdefault(key, []).append(image)

    def take(self, subject: int, grade: int) -> int:
        return self.free[subject, grade].pop()

    def subjects(self, *grades: int) -> list[int]:
        """Subjects with a free image of each of `grades` (two equal ones need two)."""
        wanted = {grade: grades.count(grade) for grade in grades}
        everyone = sorted({subject for subject, _ in self.free})
        return [
            s
            for s in everyone
            if all(len(self.free.get((s, g), ())) >= n for g, n in wanted.items())
        ]


def relate(
    subjects: list[list[int]], figures: Figures, near_duplicates: int, chance: Chance
) -> Relations:
    """Draw pairs, near-duplicates and the members of v2.

    Raises
    ------
    NoPlanError
        If the subjects drawn leave no room.
    """
    subject = [s for s, grades in enumerate(subjects) for _ in grades]
    grade = [g for grades in subjects for g in grades]
    relations = Relations(subject, grade, [True] * len(grade))
    slots = _Slots(subject, grade)
    outside = [
        all_ - inside for all_, inside in zip(figures.grades, figures.annotated, strict=True)
    ]
    outside[0] -= 1  # kept for the first image, which v2 does not know
    _draw_pairs(relations, slots, outside, figures, chance)
    _draw_copies(relations, slots, outside, figures, near_duplicates, chance)
    outside[0] += 1
    rest = chance.shuffled([i for images in slots.free.values() for i in images])
    for image in rest:
        if outside[grade[image]] > 0:
            relations.annotated[image] = False
            outside[grade[image]] -= 1
            if grade[image] == 0 and relations.first_image < 0:
                relations.first_image = image
    if any(outside) or relations.first_image < 0:
        raise NoPlanError("too few images are left to be outside v2")
    return relations


def _pair_plan(figures: Figures) -> list[tuple[str, str]]:
    """Counts and circles of every pair, those that leave least choice first."""
    half = figures.pairs_half
    equal = ["half"] * (half - half // 2 if figures.pairs_high > 1 else 0)
    high = ["half"] * (half - len(equal))
    equal += ["few"] * figures.pairs_few + ["faint"] * figures.pairs_faint
    return [
        *(("high", high[i] if i < len(high) else "echo") for i in range(figures.pairs_high)),
        *(("low", "echo") for _ in range(figures.pairs_low)),
        *(("equal", equal[i] if i < len(equal) else "echo") for i in range(figures.pairs_equal)),
        *(("count", "echo") for _ in range(figures.pairs_count)),
    ]


def _draw_pairs(
    relations: Relations, slots: _Slots, outside: list[int], figures: Figures, chance: Chance
) -> None:
    for counts, circles in _pair_plan(figures):
        if counts in ("low", "high"):
            grades = (0, 1) if counts == "low" else (1, 2)
        elif circles in ("few", "faint"):
            grades = (0, 0)
        else:
            grades = chance.pick([(0, 0), (1, 1), (1, 1), (2, 2)])
        subject = _one_of(slots.subjects(*grades), chance)
        first, second = (slots.take(subject, g) for g in grades)
        if circles == "half":
            relations.annotated[second] = False
            outside[grades[1]] -= 1
        relations.pairs.append(Pair(first, second, counts, circles))


def _draw_copies(
    relations: Relations,
    slots: _Slots,
    outside: list[int],
    figures: Figures,
    near_duplicates: int,
    chance: Chance,
) -> None:
    used: dict[int, int] = {}
    for ordinal in range(near_duplicates):
        for number, kind in enumerate(KINDS):
            annotated = ordinal > 0 and kind in MOVED
            wanted = [(number + step) % 4 for step in range(4)]
            if annotated:
                wanted = chance.shuffled((0, 1))
            elif ordinal > 0:
                wanted = sorted(range(3), key=lambda g: -outside[g])
            grades = [g for g in wanted if annotated or outside[g] > 0]
            most = 0 if annotated else COPIES_PER_ORIGINAL
            original, image = _original_and_copy(relations, slots, grades, used, most, chance)
            used[original] = used.get(original, 0) + 1
            if not annotated:
                relations.annotated[image] = False
                outside[relations.grade[image]] -= 1
            relations.copies.append(Copy(image, original, kind, ordinal))


def _original_and_copy(
    relations: Relations,
    slots: _Slots,
    grades: list[int],
    used: dict[int, int],
    most: int,
    chance: Chance,
) -> tuple[int, int]:
    """An original that is annotated and a free image for its copy, of one of `grades`."""
    for grade in grades:
        twos = slots.subjects(grade, grade)
        if twos:
            subject = chance.pick(twos)
            return slots.take(subject, grade), slots.take(subject, grade)
        ones = set(slots.subjects(grade))
        again = [
            i
            for i, many in sorted(used.items())
            if many < most and relations.grade[i] == grade and relations.subject[i] in ones
        ]
        if again:
            original = chance.pick(again)
            return original, slots.take(relations.subject[original], grade)
    raise NoPlanError("no subject has room for a near-duplicate")


def _one_of(subjects: Iterable[int], chance: Chance) -> int:
    candidates = list(subjects)
    if not candidates:
        raise NoPlanError("no subject has room for a byte-identical pair")
    return chance.pick(candidates)
