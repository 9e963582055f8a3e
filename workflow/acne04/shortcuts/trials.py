"""Which images a learner learns from, and which it is judged by: no group is on both sides."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from acne04.samples.parts import is_of_folds, parts_of, rows_of_part, training_part

Integers = npt.NDArray[np.int64]
#: Folds that images are dealt to where a split has no parts, or one part alone is looked at.
FOLDS = 5
TEST = "test"


@dataclass(frozen=True)
class Trial:
    """One learning and judging.

    Attributes
    ----------
    train, test : numpy.ndarray
        Places of images in a table of images.
    """

    train: Integers
    test: Integers


def trials_of(manifest: pd.DataFrame, variant: str, images: pd.DataFrame) -> list[Trial]:
    """Give what a variant has to grade by: graded photographs of its training and test parts.

    Of the training images those go that share a group with a test image: what they would tell is
    the leak of the published folds, no shortcut. A variant without parts is dealt into folds.

    Parameters
    ----------
    manifest : pandas.DataFrame
        Table ``splits`` of the variant.
    variant : str
        Its name.
    images : pandas.DataFrame
        Its images, indexed by image_id: columns origin, grade, group.
    """
    usable = ((images["origin"] == "real") & images["grade"].notna()).to_numpy()
    part = training_part(variant)
    if part is None:
        placed = manifest.loc[manifest["split"] != "", "image_id"]
        return dealt(images, np.flatnonzero(usable & images.index.isin(placed)))
    trials = []
    for fold in _folds(manifest, variant):
        sides = [
            images.index.get_indexer(rows_of_part(manifest, variant, name, fold)["image_id"])
            for name in (part, TEST)
        ]
        train, test = (np.sort(side[usable[side]]) for side in sides)
        trials.append(apart(images, train, test))
    return trials


def training_images(manifest: pd.DataFrame, variant: str, images: pd.DataFrame) -> Integers:
    """Give the graded images that a variant trains on, in any fold, the synthetic ones too."""
    part = training_part(variant) or parts_of(variant)[0]
    rows = [
        rows_of_part(manifest, variant, part, fold)["image_id"]
        for fold in _folds(manifest, variant)
    ]
    trained = images.index.isin(pd.concat(rows)) if rows else np.zeros(len(images), dtype=bool)
    return np.flatnonzero(trained & images["grade"].notna().to_numpy())


def dealt(images: pd.DataFrame, places: Integers) -> list[Trial]:
    """Deal groups of images into `FOLDS` folds, each of which is judged by what the others teach.

    The largest groups first, each to the fold that has the least of its grades; what is equal is
    ordered by the hash of the group's name.
    """
    groups = images["group"].to_numpy(object)[places]
    classes = pd.factorize(_class_of(images).iloc[places], sort=True)[0]
    numbers, names = pd.factorize(groups, sort=True)
    counts = np.zeros((len(names), int(classes.max(initial=0)) + 1), dtype=np.int64)
    np.add.at(counts, (numbers, classes), 1)
    hashes = [hashlib.sha256(str(name).encode()).hexdigest() for name in names]
    filled = np.zeros((FOLDS, counts.shape[1]), dtype=np.int64)
    fold_of = np.zeros(len(names), dtype=np.int64)
    for group in sorted(range(len(names)), key=lambda g: (-counts[g].sum(), hashes[g])):
        own = filled @ counts[group]
        fold = min(range(FOLDS), key=lambda f: (own[f], filled[f].sum(), f))
        fold_of[group] = fold
        filled[fold] += counts[group]
    fold_of_image = fold_of[numbers]
    return [
        Trial(places[fold_of_image != fold], places[fold_of_image == fold]) for fold in range(FOLDS)
    ]


def apart(images: pd.DataFrame, train: Integers, test: Integers) -> Trial:
    """Leave out of training what shares a group with a test image."""
    groups = images["group"].to_numpy(object)
    return Trial(train[~np.isin(groups[train].astype(str), groups[test].astype(str))], test)


def _class_of(images: pd.DataFrame) -> pd.Series:
    """Give what folds are to have of alike: grade and origin."""
    return images["origin"].astype("str") + images["grade"].astype("str")


def _folds(manifest: pd.DataFrame, variant: str) -> Iterator[int | None]:
    if not is_of_folds(variant):
        yield None
        return
    yield from sorted(int(number) for number in manifest["fold"].dropna().unique())
