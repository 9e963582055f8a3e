"""The pages about near-duplicates: what was measured and how, then the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from measuring import Figure, as_table
from near_corpus import Recipe
from near_growth import SIZES, Point, exponent, growth_table
from near_judge import Tally
from near_tables import lookalikes_table, peers_table, recall_table, retake_rate, totals_table

PLOT = "near-growth.svg"
_HEAD = """# Near-duplicates and parents, measured

Written by `python benchmarks/near.py`, everything in one run; how long it takes is told
[on a page of its own](near-speed.md).

Two files may show one photograph although their bytes differ: it was compressed again, resized,
mirrored, turned, cropped, or lesions were painted in. Such files must never stand on two sides of
a split. `acne04 near` finds them, and finds the photograph that each synthetic image was made
from. This page says how often it is right.

**How.** Nobody may pass on the real photographs, and nobody knows all their copies. So corpora are
*drawn* (`acne04 standin`), half faces that are as alike to a perceptual hash as the real ones, and
`truth.json` says which are the same photograph. They have another seed and another style (skin,
light, background, hair, lesions, poses) than the drawings that the method was tuned on; nobody
looked at them while tuning. (Corpora of this style, of other seeds, were looked at in between. The
last change of the method, which tells retakes apart, was set on real photographs; the drawn retakes
came after it, and their skin moves so far that they score as the real ones do, up to .75.) A person
has up to 22 photographs there: those are not the same photograph, and linking them is an error.

- *found*: the copy and its original were accepted as the same photograph, directly (a synthetic
  image and its parent: or another copy of the parent). *in review*: a person is asked. *taken for
  a retake*: said to be another photograph of the person, so that the labels of both stay apart. *in
  one group*: they are connected as copies, if only through another copy.
- *right*: a pair that was accepted and shows one photograph, directly or through the original.
- *95 %*: Wilson's interval of the share. *limit*: what this project promises; rows without are
  shown only.
- *lookalikes*: images that are nearly one photograph and are not, so that linking them is wrong:
  the same person a moment later, in the same light before the same cloth; another person in exactly
  the same pose; and *retakes*: the same person on the same chin rest seconds later, in another
  light, the skin moved by 2 to 5 pixels of 1,024, as they are and altered.
- *caption bar*: 5 to 8 % of the height, white with text, at the top or the bottom. *watermark*:
  text across the picture, 25 to 40 % opaque, five heights of a letter from line to line; *dense*:
  35 to 50 %, three heights. *screenshot*: a phone's status and navigation bars around the picture,
  all resized and compressed.

{machine}
"""
_SPEED_HEAD = """# Near-duplicates and parents: time and growth

Written by `python benchmarks/near.py --only speed`, everything in one run. How often it is right
is told [on a page of its own](near-duplicates.md).

{machine}
"""


@dataclass(frozen=True)
class Judged:
    """A corpus with all methods: `tallies` begins with our own; a text says why one did not run."""

    recipe: Recipe
    images: int
    threshold: str
    tallies: Mapping[str, Tally | str]


def quality_page(machine: str, judged: Sequence[Judged]) -> str:
    """Markdown of the page that says how often it is right."""
    parts = [_HEAD.format(machine=machine)]
    for corpus in judged:
        own = next(iter(corpus.tallies.values()))
        parts.append(f"## {corpus.recipe.name}\n\n{_described(corpus)}\n")
        if isinstance(own, str):
            parts.append(f"`acne04 near`: {own}\n")
        else:
            parts += [
                retake_rate(own),
                recall_table(own),
                lookalikes_table(own),
                totals_table(own),
                _groups(own),
            ]
        parts.append(f"### Other methods on the same images\n\n{peers_table(corpus.tallies)}")
    return "\n".join(parts)


def speed_page(machine: str, times: Sequence[Figure], points: Sequence[Point]) -> str:
    """Markdown of the page that says how long it takes."""
    parts = [_SPEED_HEAD.format(machine=machine), f"## Time\n\n{as_table(times)}"]
    if len(points) > 1:
        parts.append(_growth(points))
    return "\n".join(parts)


def _described(corpus: Judged) -> str:
    recipe = corpus.recipe
    seeds = " and ".join(map(str, recipe.seeds))
    return (
        f"{corpus.images:,} images; seed {seeds}, style “{recipe.style}”, sides divided by "
        f"{recipe.scale}. {corpus.threshold}\n"
    )


def _groups(tally: Tally) -> str:
    return (
        f"Wrong pairs that a person is asked about: {tally.wrong_review}. Largest group linked by "
        f"near-duplicates and parents: {tally.largest} of {tally.contents:,} different images.\n"
    )


def _growth(points: Sequence[Point]) -> str:
    largest = points[-1].images
    beyond = [f"{size:,}" for size in SIZES if size > largest >= SIZES[0]]
    left_out = f"\nNot measured, for it would take too long: {', '.join(beyond)} images.\n"
    return (
        "## Growth\n\nParts of one large corpus, whole persons with all their copies, nothing "
        f"known before. CPU seconds grow with the power {exponent(points):.2f} of the number of "
        f"images.\n\n![Seconds over images, both logarithmic]({PLOT})\n\n{growth_table(points)}"
        f"{left_out if beyond else ''}"
    )
