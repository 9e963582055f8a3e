"""Plans a whole upstream: everything that is decided before anything is drawn."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import partial

from acne04.core.errors import UsageError
from acne04.core.parameters import described, read_flags
from acne04_standin.chance import Chance
from acne04_standin.edits import Collision, Synthetic, plan_synthetic
from acne04_standin.figures import FIRST_NAME, FULL, SMALL, Figures
from acne04_standin.jobs import CopyFile, EditFile, Job, RetakeFile
from acne04_standin.looks import STYLES
from acne04_standin.photographs import Photograph, Studio, plan_photographs
from acne04_standin.roster import Roster, draw_roster

#: Where `params.yaml` and its schema speak of the stand-in: ranges and defaults stand there.
SECTION = "standin"
#: Where the real images wait before they go into their archive.
IMAGES = "Classification/JPEGImages"
_FIGURES = {1: FULL, 32: SMALL}
_CAMERAS = (("Stand-in Optics", "Easel 100"), ("Stand-in Optics", "Easel 200"), ("acne04", "Pad"))


def _default(name: str) -> int:
    return int(described(SECTION)[name]["default"])


@dataclass(frozen=True)
class Parameters:
    """What an upstream is made from: each changes its bytes, nothing else does.

    Attributes
    ----------
    scale : int
        Real pixels per drawn pixel along each side.
    fraction : int
        1 for all images, 32 for a thirty-second of them.
    near_duplicates : int
        Near-duplicates of each kind.
    retakes : int
        Retakes among all images; of a fraction of these, that fraction of them, rounded up.
    seed : int
        Another one draws another corpus with the same figures.
    style : str
        A key of `STYLES`: how everything looks.
    """

    scale: int = field(default_factory=partial(_default, "scale"))
    fraction: int = field(default_factory=partial(_default, "fraction"))
    near_duplicates: int = field(default_factory=partial(_default, "near_duplicates"))
    retakes: int = field(default_factory=partial(_default, "retakes"))
    seed: int = field(default_factory=partial(_default, "seed"))
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
    read_flags(asdict(parameters), SECTION)
    check_style(parameters.style)
    figures, seed = _FIGURES[parameters.fraction], parameters.seed
    retakes = -(-parameters.retakes // parameters.fraction)
    roster = draw_roster(figures, parameters.near_duplicates, retakes, seed)
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
    retakes: dict[int, list[RetakeFile]] = {}
    for retake in corpus.roster.retakes:
        path = f"{IMAGES}/{images[retake.image].name}"
        again = RetakeFile(path, retake.image, corpus.studio.motions[retake.image])
        retakes.setdefault(retake.original, []).append(again)
    edits: dict[int, list[EditFile]] = {}
    for edit in corpus.synthetic:
        path = f"ACNEDIT/{edit.folder}/{edit.name}"
        edits.setdefault(edit.parent, []).append(EditFile(path, edit.lesions, edit.quality))
    return [
        _job(
            corpus,
            photograph,
            copies.get(photograph.image, []),
            retakes.get(photograph.image, []),
            edits.get(photograph.image, []),
        )
        for photograph in corpus.studio.photographs
    ]


def _job(
    corpus: Corpus,
    photograph: Photograph,
    copies: list[CopyFile],
    retakes: list[RetakeFile],
    edits: list[EditFile],
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
        retakes=tuple(retakes),
        edits=tuple(edits),
    )


def _choose_lying(
    roster: Roster, photographs: dict[int, Photograph], figures: Figures, chance: Chance
) -> frozenset[int]:
    """Photographs that v2 does not know (its coordinates would need a convention), unrelated."""
    related = {copy.original for copy in roster.copies} | {pair.first for pair in roster.pairs}
    suitable = [
        image
        for image in sorted({*photographs, *roster.in_retakes})
        if roster.images[image].circles is None
        and image not in related
        and roster.images[image].name != FIRST_NAME
    ]
    # Set aside after the shuffle, so that retakes change nothing else.
    chosen = [i for i in chance.shuffled(suitable) if i not in roster.in_retakes]
    return frozenset(chosen[: figures.upright_by_exif])


def check_style(style: str) -> None:
    """Refuse a style that does not exist.

    Raises
    ------
    UsageError
        With those that do.
    """
    if style not in STYLES:
        known = " or ".join(STYLES)
        raise UsageError(
            "--style",
            "the value is out of range",
            expected=known,
            found=style,
            done="nothing has been written",
            remedy=f"give --style a value of {known}",
        )
