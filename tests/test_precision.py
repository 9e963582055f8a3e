"""What a part can show, said before any model is trained: against simulation and known figures."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from corpora import corpus, options
from hypothesis import given, settings
from hypothesis import strategies as st

from acne04.inference.intervals import drawn_weights, estimates
from acne04.inference.measures import tally
from acne04.split.grouped import holdout, kfold
from acne04.split.part_sizes import part_findings
from acne04.split.precision import (
    WITHIN_PERSON,
    effective_images,
    half_width,
    least_difference,
    precision_document,
    precision_of,
    recall_interval,
)

people = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=40)


@settings(max_examples=200, deadline=None)
@given(people, st.floats(0, 1))
def test_equal_weights_give_kishs_design_effect(persons: list[str], correlation: float) -> None:
    images = len(persons)
    sizes = Counter(persons).values()
    mean_of_an_image = sum(size * size for size in sizes) / images
    effect = 1 + (mean_of_an_image - 1) * correlation
    found = effective_images([1 / images] * images, persons, correlation)
    assert found == pytest.approx(images / effect)
    assert found * 1.001 >= 1
    assert found <= images * 1.001


@settings(max_examples=50, deadline=None)
@given(people)
def test_of_single_images_each_counts(persons: list[str]) -> None:
    alone = [f"{n}" for n in range(len(persons))]
    assert effective_images([1 / len(alone)] * len(alone), alone) == pytest.approx(len(alone))


#: Images of each grade of many persons: some have several, of two grades.
PERSONS = [(n, grade) for n in range(90) for grade in [n % 4] * (1 + n % 3)]
PERSONS += [(n, (n + 1) % 4) for n in range(0, 90, 5)]


def answers(draws: int, chance: np.random.Generator, recall: float = 0.6) -> npt.NDArray[np.bool_]:
    """Draw whether each image is right, with the assumed correlation within a person."""
    persons = np.array([person for person, _ in PERSONS])
    a = recall * (1 - WITHIN_PERSON) / WITHIN_PERSON
    b = (1 - recall) * (1 - WITHIN_PERSON) / WITHIN_PERSON
    able = chance.beta(a, b, size=(draws, persons.max() + 1))
    return np.asarray(chance.random((draws, len(persons))) < able[:, persons])


def test_the_promised_width_is_that_of_simulated_models() -> None:
    grades = np.array([grade for _, grade in PERSONS])
    right = answers(4000, np.random.default_rng(1))
    balanced = np.mean([right[:, grades == g].mean(axis=1) for g in range(4)], axis=0)
    entry = precision_of(grades.tolist(), [str(p) for p, _ in PERSONS], is_held_out=True)
    promised = entry["balanced_accuracy"]["half_width"]
    assert 1.96 * balanced.std() == pytest.approx(promised, rel=0.05)
    # One that took every image for a person would promise less than there is.
    assert half_width(1 / sum(1 / (16 * (grades == g).sum()) for g in range(4))) < 0.9 * promised


def test_score_gives_intervals_of_the_promised_width() -> None:
    grades = np.array([grade for _, grade in PERSONS])
    persons = np.array([person for person, _ in PERSONS])
    chance = np.random.default_rng(2)
    widths = []
    for right in answers(40, chance):
        predicted = np.where(right, grades, (grades + 1) % 4)
        tallies = tally(persons, grades, predicted, np.full(len(grades), np.nan))
        estimate = estimates(tallies, drawn_weights(90, seed=3, draws=1000))[0]
        assert estimate.low is not None
        assert estimate.high is not None
        widths.append((estimate.high - estimate.low) / 2)
    entry = precision_of(grades.tolist(), persons.astype(str).tolist(), is_held_out=True)
    # Those of `score` are a little wider, for it takes Student's distribution for few persons.
    assert 0.95 < np.mean(widths) / entry["balanced_accuracy"]["half_width"] < 1.2


def test_the_least_difference_shows_four_times_of_five() -> None:
    chance, images = np.random.default_rng(4), 200
    apart = least_difference(images)
    both = chance.random((3000, images, 2))
    # Two answers that are one in half of the cases correlate by a half.
    both[..., 1] = np.where(chance.random((3000, images)) < 0.5, both[..., 0], both[..., 1])
    right = both < [0.6 + apart / 2, 0.6 - apart / 2]
    differences = right[..., 0].astype(float) - right[..., 1]
    errors = differences.std(axis=1, ddof=1) / math.sqrt(images)
    shown = (differences.mean(axis=1) / errors > 1.96).mean()
    assert 0.75 < shown < 0.85


def test_a_part_of_one_person_promises_nothing() -> None:
    entry = precision_of([0, 0, 1, 1], ["a", "b", "c", "c"], is_held_out=True)
    assert entry["grades"]["0"]["recall"] is not None
    assert entry["grades"]["1"]["recall"] is None
    assert entry["grades"]["1"]["least_difference"] is None
    assert entry["grades"]["2"] == {
        "images": 0,
        "persons": 0,
        "effective_images": 0.0,
        "recall": None,
        "least_difference": None,
    }
    assert entry["balanced_accuracy"] == {"grades": 2, "half_width": None, "least_difference": None}
    empty = precision_of([], [], is_held_out=True)
    assert empty["balanced_accuracy"]["half_width"] is None


def test_nothing_is_promised_of_what_is_trained_on() -> None:
    made = holdout(corpus([(f"g{n}", n % 4) for n in range(80)]), options())
    parts = precision_document([made], options())["variants"]["holdout"]
    assert list(parts) == ["train", "val", "test"]
    assert set(parts["train"]) == {"images", "persons", "effective_images", "grades"}
    assert set(parts["test"]["grades"]["3"]) >= {"recall", "least_difference"}


def test_too_few_are_told_of_every_held_out_part() -> None:
    """Of very severe photographs v2 annotates a few: no part can say anything of them."""
    images = corpus([(f"g{n}", n % 4) for n in range(400)])
    very_severe = images["grade"] == 3
    images["annotated"] = ~very_severe | (very_severe.cumsum() <= 15)
    knobs = options(restrict="v2")
    told = {
        variant.name: {f.pointer for f in part_findings(variant, knobs) if "very severe" in f.found}
        for variant in (holdout(images, knobs), kfold(images, knobs))
    }
    folds = range(5)
    assert told["holdout"] == {"val", "test"}
    assert told["kfold"] == {*(f"fold {n}" for n in folds), *(f"val of fold {n}" for n in folds)}


@pytest.mark.reference
def test_the_real_table_has_the_figures_that_were_measured(reference: Path) -> None:
    """Bootstraps over persons gave them, of a simple model: formulas are to come near."""
    real = pd.read_csv(reference / "acne04_subjects.csv")
    images = corpus(list(zip(real["subject"], real["label"], strict=True)))
    made = [holdout(images, options()), kfold(images, options())]
    told = precision_document(made, options())["variants"]
    test, pooled = told["holdout"]["test"], told["kfold"]["test"]
    assert (test["images"], test["persons"]) == (292, 122)
    assert [test["grades"][str(g)]["images"] for g in range(4)] == [102, 127, 37, 26]
    rarest = test["grades"]["3"]
    assert (rarest["images"], rarest["persons"]) == (26, 22)
    assert rarest["recall"]["low"] == pytest.approx(0.42, abs=0.03)
    assert rarest["recall"]["high"] == pytest.approx(0.77, abs=0.03)
    assert test["balanced_accuracy"]["half_width"] == pytest.approx(0.078, abs=0.005)
    assert pooled["balanced_accuracy"]["half_width"] == pytest.approx(0.036, abs=0.003)
    # Of two models that agree by a half; the measured ones agreed a little more.
    assert test["balanced_accuracy"]["least_difference"] == pytest.approx(0.105, abs=0.015)
    assert pooled["balanced_accuracy"]["least_difference"] == pytest.approx(0.052, abs=0.005)


def test_the_interval_of_a_recall_is_wilsons() -> None:
    low, high = recall_interval(40, 0.25)
    for border in (low, high):
        assert (0.25 - border) ** 2 * 40 == pytest.approx(1.959964**2 * border * (1 - border))
