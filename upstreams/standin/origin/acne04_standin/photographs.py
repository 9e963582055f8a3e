"""Plans every photograph: pose, lesions, and which of them each image's annotations name.

Two images of one size echo each other if at least 60 % of the smaller set of circles, and at
least three, lie within 15 real pixels of a circle of the other (matched one to one): the rule by
which annotations betray duplicates. Lesions are drawn anew until only the wanted pairs do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from acne04_standin.canvas import Pose, draw_pose
from acne04_standin.chance import Chance
from acne04_standin.figures import BROKEN_NAME, ECHO_REAL_PIXELS, PORTRAIT, Figures, Size
from acne04_standin.lesions import Lesion, lay_crossing, lay_lesions
from acne04_standin.looks import Style
from acne04_standin.people import Copy, Pair
from acne04_standin.retakes import Motion, Retake, draw_motion
from acne04_standin.roster import Roster
from acne04_standin.variants import affine

#: Part of the frame, in percent, that an original of near-duplicates keeps free of lesions at
#: each border, so that no crop or turn loses one.
_MARGIN_OF_ORIGINALS = 13
#: The same of a photograph with a retake: head and skin move by less than that.
_MARGIN_OF_RETAKEN = 4
#: Two annotators of one picture set their circles at most so far apart, in real pixels, along x
#: and along y.
_ANNOTATORS_DIFFER = 10


@dataclass(frozen=True)
class Photograph:
    """A picture to draw.

    Attributes
    ----------
    image : int
        Number of the real image that it is first.
    twin : int or None
        Number of the image with the same bytes.
    pose : Pose
        How the face lies in the frame.
    lesions : tuple of Lesion
        All that are drawn.
    """

    image: int
    twin: int | None
    pose: Pose
    lesions: tuple[Lesion, ...]


@dataclass(frozen=True)
class Marks:
    """Annotations of one image: lesions in boxes (v1) and in circles (v2; None: not known)."""

    boxes: tuple[Lesion, ...]
    circles: tuple[Circle, ...] | None


@dataclass(frozen=True)
class Studio:
    """All photographs, the annotations of all images by number, and how retakes moved."""

    photographs: tuple[Photograph, ...]
    marks: Mapping[int, Marks]
    frames: Mapping[int, Size]
    crossing: Mapping[int, int]
    motions: Mapping[int, Motion]


def drawn_size(size: Size, scale: int) -> Size:
    """Real pixels to drawn pixels, rounded, at least 1.

    >>> drawn_size((3112, 3456), 8)
    (389, 432)
    """
    return max(1, (size[0] + scale // 2) // scale), max(1, (size[1] + scale // 2) // scale)


class _Planner:
    def __init__(
        self, roster: Roster, figures: Figures, scale: int, seed: int, style: Style
    ) -> None:
        self.roster, self.scale, self.seed, self.style = roster, scale, seed, style
        self.images = roster.images
        self.frames = {i: drawn_size(image.size, scale) for i, image in enumerate(self.images)}
        self.originals = {copy.original for copy in roster.copies}
        self.crossing = _choose_crossing(roster, figures, Chance(seed, "crossing"))
        self.marks: dict[int, Marks] = {}
        self.motions = {
            retake.image: draw_motion(
                self.frames[retake.image], Chance(seed, "motion", retake.image)
            )
            for retake in roster.retakes
        }

    def pose(self, image: int) -> Pose:
        subject = Chance(self.seed, "habit", self.images[image].subject)
        return draw_pose(self.frames[image], self.style, subject, Chance(self.seed, "pose", image))

    def single(self, image: int, attempt: int) -> Photograph:
        real, pose = self.images[image], self.pose(image)
        chance = Chance(self.seed, "lesions", image, attempt)
        cut = lay_crossing(pose, self.crossing.get(image, 0), self.scale, chance)
        number = real.boxes + real.boxes // 2 if real.circles is None else real.circles
        margin = _MARGIN_OF_ORIGINALS if image in self.originals else 0
        lesions = lay_lesions(pose, number - len(cut), margin, cut, chance) + cut
        circles = None if real.circles is None else _circles(lesions)
        self.marks[image] = Marks(tuple(chance.shuffled(lesions)[: real.boxes]), circles)
        return Photograph(image, None, pose, tuple(lesions))

    def pair(self, pair: Pair, attempt: int) -> Photograph:
        """One picture with two names: two annotators, most of whose circles coincide."""
        first, second = self.images[pair.first], self.images[pair.second]
        pose = self.pose(pair.first)
        chance = Chance(self.seed, "lesions", pair.first, attempt)
        counts = (first.circles or 0, second.circles or 0)
        many, few = max(counts), min(counts)
        shared = _shared(few, pair.circles, chance)
        base = lay_lesions(pose, many, 0, (), chance)
        # What only the other annotator saw lies clear of all that the first one did.
        fence = [replace(lesion, radius=lesion.radius + 16 // self.scale) for lesion in base]
        more = lay_lesions(pose, few - shared, 0, fence, chance)
        missing = max(0, first.boxes - many - len(more), second.boxes - many - len(more))
        spare = lay_lesions(pose, missing, 0, base + more, chance)
        other = [self._again(lesion, chance) for lesion in base[:shared]] + more
        lesions = (*base, *more, *spare)
        views = (base, other) if counts[0] >= counts[1] else (other, base)
        self._mark(pair.first, views[0], lesions, chance)
        self._mark(pair.second, views[1], lesions, chance)
        return Photograph(pair.first, pair.second, pose, lesions)

    def _again(self, lesion: Lesion, chance: Chance) -> Lesion:
        reach = _ANNOTATORS_DIFFER // self.scale
        x, y = lesion.x + chance.between(-reach, reach), lesion.y + chance.between(-reach, reach)
        return replace(lesion, x=x, y=y)

    def _mark(
        self, image: int, seen: list[Lesion], drawn: tuple[Lesion, ...], chance: Chance
    ) -> None:
        real = self.images[image]
        boxes = tuple(chance.shuffled(drawn)[: real.boxes])
        self.marks[image] = Marks(boxes, None if real.circles is None else _circles(seen))

    def copy(self, copy: Copy) -> None:
        """Annotations of a near-duplicate: those of its original, moved with the picture."""
        original, frame = self.frames[copy.original], self.frames[copy.image]
        move = affine(copy.kind, copy.ordinal, original, frame)
        marks = self.marks[copy.original]
        boxes = tuple(
            Lesion(*move.to_copy(lesion.x, lesion.y), move.length(lesion.radius), lesion.kind)
            for lesion in marks.boxes
        )
        circles = _apart(
            (*move.to_copy(x, y), move.length(radius)) for x, y, radius in marks.circles or ()
        )
        known = self.images[copy.image].circles is not None
        self.marks[copy.image] = Marks(boxes, circles if known else None)

    def retake(self, retake: Retake, first: Photograph, attempt: int) -> Photograph:
        """Annotations of a retake, and its original with the lesions that these need.

        Two annotators name some of what both photographs show; the original's names stay.
        """
        real, motion = self.images[retake.image], self.motions[retake.image]
        chance = Chance(self.seed, "retake lesions", retake.image, attempt)
        wanted = max(real.boxes, real.circles or 0)
        shown = _shown(first.lesions, motion)
        spare = lay_lesions(
            first.pose, max(0, wanted - len(shown)), _MARGIN_OF_RETAKEN, first.lesions, chance
        )
        shown = _shown(chance.shuffled([*first.lesions, *spare]), motion)
        boxes = tuple(chance.shuffled(shown)[: real.boxes])
        circles = None if real.circles is None else _apart(_circles(shown[: real.circles]))
        self.marks[retake.image] = Marks(boxes, circles)
        return replace(first, lesions=(*first.lesions, *spare))


def plan_photographs(
    roster: Roster, figures: Figures, scale: int, seed: int, style: Style
) -> Studio:
    """Plan all pictures; lesions are drawn again where two images would echo by accident."""
    planner = _Planner(roster, figures, scale, seed, style)
    derived = {copy.image: copy.original for copy in roster.copies}
    derived |= {retake.image: retake.original for retake in roster.retakes}
    pairs = {pair.first: pair for pair in roster.pairs}
    twins = {pair.second: pair.first for pair in roster.pairs}
    singles = [i for i in range(len(roster.images)) if i not in derived and i not in twins]
    origin = derived | twins
    meant = {
        tuple(sorted((pair.first, pair.second)))
        for pair in roster.pairs
        if pair.circles in ("echo", "faint")
    }
    attempts = dict.fromkeys(singles, 0)
    planned: dict[int, Photograph] = {}
    again = set(singles)
    while again:
        for image in sorted(again):
            planned[image] = (
                planner.pair(pairs[image], attempts[image])
                if image in pairs
                else planner.single(image, attempts[image])
            )
        for copy in roster.copies:
            planner.copy(copy)
        for retake in roster.retakes:
            if retake.original in again:
                first = planned[retake.original]
                planned[retake.original] = planner.retake(retake, first, attempts[retake.original])
        circles = {i: m.circles for i, m in planner.marks.items() if m.circles is not None}
        wrong = possible_echoes(circles, planner.frames, scale) - meant
        again = {
            origin.get(i, i) for i in (min(pair, key=lambda p: len(circles[p])) for pair in wrong)
        }
        for image in again:
            attempts[image] += 1
    return Studio(
        tuple(planned[i] for i in singles),
        planner.marks,
        planner.frames,
        planner.crossing,
        planner.motions,
    )


def _shared(few: int, kind: str, chance: Chance) -> int:
    """Circles that both members of a pair have, out of the `few` of the smaller set."""
    if kind in ("few", "faint"):
        return few
    least = max(5, -(-few * 65 // 100))
    return chance.between(least, few) if few else 0


def _circles(lesions: Iterable[Lesion]) -> tuple[Circle, ...]:
    return tuple((lesion.x, lesion.y, lesion.radius) for lesion in lesions)


def _apart(circles: Iterable[Circle]) -> tuple[Circle, ...]:
    """Circles of which no two have one centre: some may have been rounded to one pixel."""
    found: dict[tuple[int, int], Circle] = {}
    for across, down, radius in circles:
        while (across, down) in found:
            across += 1
        found[across, down] = (across, down, radius)
    return tuple(found.values())


def _shown(lesions: Iterable[Lesion], motion: Motion) -> list[Lesion]:
    """Lesions that a retake shows whole, where it shows them."""
    return [
        lesion
        for lesion in map(motion.moved, lesions)
        if all(
            lesion.radius <= at < side - lesion.radius
            for at, side in zip((lesion.x, lesion.y), motion.frame, strict=True)
        )
    ]


def _choose_crossing(roster: Roster, figures: Figures, chance: Chance) -> dict[int, int]:
    """Images with circles across the border, and how many: unrelated ones of the usual size."""
    related = {image for pair in roster.pairs for image in (pair.first, pair.second)}
    related |= {image for copy in roster.copies for image in (copy.image, copy.original)}
    suitable = [
        i
        for i, image in enumerate(roster.images)
        if (image.circles or 0) >= 8
        and image.size == PORTRAIT
        and i not in related
        and image.name != BROKEN_NAME
    ]
    # Set aside after the shuffle, so that retakes change nothing else.
    chosen = [image for image in chance.shuffled(suitable) if image not in roster.in_retakes]
    one, two = figures.crossing
    return {image: 1 if place < one else 2 for place, image in enumerate(chosen[: one + two])}


Circle = tuple[int, int, int]
LEAST_MATCHES = 3


def possible_echoes(
    circles: Mapping[int, Sequence[Circle]], frames: Mapping[int, Size], scale: int
) -> set[tuple[int, int]]:
    """Pairs of images that may echo each other; none that does is missed.

    Circles are counted that have any circle of the other image near, in both directions; a
    one-to-one matching can only have fewer.

    Parameters
    ----------
    circles : mapping of int to sequence of (x, y, radius)
        Circles of each image, drawn pixels.
    frames : mapping of int to (width, height)
        Drawn pixels.
    scale : int
        Real pixels per drawn pixel.
    """
    cell = -(-ECHO_REAL_PIXELS // scale)
    index: dict[tuple[Size, int, int], list[tuple[int, int, int]]] = {}
    for image, drawn in circles.items():
        for x, y, _ in drawn:
            index.setdefault((frames[image], x // cell, y // cell), []).append((image, x, y))
    near: Counter[tuple[int, int]] = Counter()
    for image, drawn in circles.items():
        for x, y, _ in drawn:
            near.update((image, other) for other in _near(index, frames[image], x, y, cell, scale))
    return {
        (image, other)
        for (image, other), number in near.items()
        if image < other
        and min(number, near[other, image])
        >= least_matches(len(circles[image]), len(circles[other]))
    }


def least_matches(first: int, second: int) -> int:
    """Matches that two sets of such sizes need to echo each other.

    >>> least_matches(4, 100), least_matches(10, 11)
    (3, 6)
    """
    return max(LEAST_MATCHES, -(-min(first, second) * 60 // 100))


def _near(
    index: Mapping[tuple[Size, int, int], list[tuple[int, int, int]]],
    frame: Size,
    x: int,
    y: int,
    cell: int,
    scale: int,
) -> set[int]:
    column, row = x // cell, y // cell
    found = set()
    for across in (column - 1, column, column + 1):
        for down in (row - 1, row, row + 1):
            for image, other_x, other_y in index.get((frame, across, down), ()):
                square = ((other_x - x) ** 2 + (other_y - y) ** 2) * scale * scale
                if square <= ECHO_REAL_PIXELS**2:
                    found.add(image)
    return found
