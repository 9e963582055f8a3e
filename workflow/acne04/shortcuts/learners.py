"""Two plain learners: one feature is graded by how often each of its values has which grade.

All features together are graded by a forest of extremely randomised trees (Geurts, Ernst and
Wehenkel 2006, Machine Learning 63, 3-42), from scikit-learn. Both see small integers alone, both
take every class for equally likely, and every figure that decides is rounded before it does: the
same answer on every machine, however many threads there are.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from acne04.shortcuts.features import Codes

Numbers = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
TREES = 32
#: Training images that a leaf of a tree holds at least, where there are twenty times as many.
LEAF = 10
#: Decimals of what decides: far more than matter, far fewer than machines agree in.
_DECIMALS = 9
_WEIGHT = 1 << 20


def likelihoods(columns: list[Codes], classes: Integers, number: int) -> Numbers:
    """Judge by frequencies: columns are taken for independent (naive Bayes, one count added).

    Parameters
    ----------
    columns : list of Codes
        Of the feature.
    classes : numpy.ndarray
        Class of each training image, from 0.
    number : int
        Classes.

    Returns
    -------
    numpy.ndarray
        Log-likelihood of each class, shape (test images, classes); minus infinity where no training
        image is of the class.
    """
    told = np.zeros((len(columns[0].test), number))
    for codes in columns:
        counts = np.zeros((number, codes.number))
        np.add.at(counts, (classes, codes.train), 1)
        shares = (counts + 1) / (counts.sum(axis=1, keepdims=True) + codes.number)
        told += np.log(shares)[:, codes.test].T
    told[:, np.bincount(classes, minlength=number) == 0] = -np.inf
    return told.round(_DECIMALS)


def forest(columns: list[Codes], classes: Integers, number: int) -> Numbers:
    """Judge by a forest.

    Returns
    -------
    numpy.ndarray
        Share of the votes for each class, shape (test images, classes).
    """
    # Only here: it takes a second to import, which no other verb is to wait for.
    from sklearn.ensemble import ExtraTreesClassifier

    train = np.column_stack([codes.train for codes in columns])
    test = np.column_stack([codes.test for codes in columns])
    there = np.bincount(classes, minlength=number)
    # Whole weights, whose sums are exact; each class weighs as much as any other.
    weights = (_WEIGHT // np.maximum(there, 1))[classes]
    trees = ExtraTreesClassifier(
        TREES,
        min_samples_leaf=max(1, min(LEAF, len(classes) // 20)),
        max_features=None,
        random_state=0,
        n_jobs=1,
    )
    trees.fit(train, classes, sample_weight=weights)
    told = np.zeros((len(test), number))
    told[:, trees.classes_] = trees.predict_proba(test)
    return told.round(_DECIMALS)
