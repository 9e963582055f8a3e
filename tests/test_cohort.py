"""`acne04 cohort`: who is in the dataset, what is missing, how sure persons and labels are."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from project import Project

from acne04.cli import main
from acne04.cohort.evidence import graded_pairs, links_across_persons
from acne04.cohort.people import join_cohort, with_units
from acne04.core import tables
from acne04.core.variants import VARIANTS
from acne04.inference.agreement import agreement_of
from acne04.inference.sensitivity import (
    CLEAN,
    SHARES,
    leaking_test_images,
    sensitivity,
)

SOURCES = Path(__file__).parents[1] / "workflow/sources.yaml"
TABLES = ("agreement", "flow", "missingness", "mix", "person_links", "sensitivity")


# Labels.


def test_the_known_pairs_agree_as_was_measured(reference: Path) -> None:
    """35 photographs that were graded twice, of 15 persons: .80 [.58, .97], .65 [.23, .94]."""
    with (reference / "acne04_duplicate_pairs.csv").open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["seen"].startswith("byte-identical")]
    with (reference / "acne04_subjects.csv").open(newline="") as stream:
        person = {row["file_name"]: row["subject"] for row in csv.DictReader(stream)}
    pairs = pd.DataFrame(
        {
            "grade_a": [int(row["label_a"]) for row in rows],
            "grade_b": [int(row["label_b"]) for row in rows],
            "person": [person[row["a"]] for row in rows],
        }
    )
    made = agreement_of(pairs)
    assert (made.pairs, made.persons) == (35, 15)
    assert made.agreement.value == pytest.approx(0.80)
    assert made.kappa.value == pytest.approx(0.65, abs=0.005)
    assert made.agreement.low == pytest.approx(0.58, abs=0.05)
    assert made.agreement.high == pytest.approx(0.97, abs=0.03)
    assert made.kappa.low == pytest.approx(0.23, abs=0.1)
    assert made.kappa.high == pytest.approx(0.94, abs=0.06)
    assert made.ceiling.value == pytest.approx(0.89, abs=0.01)
    # Who takes each pair for a person of its own is surer than the data.
    naive = agreement_of(pairs.assign(person=[str(n) for n in range(35)]))
    assert naive.agreement.low > made.agreement.low


pairs_of_grades = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from("abcde")), min_size=1
)


@settings(max_examples=100, deadline=None)
@given(pairs_of_grades, st.randoms(use_true_random=False))
def test_neither_the_order_of_pairs_nor_of_their_gradings_matters(
    rows: list[tuple[int, int, str]], chance: Any
) -> None:
    turned = [(b, a, person) if chance.random() < 0.5 else (a, b, person) for a, b, person in rows]
    chance.shuffle(turned)
    names = ["grade_a", "grade_b", "person"]
    made, again = (
        agreement_of(pd.DataFrame(some, columns=names), draws=50) for some in (rows, turned)
    )
    assert made.agreement.value == pytest.approx(again.agreement.value)
    for name in ("kappa", "quadratic_kappa"):
        one, other = getattr(made, name), getattr(again, name)
        assert one.value == (None if other.value is None else pytest.approx(other.value))
    assert 0 <= made.agreement.value <= made.ceiling.value <= 1
    if all(a == b for a, b, _ in rows):
        assert made.agreement.value == 1
        assert made.kappa.value in (1, None), "of one grade alone nothing is said beyond chance"


# Persons that the table knows under two names.


def manifest(rows: list[tuple[str, str, int | None]]) -> pd.DataFrame:
    """Rows of a manifest: image, part and fold of photographs."""
    frame = pd.DataFrame(rows, columns=["image_id", "split", "fold"])
    return frame.assign(origin="real", fold=frame["fold"].astype("Int64"))


def test_a_planted_split_person_is_counted_exactly() -> None:
    rows = [("a1", "test", None), ("a2", "test", None), ("a3", "train", None)]
    rows += [("b1", "test", None), ("c1", "train", None), ("d1", "val", None), ("d2", "test", None)]
    one = {"a1": "A", "a2": "A", "a3": "A", "b1": "B", "c1": "C", "d1": "D", "d2": "D"}
    assert leaking_test_images("holdout", manifest(rows), one) == 2
    as_the_table = one | {"a3": "A'"}
    assert leaking_test_images("holdout", manifest(rows), as_the_table) == 0


def test_a_planted_split_person_of_folds_is_counted_exactly() -> None:
    rows = [("a1", "test", 0), ("a2", "test", 0), ("a3", "test", 1), ("b1", "test", 1)]
    person = {"a1": "A", "a2": "A", "a3": "A", "b1": "B"}
    # Fold 0 trains on a3, and fold 1 on a1 and a2.
    assert leaking_test_images("kfold", manifest(rows), person) == 3
    rows = [("a1", "test", 0), ("a2", "trainval", 0), ("a1", "trainval", 1), ("a2", "trainval", 1)]
    assert leaking_test_images("published", manifest(rows), person) == 1


@pytest.mark.parametrize("variant", ["holdout", "kfold", CLEAN])
def test_who_is_torn_from_one_training_fold_leaks_and_nobody_else(variant: str) -> None:
    """Every person has two photographs; the more are torn, the more leak."""
    names = [f"{person}{n}" for person in range(40) for n in "xy"]
    people = pd.DataFrame({"image_id": names, "unit": names, "person": [n[:-1] for n in names]})
    if variant == CLEAN:
        published = manifest(
            [(name, "test" if name.endswith("x") else "trainval", 0) for name in names]
        )
        made = published[published["split"] == "test"]
    else:
        published = None
        part = (
            (lambda n: "test") if variant == "kfold" else (lambda n: "train" if n < 26 else "test")
        )
        made = manifest(
            [(n, part(int(n[:-1])), int(n[:-1]) % 5 if variant == "kfold" else None) for n in names]
        )
    told = sensitivity(variant, made, people, published, draws=40)
    assert [one.share for one in told] == list(SHARES)
    assert (told[0].torn, told[0].median, told[0].least, told[0].most) == (0, 0, 0, 0)
    assert {one.of for one in told} == {40}
    assert [one.torn for one in told] == [0, 1, 2, 4, 8]
    for one in told:
        if variant == CLEAN:
            # Of each torn person one piece is tested on and the other is not: certain.
            assert one.least == one.most == one.torn
        assert one.most <= 2 * one.torn
    assert told[-1].median > 0


def test_copies_and_retakes_cannot_be_torn_apart() -> None:
    people = pd.DataFrame({"image_id": ["a", "b"], "person": ["P", "P"], "unit": ["a", "a"]})
    rows = manifest([("a", "train", None), ("b", "train", None)])
    told = sensitivity("holdout", rows, people, draws=5)
    assert {(one.of, one.torn, one.most) for one in told} == {(0, 0, 0)}


persons_of_images = st.lists(st.integers(0, 5), min_size=4, max_size=25)


@settings(max_examples=60, deadline=None)
@given(persons_of_images, st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter_and_nothing_is_counted_twice(
    persons: list[int], seed: int, chance: Any
) -> None:
    part = np.random.default_rng(seed).choice(["train", "val", "test"], 6)
    rows = [(f"i{n}", str(part[person]), None) for n, person in enumerate(persons)]
    people = pd.DataFrame({"image_id": [row[0] for row in rows]})
    people = people.assign(unit=people["image_id"], person=[str(person) for person in persons])
    told = sensitivity("holdout", manifest(rows), people, draws=10)
    assert told[0].most == 0, "whole persons are on one side"
    assert all(0 <= one.least <= one.median <= one.most <= len(rows) for one in told)
    order = chance.sample(range(len(rows)), len(rows))
    mixed = manifest([rows[n] for n in order])
    again = sensitivity("holdout", mixed, people.iloc[order], draws=10)
    assert again == told


# The tables.


def collection() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Images of two persons and one whom nobody knows, and relations between them."""
    blank = {name: dict.fromkeys(tables.empty(name).columns) for name in ("inventory", "groups")}
    subjects = {"a.jpg": "P", "b.jpg": "P", "c.jpg": "Q", "d.jpg": ""}
    inventory = [
        blank["inventory"]
        | {"dataset": "standin", "path": name, "name": name, "origin": "real", "grade": number % 2}
        | {"size": 1, "decodable": True, "md5": "0" * 32, "sha256": f"{number:064x}"}
        for number, name in enumerate(subjects)
    ]
    groups = [
        blank["groups"]
        | {"dataset": "standin", "image_id": name, "path": name, "canonical": name, "group": name}
        | {"subject": subject}
        for name, subject in subjects.items()
    ]
    made = (tables.from_records("inventory", inventory), tables.from_records("groups", groups))
    edges = [("exact", "b.jpg", "a.jpg"), ("near", "c.jpg", "a.jpg"), ("retake", "d.jpg", "c.jpg")]
    return join_cohort(*made), pd.DataFrame(edges, columns=["kind", "a", "b"])


def test_links_across_persons_are_told_and_unknown_persons_are_none() -> None:
    images, relations = collection()
    echoes = pd.DataFrame({"name_a": ["b.jpg", "a.jpg"], "name_b": ["c.jpg", "d.jpg"]})
    told = links_across_persons(images, relations, echoes)
    assert [(row["kind"], row["a"], row["b"]) for row in told] == [
        ("near", "c.jpg", "a.jpg"),
        ("echo", "b.jpg", "c.jpg"),
    ]
    assert images.set_index("image_id")["person"].to_dict() == {
        "a.jpg": "subject p",
        "b.jpg": "subject p",
        "c.jpg": "subject q",
        "d.jpg": "group d.jpg",
    }
    assert with_units(images, relations)["unit"].nunique() == 1
    pairs = graded_pairs(images, relations)
    assert pairs[["kind", "grade_a", "grade_b"]].to_numpy().tolist() == [
        ["exact", 1, 0],
        ["near", 0, 0],
    ]


@pytest.fixture(scope="module")
def made(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cohort")
    assert main(["cohort", *words(finished, folder)]) == 0
    return folder


def words(project: Project, output: Path) -> list[str]:
    data = project.path / "data"
    given = {"inventory": "inventory/images", "annotated": "annotations/images"}
    given |= {"echoes": "annotations/echoes", "groups": "groups/groups"}
    given |= {"relations": "groups/relations"}
    told = [f"--{name}={data / path}.csv" for name, path in given.items()]
    told += ["--manifests", *(str(data / f"splits/{name}.csv") for name in VARIANTS)]
    told += [f"--sources={SOURCES}", f"--output={output}"]
    return ["--dataset=standin", *told]


@pytest.mark.workflow
def test_the_stage_makes_what_the_verb_makes(finished: Project, made: Path) -> None:
    names = {path.name for path in made.iterdir()}
    assert names == {f"{name}.csv" for name in TABLES} | {
        "agreement.json",
        "findings.json",
        "metrics.json",
    }
    for name in names:
        assert (made / name).read_bytes() == (finished.path / "data/cohort" / name).read_bytes()


@pytest.mark.workflow
def test_no_image_is_lost_on_its_way(finished: Project, made: Path) -> None:
    flow = tables.read(made / "flow.csv", "flow")
    whole = flow[flow["grade"] == "all"]
    delivered = whole[whole["step"] == "delivered"].set_index("origin")["images"]
    for (variant, fold), rows in whole[whole["variant"] != ""].groupby(
        ["variant", whole["fold"].fillna(-1)]
    ):
        if variant != "kfold":
            counts = rows.groupby("origin")["images"].sum()
            assert counts.to_dict() == delivered.to_dict(), (variant, fold)
    kfold = whole[whole["variant"] == "kfold"].groupby("origin")["images"].sum()
    assert kfold.to_dict() == delivered.to_dict()
    holdout = tables.read(finished.path / "data/splits/holdout.csv", "splits")
    tested = holdout[holdout["split"] == "test"]
    told = whole[(whole["variant"] == "holdout") & (whole["detail"] == "test")].iloc[0]
    assert (told["images"], told["persons"]) == (len(tested), tested["subject"].nunique())


@pytest.mark.workflow
def test_whole_persons_leak_nothing_in_our_splits(made: Path) -> None:
    table = tables.read(made / "sensitivity.csv", "sensitivity").set_index(["variant", "share"])
    for variant in ("holdout", "kfold", CLEAN):
        assert table.loc[(variant, 0), "most"] == 0
    assert table.loc[("published", 0), "most"] > 0


@pytest.mark.workflow
def test_findings_say_what_a_reviewer_asks(made: Path) -> None:
    document = json.loads((made / "findings.json").read_text())
    (told,) = [f for f in document["findings"] if f["check"] == "graded-twice"]
    assert "kappa 0." in told["found"]
    assert "pairs of" in told["found"]


@pytest.mark.workflow
def test_a_table_that_is_not_there_is_named(
    finished: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [w.replace("echoes.csv", "nothing.csv") for w in words(finished, tmp_path / "out")]
    assert main(["cohort", *given]) == 2
    assert "nothing.csv" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
