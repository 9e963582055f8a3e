"""What if the table of persons is wrong: test images whose person would be trained on.

The table may know one person under two names. For that a person with several photographs is torn
in two, as the table would have it; the first piece stays where the person is, the second is placed
as a split would have placed a person whom it does not know: in a part by the part's share of the
photographs. Copies and retakes are one piece, for these tie a person together whatever the table
says. The published folds place images without asking who they show: `published-clean` removes from
training what shares a name with a test image, so a piece trains on where only the other is tested;
`published` and `published-matched` are as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from acne04.core.variants import base_of

_Unit = dict[int, list[int]]
#: Percent of the persons with several photographs that are torn in two.
SHARES = (0, 2, 5, 10, 20)
DRAWS = 200
SEED = 0
#: Variants that place images by fold, whoever they show; of these the first removes the related.
CLEAN, PUBLISHED = "published-clean", ("published-clean", "published-matched", "published")
_TRAINING = ("train", "trainval")


@dataclass(frozen=True)
class Sensitivity:
    """What a share of torn persons does to a variant.

    Attributes
    ----------
    share : int
        Percent of the persons with several photographs.
    torn, of : int
        So many persons are torn in two, of so many that could be.
    test_images : int
        Photographs in the test parts, over all folds.
    median : float
        Of the test images whose person is trained on, over the draws.
    least, most : int
        The least and the most of them.
    """

    share: int
    torn: int
    of: int
    test_images: int
    median: float
    least: int
    most: int


def leaking_test_images(variant: str, manifest: pd.DataFrame, persons: Mapping[str, str]) -> int:
    """Count test images that show a person whom the same fold trains on.

    Parameters
    ----------
    variant : str
        Which manifest it is.
    manifest : pandas.DataFrame
        Table ``splits``; synthetic images count for nothing.
    persons : mapping of str to str
        Image to the person that it truly shows.

    Returns
    -------
    int
        Over all folds.
    """
    rows = _placed(manifest).assign(person=lambda t: t["image_id"].map(persons))
    if base_of(variant) == "kfold":
        tested = rows[rows["split"] == "test"]
        folds = tested.groupby("person")["fold"].nunique()
        return int(tested["person"].map(folds > 1).sum())
    count = 0
    for _, of_fold in rows.groupby(rows["fold"].fillna(-1).astype("int64")):
        trained = set(of_fold.loc[of_fold["split"].isin(_TRAINING), "person"])
        tested = of_fold.loc[of_fold["split"] == "test", "person"]
        count += int(tested.isin(trained).sum())
    return count


def sensitivity(
    variant: str,
    manifest: pd.DataFrame,
    people: pd.DataFrame,
    published: pd.DataFrame | None = None,
    draws: int = DRAWS,
) -> list[Sensitivity]:
    """Tear persons in two, and count test images whose person is trained on.

    Parameters
    ----------
    variant : str
        One with parts.
    manifest : pandas.DataFrame
        Table ``splits`` of the variant.
    people : pandas.DataFrame
        Columns image_id, person, unit (what no table can tear: a photograph with its copies and
        retakes).
    published : pandas.DataFrame, optional
        Table ``splits`` of the variant of that name: needed for published-clean, which does not
        say what its training part held before.
    draws : int
        For each share.
    """
    persons = dict(zip(people["image_id"], people["person"], strict=True))
    now = leaking_test_images(variant, manifest, persons)
    placed = _placed(manifest)
    before = placed if published is None or variant != CLEAN else _placed(published)
    rows = before.merge(people, on="image_id").sort_values(["person", "unit"])
    tested = int((placed["split"] == "test").sum())
    pieces = _Pieces(variant, rows)
    is_fixed = variant in PUBLISHED and variant != CLEAN
    found = []
    for share in SHARES:
        torn = int(share * len(pieces.persons) / 100 + 0.5)
        chance = np.random.default_rng([SEED, share])
        times = draws if torn and not is_fixed else 1
        counts = [now + (pieces.draw(torn, chance) if times > 1 else 0) for _ in range(times)]
        found.append(
            Sensitivity(
                share,
                torn,
                len(pieces.persons),
                tested,
                float(np.median(counts)),
                min(counts),
                max(counts),
            )
        )
    return found


class _Pieces:
    """The persons that could be torn, with what their photographs do in each fold."""

    def __init__(self, variant: str, rows: pd.DataFrame) -> None:
        self._leak = _leak_of_published if variant == CLEAN else self._leak_of_groups
        self._is_kfold = base_of(variant) == "kfold"
        place = rows["fold"].astype("str") if self._is_kfold else rows["split"]
        # In the order of their names, whatever that of the rows.
        shares = place.value_counts(normalize=True).sort_index()
        self._places, self._limits = list(shares.index), np.cumsum(shares.to_numpy())
        units: dict[str, dict[str, dict[int, list[int]]]] = {}
        home: dict[str, str] = {}
        folds = rows["fold"].fillna(-1).astype("int64")
        parts = zip(rows["person"], rows["unit"], folds, rows["split"], place, strict=True)
        for person, unit, fold, part, where in parts:
            tests = part == "test"
            counts = units.setdefault(person, {}).setdefault(unit, {}).setdefault(fold, [0, 0])
            counts[0 if tests else 1] += 1
            home.setdefault(person, where)
        self.persons = [
            _Person(home[person], tuple(of_person[unit] for unit in sorted(of_person)))
            for person, of_person in sorted(units.items())
            if len(of_person) > 1
        ]

    def draw(self, number: int, chance: np.random.Generator) -> int:
        """Tear so many persons at random, and count the test images that leak by it."""
        chosen = np.argsort(chance.random(len(self.persons)), kind="stable")[:number]
        return sum(self._leak(self.persons[one], chance) for one in sorted(chosen.tolist()))

    def _leak_of_groups(self, person: _Person, chance: np.random.Generator) -> int:
        first, second = (int(sum(map(_images, piece))) for piece in _torn(person, chance))
        turn = int(np.searchsorted(self._limits, chance.random(), side="right"))
        there = self._places[min(turn, len(self._places) - 1)]
        if self._is_kfold:
            return first + second if there != person.place else 0
        if person.place == "test" and there == "train":
            return first
        return second if person.place == "train" and there == "test" else 0


@dataclass(frozen=True)
class _Person:
    """Where a person is, and what each unit has: by fold, images tested and trained on."""

    place: str
    units: tuple[_Unit, ...]


def _leak_of_published(person: _Person, chance: np.random.Generator) -> int:
    """Count what leaks where each fold removes from training what shares a name with its test."""
    pieces = [_by_fold(piece) for piece in _torn(person, chance)]
    count = 0
    for one, other in (pieces, pieces[::-1]):
        for fold, (tested, _) in one.items():
            tests, trains = other.get(fold, (0, 0))
            # A piece that is tested on itself is removed from training.
            count += tested if trains and not tests else 0
    return count


def _torn(person: _Person, chance: np.random.Generator) -> tuple[list[_Unit], list[_Unit]]:
    """Tear a person in two at random, neither piece empty."""
    keys = chance.random(len(person.units)).tolist()
    order = sorted(range(len(keys)), key=keys.__getitem__)
    cut = 1 + int(chance.random() * (len(order) - 1))
    ranked = [person.units[number] for number in order]
    return ranked[:cut], ranked[cut:]


def _images(unit: _Unit) -> int:
    return sum(tested + trained for tested, trained in unit.values())


def _by_fold(piece: list[_Unit]) -> dict[int, tuple[int, int]]:
    told: dict[int, tuple[int, int]] = {}
    for unit in piece:
        for fold, (tested, trained) in unit.items():
            before = told.get(fold, (0, 0))
            told[fold] = before[0] + tested, before[1] + trained
    return told


def _placed(manifest: pd.DataFrame) -> pd.DataFrame:
    rows = manifest[(manifest["split"] != "") & (manifest["origin"] == "real")]
    return rows[["image_id", "fold", "split"]]
