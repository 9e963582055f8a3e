"""Plans the synthetic images: which real one each edits, what it adds, and how it is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from acne04_standin.chance import Chance
from acne04_standin.counts import LEAST, MOST
from acne04_standin.figures import SMALL_SIDE, Figures
from acne04_standin.lesions import Lesion, lay_lesions
from acne04_standin.photographs import Photograph
from acne04_standin.roster import Roster

#: Folder of each grade.
FOLDERS = {2: "levle2_generated", 3: "levle3_generated"}
#: How often a parent has each grade, by grade of the folder.
_PARENTS = {2: (0, 0, 0, 1, 1, 1, 1, 2, 2), 3: (0, 0, 1, 1, 1, 2, 2, 3, 3)}
#: One parent in so many is used again.
_AGAIN = 12
_QUALITIES = (68, 74, 79, 84)
#: Both spell one name; the first composed (NFC), the second decomposed (NFD).
_ACCENTED = (("visage_\u00e9t\u00e9_07.jpg", "visage_e\u0301te\u0301_07.jpg"),
             ("peau_na\u00efve_12.jpg", "peau_nai\u0308ve_12.jpg"))  # fmt: skip


@dataclass(frozen=True)
class Synthetic:
    """One synthetic image.

    Attributes
    ----------
    folder, name : str
        Where it lies.
    parent : int
        Number of the real image that it edits.
    lesions : tuple of Lesion
        Those it adds.
    quality : int
        JPEG quality.
    """

    folder: str
    name: str
    parent: int
    lesions: tuple[Lesion, ...]
    quality: int


@dataclass(frozen=True)
class Collision:
    """Names that mean the same to somebody: `how` is exact, case, extension or unicode."""

    how: str
    paths: tuple[str, str]


def plan_synthetic(
    roster: Roster, photographs: Mapping[int, Photograph], figures: Figures, seed: int
) -> tuple[list[Synthetic], list[Collision]]:
    """Plan all synthetic images, ordered by folder and name.

    Parameters
    ----------
    roster : Roster
        The real images.
    photographs : mapping of int to Photograph
        Pictures that may be edited, by number of the real image.
    figures : Figures
        How many are wanted.
    seed : int
        Seed of the corpus.
    """
    names, collisions = _draw_names(roster, figures, Chance(seed, "synthetic names"))
    chance = Chance(seed, "synthetic")
    usable = [
        image
        for image in chance.shuffled(sorted({*photographs, *roster.in_retakes}))
        # Retakes are set aside after the shuffle, so that they change nothing else.
        if image in photographs and min(roster.images[image].size) >= SMALL_SIDE
    ]
    used: list[int] = []
    planned = []
    for grade, folder in FOLDERS.items():
        for name in names[folder]:
            parent = _choose_parent(roster, usable, used, grade, chance)
            pose, lesions = photographs[parent].pose, photographs[parent].lesions
            boxes = roster.images[parent].boxes
            least, most = max(LEAST[grade], boxes + 4), MOST[grade]
            added = chance.between(least, max(least, most)) - boxes
            new = lay_lesions(pose, added, 1, lesions, chance)
            planned.append(Synthetic(folder, name, parent, tuple(new), chance.pick(_QUALITIES)))
    return planned, collisions


def _choose_parent(
    roster: Roster, usable: list[int], used: list[int], grade: int, chance: Chance
) -> int:
    """A parent of a grade drawn from `_PARENTS`: seldom an earlier one again, else a fresh one."""
    wanted = chance.pick(_PARENTS[grade])

    def suits(image: int) -> bool:
        return roster.images[image].boxes <= MOST[grade] - 4

    again = [i for i in used if roster.images[i].grade == wanted and suits(i)]
    if again and chance.below(_AGAIN) == 0:
        return chance.pick(again)
    fresh = [i for i in usable if roster.images[i].grade == wanted and suits(i)]
    if not fresh:
        fresh = [i for i in usable if suits(i)]
    parent = fresh[0]
    usable.remove(parent)
    used.append(parent)
    return parent


def _draw_names(
    roster: Roster, figures: Figures, chance: Chance
) -> tuple[dict[str, list[str]], list[Collision]]:
    """Names by folder, sorted, and the collisions planted among them."""
    full = figures.generated[0] > 100
    real = [image.name for image in roster.images]
    taken = iter(chance.shuffled(real))
    planted: dict[str, list[str]] = {folder: [] for folder in FOLDERS.values()}
    collisions = []
    low, high = FOLDERS.values()

    def plant(how: str, folder: str, name: str, other: str) -> None:
        planted[folder].append(name)
        collisions.append(Collision(how, (f"ACNEDIT/{folder}/{name}", other)))

    for how, times in (("exact", 3), ("case", 2), ("extension", 2)):
        for number in range(times if full or how == "extension" else 1):
            name = next(taken)
            spelled = {
                "exact": name,
                "case": name.replace("levle", ("Levle", "LEVLE")[number % 2]),
                "extension": name.replace(".jpg", (".JPG", ".jpeg")[number % 2]),
            }[how]
            folder = (low, high)[(number + (how == "case")) % 2]
            plant(how, folder, spelled, f"Classification/JPEGImages/{name}")
    for composed, decomposed in _ACCENTED[: 2 if full else 1]:
        planted[high].append(decomposed)
        plant("unicode", low, composed, f"ACNEDIT/{high}/{decomposed}")
    shared = f"{chance.below(16**8):08x}.jpg"
    planted[high].append(shared)
    plant("exact", low, shared, f"ACNEDIT/{high}/{shared}")
    for folder, wanted in zip(planted, figures.generated, strict=True):
        while len(planted[folder]) < wanted:
            planted[folder].append(f"{chance.below(16**8):08x}.jpg")
    return {folder: sorted(names) for folder, names in planted.items()}, collisions
