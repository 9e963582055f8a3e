"""Validation parts of folds, and repeats: whole groups, quotas, other persons, and no leak."""

from __future__ import annotations

import shutil
from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from corpora import Collection, collections, corpus, options
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from acne04.cli import main
from acne04.core import documents, tables
from acne04.relations.kinship import Kinship
from acne04.relations.leakage import ALL, ANY, leak_table, sides_of
from acne04.relations.persons import with_persons
from acne04.samples.parts import rows_of_part
from acne04.split.collection import standing
from acne04.split.grouped import holdout, kfold
from acne04.split.manifest import Variant
from acne04.split.repeats import groups_tested

EXAMPLES = Path(__file__).parent / "examples" / "split"


def persons(number: int, seed: int) -> pd.DataFrame:
    """Photographs of persons, many of one, a few of ten; with synthetic ones of every fifth."""
    chance = np.random.default_rng(seed)
    sizes = [*np.minimum(chance.geometric(0.5, number), 8).tolist(), 10, 9]
    photographs = [
        (f"p{person}", int(grade))
        for person, size in enumerate(sizes)
        for grade in np.minimum(chance.integers(0, 2, size) + chance.integers(0, 4), 3)
    ]
    parents = tuple(range(0, len(photographs), 5))
    return corpus(photographs, (3,) * len(parents), parents)


def leaking(made: Variant, images: pd.DataFrame, relations: pd.DataFrame) -> int:
    kinship = Kinship(images["image_id"], with_persons(relations, images))
    table = leak_table(sides_of(made.name, made.manifest), kinship)
    return int(table.loc[(table["grade"] == ALL) & (table["kind"] == ANY), "pairs"].sum())


@settings(max_examples=25, deadline=None)
@given(collections(), st.sampled_from(["synthetic", "none"]), st.sampled_from([1, 2]))
def test_what_holds_for_the_validation_parts_of_any_collection(
    collection: Collection, balance: str, repeat: int
) -> None:
    images = collection.images
    placeable = (standing(images, "none") == "") & (images["origin"] == "real")
    assume(placeable.sum() >= 3)
    made = kfold(images, options(balance, fold_count=3), repeat=repeat)
    manifest = made.manifest
    # A fold that tests on nobody is refused before anything is written.
    assume(manifest.loc[manifest["split"] == "test", "fold"].nunique() == 3)
    for fold in range(3):
        parts = {
            part: rows_of_part(manifest.assign(dataset="standin"), made.name, part, fold)
            for part in ("train", "val", "test")
        }
        names = [name for rows in parts.values() for name in rows["image_id"]]
        # Each photograph is in one part; only training ones are synthetic.
        assert len(names) == len(set(names))
        photographs = manifest[(manifest["split"] == "test")]
        assert set(photographs["image_id"]) <= set(names)
        held_out = pd.concat([parts["val"], parts["test"]])
        assert (held_out["origin"] == "real").all()
        # No group is cut.
        sides = [set(rows["group"]) for rows in parts.values()]
        assert sum(map(len, sides)) == len(set().union(*sides))
        certificate = made.validation[fold].as_document()
        assert_parts_are(certificate, {part: parts[part] for part in ("train", "val")})
    assert leaking(made, images, collection.relations) == 0
    # Whatever share validates, the test parts are the same.
    other = {"train": 10, "val": 80, "test": 10}
    again = kfold(images, options(balance, fold_count=3, ratios=other), repeat=repeat).manifest
    real = manifest["origin"] == "real"
    pd.testing.assert_frame_equal(manifest.loc[real, ["fold", "split"]],
                                  again.loc[real, ["fold", "split"]])  # fmt: skip


def assert_parts_are(certificate: dict, parts: dict[str, pd.DataFrame]) -> None:
    """Count the certificate of a validation part again, in fractions."""
    real = {part: rows[rows["origin"] == "real"] for part, rows in parts.items()}
    whole = Counter(grade for rows in real.values() for grade in rows["grade"])
    distances = []
    for part, share in (("train", Fraction(13, 16)), ("val", Fraction(3, 16))):
        here = Counter(real[part]["grade"])
        entry = certificate["parts"][part]
        assert Fraction(entry["ratio"]) == share
        assert entry["groups"] == real[part]["group"].nunique()
        for grade in range(4):
            assert entry["grades"][str(grade)]["placed"] == here[grade]
            distances.append(abs(here[grade] - whole[grade] * share))
        distances.append(abs(here.total() - whole.total() * share))
    assert Fraction(certificate["largest_deviation"]) == max(distances)
    assert Fraction(certificate["largest_deviation_bound"]) <= max(distances)


def test_of_many_persons_every_fold_validates_within_one_image_of_its_quotas() -> None:
    images = persons(300, seed=5)
    for count in (2, 5, 10):
        made = kfold(images, options("synthetic", target=200, fold_count=count))
        assert len(made.validation) == count
        for certificate in made.validation:
            assert certificate.optimal
            assert certificate.largest < certificate.parts.unit
        # Not the same persons in every fold.
        rows = made.manifest[made.manifest["split"] == "test"]
        validating = [
            {g for g, folds in zip(rows["group"], rows["validates"], strict=True)
             if str(fold) in folds.split("/")}
            for fold in range(count)
        ]  # fmt: skip
        assert len(set(map(frozenset, validating))) == count


def test_ten_repeats_are_certified_have_other_test_persons_and_leak_nothing() -> None:
    images = persons(250, seed=6)
    subjects = images.set_index("image_id")["subject"]
    edges = images[images["parent"] != ""]
    relations = pd.DataFrame({"kind": "derived-from", "a": edges["image_id"], "b": edges["parent"]})
    assert len(relations) > 20
    for make in (holdout, kfold):
        made = [make(images, options("synthetic", target=100), repeat=n) for n in range(1, 11)]
        assert [v.name for v in made[:2]] == [make.__name__, f"{make.__name__}-2"]
        pd.testing.assert_frame_equal(
            made[0].manifest, make(images, options("synthetic", target=100)).manifest
        )
        for variant in made:
            assert variant.certificate is not None
            assert variant.certificate.optimal
            assert leaking(variant, images, relations) == 0
        assert len({groups_tested(variant) for variant in made}) == 10
        if make is holdout:
            tested = [set(v.manifest.loc[v.manifest["split"] == "test", "image_id"].map(subjects))
                      for v in made]  # fmt: skip
            common = [len(a & b) / len(a | b) for n, a in enumerate(tested) for b in tested[:n]]
            assert max(common) < 0.5
            # Those of many photographs, of whom no two are alike, take turns as the others do.
            large = subjects.value_counts()
            large = set(large.index[large >= 6]) - {""}
            assert len(large) > 5
            often = [sum(person in group for group in tested) for person in sorted(large)]
            assert sum(number > 0 for number in often) > len(large) / 2
            assert max(often) < 8


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(EXAMPLES / "tiny", tmp_path / "tiny")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def split(output: str, *more: str) -> int:
    inputs = ["--inventory=tiny/images.csv", "--groups=tiny/groups.csv",
              "--relations=tiny/relations.csv", "--folds=tiny/folds.csv"]  # fmt: skip
    return main(["split", "--dataset=standin", f"--output={output}", *inputs, *more])


def test_repeats_are_files_of_their_own_beside_the_same_bytes(tiny: Path) -> None:
    assert split("one", "--target=6") == 0
    assert split("three", "--target=6", "--repeats=3") == 0
    made = {path.name for path in Path("three").iterdir()}
    assert made - {path.name for path in Path("one").iterdir()} == {
        f"{name}-{n}.csv" for name in ("holdout", "kfold") for n in (2, 3)
    }
    for name in ("holdout", "kfold", "published", "published-clean", "paper", "paper_leaks"):
        assert Path(f"one/{name}.csv").read_bytes() == Path(f"three/{name}.csv").read_bytes()
    document = documents.read(Path("three/certificates.json"), "certificates.schema.json")
    repeats = {f"{name}-{n}" for name in ("holdout", "kfold") for n in (2, 3)}
    assert set(document["variants"]) == {"holdout", "kfold"} | repeats
    assert set(document["precision"]["variants"]) >= repeats
    rows = tables.read(Path("three/kfold-3.csv"), "splits")
    assert set(rows["variant"]) == {"kfold-3"}
    # A run of fewer would leave manifests behind that it says nothing of.
    assert split("three", "--target=6") == 2


def test_a_repeat_keeps_the_places_of_its_own_earlier_release(tiny: Path) -> None:
    words = ("--target=6", "--variants", "holdout", "kfold", "--repeats=2")
    assert split("first", *words) == 0
    assert split("second", *words, "--previous=first") == 0
    for name in ("holdout", "kfold", "holdout-2", "kfold-2"):
        before, after = (tables.read(Path(f"{run}/{name}.csv"), "splits")
                         for run in ("first", "second"))  # fmt: skip
        columns = ["image_id", "fold", "validates", "split", "excluded"]
        pd.testing.assert_frame_equal(before[columns], after[columns])


@pytest.mark.parametrize("number", ["0", "101", "two"])
def test_a_number_of_repeats_that_makes_no_sense_is_refused(number: str, tiny: Path) -> None:
    try:
        assert split("out", f"--repeats={number}") == 2
    except SystemExit as refused:
        assert refused.code == 2
    assert not Path("out").exists()
