"""How well trivial features grade, and how well they tell synthetic images from real ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from acne04.core.grades import GRADES
from acne04.inference.intervals import (
    Estimate,
    bootstrap_estimate,
    drawn_weights,
    estimates,
)
from acne04.inference.measures import Numbers, tally
from acne04.shortcuts.features import FEATURES, OF_FILES, TOGETHER, coded
from acne04.shortcuts.learners import forest, likelihoods
from acne04.shortcuts.trials import Trial, dealt

Integers = npt.NDArray[np.int64]
#: Draws of the persons. A fourth of those of `score`: fourteen figures a variant, of which none is
#: to be told apart from another.
DRAWS = 1_000
#: By how much an interval of several folds is longer than the draws of persons say: these take what
#: was learnt as given, and every image has taught the learners of the other folds. No estimate of
#: that variance is without bias (Bengio and Grandvalet 2004, J. Mach. Learn. Res. 5, 1089-1105). A
#: bound for five folds is 1.5 (Nadeau and Bengio 2003, Machine Learning 52, 239-281); measured with
#: permuted grades, on two variants, by six features and 40 to 200 draws each: 1.03 to 1.35.
FOLDS_LENGTHEN = 1.3
#: Task of grading; of telling synthetic images from real ones of one grade.
GRADING, TELLING = "grade", "synthetic"
_GRADES = len(GRADES)
_REAL, _SYNTHETIC = 0, 1


@dataclass(frozen=True)
class Shortcut:
    """How well a feature does.

    Attributes
    ----------
    task : {"grade", "synthetic"}
        Whether it grades photographs, or tells synthetic images of `grade` from real ones.
    grade : int or None
        Of `task` synthetic.
    feature : str
        One of `FEATURES`, or `TOGETHER`.
    images, persons : int
        That it was judged by; of an image whose person nobody knows its group stands for one, and
        of every image where `task` is synthetic.
    chance : float or None
        What guessing gives: one over the number of grades, or a half.
    value : Estimate
        Balanced accuracy, or the area under the curve; with its interval over persons.
    recalls : tuple of (float or None)
        Of each grade; empty for `task` synthetic.
    """

    task: str
    grade: int | None
    feature: str
    images: int
    persons: int
    chance: float | None
    value: Estimate
    recalls: tuple[float | None, ...]

    @property
    def exceeds_chance(self) -> bool:
        """Whether the whole interval lies above chance."""
        low = self.value.low
        return low is not None and self.chance is not None and low > self.chance


def grading(
    images: pd.DataFrame,
    trivial: pd.DataFrame,
    trials: Sequence[Trial],
    features: Mapping[str, tuple[str, ...]] = FEATURES,
) -> Iterator[Shortcut]:
    """Measure how well each feature grades, and all of them together.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns grade, person.
    trivial : pandas.DataFrame
        Columns of the features, as of `acne04.shortcuts.features.trivial_table`.
    trials : sequence of Trial
        Each image is judged as often as it is in a test part.
    features : mapping
        Names of features, and their columns.
    """
    for feature, columns in features.items():
        known = trivial[[*columns]].notna().all(axis=1).to_numpy()
        yield _graded(images, trivial, [_only(trial, known) for trial in trials], feature, columns)
    every = tuple(column for columns in features.values() for column in columns)
    yield _graded(images, trivial, trials, TOGETHER, every)


def telling(
    images: pd.DataFrame,
    trivial: pd.DataFrame,
    places: Integers,
    features: Sequence[str] = OF_FILES,
) -> Iterator[Shortcut]:
    """Measure how well each feature of files tells synthetic images from real ones, by grade.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns origin, grade, group.
    places : numpy.ndarray
        Of the images that are looked at, such as those of a training part.
    """
    grades = images["grade"].to_numpy(float, na_value=np.nan)
    synthetic = (images["origin"] == "synthetic").to_numpy()
    for grade in GRADES:
        of_grade = places[grades[places] == grade]
        if len(set(synthetic[of_grade].tolist())) < 2:
            continue
        trials = dealt(images, of_grade)
        for feature in features:
            columns = FEATURES[feature]
            known = trivial[[*columns]].notna().all(axis=1).to_numpy()
            own = [_only(trial, known) for trial in trials]
            yield _told(images, trivial, own, grade, feature, columns)
        every = tuple(column for name in features for column in FEATURES[name])
        yield _told(images, trivial, trials, grade, TOGETHER, every)


def _only(trial: Trial, known: npt.NDArray[np.bool_]) -> Trial:
    return Trial(trial.train[known[trial.train]], trial.test[known[trial.test]])


def _judged(
    trivial: pd.DataFrame,
    trial: Trial,
    feature: str,
    columns: tuple[str, ...],
    classes: Integers,
    number: int,
) -> Numbers:
    codes = [coded(trivial[column], trial.train, trial.test) for column in columns]
    learn = forest if feature == TOGETHER else likelihoods
    return learn(codes, classes[trial.train], number)


def _graded(
    images: pd.DataFrame,
    trivial: pd.DataFrame,
    trials: Sequence[Trial],
    feature: str,
    columns: tuple[str, ...],
) -> Shortcut:
    grades = images["grade"].fillna(-1).to_numpy(np.int64)
    tested, predicted = [], []
    for trial in trials:
        if len(trial.train) and len(trial.test):
            told = _judged(trivial, trial, feature, columns, grades, _GRADES)
            tested.append(trial.test)
            predicted.append(told.argmax(axis=1))
    if not tested:
        return _nothing(GRADING, None, feature)
    places = np.concatenate(tested)
    truth, persons, names = grades[places], *_numbered(images["person"], places)
    nothing = np.full(len(places), np.nan)
    counted = tally(persons, truth, np.concatenate(predicted), nothing)
    figures = estimates(counted, _weights(len(names)))
    there = len(set(truth.tolist()))
    recalls = tuple(figure.value for figure in figures[1 : 1 + _GRADES])
    value = _lengthened(figures[0], len(tested))
    return Shortcut(
        GRADING,
        None,
        feature,
        len(set(places.tolist())),
        len(names),
        1 / there,
        value,
        recalls,
    )


def _told(
    images: pd.DataFrame,
    trivial: pd.DataFrame,
    trials: Sequence[Trial],
    grade: int,
    feature: str,
    columns: tuple[str, ...],
) -> Shortcut:
    classes = (images["origin"] == "synthetic").to_numpy().astype(np.int64)
    tested, scores = [], []
    for trial in trials:
        both = len(set(classes[trial.train].tolist())) == 2
        if both and len(trial.test):
            told = _judged(trivial, trial, feature, columns, classes, 2)
            tested.append(trial.test)
            scores.append(told[:, _SYNTHETIC] - told[:, _REAL])
    if not tested:
        return _nothing(TELLING, grade, feature)
    places = np.concatenate(tested)
    # A synthetic image has no person of its own, but the group of the photograph it was made from.
    persons, names = _numbered(images["group"], places)
    value = area(np.concatenate(scores).round(6), classes[places], persons, _weights(len(names)))
    value = _lengthened(value, len(tested))
    return Shortcut(TELLING, grade, feature, len(places), len(names), 0.5, value, ())


def area(scores: Numbers, classes: Integers, persons: Integers, weights: Numbers) -> Estimate:
    """Give the area under the receiver operating characteristic, with its interval.

    It is the probability that a synthetic image has the larger score than a real one, half where
    they are equal (Hanley and McNeil 1982, Radiology 143, 29-36).

    Parameters
    ----------
    scores : numpy.ndarray
        Of each image.
    classes : numpy.ndarray
        0 real, 1 synthetic.
    persons : numpy.ndarray
        Of each image, from 0 without gaps.
    weights : numpy.ndarray
        Shape (draws, persons): how often each person counts.
    """
    levels, level = np.unique(scores, return_inverse=True)
    number = weights.shape[1]
    counts = np.zeros((2, number, len(levels)))
    np.add.at(counts, (classes, persons, level.ravel()), 1)
    value = _areas(counts, np.ones((1, number)))[0]
    behind = int((counts.sum(axis=2) > 0).sum(axis=1).min())
    return bootstrap_estimate(float(value), _areas(counts, weights), behind)


def _areas(counts: Numbers, weights: Numbers) -> Numbers:
    real, synthetic = weights @ counts[_REAL], weights @ counts[_SYNTHETIC]
    below = np.cumsum(real, axis=1) - real
    with np.errstate(invalid="ignore"):
        ranked = (synthetic * (below + real / 2)).sum(axis=1)
        found: Numbers = ranked / (real.sum(axis=1) * synthetic.sum(axis=1))
    return found


def _numbered(column: pd.Series, places: Integers) -> tuple[Integers, list[str]]:
    numbers, names = pd.factorize(column.to_numpy(object)[places], sort=True)
    return numbers.astype(np.int64), list(names)


def _lengthened(estimate: Estimate, folds: int) -> Estimate:
    """Lengthen the interval of several folds, within 0 and 1."""
    value, low, high = estimate.value, estimate.low, estimate.high
    if folds < 2 or value is None or low is None or high is None:
        return estimate
    low = max(0.0, value - FOLDS_LENGTHEN * (value - low))
    high = min(1.0, value + FOLDS_LENGTHEN * (high - value))
    return Estimate(value, low, high, estimate.persons)


@lru_cache(maxsize=8)
def _weights(persons: int) -> Numbers:
    return drawn_weights(persons, 0, DRAWS)


def _nothing(task: str, grade: int | None, feature: str) -> Shortcut:
    unknown = Estimate(None, None, None, 0)
    recalls = (None,) * _GRADES if task == GRADING else ()
    return Shortcut(task, grade, feature, 0, 0, None, unknown, recalls)
