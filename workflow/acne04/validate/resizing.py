"""Photographs that somebody resized: one problem of the delivery, and the factors of its images."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from acne04.core.findings import Finding
from acne04.core.orientation import TURNED_SIDEWAYS, Size, stored_size
from acne04.core.review import ReviewItem
from acne04.relations.catalogue import DECISION_IMPOSSIBLE
from acne04.relations.decisions import Decision, applied
from acne04.validate import catalogue
from acne04.validate.problems import PlacedProblem, printable

#: Kind of the question and of the decision, and the answer that takes the circles along.
KIND, SCALE = "resized", "scale"
#: Images that make a family, or so many percent of all where that is fewer; one alone never does.
LEAST_IMAGES, LEAST_PERCENT, NEVER_ALONE = 10, 5, 2
#: Pairs of factors that a finding names; images that it gives as examples.
NAMED_FACTORS, EXAMPLES = 5, 3


@dataclass(frozen=True)
class Resized:
    """An image whose photograph is of another size than its record states.

    Attributes
    ----------
    position : int
        Position in the array of images.
    name : str
        File name.
    stated, here : tuple of float
        Width and height (px) that the record states, and that the photograph has, upright.
    orientation : int
        EXIF orientation of the photograph.
    turn : int
        EXIF orientation by which the frame of the circles becomes the upright one.
    """

    position: int
    name: str
    stated: Size
    here: Size
    orientation: int
    turn: int

    @classmethod
    def of(cls, position: int, name: str, stated: Size, here: Size, orientation: int) -> Resized:
        """Tell by the aspect in which frame the circles were taken; upright where it tells not."""
        stored = stored_size(here, orientation)
        as_stored = _keeps_aspect(stated, stored) and not _keeps_aspect(stated, here)
        return cls(position, name, stated, here, orientation, orientation if as_stored else 1)

    @property
    def size_in_frame(self) -> Size:
        """Size (px) of the photograph in the frame of the circles."""
        return stored_size(self.here, self.turn)

    @property
    def factors(self) -> tuple[float, float]:
        """What width and height were multiplied by."""
        width, height = self.size_in_frame
        return width / self.stated[0], height / self.stated[1]

    @property
    def keeps_aspect(self) -> bool:
        """Whether both factors are one, but for rounding to whole pixels."""
        return _keeps_aspect(self.stated, self.size_in_frame)

    @property
    def is_turned(self) -> bool:
        """Whether it rather was turned for good: then no factor by axis explains it."""
        return not self.keeps_aspect and _keeps_aspect(self.stated, self.size_in_frame[::-1])

    @property
    def is_uncertain(self) -> bool:
        """Whether nothing tells if the circles are of the stored or of the upright frame."""
        if self.orientation == 1 or self.turn != 1:
            return False
        return (
            self.orientation not in TURNED_SIDEWAYS
            or not self.keeps_aspect
            or (_keeps_aspect(self.stated, stored_size(self.here, self.orientation)))
        )


@dataclass(frozen=True)
class Resizing:
    """The images of a delivery that were resized.

    Attributes
    ----------
    images : list of Resized
        In the order of the file.
    total : int
        Images of the file.
    """

    images: list[Resized]
    total: int

    @property
    def target(self) -> str:
        """What a decision is bound to, besides the annotation file: names and sizes of them all."""
        lines = sorted(
            f"{image.name}\0{image.stated}\0{image.here}\0{image.orientation}\n"
            for image in self.images
        )
        digest = hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
        return f"sizes {digest[:16]}"

    def in_words(self) -> str:
        """Say how many images were resized by which factors, the most frequent first."""
        times = Counter(image.factors for image in self.images)
        ordered = sorted(times.items(), key=lambda item: (-item[1], item[0]))
        named = [f"{n:,} by ({x:.4g}, {y:.4g})" for (x, y), n in ordered[:NAMED_FACTORS]]
        rest = ordered[NAMED_FACTORS:]
        if rest:
            named.append(f"{sum(n for _, n in rest):,} by {len(rest)} other pairs of factors")
        return ", ".join(named)


def family(differing: Sequence[Resized], total: int) -> Resizing | None:
    """Find the images that were resized, where they are so many that it is one problem.

    An image counts that keeps its aspect, or shares its factors or its size with another: whoever
    resizes a folder does to all of it the same. One that was turned does not.

    Parameters
    ----------
    differing : sequence of Resized
        Images whose photographs are of another size.
    total : int
        Images of the file.
    """
    candidates = [image for image in differing if not image.is_turned]
    factors = Counter(image.factors for image in candidates)
    sizes = Counter(image.here for image in candidates)
    resized = [
        image
        for image in candidates
        if image.keeps_aspect or factors[image.factors] > 1 or sizes[image.here] > 1
    ]
    least = max(NEVER_ALONE, min(LEAST_IMAGES, ceil(total * LEAST_PERCENT / 100)))
    return Resizing(resized, total) if len(resized) >= least else None


def resizing_problems(resizing: Resizing | None) -> list[PlacedProblem]:
    """Accuse the record of each image; the words stand in `delivery_finding`, once for all."""
    images = resizing.images if resizing else []
    kind = catalogue.PHOTOGRAPHS_RESIZED
    return [PlacedProblem(kind, ("images", image.position)) for image in images]


def is_scaled(resizing: Resizing | None, decisions: Sequence[Decision]) -> bool:
    """Tell whether somebody decided that the circles of exactly these images are scaled."""
    return resizing is not None and any(
        given.decision == SCALE and given.target == resizing.target for given in decisions
    )


def delivery_finding(resizing: Resizing, name: str, line: int, done: str) -> Finding:
    """Say once what happened to all of the images.

    Parameters
    ----------
    resizing : Resizing
        The images.
    name : str
        What findings call the annotation file.
    line : int
        Where its images begin.
    done : str
        What was done about it.
    """
    images = resizing.images
    examples = "; ".join(_example(image) for image in images[:EXAMPLES])
    return catalogue.PHOTOGRAPHS_RESIZED.at(
        name,
        "/images",
        line,
        found=f"{len(images):,} of {resizing.total:,} images are of another size, as if resized: "
        f"{resizing.in_words()}; for example {examples}",
        done=done,
        count=len(images),
    )


def image_findings(
    resizing: Resizing, name: str, lines: dict[int, int], done: str
) -> Iterator[Finding]:
    """Give the images one by one, for the list; `lines` are those of their records by position."""
    for image in resizing.images:
        x, y = image.factors
        yield catalogue.PHOTOGRAPHS_RESIZED.at(
            name,
            f"/images/{image.position}",
            lines[image.position],
            found=f"{_example(image)}: by ({x:.6g}, {y:.6g})",
            done=done,
        )


def resizing_questions(
    resizing: Resizing | None, decisions: Sequence[Decision], sha256: str, place: str
) -> Iterator[ReviewItem]:
    """Ask once what is to become of the circles, unless somebody has decided.

    Parameters
    ----------
    resizing : Resizing or None
        The images.
    decisions : sequence of Decision
        Decisions of this kind on the annotation file.
    sha256, place : str
        Its digest, and its path below data/raw.
    """
    if resizing is None or any(given.target == resizing.target for given in decisions):
        return
    yield ReviewItem(
        kind=KIND,
        subject=sha256,
        path=place,
        target=resizing.target,
        question=f"The photographs of {len(resizing.images):,} annotated images were resized: are "
        "their circles scaled with them?",
        evidence=f"{resizing.in_words()}; listed in problems.csv",
        options=(SCALE, "quarantine"),
        default="images and circles are left out of the tables, kept in quarantine",
    )


def resizing_findings(
    resizing: Resizing | None, decisions: Sequence[Decision], name: str, file: str
) -> Iterator[Finding]:
    """Report each decision of this kind: applied, or impossible.

    Parameters
    ----------
    resizing : Resizing or None
        The images.
    decisions : sequence of Decision
        Decisions of this kind on these bytes.
    name, file : str
        What findings call the annotation file and the decisions file.
    """
    for given in decisions:
        if resizing is None or given.target != resizing.target:
            here = f"those of {resizing.target}" if resizing else "no resized photographs"
            yield DECISION_IMPOSSIBLE.at(
                file,
                line=given.line,
                expected=f"photographs of the sizes that were decided on ({given.target})",
                found=f"{here} for {name}",
                done="not applied: the safe default holds",
            )
            continue
        found = f"{len(resizing.images):,} resized photographs of {name} ({resizing.in_words()})"
        done = "applied: left out of the tables, as decided; no question is left"
        if given.decision == SCALE:
            done = "applied: their circles are scaled by axis (photo_x to photo_radius_y)"
        yield applied(given, file, found, done)


def _example(image: Resized) -> str:
    stated, here = (f"{size[0]:.0f}×{size[1]:.0f}" for size in (image.stated, image.here))
    return f"{printable(image.name)}, stated {stated}, here {here}"


def _keeps_aspect(one: Size, other: Size) -> bool:
    """Tell whether two sizes are of one aspect, but for rounding to whole pixels.

    >>> _keeps_aspect((3112, 3456), (922, 1024)), _keeps_aspect((3112, 3456), (1024, 1024))
    (True, False)
    """
    return abs(other[0] * one[1] - other[1] * one[0]) <= max(one)
