"""`acne04 shortcuts`: what a model could grade by without looking at the skin, and how well."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from project import Project

from acne04.cli import main
from acne04.core import tables
from acne04.core.imaging import read_image
from acne04.core.trivia import trivia_of
from acne04.core.variants import VARIANTS
from acne04.export.re_encoding import ReEncoding
from acne04.inference.intervals import drawn_weights
from acne04.shortcuts.features import FEATURES, trivial_table
from acne04.shortcuts.measurement import area, grading, telling
from acne04.shortcuts.trials import dealt

CHANCE = 0.25


@pytest.fixture
def here(finished: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(finished.path)
    return finished


def many(number: int = 700, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Photographs of persons with up to six each, and features that say nothing of their grade."""
    chance = np.random.default_rng(seed)
    person = np.sort(chance.integers(0, number // 2, number))
    grade = chance.choice(4, number, p=[0.35, 0.4, 0.15, 0.1])
    names = [f"person {p}" for p in person]
    images = pd.DataFrame(
        {
            "origin": "real",
            "grade": pd.array(grade, dtype="Int64"),
            "group": names,
            "person": names,
        },
        index=[f"{n}.jpg" for n in range(number)],
    )
    trivial = pd.DataFrame(
        {"bytes": chance.normal(size=number), "luminance": chance.normal(size=number)},
        index=images.index,
    )
    return images, trivial


def places_of(images: pd.DataFrame) -> Any:
    return np.arange(len(images))


# What is measured.


def test_a_planted_feature_grades_all_of_them() -> None:
    images, trivial = many()
    trivial["bytes"] = 1000.0 + images["grade"].astype(float)
    features = {"bytes": ("bytes",), "luminance": ("luminance",)}
    found = {
        s.feature: s for s in grading(images, trivial, dealt(images, places_of(images)), features)
    }
    assert found["bytes"].value.value == 1.0
    assert found["bytes"].recalls == (1.0,) * 4
    assert found["together"].value.value == 1.0
    assert found["bytes"].exceeds_chance
    assert not found["luminance"].exceeds_chance


def permuted(
    draws: int, images: pd.DataFrame, trivial: pd.DataFrame
) -> Iterator[tuple[bool, bool]]:
    chance = np.random.default_rng(1)
    trials = dealt(images, places_of(images))
    for _ in range(draws):
        grades = pd.array(chance.permutation(images["grade"]), dtype="Int64")
        drawn = images.assign(grade=grades)
        for shortcut in grading(drawn, trivial, trials, {"bytes": ("bytes",)}):
            assert shortcut.value.low is not None
            assert shortcut.value.high is not None
            covers = shortcut.value.low <= CHANCE <= shortcut.value.high
            yield shortcut.feature == "bytes", covers


def test_permuted_grades_are_no_shortcut() -> None:
    images, trivial = many(400)
    covered = [covers for _, covers in permuted(20, images, trivial)]
    assert np.mean(covered) >= 0.85


@pytest.mark.long
@pytest.mark.timeout(900)
def test_permuted_grades_give_intervals_that_cover_chance() -> None:
    images, trivial = many(1400)
    told = list(permuted(200, images, trivial))
    for single in (True, False):
        covered = np.mean([covers for is_single, covers in told if is_single is single])
        assert 0.92 <= covered <= 0.99


def test_no_group_is_on_both_sides_of_a_trial_and_each_image_is_judged_once() -> None:
    images, _ = many()
    trials = dealt(images, places_of(images))
    judged = np.concatenate([trial.test for trial in trials])
    assert sorted(judged) == list(range(len(images)))
    groups = images["group"].to_numpy()
    for trial in trials:
        assert not set(groups[trial.train]) & set(groups[trial.test])
        of_grades = images["grade"].iloc[trial.test].value_counts()
        assert of_grades.max() - of_grades.min() < len(images)
        assert set(of_grades.index) == {0, 1, 2, 3}


def test_the_area_is_the_share_of_pairs_in_order() -> None:
    chance = np.random.default_rng(2)
    scores, classes = chance.integers(0, 5, 60).astype(float), chance.integers(0, 2, 60)
    persons = np.arange(60)
    told = area(scores, classes, persons, drawn_weights(60, 0, 200))
    real, synthetic = scores[classes == 0], scores[classes == 1]
    pairs = [(s > r) + (s == r) / 2 for s in synthetic for r in real]
    assert told.value == pytest.approx(np.mean(pairs))
    assert told.low is not None
    assert told.low < told.value


def test_the_real_tables_give_what_was_measured_on_them(reference: Path) -> None:
    """Figures and intervals of a random forest by persons, over the same tables."""
    rows = pd.read_csv(reference / "acne04_subjects.csv")
    document = json.loads((reference / "Acne04-v2_annotations.json").read_text())
    sizes = pd.DataFrame(document["images"]).drop_duplicates("file_name").set_index("file_name")
    path = "classification/" + rows["file_name"]
    images = pd.DataFrame(
        {"path": path, "origin": "real", "grade": rows["label"].astype("Int64"),
         "group": rows["subject"], "person": rows["subject"]}
    )  # fmt: skip
    features = tables.empty("features").reindex(range(len(rows)))
    features["path"] = path
    for side in ("width", "height"):
        features[side] = rows["file_name"].map(sizes[side])
    trivial = trivial_table(images, features, set(sizes.index))
    wanted = {name: FEATURES[name] for name in ("size", "in v2", "file number")}
    trials = dealt(images, places_of(images))
    found = {s.feature: s for s in grading(images, trivial, trials, wanted)}
    expected = {
        "size": (0.314, 0.459),
        "in v2": (0.428, 0.469),
        "file number": (0.383, 0.457),
        "together": (0.517, 0.586),
    }
    told = {name: found[name].value.value for name in expected}
    for name, (low, high) in expected.items():
        assert low <= told[name] <= high, told
        assert found[name].exceeds_chance
    assert told["in v2"] == pytest.approx(0.451, abs=0.0006)
    assert found["size"].images == 1204


# The stand-in: synthetic images, whose bytes alone betray them, until all are written alike.


def drawn_images(project: Project) -> tuple[pd.DataFrame, list[bytes]]:
    manifest = tables.read(project.path / "data/splits/paper.csv", "splits")
    rows = manifest[(manifest["split"] != "") & (manifest["grade"] >= 2)]
    images = rows.set_index("image_id")[["path", "origin", "grade", "group"]]
    images = images.assign(person=images["group"])
    return images, [(project.path / "data/raw" / path).read_bytes() for path in images["path"]]


def features_of(images: pd.DataFrame, contents: list[bytes]) -> pd.DataFrame:
    records = []
    for path, content in zip(images["path"], contents, strict=True):
        reading = read_image(content)
        assert reading.counts
        assert reading.square
        assert reading.width
        assert reading.height
        (trivia,) = trivia_of([reading.counts], [reading.square])
        share = reading.size / (reading.width * reading.height)
        records.append(
            {"dataset": "standin", "path": path, "width": reading.width, "height": reading.height,
             "size": reading.size, "bytes_per_pixel": share, "quantization": reading.quantization,
             "exif_make": reading.exif_make, **trivia._asdict()}
        )  # fmt: skip
    return tables.from_records("features", records)


@pytest.mark.workflow
def test_jpeg_tables_tell_synthetic_images_until_all_are_written_alike(finished: Project) -> None:
    # Of the few photographs here some have tables that no other one has.
    told_until_written_alike(finished, 0.8, 0.5)


@pytest.mark.long
@pytest.mark.workflow
def test_jpeg_tables_tell_every_synthetic_image_of_the_whole_stand_in(full: Project) -> None:
    told_until_written_alike(full, 1.0, 0.1)


def told_until_written_alike(project: Project, least: float, below: float) -> None:
    """Few images of a grade may be told apart the wrong way round by chance: `below` one half."""
    images, contents = drawn_images(project)

    def told(contents: list[bytes]) -> dict[Any, float | None]:
        trivial = trivial_table(images, features_of(images, contents), set())
        found = telling(images, trivial, places_of(images), ["jpeg tables", "size", "camera"])
        return {(s.feature, s.grade): s.value.value for s in found}

    before = told(contents)
    alike = told([ReEncoding(64, 72).image(content) for content in contents])
    grades = {grade for _, grade in before}
    assert grades
    for grade in grades:
        area_before = before["jpeg tables", grade]
        assert area_before is not None
        assert area_before >= least
        for feature in ("jpeg tables", "size", "camera"):
            assert 0.5 - below <= (alike[feature, grade] or 0) <= 0.6


# The command.


@pytest.mark.workflow
def test_the_table_of_a_run_is_that_of_the_command_however_many_threads(
    here: Project, tmp_path: Path
) -> None:
    words = [f"data/splits/{variant}.csv" for variant in VARIANTS]
    done = here.command(
        "bash", "-c",
        "OMP_NUM_THREADS=4 OPENBLAS_NUM_THREADS=4 PYTHONHASHSEED=7 "
        f"acne04 shortcuts {' '.join(words)} "
        f"--table {tmp_path}/shortcuts.csv --betrayed {tmp_path}/betrayed.csv",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    table = (tmp_path / "shortcuts.csv").read_bytes()
    assert table == Path("data/splits/shortcuts.csv").read_bytes()
    betrayed = (tmp_path / "betrayed.csv").read_bytes()
    assert betrayed == Path("data/shortcuts/betrayed.csv").read_bytes()
    synthetic = tables.read(Path("data/inventory/images.csv"), "inventory")["origin"] == "synthetic"
    assert betrayed.count(b"jpeg tables") == synthetic.sum()


@pytest.mark.workflow
def test_every_variant_has_every_feature(here: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shortcuts", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {m["name"] for m in document["manifests"]} == set(VARIANTS)
    for manifest in document["manifests"]:
        graded = [e for e in manifest["shortcuts"] if e["task"] == "grade"]
        assert {e["feature"] for e in graded} == {*FEATURES, "together"}
        for entry in graded:
            recalls = [entry[f"recall_{g}"] for g in range(4)]
            known = [r for r in recalls if r is not None]
            if entry["value"] is not None:
                assert entry["value"] == pytest.approx(np.mean(known), abs=1e-4)
    checks = {finding["check"] for finding in document["findings"]}
    assert "synthetic-betrayed" in checks


@pytest.mark.workflow
def test_a_strangers_manifest_is_measured(
    here: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = pd.read_csv("data/splits/holdout.csv")
    rows = manifest[manifest["split"].isin(["train", "test"])]
    file = tmp_path / "mine.csv"
    pd.DataFrame({"file": rows["path"], "set": rows["split"]}).to_csv(file, index=False)
    assert main(["shortcuts", str(file), "data/splits/holdout.csv", "--json"]) == 0
    mine, ours = json.loads(capsys.readouterr().out)["manifests"]
    assert mine["name"] == "mine.csv"
    assert mine["shortcuts"] == ours["shortcuts"]


@pytest.mark.workflow
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("file,set\nnobody.jpg,train\n", "name no image that is known"),
        ("file\nlevle0_0.jpg\n", "no column of parts"),
        ("set\ntrain\n", "no column of images"),
    ],
)
def test_what_cannot_be_measured_is_told(
    here: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(text)
    assert main(["shortcuts", str(file)]) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert not said.out


@pytest.mark.workflow
def test_the_text_fits_a_terminal(here: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shortcuts", "data/splits/kfold.csv"]) == 0
    table = capsys.readouterr().out.partition("\n\nSynthetic")[0].splitlines()
    assert any("file number" in line for line in table)
    assert not any("…" in line for line in table)


def test_the_command_line_does_not_wait_for_the_learners() -> None:
    code = "import sys, acne04.cli as c; c._module('shortcuts'); sys.exit('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False, env={**os.environ})
    assert done.returncode == 0


# What the scan sees.


def jpeg(image: Image.Image, **how: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", **how)
    return stream.getvalue()


def seen(content: bytes) -> Any:
    reading = read_image(content)
    assert reading.counts
    assert reading.square
    return trivia_of([reading.counts], [reading.square])[0]


def test_a_look_tells_what_is_there() -> None:
    skin, green = (Image.new("RGB", (320, 320), c) for c in ((205, 150, 125), (40, 160, 60)))
    half = skin.copy()
    half.paste((40, 160, 60), (0, 0, 160, 320))
    assert seen(jpeg(skin)).background == 0
    assert seen(jpeg(green)).background == 1
    assert seen(jpeg(half)).background == pytest.approx(0.5, abs=0.03)
    assert seen(jpeg(skin)).cast_red > 0 > seen(jpeg(green)).cast_red
    noise = np.random.default_rng(0).integers(0, 256, (320, 320, 3)).astype(np.uint8)
    assert seen(jpeg(Image.fromarray(noise))).sharpness > seen(jpeg(skin)).sharpness


def test_turned_grey_and_rgb_files_are_looked_at_alike() -> None:
    picture = Image.linear_gradient("L").resize((96, 128)).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    upright, turned = seen(jpeg(picture)), seen(jpeg(picture.rotate(90, expand=True), exif=exif))
    assert upright.luminance == pytest.approx(turned.luminance, abs=1)
    assert upright.background == pytest.approx(turned.background, abs=0.02)
    grey = seen(jpeg(picture.convert("L")))
    assert (grey.cast_blue, grey.cast_red, grey.background) == (0, 0, 1)
    kept = read_image(jpeg(picture, keep_rgb=True))
    assert not kept.problem
    assert kept.phash is not None
    assert seen(jpeg(picture, keep_rgb=True)).luminance == pytest.approx(upright.luminance, abs=1)
