"""A part of a split as a table, and as datasets of the libraries that people train with."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from project import Project

import acne04
from acne04.samples.label_distribution import count_distribution, grade_distribution
from acne04.samples.parts import OF_FOLDS, PARTS

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def data(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the finished project's data that a test may damage and mend again."""
    place = tmp_path_factory.mktemp("load") / "checkout"
    shutil.copytree(finished.path / "data", place / "data")
    (place / "Snakefile").touch()
    return place


def _parts() -> list[tuple[str, str, int | None]]:
    return [
        (variant, part, fold)
        for variant, parts in PARTS.items()
        for part in parts
        for fold in ((0, 3) if variant in OF_FOLDS else (None,))
    ]


@pytest.mark.workflow
@pytest.mark.parametrize(("variant", "part", "fold"), _parts())
def test_a_part_is_that_of_the_manifest(
    data: Path, variant: str, part: str, fold: int | None
) -> None:
    table = acne04.load(variant, part, fold, path=data)
    rows = pd.read_csv(data / f"data/splits/{variant}.csv", dtype={"validates": str})
    if variant in ("published", "published-clean", "published-matched"):
        rows = rows[(rows["fold"] == fold) & (rows["split"] == part)]
    elif variant == "kfold":
        validates = rows["validates"].fillna("").str.split("/")
        validates = validates.map(lambda folds: str(fold) in folds)
        wanted = {
            "train": (rows["fold"] != fold) & ~validates & rows["split"].notna(),
            "val": validates & (rows["split"] == "test"),
            "test": (rows["fold"] == fold) & (rows["split"] == "test"),
        }
        rows = rows[wanted[part]]
    else:
        rows = rows[rows["split"] == part]
    assert list(table.index) == list(rows["image_id"])
    assert list(table["grade"]) == list(rows["grade"])
    assert table.index.is_unique
    for file, size in zip(table["file"], table["size"], strict=True):
        assert Path(file).is_absolute()
        assert Path(file).stat().st_size == size


@pytest.mark.workflow
def test_training_and_test_part_of_a_fold_have_no_group_in_common(data: Path) -> None:
    for fold in range(5):
        train, val, test = (
            acne04.load("kfold", part, fold, path=data) for part in ("train", "val", "test")
        )
        assert not set(train["group"]) & {*val["group"], *test["group"]}
        assert not set(val["group"]) & set(test["group"])
        assert {*val["origin"], *test["origin"]} == {"real"}


@pytest.mark.workflow
def test_numbers_may_be_missing_and_are_then_not_0(data: Path) -> None:
    table = acne04.load("paper", "all", path=data)
    synthetic = table[table["origin"] == "synthetic"]
    assert len(synthetic)
    assert synthetic["lesions_v1"].isna().all()
    assert table["grade"].dtype == table["lesions_v1"].dtype == "Int64"
    real = table[table["origin"] == "real"]
    assert real["lesions_v1"].min() > 0
    names = dict(zip(table["grade"], table["label"], strict=True))
    assert names == {0: "mild", 1: "moderate", 2: "severe", 3: "very severe"}
    assert table["label"].max() == "very severe"


@pytest.mark.workflow
@pytest.mark.parametrize("folder", [".", "data", "data/splits", "data/raw/classification"])
def test_from_any_folder_of_the_checkout(
    data: Path, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = acne04.load("holdout", "val", path=data)
    monkeypatch.chdir(data / folder)
    pd.testing.assert_frame_equal(acne04.load("holdout", "val"), expected)
    monkeypatch.chdir("/")
    pd.testing.assert_frame_equal(acne04.load("holdout", "val", path=data / folder), expected)
    with pytest.raises(acne04.Acne04Error, match="neither a checkout nor a release"):
        acne04.load("holdout", "val")


@pytest.mark.workflow
def test_a_checkout_behind_a_link(data: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(data / "data")
    table = acne04.load("holdout", "val", path=tmp_path / "link")
    assert all(Path(file).is_file() for file in table["file"])


@pytest.mark.workflow
def test_from_a_release(audited: Project, tmp_path: Path) -> None:
    inside = audited.path / "releases/1.0.0"
    expected = acne04.load("kfold", "test", 2, path=audited.path)
    pd.testing.assert_frame_equal(
        acne04.load("kfold", "test", 2, path=inside), expected, check_flags=False
    )
    alone = shutil.copytree(inside, tmp_path / "1.0.0")
    with pytest.raises(acne04.Acne04Error, match=r"a release has none(.|\n)*images="):
        acne04.load("kfold", "test", 2, path=alone)
    table = acne04.load("kfold", "test", 2, path=alone, images=audited.path / "data/raw")
    assert list(table["file"]) == list(expected["file"])


@pytest.mark.workflow
def test_what_is_selected_stays_such_a_table(data: Path) -> None:
    train = acne04.load("holdout", "train", path=data)
    for table in (
        train[train["grade"] > 1],
        train.sample(5, random_state=0),
        train.sort_values("lesions_v1"),
        train.assign(mine=1),
        pickle.loads(pickle.dumps(train)),
        pd.concat([train, acne04.load("holdout", "val", path=data)]),
    ):
        assert hasattr(table, "to_torch")
        assert table.attrs == train.attrs


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("hodlout", "train"), r"holdout, kfold(.|\n)*did you mean holdout\?"),
        (("holdout", "trian"), r"train, val, test(.|\n)*did you mean train\?"),
        (("kfold", "train"), r"0, 1, 2, 3, 4(.|\n)*found: +none"),
        (("kfold", "train", 5), r"0, 1, 2, 3, 4(.|\n)*found: +5"),
        (("holdout", "train", 0), "holdout has no folds"),
    ],
)
@pytest.mark.workflow
def test_what_there_is_not_is_told_with_what_there_is(
    data: Path, asked: tuple[str, str], said: str
) -> None:
    with pytest.raises(acne04.Acne04Error, match=said) as caught:
        acne04.load(*asked, path=data)
    assert caught.value.exit_code == 2


@pytest.mark.workflow
def test_images_that_are_gone_are_named_all_at_once(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data / "data/splits", tmp_path / "data/splits")
    shutil.copytree(data / "data/raw", tmp_path / "data/raw")
    table = acne04.load("holdout", "train", path=tmp_path)
    gone = [*table[table["origin"] == "real"]["file"][:2], table["file"].iloc[0]]
    for file in gone:
        Path(file).unlink()
    with pytest.raises(acne04.Acne04Error) as caught:
        acne04.load("holdout", "train", path=tmp_path)
    assert all(Path(file).name in str(caught.value) for file in gone)
    assert f"3 of {len(table)} images are not there" in str(caught.value)
    assert "`dvc pull data/raw/acnedit data/raw/classification`" in str(caught.value)
    assert caught.value.exit_code == 2
    assert len(acne04.load("holdout", "train", path=tmp_path, check="none")) == len(table)


@pytest.mark.workflow
def test_images_that_are_others_are_told(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data / "data/splits", tmp_path / "data/splits")
    shutil.copytree(data / "data/raw", tmp_path / "data/raw")
    file = Path(acne04.load("holdout", "val", path=tmp_path)["file"].iloc[0])
    original = file.read_bytes()
    file.unlink()
    file.write_bytes(original[:-1] + b"\0")
    acne04.load("holdout", "val", path=tmp_path)
    with pytest.raises(acne04.Acne04Error, match=rf"SHA-256(.|\n)*{file.name}") as caught:
        acne04.load("holdout", "val", path=tmp_path, check="hash")
    assert caught.value.exit_code == 1
    file.write_bytes(original + b"\0")
    with pytest.raises(acne04.Acne04Error, match=file.name):
        acne04.load("holdout", "val", path=tmp_path)


@pytest.mark.workflow
def test_a_manifest_that_is_broken_is_refused(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data / "data/splits", tmp_path / "data/splits")
    (tmp_path / "data/raw").mkdir()
    manifest = tmp_path / "data/splits/holdout.csv"
    text = manifest.read_text()
    manifest.unlink()
    manifest.write_text(text.replace(",real,2,", ",real,7,", 1))
    with pytest.raises(acne04.Acne04Error, match=r"line \d+, column grade"):
        acne04.load("holdout", "train", path=tmp_path)


def test_a_checkout_without_data_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "Snakefile").touch()
    with pytest.raises(acne04.Acne04Error, match=r"`dvc pull`, or `make run`"):
        acne04.load("holdout", "train", path=tmp_path)


@pytest.mark.workflow
def test_without_the_libraries_it_says_how_to_get_them(data: Path) -> None:
    table = acne04.load("holdout", "val", path=data)
    for method, package in (("to_torch", "torch"), ("to_hf", "datasets")):
        with pytest.raises(acne04.Acne04Error, match=f"`pip install {package}`"):
            getattr(table, method)()


@given(st.integers(0, 500), st.floats(0.5, 10))
def test_a_count_is_spread_over_its_neighbours(lesions: int, sigma: float) -> None:
    shares = count_distribution(lesions, sigma)
    assert shares.sum() == pytest.approx(1, abs=1e-5)
    assert shares.argmax() + 1 == min(max(lesions, 1), 65)
    grades = grade_distribution(shares)
    assert sum(grades) == pytest.approx(1, abs=1e-5)
    assert grades[0] == pytest.approx(shares[:5].sum())


def test_a_count_is_spread_as_the_authors_do() -> None:
    """Their formula, written down anew: a Gaussian over counts 1 to 65, scaled to the sum 1."""
    for lesions in (1, 5, 33, 65):
        gaussian = [np.exp(-((n - lesions) ** 2) / (2 * 3.0**2)) for n in range(1, 66)]
        assert count_distribution(lesions) == pytest.approx(
            np.array(gaussian) / sum(gaussian), abs=1e-6
        )


def _run_as_client(clients: Path, data: Path, script: str, place: Path) -> str:
    """Run a script with the library that it is for; give what it prints."""
    file = place / "script.py"
    file.write_text(script)
    done = subprocess.run(
        [str(clients), str(file)],
        cwd=data,
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
            "PYTHONPATH": str(ROOT / "workflow"),
            "HF_HOME": str(place),
            "HF_HUB_OFFLINE": "1",
            "OMP_NUM_THREADS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


_TORCH = """
import json, torch, acne04
from acne04.samples.label_distribution import grade_distribution

def small(image):
    assert image.mode == "RGB"
    pixels = torch.frombuffer(bytearray(image.resize((8, 8)).tobytes()), dtype=torch.uint8)
    return pixels.reshape(8, 8, 3)

def main():
    train = acne04.load("holdout", "train").to_torch(small)
    assert isinstance(train, torch.utils.data.Dataset)
    sampler = torch.utils.data.WeightedRandomSampler(train.weights, 8)
    loader = torch.utils.data.DataLoader(
        train, batch_size=4, sampler=sampler, num_workers=2, multiprocessing_context="spawn"
    )
    shapes = [[list(images.shape), list(grades.shape)] for images, grades in loader]
    table = acne04.load("kfold", "train", fold=1)
    counted = table[table["lesions_v1"].notna()]
    items = counted.to_torch(small, distribution=True)
    _, _, counts = next(iter(torch.utils.data.DataLoader(items, batch_size=len(items))))
    shares = torch.stack(grade_distribution(counts), -1)
    refused = []
    for call in (lambda: table.to_torch(distribution=True),
                 lambda: acne04.load("holdout", "val").to_torch().weights):
        try:
            call()
        except acne04.Acne04Error as error:
            refused.append(str(error))
    everything = acne04.load("paper", "all")
    images = everything.to_torch()
    print(json.dumps({
        "shapes": shapes,
        "grades": train.grades,
        "weights": train.weights.tolist(),
        "counts": counted["lesions_v1"].tolist(),
        "peaks": (counts.argmax(-1) + 1).tolist(),
        "sums": shares.sum(-1).tolist(),
        "refused": refused,
        "sizes": {name: image.size for name, (image, _) in zip(everything.index, images)},
    }))

if __name__ == "__main__":
    main()
"""


@pytest.mark.client
@pytest.mark.workflow
def test_pytorch_reads_it(clients: Path, data: Path, tmp_path: Path) -> None:
    told = json.loads(_run_as_client(clients, data, _TORCH, tmp_path))
    train = acne04.load("holdout", "train", path=data)
    assert told["shapes"] == [[[4, 8, 8, 3], [4]]] * 2
    assert told["grades"] == train["grade"].tolist()
    assert told["weights"] == pytest.approx(train["weight"].tolist())
    assert told["peaks"] == [min(count, 65) for count in told["counts"]]
    assert told["sums"] == pytest.approx([1] * len(told["sums"]), abs=1e-5)
    assert "have no lesion count" in told["refused"][0]
    assert "their part is not trained on" in told["refused"][1]
    table = acne04.load("paper", "all", path=data)
    expected = zip(table.index, table["width"], table["height"], strict=True)
    assert told["sizes"] == {name: [width, height] for name, width, height in expected}


_HUGGING_FACE = """
import json, acne04

table = acne04.load("paper", "all")
dataset = table.to_hf()
rows = {}
for row in dataset:
    image = row.pop("image")
    label = dataset.features["grade"].int2str(row["grade"])
    rows[row["image_id"]] = {**row, "size": image.size, "label": label}
refused = []
lost = table.copy()
lost.attrs = {}
for wrong in (table.drop(columns="mark"), table.reset_index(drop=True), lost):
    try:
        wrong.to_hf()
    except acne04.Acne04Error as error:
        refused.append(str(error))
print(json.dumps({"rows": rows, "refused": refused, "again": len(table.reset_index().to_hf())}))
"""


@pytest.mark.client
@pytest.mark.workflow
def test_hugging_face_reads_it(clients: Path, data: Path, tmp_path: Path) -> None:
    told = json.loads(_run_as_client(clients, data, _HUGGING_FACE, tmp_path))
    table = acne04.load("paper", "all", path=data)
    assert list(told["rows"]) == list(table.index)
    boxes = pd.read_csv(data / "data/inventory/boxes.csv").groupby("name")["box"].count()
    for row in table.reset_index().itertuples():
        read = told["rows"][row.image_id]
        assert read["label"] == row.label
        assert read["origin"] == row.origin
        assert read["size"] == [row.width, row.height]
        for name in ("lesions_v1", "lesions_v2"):
            value = getattr(row, name)
            assert read[name] == (None if pd.isna(value) else value)
        if row.origin == "synthetic":
            assert read["boxes"] is read["circles"] is None
        else:
            assert len(read["boxes"]) == boxes.get(Path(row.path).name, 0)
        if read["circles"] is not None:
            assert len(read["circles"]) == row.lesions_v2
    assert sum(row["circles"] is not None for row in told["rows"].values()) > 10
    assert told["again"] == len(table)
    assert "no column mark" in told["refused"][0]
    assert "no column image_id" in told["refused"][1]
    assert "has lost where" in told["refused"][2]


@pytest.mark.client
@pytest.mark.workflow
def test_the_example_trains_an_epoch(clients: Path, data: Path, tmp_path: Path) -> None:
    script = (ROOT / "examples/train.py").read_text()
    lines = _run_as_client(clients, data, script, tmp_path).splitlines()
    train, val = (acne04.load("holdout", part, path=data) for part in ("train", "val"))
    assert lines[0].startswith(f"trained on {len(train)} images, loss ")
    assert 0 < float(lines[0].rpartition(" ")[2]) < 10
    told = {line[:12].strip(): int(line.split(" of ")[1].split()[0]) for line in lines[1:-1]}
    counts = val["label"].value_counts()
    assert told == {name: counts.get(name, 0) for name in told}
    assert list(told) == list(val["label"].cat.categories)
    assert 0 <= float(lines[-1].split()[2].rstrip(",")) <= 1
    assert _run_as_client(clients, data, script, tmp_path).splitlines() == lines
