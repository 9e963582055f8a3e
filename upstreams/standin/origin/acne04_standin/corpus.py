"""Plans a whole upstream: everything that is decided before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from acne04.core.errors import UsageError
from acne04_standin.chance import Chance
from acne04_standin.figures import FIRST_NAME, FULL, SMALL, Figures
from acne04_standin.jobs import CopyFile, EditFile, Job
from acne04_standin.photographs import Photograph, Studio, plan_photographs
from acne04_standin.roster import Roster, draw_roster
from acne04_standin.style import STYLES
from acne04_standin.synthetic import Collision, Synthetic, plan_synthetic

#: Where the real images wait before they go into their archive.
IMAGES = "Classification/JPEGImages"
_FIGURES = {1: FULL, 32: SMALL}
_MOST_SCALE = 16
_CAMERAS = (("Stand-in Optics", "Easel 100"), ("Stand-in Optics", "Easel 200"), ("acne04", "Pad"))


@dataclass(frozen=True)
class Parameters:
    """What an upstream is made from: each changes its bytes, nothing else does.

    Attributes
    ----------
    scale : int
        Real pixels per drawn pixel along each side, 1 to 16.
    fraction : int
        1 for all images, 32 for a thirty-second of them.
    near_duplicates : int
        Near-duplicates of each kind.
    seed : int
        Another one draws another corpus with the same figures.
    style : str
        A key of `STYLES`: how everything looks.
    """

    scale: int = 8
    fraction: int = 1
    near_duplicates: int = 1
    seed: int = 0
    style: str = "default"


@dataclass(frozen=True)
class Corpus:
    """A planned upstream."""

    parameters: Parameters
    figures: Figures
    roster: Roster
    studio: Studio
    synthetic: tuple[Synthetic, ...]
    collisions: tuple[Collision, ...]
    lying: frozenset[int]


def plan(parameters: Parameters) -> Corpus:
    """Decide everything about an upstream.

    Raises
    ------
    UsageError
        If a parameter is out of range.
    """
    _check(parameters)
    figures, seed = _FIGURES[parameters.fraction], parameters.seed
    roster = draw_roster(figures, parameters.near_duplicates, seed)
    studio = plan_photographs(roster, figures, parameters.scale, seed, STYLES[parameters.style])
    photographs = {photograph.image: photograph for photograph in studio.photographs}
    synthetic, collisions = plan_synthetic(roster, photographs, figures, seed)
    return Corpus(
        parameters,
        figures,
        roster,
        studio,
        tuple(synthetic),
        tuple(collisions),
        _choose_lying(roster, photographs, figures, Chance(seed, "lying")),
    )


def jobs(corpus: Corpus) -> list[Job]:
    """What has to be drawn, one job per photograph."""
    images, frames = corpus.roster.images, corpus.studio.frames
    copies: dict[int, list[CopyFile]] = {}
    for copy in corpus.roster.copies:
        path = f"{IMAGES}/{images[copy.image].name}"
        made = CopyFile(path, copy.kind, copy.ordinal, frames[copy.image])
        copies.setdefault(copy.original, []).append(made)
    edits: dict[int, list[EditFile]] = {}
    for edit in corpus.synthetic:
        path = f"ACNEDIT/{edit.folder}/{edit.name}"
        edits.setdefault(edit.parent, []).append(EditFile(path, edit.lesions, edit.quality))
    return [
        _job(corpus, photograph, copies.get(photograph.image, []), edits.get(photograph.image, []))
        for photograph in corpus.studio.photographs
    ]


def _job(
    corpus: Corpus, photograph: Photograph, copies: list[CopyFile], edits: list[EditFile]
) -> Job:
    image = corpus.roster.images[photograph.image]
    chance = Chance(corpus.parameters.seed, "camera", photograph.image)
    return Job(
        path=f"{IMAGES}/{image.name}",
        subject=image.subject,
        image=photograph.image,
        seed=corpus.parameters.seed,
        style=STYLES[corpus.parameters.style],
        pose=photograph.pose,
        lesions=photograph.lesions,
        quality=chance.between(86, 95),
        camera=chance.pick(_CAMERAS) if chance.below(3) == 0 else None,
        lying=photograph.image in corpus.lying,
        copies=tuple(copies),
        edits=tuple(edits),
    )


def _choose_lying(
    roster: Roster, photographs: dict[int, Photograph], figures: Figures, chance: Chance
) -> frozenset[int]:
    """Photographs that v2 does not know (its coordinates would need a convention), unrelated."""
    related = {copy.original for copy in roster.copies} | {pair.first for pair in roster.pairs}
    suitable = [
        image
        for image in sorted(photographs)
        if roster.images[image].circles is None
        and image not in related
        and roster.images[image].name != FIRST_NAME
    ]
    return frozenset(chance.shuffled(suitable)[: figures.upright_by_exif])


def _check(parameters: Parameters) -> None:
    ranges: dict[str, tuple[object, tuple[object, ...], str]] = {
        "--scale": (parameters.scale, tuple(range(1, _MOST_SCALE + 1)), f"1 to {_MOST_SCALE}"),
        "--fraction": (parameters.fraction, tuple(_FIGURES), "1 or 32"),
        "--near-duplicates": (parameters.near_duplicates, tuple(range(1, 26)), "1 to 25"),
        "--style": (parameters.style, tuple(STYLES), " or ".join(STYLES)),
    }
    for option, (value, allowed, text) in ranges.items():
        if value not in allowed:
            raise UsageError(
                option,
                "the value is out of range",
                expected=text,
                found=str(value),
                done="nothing has been written",
                remedy=f"give {option} a value of {text}",
            )
