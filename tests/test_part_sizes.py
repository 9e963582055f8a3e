"""Parts that are empty or small: what is told of them, and what stops."""

from __future__ import annotations

import pandas as pd
import pytest
from corpora import corpus, options

from acne04.core.errors import SplitError
from acne04.split.grouped import holdout, kfold
from acne04.split.manifest import SplitParameters, Variant
from acne04.split.part_sizes import part_findings, refuse_empty_parts

#: Persons with one photograph each, thirty of each grade.
MANY = [(f"s{n}", n % 4) for n in range(120)]


def told(variant: Variant, parameters: SplitParameters) -> dict[tuple[str, str], str]:
    return {(f.check, f.pointer): f.found for f in part_findings(variant, parameters)}


def test_parts_of_many_persons_are_not_spoken_of() -> None:
    knobs = options()
    images = corpus([(f"s{n}", n % 4) for n in range(200)])
    assert told(holdout(images, knobs), knobs) == {}
    assert told(kfold(images, knobs), knobs) == {}


def test_four_persons_of_a_grade_are_few() -> None:
    knobs = options()
    assert told(holdout(corpus(MANY), knobs), knobs) == {
        ("part-too-small", "val"): "grade 2 (severe): 4 persons (4 photographs); "
        "grade 3 (very severe): 4 persons (4 photographs)"
    }


def test_the_limit_is_the_parameters() -> None:
    images = corpus(MANY)
    assert told(holdout(images, options(least_persons=0)), options(least_persons=0)) == {}
    strict = options(least_persons=200)
    parts = {part for check, part in told(holdout(images, strict), strict)}
    assert parts == {"train", "val", "test"}


def test_photographs_of_one_person_are_one_observation() -> None:
    images = corpus([*MANY, *[("one", 3)] * 30])
    images = images[(images["grade"] != 3) | (images["subject"] == "one")].reset_index(drop=True)
    knobs = options()
    found = told(holdout(images, knobs), knobs)
    held = [text for (check, _), text in found.items() if check == "part-too-small"]
    assert any("grade 3 (very severe): 1 person (30 photographs)" in text for text in held)
    assert sum(check == "part-empty" for check, _ in found) == 2


def test_a_grade_that_no_fold_can_hold_is_told_of_each() -> None:
    images = corpus([pair for pair in MANY if pair[1] != 2] + [("only", 2)])
    knobs = options()
    found = told(kfold(images, knobs), knobs)
    empty = {part for (check, part), text in found.items() if check == "part-empty"}
    assert len([part for part in empty if part.startswith("fold")]) == 4
    # The one photograph is trained on where it is not tested.
    assert {part for part in empty if part.startswith("val")} == {
        f"val of fold {fold}" for fold in range(5)
    }
    assert found["part-empty", min(empty)] == "none of grade 2 (severe)"


def test_a_part_that_was_asked_for_and_is_empty_stops() -> None:
    images = corpus([("s1", 0), ("s1", 1), ("s2", 0), ("s2", 2)])
    made = holdout(images, options())
    with pytest.raises(SplitError, match="would be empty: there are 2 groups") as caught:
        refuse_empty_parts(made, options(), None)
    assert caught.value.exit_code == 1
    assert "train 65 %, val 15 %, test 20 %" in str(caught.value)


def test_a_published_fold_without_a_test_is_told_and_kept() -> None:
    rows = corpus(MANY).assign(fold=0, split="trainval", excluded="")
    variant = Variant("published", pd.DataFrame(rows), [], None, {})
    assert told(variant, options())["part-empty", "test of fold 0"] == "none"
    refuse_empty_parts(variant, options(), None)
