r"""The figures that predictions are judged by, for many weightings of the persons at once.

With :math:`n_{gh}` the (weighted) number of images of grade g that are predicted as h:

recall
    :math:`R_g = n_{gg} / \sum_h n_{gh}`.
balanced accuracy
    The mean of the recalls of those grades that have images (Brodersen et al. 2010, "The balanced
    accuracy and its posterior distribution", ICPR).
quadratic kappa
    :math:`1 - \sum w_{gh} n_{gh} / \sum w_{gh} e_{gh}` with :math:`w_{gh} = (g - h)^2` and
    :math:`e_{gh}` the product of the margins over the total (Cohen 1968, Psychol. Bull. 70).
mae
    Mean absolute error of the lesion count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from acne04.core.grades import GRADES

Numbers = npt.NDArray[np.float64]
#: Names of the figures, in the order of the rows that `figures` gives.
NAMES = (
    "balanced accuracy",
    *(f"recall {grade}" for grade in GRADES),
    "quadratic kappa",
    "mae of the count",
)
_GRADES = len(GRADES)
_DISTANCE = np.subtract.outer(np.arange(_GRADES), np.arange(_GRADES)).astype(np.float64) ** 2


@dataclass(frozen=True)
class PersonTallies:
    """What is counted for each person; everything else follows from sums of these.

    Attributes
    ----------
    confusion : numpy.ndarray
        Shape (persons, grades, grades): images by grade and by predicted grade.
    errors : numpy.ndarray
        Shape (persons, 2): sum of the absolute errors of the count, and images that have one.
    """

    confusion: Numbers
    errors: Numbers


def tally(
    persons: npt.NDArray[np.int64],
    grades: npt.NDArray[np.int64],
    predicted: npt.NDArray[np.int64],
    errors: Numbers,
) -> PersonTallies:
    """Count by person.

    Parameters
    ----------
    persons : numpy.ndarray
        Person of each prediction, from 0 without gaps.
    grades, predicted : numpy.ndarray
        0 to 3.
    errors : numpy.ndarray
        Absolute error of the count; NaN where there is none.
    """
    number = int(persons.max()) + 1
    confusion = np.zeros((number, _GRADES, _GRADES))
    np.add.at(confusion, (persons, grades, predicted), 1)
    known = ~np.isnan(errors)
    sums = np.zeros((number, 2))
    np.add.at(sums, persons[known], np.column_stack([errors[known], np.ones(known.sum())]))
    return PersonTallies(confusion, sums)


def figures(tallies: PersonTallies, weights: Numbers) -> Numbers:
    """Give every figure for every weighting of the persons.

    Parameters
    ----------
    tallies : PersonTallies
        Of some persons.
    weights : numpy.ndarray
        Shape (weightings, persons): how often each person counts.

    Returns
    -------
    numpy.ndarray
        Shape (`NAMES`, weightings); NaN where a figure makes no sense, such as a recall of a grade
        that no person has who counts.
    """
    persons = len(tallies.confusion)
    flat = weights @ tallies.confusion.reshape(persons, -1)
    confusion = flat.reshape(-1, _GRADES, _GRADES)
    of_grade = confusion.sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        recalls = np.diagonal(confusion, axis1=1, axis2=2) / of_grade
        there = of_grade > 0
        balanced = np.where(there, recalls, 0).sum(axis=1) / there.sum(axis=1)
        expected = of_grade[:, :, None] * confusion.sum(axis=1)[:, None, :]
        expected /= of_grade.sum(axis=1)[:, None, None]
        kappa = 1 - (_DISTANCE * confusion).sum((1, 2)) / (_DISTANCE * expected).sum((1, 2))
        sums = weights @ tallies.errors
        mae = sums[:, 0] / sums[:, 1]
    return np.vstack([balanced, recalls.T, kappa, mae])


def persons_behind(tallies: PersonTallies) -> npt.NDArray[np.int64]:
    """Give for each figure the number of persons that it rests on, of the rarest grade if several.

    Returns
    -------
    numpy.ndarray
        Shape (`NAMES`,); 0 where there is none.
    """
    by_grade = (tallies.confusion.sum(axis=2) > 0).sum(axis=0)
    there = by_grade[by_grade > 0]
    rarest = int(there.min()) if len(there) else 0
    whole = int((tallies.confusion.sum(axis=(1, 2)) > 0).sum())
    counted = int((tallies.errors[:, 1] > 0).sum())
    return np.array([rarest, *by_grade, whole, counted])
