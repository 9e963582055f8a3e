"""Draws the five published folds: which test parts an image stands in."""

from __future__ import annotations

from collections.abc import Sequence

from acne04_standin.chance import Chance

FOLDS = 5


def draw_folds(
    grades: Sequence[int],
    pairs: Sequence[tuple[int, int]],
    test_images: int,
    straddling: Sequence[int],
    chance: Chance,
) -> list[set[int]]:
    """Test folds of each image.

    Parameters
    ----------
    grades : sequence of int
        Grade per image.
    pairs : sequence of (int, int)
        Byte-identical images, each in one pair at most.
    test_images : int
        Images in every test fold. Five times that is a little more than there are images, so
        that a few stand in two test folds, as in the original.
    straddling : sequence of int
        For each fold, how many pairs have one member in its test part. Their sum is even.

    Returns
    -------
    list of set of int
        Per image the folds, 0 to 4, in whose test part it stands: one, seldom two.
    """
    home: dict[int, int] = {}
    room = [test_images] * FOLDS
    homes = _fold_pairs(straddling, len(pairs))
    for pair, folds in zip(chance.shuffled(pairs), homes, strict=True):
        for image, fold in zip(chance.shuffled(pair), folds, strict=True):
            home[image] = fold
            room[fold] -= 1
    free = [i for i in chance.shuffled(range(len(grades))) if i not in home]
    for image in sorted(free, key=lambda i: grades[i]):
        fold = max(range(FOLDS), key=lambda f: room[f])
        home[image] = fold
        room[fold] -= 1
    folds_of = [{home[image]} for image in range(len(grades))]
    again = iter(chance.shuffled(free))
    for fold in range(FOLDS):
        for _ in range(room[fold]):
            image = next(i for i in again if fold not in folds_of[i])
            folds_of[image].add(fold)
    return folds_of


def _fold_pairs(straddling: Sequence[int], pairs: int) -> list[tuple[int, int]]:
    """Two folds for each pair, so that fold f stands in ``straddling[f]`` unequal ones.

    >>> _fold_pairs((1, 1, 0, 0, 0), 2)
    [(0, 1), (0, 0)]
    """
    left = list(straddling)
    chosen = []
    while any(left):
        first, second = sorted(range(FOLDS), key=lambda f: (-left[f], f))[:2]
        left[first] -= 1
        left[second] -= 1
        chosen.append((first, second))
    same = pairs - len(chosen)
    return chosen + [(fold % FOLDS, fold % FOLDS) for fold in range(same)]
