"""`acne04 score`: figures with intervals over persons, and predictions that are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from project import Project
from scipy import stats

from acne04.cli import main
from acne04.core import tables
from acne04.core.grades import GRADE_NAMES
from acne04.inference.intervals import differences, drawn_weights, estimates
from acne04.inference.measures import NAMES, figures, tally
from acne04.samples.parts import rows_of_part

pytestmark = pytest.mark.workflow
NO_COUNT = np.nan
KFOLD = ("--variant", "kfold")


@pytest.fixture
def here(finished: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(finished.path)
    return finished


def part(project: Project, variant: str, name: str = "test", fold: int | None = None) -> Any:
    manifest = tables.read(project.path / f"data/splits/{variant}.csv", "splits")
    return rows_of_part(manifest, variant, name, fold)


def held_out(project: Project) -> pd.DataFrame:
    """All images that a fold tests on: of one fold there are few."""
    manifest = tables.read(project.path / "data/splits/kfold.csv", "splits")
    return manifest[manifest.split == "test"]


def write(file: Path, **columns: Any) -> Path:
    pd.DataFrame(columns).to_csv(file, index=False)
    return file


def score(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any]]:
    code = main(["score", "--json", *map(str, words)])
    told = capsys.readouterr().out
    return code, json.loads(told) if told else {}


def value(document: dict[str, Any], figure: str, model: int = 0) -> Any:
    entry = next(entry for entry in document["figures"] if entry["figure"] == figure)
    return entry["models"][model]["value"]


def found(document: dict[str, Any]) -> dict[str, int]:
    return {f["check"]: f.get("count", 1) for f in document["findings"]}


# What the figures are.


def test_a_perfect_model_scores_one(
    here: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = part(here, "holdout")
    file = write(tmp_path / "p.csv", image=rows.image_id, predicted=rows.grade,
                 count=rows.lesions_v1)  # fmt: skip
    code, document = score(capsys, file)
    assert code == 0
    assert document["dataset"] == "standin"
    assert document["images"] == len(rows)
    assert value(document, "balanced accuracy") == 1
    assert value(document, "mae of the count") == 0
    for entry in document["figures"]:
        model = entry["models"][0]
        assert model["persons"] < 2 or model["low"] == model["value"] == model["high"]


def test_the_figures_are_those_of_their_formulas() -> None:
    grades = np.array([0, 0, 0, 1, 1, 2, 3, 3])
    predicted = np.array([0, 1, 0, 1, 2, 2, 0, 3])
    errors = np.array([1, NO_COUNT, 3, 2, NO_COUNT, NO_COUNT, 0, NO_COUNT])
    persons = np.array([0, 0, 1, 1, 2, 3, 3, 4])
    told = dict(zip(NAMES, figures(tally(persons, grades, predicted, errors), np.ones((1, 5))),
                    strict=True))  # fmt: skip
    recalls = [2 / 3, 1 / 2, 1, 1 / 2]
    assert [told[f"recall {g}"][0] for g in range(4)] == pytest.approx(recalls)
    assert told["balanced accuracy"][0] == pytest.approx(np.mean(recalls))
    assert told["mae of the count"][0] == pytest.approx(6 / 4)
    # 1 - observed / expected squared distance, both over all pairs of a grade and a prediction.
    observed = ((grades - predicted) ** 2).mean()
    expected = np.mean([(a - b) ** 2 for a in grades for b in predicted])
    assert told["quadratic kappa"][0] == pytest.approx(1 - observed / expected)


def test_with_one_image_a_person_it_is_the_bootstrap_of_images() -> None:
    chance = np.random.default_rng(3)
    grades = chance.integers(0, 4, 60)
    predicted = np.where(chance.random(60) < 0.6, grades, chance.integers(0, 4, 60))
    nothing = np.full(60, NO_COUNT)
    weights = drawn_weights(60, 0, 500)
    drawn = figures(tally(np.arange(60), grades, predicted, nothing), weights)
    for place in (0, 17, 499):
        images = np.repeat(np.arange(60), weights[place].astype(int))
        assert len(images) == 60
        right = [
            (predicted[images] == g)[grades[images] == g].mean()
            for g in range(4)
            if (grades[images] == g).any()
        ]
        assert drawn[0, place] == pytest.approx(np.mean(right))


def _persons_like_the_real_test_part() -> tuple[Any, Any]:
    """Images of the four grades, many persons with one photograph, some with up to eight."""
    sizes = [1] * 70 + [2] * 45 + [3] * 10 + [4] * 8 + [6] * 4 + [8] * 2
    persons = np.repeat(np.arange(len(sizes)), sizes)
    shares = [0.36, 0.43, 0.12, 0.09]
    grades = np.repeat(np.random.default_rng(0).choice(4, len(sizes), p=shares), sizes)
    return persons, grades


def _simulated(persons: Any, grades: Any, recalls: Any, chance: np.random.Generator) -> Any:
    """Predictions of known recall: images of one person are right or wrong together, by .3."""
    common = chance.standard_normal(persons.max() + 1)[persons] * np.sqrt(0.3)
    own = chance.standard_normal(len(persons)) * np.sqrt(0.7)
    is_right = common + own < stats.norm.ppf(recalls)[grades]
    wrong = np.where(grades == 3, 2, grades + 1)
    predicted = np.where(is_right, grades, wrong)
    return tally(persons, grades, predicted, np.full(len(grades), NO_COUNT))


@pytest.mark.parametrize("draws", [200, pytest.param(1000, marks=pytest.mark.long)])
def test_intervals_cover_what_they_promise(draws: int) -> None:
    persons, grades = _persons_like_the_real_test_part()
    recalls = np.array([0.75, 0.7, 0.6, 0.6])
    truth = np.array([recalls.mean(), *recalls])
    chance = np.random.default_rng(1)
    weights = drawn_weights(int(persons.max()) + 1, 0, 1000)
    covered, found_in_nothing = np.zeros(5), 0
    for _ in range(draws):
        one, other = (_simulated(persons, grades, recalls, chance) for _ in range(2))
        told = estimates(one, weights)[:5]
        covered += [e.low <= t <= e.high for e, t in zip(told, truth, strict=True)]
        apart = differences(one, other, weights)[0].estimate
        found_in_nothing += not apart.low <= 0 <= apart.high
    # So far a share of so many draws may lie from 95 (or 5) percent by chance, 999 times of 1,000.
    slack = 3.3 * np.sqrt(0.05 * 0.95 / draws)
    assert 0.93 - slack <= covered[0] / draws <= 0.97 + slack
    assert (np.abs(covered[1:] / draws - 0.95) <= 0.02 + slack).all()
    assert found_in_nothing / draws <= 0.06 + slack


# What may stand in the file.


def test_probabilities_names_paths_and_hashes_do(
    here: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = part(here, "holdout")
    by_path = write(tmp_path / "path.csv", path="images/" + rows.path,
                    label=[GRADE_NAMES[int(g)] for g in rows.grade])  # fmt: skip
    shares = {f"p{g}": np.where(rows.grade == g, 0.7, 0.1) for g in range(4)}
    by_hash = write(tmp_path / "hash.csv", sha256=rows.sha256, **shares)
    for file in (by_path, by_hash):
        code, document = score(capsys, file)
        assert (code, value(document, "balanced accuracy")) == (0, 1)


def test_folds_are_pooled_and_repeats_too(
    here: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = held_out(here)
    twice = pd.concat([rows.assign(repeat="a"), rows.assign(repeat="b")])
    file = write(tmp_path / "p.csv", image=twice.image_id, fold=twice.fold.astype(int),
                 repeat=twice["repeat"], predicted=twice.grade)  # fmt: skip
    code, document = score(capsys, file, "--variant", "kfold")
    assert (code, document["repeats"], document["images"]) == (0, [2], len(rows))
    assert value(document, "quadratic kappa") == 1


def test_two_models_are_compared_on_the_same_persons(
    here: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = held_out(here)
    good = write(tmp_path / "good.csv", image=rows.image_id, predicted=rows.grade)
    bad = write(tmp_path / "bad.csv", image=rows.image_id, predicted=(rows.grade + 1) % 4)
    code, document = score(capsys, good, "--against", bad, *KFOLD)
    entry = document["figures"][0]
    assert code == 0
    assert [m["value"] for m in entry["models"]] == [1, 0]
    assert (entry["difference"]["value"], entry["difference"]["p"]) == (1, 0)
    code, document = score(capsys, good, "--against", good, *KFOLD)
    same = document["figures"][0]["difference"]
    assert (same["value"], same["low"], same["high"], same["p"]) == (0, 0, 0, 1)


def test_a_person_reads_it_in_eighty_columns(
    here: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("COLUMNS", "80")
    rows = held_out(here)
    file = write(tmp_path / "p.csv", image=rows.image_id, predicted=rows.grade)
    assert main(["score", str(file), "--against", str(file), *KFOLD]) == 0
    told = capsys.readouterr().out
    assert "balanced accuracy" in told
    assert "standin" in told.splitlines()[0]
    table = [line for line in told.splitlines() if "recall" in line]
    assert len(table) >= 3
    assert all(len(line) <= 80 for line in table)


# What is refused.


def test_all_that_is_wrong_is_told_at_once(
    here: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = part(here, "holdout")
    trained = part(here, "holdout", "train").image_id.iloc[0]
    tuned = part(here, "holdout", "val").image_id.iloc[0]
    manifest = pd.read_csv("data/splits/holdout.csv")
    left_out = manifest[manifest.excluded.fillna("").str.startswith("parent")].image_id.iloc[0]
    images = [*rows.image_id[2:], rows.image_id.iloc[3], trained, tuned, left_out, "nobody.jpg"]
    grades = ["9", *["1"] * (len(images) - 1)]
    file = write(tmp_path / "p.csv", image=images, predicted=grades)
    code, document = score(capsys, file)
    assert code == 1
    assert document["figures"] == []
    assert found(document) == {
        "prediction-invalid": 1,
        "prediction-unknown": 1,
        "prediction-trained-on": 1,
        "prediction-elsewhere": 2,
        "prediction-repeated": 1,
        # Two that are not there, and that whose prediction is no grade.
        "prediction-missing": 3,
    }


def test_an_image_of_another_fold_is_one_that_was_trained_on(
    here: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = held_out(here)
    folds = rows.fold.astype(int).tolist()
    folds[0] = (folds[0] + 1) % 5
    file = write(tmp_path / "p.csv", image=rows.image_id, fold=folds, predicted=1)
    code, document = score(capsys, file, "--variant", "kfold")
    assert code == 1
    assert found(document) == {"prediction-trained-on": 1, "prediction-missing": 1}


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        ("image,x\na,1\n", [], 2),
        ("x,predicted\na,1\n", [], 2),
        ("", [], 2),
        ("image,predicted\n", [], 2),
        ("image,predicted\na,1\n", ["--part", "train"], 2),
        ("image,predicted\na,1\n", ["--part", "tset"], 2),
        ("image,predicted\na,1\n", ["--data", "/nowhere"], 2),
        ("image,predicted\nnan,nan\n", [], 1),
        ("image,p0,p1,p2,p3\nlevle0_1.jpg,2,-1,0,0\n", [], 1),
    ],
)
def test_other_files_are_refused(
    here: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: list[str],
    code: int,
) -> None:  # fmt: skip
    (tmp_path / "p.csv").write_text(text)
    assert main(["score", str(tmp_path / "p.csv"), *words]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_the_same_call_gives_the_same_bytes(
    here: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = held_out(here)
    predicted = np.random.default_rng(5).integers(0, 4, len(rows))
    file = write(tmp_path / "p.csv", image=rows.image_id, predicted=predicted)
    upside_down = write(tmp_path / "q.csv", image=rows.image_id[::-1], predicted=predicted[::-1])
    one, other = (score(capsys, path, *KFOLD)[1] for path in (file, upside_down))
    assert one["figures"] == other["figures"]
    assert one["figures"] != score(capsys, file, "--seed", 1, *KFOLD)[1]["figures"]
