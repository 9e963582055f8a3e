"""Draw a corpus to judge on: stand-ins of some seeds as one, with further copies and lookalikes."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from measuring import CORES, spend
from near_gathered import IMAGES, Gathered, real_name
from near_lookalikes import LOOKALIKES, lookalike
from near_transforms import HARDER, copy_of
from PIL import Image

from acne04_standin.blueprint import Parameters, jobs, plan
from acne04_standin.chance import Chance
from acne04_standin.jobs import Job
from acne04_standin.variants import KINDS

#: The least real side of a photograph of which more is made.
_LEAST_SIDE = 1100


@dataclass(frozen=True)
class Recipe:
    """What a corpus is drawn from.

    Attributes
    ----------
    name : str
        What a reader calls it.
    seeds : tuple of int
        One stand-in each; they share no person.
    scale, fraction, near_duplicates, style
        As of ``acne04 standin``.
    more : int
        Further copies of each kind of the stand-in, and of each harder kind.
    lookalikes : int
        Images of each kind that are nearly the same and are not.
    """

    name: str
    seeds: tuple[int, ...]
    scale: int = 8
    fraction: int = 1
    near_duplicates: int = 1
    style: str = "other"
    more: int = 0
    lookalikes: int = 0

    def parameters(self, seed: int) -> Parameters:
        """Give those of one of its stand-ins."""
        return Parameters(
            scale=self.scale,
            fraction=self.fraction,
            near_duplicates=self.near_duplicates,
            seed=seed,
            style=self.style,
        )


@dataclass(frozen=True)
class Corpus:
    """A corpus on disk: ``raw`` as a run's ``data/raw``, what truth says, what a scan says."""

    recipe: Recipe
    folder: Path

    @property
    def raw(self) -> Path:
        """Folder with the sources' folders."""
        return self.folder / "raw"

    @property
    def truth(self) -> Path:
        """What was planted, in the form of the stand-in's ``truth.json``."""
        return self.folder / "truth.json"

    @property
    def inventory(self) -> Path:
        """Inventory of ``acne04 scan``."""
        return self.folder / "inventory.csv"

    def images(self) -> list[str]:
        """Paths below `raw` of all images, as the inventory has them."""
        with self.inventory.open(encoding="utf-8", newline="") as table:
            return [row["path"] for row in csv.DictReader(table)]


def draw(recipe: Recipe, folder: Path) -> Corpus:
    """Draw a corpus and scan it; what is drawn already is taken as it is."""
    corpus = Corpus(recipe, folder)
    if corpus.inventory.exists():
        return corpus
    gathered = Gathered(corpus.raw)
    for place, seed in enumerate(recipe.seeds):
        upstream = folder / f"upstream-{seed}"
        spend(
            ["acne04", "standin", upstream, f"--seed={seed}", f"--scale={recipe.scale}",
             f"--fraction={recipe.fraction}", f"--near-duplicates={recipe.near_duplicates}",
             f"--style={recipe.style}", f"--workers={CORES}"]
        )  # fmt: skip
        gathered.unpack(upstream, place)
    originals = _unrelated(recipe)
    _add_copies(recipe, originals, gathered)
    _add_lookalikes(recipe, originals, gathered)
    gathered.write(corpus.truth)
    _scan(corpus)
    return corpus


def _unrelated(recipe: Recipe) -> list[tuple[str, Job]]:
    """Large photographs without a copy, in an order by chance, with what draws each."""
    if not recipe.more and not recipe.lookalikes:
        return []
    found = []
    for place, seed in enumerate(recipe.seeds):
        for job in jobs(plan(recipe.parameters(seed))):
            large = recipe.scale * min(job.pose.frame) >= _LEAST_SIDE
            if large and not job.copies and not job.lying:
                found.append((real_name(Path(job.path).name, place), job))
    return Chance(recipe.seeds[0], "unrelated").shuffled(found)


def _add_copies(recipe: Recipe, originals: list[tuple[str, Job]], gathered: Gathered) -> None:
    chance, order = Chance(recipe.seeds[0], "copies"), cycle(originals)
    for kind in (*KINDS, *HARDER):
        for copy in range(recipe.more):
            original, _ = next(order)
            with Image.open(gathered.raw / IMAGES / original) as opened:
                picture = opened.convert("RGB")
            data = copy_of(picture, kind, recipe.near_duplicates + copy, chance)
            name = gathered.new_name(original)
            gathered.add(name, data, original)
            gathered.copies.append({"kind": kind, "name": name, "original": original})


def _add_lookalikes(recipe: Recipe, originals: list[tuple[str, Job]], gathered: Gathered) -> None:
    order = cycle(reversed(originals))
    for kind in LOOKALIKES:
        for number in range(recipe.lookalikes):
            original, job = next(order)
            name = gathered.new_name(original)
            data, same_person = lookalike(job, kind, number)
            person = None if same_person else f"{kind} {number}"
            gathered.add(name, data, original, person)
            gathered.lookalikes.append({"kind": kind, "name": name, "original": original})


def _scan(corpus: Corpus) -> None:
    outputs = ("folds", "boxes", "findings", "metrics")
    beside = [f"--{name}={corpus.folder / name}" for name in outputs]
    made = corpus.folder / "scanned.csv"
    sources = [f"--{name}={corpus.raw / name}" for name in ("classification", "acnedit")]
    words = ["acne04", "scan", "--dataset=standin", *sources, f"--inventory={made}", *beside]
    spend([*words, f"--threads={CORES}"], allowed=(0, 1))
    made.rename(corpus.inventory)  # last, so that it stands for the whole corpus
