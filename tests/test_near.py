"""`acne04 near`: what it finds, what it refuses, and that its bytes depend on nothing else.

The pictures are those of the small stand-in, which tells in truth.json what it planted, and
portraits drawn for a test (`drawn`).
"""

from __future__ import annotations

import json
import math
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from drawn import (
    CHANGES,
    LYING,
    Folder,
    bent,
    captioned,
    cropped,
    encoded,
    in_another_form,
    lying,
    portrait,
    pose,
    recompressed,
    retake,
    with_lesions,
)
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance
from upstreams import GOLDEN, assert_golden

from acne04.cli import main
from acne04.core import documents, tables
from acne04.core.errors import SplitError
from acne04.core.imaging import read_image
from acne04.near import calibration, candidates, pictures, scores, stage, verdicts
from acne04.near.blocks import BLOCK, match_blocks
from acne04.near.calibration import FLOOR, LEAST_NULL, REVIEW_BAND, as_document, calibrate
from acne04.near.candidates import Guesser, Nearest, find_nearest, part_vectors, whole_vectors
from acne04.near.frames import Frame, read_frame
from acne04.near.pictures import Picture
from acne04.near.registration import FORMS, Score, verify
from acne04_standin import Parameters, plan, write_upstream

EXAMPLES = Path(__file__).parent / "examples" / "near"
CASES = sorted(path.name for path in EXAMPLES.iterdir())
REFUSED = {
    "image-missing": 2,
    "image-of-other-bytes": 1,
    "image-that-is-none": 1,
    "inventory-malformed": 1,
    "other-dataset": 2,
    "subject-file-missing": 2,
}
OUTPUTS = ("verdicts.csv", "parents.csv", "calibration.json", "findings.json", "metrics.json")


def near(raw: Path, out: Path, *more: str | Path) -> int:
    """Run the command on a folder that holds the images and all tables."""
    words = [f"--{output.split('.')[0]}={out / output}" for output in OUTPUTS]
    words += ["--dataset=standin", f"--inventory={raw / 'images.csv'}", f"--images={raw}"]
    return main(["near", *words, f"--subjects={raw / 'subjects'}", "--threads=1", *map(str, more)])


def assert_same_outputs(one: Path, other: Path) -> None:
    for output in OUTPUTS:
        assert (one / output).read_bytes() == (other / output).read_bytes(), output


def findings(out: Path, check: str) -> list[dict[str, Any]]:
    document = documents.read(out / "findings.json", "findings.schema.json")
    return [finding for finding in document["findings"] if finding["check"] == check]


def pairs(out: Path, *verdicts: str) -> dict[frozenset[str], str]:
    """Give the pairs of such a verdict, as their paths, with their form."""
    table = tables.read(out / "verdicts.csv", "verdicts")
    rows = table[table["verdict"].isin(verdicts)].itertuples()
    return {frozenset((row.path_a, row.path_b)): row.form for row in rows}


# The stand-in, a thirty-second of it, with everything that it planted.


@dataclass(frozen=True)
class Standin:
    """The upstream as `fetch` and `scan` would leave it, what was planted, and what was found."""

    raw: Path
    truth: dict[str, Any]
    out: Path
    memory: Path

    @property
    def families(self) -> dict[str, str]:
        """Photograph to the one that it shows, in these or other bytes."""
        family = {name: name for name in self.truth["images"]}
        for copy in self.truth["near_duplicates"]:
            family[copy["name"]] = copy["original"]
        for twins in self.truth["identical_pairs"]:
            first, second = twins["names"]
            family = {n: family[first] if f == family[second] else f for n, f in family.items()}
        return family

    def family(self, path: str) -> str:
        return self.families[path.rpartition("/")[2]]


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Standin:
    folder = tmp_path_factory.mktemp("near")
    upstream, raw = folder / "upstream", folder / "raw"
    write_upstream(plan(Parameters(fraction=32)), upstream, workers=1)
    with tarfile.open(upstream / "Classification.tar") as archive:
        archive.extractall(raw / "classification", filter="data")
    shutil.move(upstream / "ACNEDIT", raw / "acnedit")
    shutil.move(upstream / "subjects", raw / "subjects")
    blank = dict.fromkeys(tables.empty("inventory").columns)
    rows = []
    for path in sorted([*raw.rglob("*.jp*g"), *raw.rglob("*.JPG")]):
        reading = read_image(path.read_bytes())
        origin = "synthetic" if "acnedit" in path.parts else "real"
        told = {"dataset": "standin", "path": path.relative_to(raw).as_posix(), "name": path.name}
        told |= {"origin": origin, "size": reading.size, "decodable": not reading.problem}
        told |= {"sha256": reading.sha256, "md5": reading.md5, "decoder": "none"}
        rows.append(blank | told)
    tables.write(raw / "images.csv", "inventory", tables.from_records("inventory", rows))
    truth = json.loads((upstream / "truth.json").read_text())
    made = Standin(raw, truth, folder / "out", folder / "memory.sqlite")
    assert near(raw, made.out, f"--memory={made.memory}") == 0
    return made


def test_every_planted_near_duplicate_is_one_photograph_with_its_original(
    standin: Standin,
) -> None:
    found = {
        frozenset(path.rpartition("/")[2] for path in pair) for pair in pairs(standin.out, "same")
    }
    planted = {
        frozenset((copy["name"], copy["original"])): copy["kind"]
        for copy in standin.truth["near_duplicates"]
    }
    assert [kind for pair, kind in planted.items() if pair not in found] == []


def test_no_two_photographs_are_taken_for_one_or_put_to_review(standin: Standin) -> None:
    for pair in pairs(standin.out, "same", "review", "undecidable"):
        assert len({standin.family(path) for path in pair}) == 1, pair


def test_a_planted_retake_is_one_and_no_copy(standin: Standin) -> None:
    families = standin.families
    planted = {
        frozenset((families[told["name"]], families[told["original"]]))
        for told in standin.truth["retakes"]
    }
    assert planted
    found = pairs(standin.out, "retake")
    assert {frozenset(standin.family(path) for path in pair) for pair in found} == planted
    told = [finding["found"] for finding in findings(standin.out, "near-retake")]
    assert len(told) == len(planted)
    assert all("of those that are alike lie still" in text for text in told)


def test_a_verdict_tells_how_the_second_picture_lies_on_the_first(standin: Standin) -> None:
    forms = {"mirrored": "mirrored", "turned-90": "turned-90"}
    originals = {copy["name"]: copy for copy in standin.truth["near_duplicates"]}
    table = tables.read(standin.out / "verdicts.csv", "verdicts")
    seen = set()
    for row in table.itertuples():
        a, b = row.path_a.rpartition("/")[2], row.path_b.rpartition("/")[2]
        form = "same"
        for copy, other in ((a, b), (b, a)):
            if copy in originals and originals[copy]["kind"] in forms:
                form = forms[originals[copy]["kind"]]
                # What is turned to the left is turned back to the right.
                if copy == a and form == "turned-90":
                    form = "turned-270"
                seen.add(form)
                assert standin.family(other) == originals[copy]["original"]
        assert row.form == form, (a, b)
    assert "mirrored" in seen
    assert seen & {"turned-90", "turned-270"}


def test_every_synthetic_image_has_the_parent_that_it_was_made_from(standin: Standin) -> None:
    table = tables.read(standin.out / "parents.csv", "parents")
    truth = {
        path.replace("ACNEDIT", "acnedit"): planted["parent"]
        for path, planted in standin.truth["synthetic"].items()
    }
    assert set(table["path"]) == set(truth)
    assert {row.path: row.status for row in table.itertuples()} == dict.fromkeys(truth, "verified")
    wrong = [
        (row.path, row.parent_path)
        for row in table.itertuples()
        if standin.family(row.parent_path) != standin.families[truth[row.path]]
    ]
    assert wrong == []


def test_the_threshold_lies_between_strangers_and_copies(standin: Standin) -> None:
    document = documents.read(standin.out / "calibration.json", "calibration.schema.json")
    metrics = json.loads((standin.out / "metrics.json").read_text())
    assert document["null"]["pairs"] > LEAST_NULL
    assert document["null"]["largest"] < document["review_from"] < document["threshold"]
    assert document["null"]["at_or_above_floor"] == 0
    assert document["threshold"] == metrics["threshold"] >= FLOOR
    histograms = document["histograms"]
    assert sum(histograms["parents"].values()) == len(standin.truth["synthetic"])
    assert sum(histograms["different_subjects"].values()) >= document["null"]["pairs"]


def test_every_finding_tells_what_to_do(standin: Standin) -> None:
    document = documents.read(standin.out / "findings.json", "findings.schema.json")
    assert document["counts"]["near-duplicate"] == len(pairs(standin.out, "same"))
    for finding in document["findings"]:
        assert finding["expected"] and finding["found"] and finding["done"] and finding["remedy"]


# The same input, the same bytes.


def test_without_a_memory_and_with_many_threads(standin: Standin, tmp_path: Path) -> None:
    assert near(standin.raw, tmp_path, "--threads=4") == 0
    assert_same_outputs(tmp_path, standin.out)


def test_with_the_rows_of_the_tables_in_another_order(standin: Standin, tmp_path: Path) -> None:
    header, *rows = (standin.raw / "images.csv").read_text().splitlines(keepends=True)
    random.Random(0).shuffle(rows)
    shuffled = tmp_path / "images.csv"
    shuffled.write_text("".join([header, *rows]))
    subjects = tmp_path / "subjects"
    subjects.mkdir()
    for file in (standin.raw / "subjects").iterdir():
        lines = file.read_text().splitlines(keepends=True)
        (subjects / file.name).write_text("".join(reversed(lines)))
    more = (f"--inventory={shuffled}", f"--subjects={subjects}")
    assert near(standin.raw, tmp_path / "out", *more) == 0
    assert_same_outputs(tmp_path / "out", standin.out)


def test_in_other_surroundings(tmp_path: Path) -> None:
    example = EXAMPLES / "sound"
    assert near(example, tmp_path / "here") == 0
    there = tmp_path / "anders wo é"
    shutil.copytree(example, there / "raw")
    words = [f"--{output.split('.')[0]}=out/{output}" for output in OUTPUTS]
    words += ["--dataset=standin", "--images=raw", "--inventory=raw/images.csv"]
    words += ["--subjects=raw/subjects", "--threads=2"]
    settings = {
        "PYTHONHASHSEED": "7",
        "LC_ALL": "C",
        "OPENBLAS_NUM_THREADS": "2",
        "TZ": "Asia/Tokyo",
    }
    done = subprocess.run(
        [sys.executable, "-m", "acne04.cli", "near", *words],
        cwd=there,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert_same_outputs(there / "out", tmp_path / "here")


def test_what_is_remembered_is_not_computed_again(
    standin: Standin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = shutil.copy(standin.memory, tmp_path / "memory")
    monkeypatch.setattr(scores, "find_nearest", None)
    monkeypatch.setattr(pictures.Corpus, "read", None)
    monkeypatch.setattr(pictures.Corpus, "verify", None)
    # Not even the images are read.
    shutil.copytree(standin.raw / "subjects", tmp_path / "raw" / "subjects")
    shutil.copy(standin.raw / "images.csv", tmp_path / "raw")
    assert near(tmp_path / "raw", tmp_path / "out", f"--memory={memory}") == 0
    assert_same_outputs(tmp_path / "out", standin.out)


def test_an_interrupted_run_goes_on_where_it_was(
    standin: Standin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, compared = pictures.verify, []

    def verify_some(frames: Any, guesses: Any) -> list[Score]:
        compared.extend(guesses)
        if len(compared) > 8 * scores.BATCH:
            raise KeyboardInterrupt
        return real(frames, guesses)

    monkeypatch.setattr(scores, "_BATCHES_KEPT", 2)
    monkeypatch.setattr(pictures, "verify", verify_some)
    memory, out = tmp_path / "memory", tmp_path / "out"
    assert near(standin.raw, out, f"--memory={memory}", "--threads=1") == 130
    assert not out.exists()
    monkeypatch.setattr(pictures, "verify", lambda f, g: compared.extend(g) or real(f, g))
    compared.clear()
    assert near(standin.raw, out, f"--memory={memory}", "--threads=1") == 0
    assert_same_outputs(out, standin.out)
    metrics = json.loads((out / "metrics.json").read_text())
    assert 0 < len(compared) <= metrics["pairs_compared"] - 4 * scores.BATCH


def _half(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("DELETE FROM verifications WHERE substr(sha256_a, 1, 1) < '8'")
        connection.execute("DELETE FROM thumbnails WHERE substr(sha256, 1, 1) >= '8'")
        connection.execute("DELETE FROM nearest")
    connection.close()


def _of_another_method(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE verifications SET method = 'registration-0', coincide = 0")
        connection.execute("UPDATE nearest SET method = 'registration-0', others = x'00'")
    connection.close()


def _of_another_form(file: Path) -> None:
    file.unlink()
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE verifications (method TEXT, pair TEXT, score REAL)")
    connection.close()


def _damaged(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[8192::97] = b"\x5a" * len(data[8192::97])
    file.write_bytes(data)


@pytest.mark.parametrize(
    "spoil",
    [
        _half,
        _of_another_method,
        _of_another_form,
        _damaged,
        lambda file: file.write_bytes(b"no database at all\n" * 1000),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(file.read_bytes()[:100_000]),
    ],
    ids=["half", "other-method", "other-form", "damaged", "garbage", "empty", "cut-off"],
)
def test_whatever_the_memory_holds(spoil: Any, standin: Standin, tmp_path: Path) -> None:
    memory = Path(shutil.copy(standin.memory, tmp_path / "memory"))
    spoil(memory)
    assert near(standin.raw, tmp_path / "out", f"--memory={memory}") == 0
    assert_same_outputs(tmp_path / "out", standin.out)
    assert memory.read_bytes()[:15] == b"SQLite format 3"


def test_other_pictures_do_not_change_what_is_said_of_a_pair(
    standin: Standin, tmp_path: Path
) -> None:
    inventory = tables.read(standin.raw / "images.csv", "inventory")
    some = inventory[inventory["name"].map(lambda name: sum(name.encode()) % 3 > 0)]
    tables.write(tmp_path / "images.csv", "inventory", some)
    assert near(standin.raw, tmp_path / "out", f"--inventory={tmp_path / 'images.csv'}") == 0

    def said(out: Path) -> dict[tuple[str, str], tuple[str, float]]:
        table = tables.read(out / "verdicts.csv", "verdicts")
        kept = table[
            table["sha256_a"].isin(some["sha256"]) & table["sha256_b"].isin(some["sha256"])
        ]
        return {(row.sha256_a, row.sha256_b): (row.form, row.score) for row in kept.itertuples()}

    assert said(tmp_path / "out") == said(standin.out) != {}


# What a copy may have gone through, and who is never taken for one.


def frame_of(picture: Image.Image | bytes) -> Frame:
    return read_frame(picture if isinstance(picture, bytes) else encoded(picture, "BMP"))


def compare(first: Frame, second: Frame) -> tuple[str, Score]:
    """Compare two pictures as the command does, whatever others there are."""
    frames = (first, second)
    guess = Guesser(np.array([frame.thumbnail for frame in frames]))(0, 1)
    (score,) = verify(lambda number: frames[number], [guess])
    return FORMS[guess.form], score


@pytest.fixture(scope="module")
def originals() -> list[tuple[Image.Image, Frame]]:
    pictures = [portrait(person) for person in (1, 2)]
    return [(picture, frame_of(picture)) for picture in pictures]


@pytest.mark.parametrize("change", CHANGES)
def test_a_copy_is_recognised(change: str, originals: list[tuple[Image.Image, Frame]]) -> None:
    for picture, frame in originals:
        form, score = compare(frame, frame_of(CHANGES[change](picture)))
        assert form == "same"
        assert score.is_decidable
        assert score.share >= FLOOR


@pytest.mark.parametrize("form", FORMS)
def test_a_mirrored_or_turned_copy_is_recognised(
    form: str, originals: list[tuple[Image.Image, Frame]]
) -> None:
    picture, frame = originals[0]
    edited = with_lesions(in_another_form(picture, form), 10)
    found, score = compare(frame, frame_of(edited))
    assert score.share >= FLOOR
    inverse = {"turned-90": "turned-270", "turned-270": "turned-90"}
    # The whole of either picture may be the part of the other.
    assert found in (form, inverse.get(form, form))


@pytest.mark.parametrize("person", range(10, 16))
def test_two_people_in_one_pose_are_two(person: int) -> None:
    held = pose(person, 0)
    first, second = portrait(person, 0, held), portrait(person + 100, 1, held)
    _, score = compare(frame_of(first), frame_of(second))
    assert score.share < FLOOR - REVIEW_BAND


@pytest.mark.parametrize("person", range(20, 26))
def test_two_photographs_of_one_person_are_two(person: int) -> None:
    _, score = compare(frame_of(portrait(person, 0)), frame_of(portrait(person, 1)))
    assert score.share < FLOOR - REVIEW_BAND


@pytest.mark.parametrize("person", range(1, 4))
def test_the_same_face_a_little_displaced_is_another_photograph(person: int) -> None:
    """Every block is alike, as in two photographs of a burst; only the places tell them apart."""
    picture = portrait(person)
    _, score = compare(frame_of(picture), frame_of(bent(picture, 2, person)))
    assert score.share < FLOOR - REVIEW_BAND


RETAKEN = range(200, 212)


@pytest.fixture(scope="module")
def retakes() -> list[tuple[Frame, Image.Image]]:
    return [(frame_of(portrait(person)), retake(person)) for person in RETAKEN]


@pytest.mark.parametrize(
    "alter",
    [
        lambda picture: picture,
        lambda picture: cropped(picture, 5, "centre"),
        lambda picture: ImageEnhance.Brightness(picture).enhance(0.75),
        lambda picture: recompressed(picture, 40),
    ],
    ids=["as-it-is", "cropped-5", "darker", "quality-40"],
)
def test_no_retake_is_taken_for_one_photograph(
    alter: Any, retakes: list[tuple[Frame, Image.Image]]
) -> None:
    """Though as many blocks coincide as in many a copy."""
    found = [compare(first, frame_of(alter(again)))[1] for first, again in retakes]
    limits = calibrate([], 1e-6)
    said = [verdicts.verdict_of(score, limits) for score in found]
    assert "same" not in said
    assert said.count("retake") >= 2 * len(said) // 3
    assert any(score.share >= FLOOR for score in found)


@pytest.mark.parametrize(
    ("share", "alike_that_are_steady", "said"),
    [
        (0.44, 1.0, "different"),
        (0.45, 0.39, "retake"),
        (0.45, 0.40, "review"),
        (0.45, 0.50, "review"),
        (0.60, 0.39, "retake"),
        (0.60, 0.49, "review"),
        (0.60, 0.50, "same"),
        (0.74, 0.39, "retake"),
        (0.75, 0.39, "review"),
    ],
)
def test_a_verdict_rests_on_both_shares(
    share: float, alike_that_are_steady: float, said: str
) -> None:
    score = Score(round(200 * share), 200, 0.9, round(100 * alike_that_are_steady), 100)
    assert verdicts.verdict_of(score, calibrate([], 1e-6)) == said


def test_a_form_is_that_of_the_second_picture_whichever_is_whole_in_the_other(
    tmp_path: Path,
) -> None:
    folder = Folder(tmp_path)
    original = folder.add("original.png", portrait(1))
    turned = in_another_form(portrait(1), "turned-90")
    for quality in range(80, 88):
        part = cropped(turned, 8, "top-left") if quality % 2 else turned
        folder.add(f"turned-{quality}.jpg", encoded(part, "JPEG", quality=quality))
    folder.write_tables()
    assert near(tmp_path, tmp_path / "out") == 0
    table = tables.read(tmp_path / "out" / "verdicts.csv", "verdicts")
    assert len(table) == 9 * 8 // 2
    for row in table.itertuples():
        expected = {row.sha256_a: "turned-90", row.sha256_b: "turned-270"}.get(original, "same")
        assert row.form == expected, (row.path_a, row.path_b)
    # Findings are about the later path, whichever hash comes first.
    found = json.loads((tmp_path / "out" / "findings.json").read_text())["findings"]
    of_original = [f["found"] for f in found if "original.png" in f["found"]]
    assert len(of_original) == 8
    assert all(text.endswith("original.png (turned-270)") for text in of_original)


# Files of all kinds.


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Portraits of several people, one of them in many file formats, and pictures of nothing."""
    folder = Folder(tmp_path_factory.mktemp("odd"))
    size = (194, 216)
    for person in range(1, 6):
        folder.add(f"{person}.png", portrait(person, size=size), subject=f"s{person}")
    picture = portrait(1, size=size)
    deep = np.asarray(picture.convert("L")).astype(np.uint16) * 257
    folder.add("cmyk.jpg", encoded(picture.convert("CMYK"), "JPEG", quality=90))
    folder.add("palette.gif", encoded(picture.quantize(96), "GIF"))
    folder.add("deep.png", encoded(Image.fromarray(deep)))
    folder.add("see-through.png", encoded(picture.convert("RGBA")))
    folder.add("black-and-white.tif", encoded(picture.convert("1"), "TIFF"))
    for orientation in LYING:
        folder.add(f"lying-{orientation}.jpg", lying(picture, orientation))
    folder.add("grey.png", Image.new("L", (300, 300), 90))
    folder.add("grey-again.png", Image.new("RGB", (200, 300), (90, 90, 90)))
    folder.add("white.jpg", encoded(Image.new("L", (64, 64), 255), "JPEG"))
    folder.add("pixel.png", Image.new("L", (1, 1), 7))
    folder.add("pixel-of-another-kind.png", Image.new("RGB", (1, 1), (7, 7, 7)))
    folder.add("broken.jpg", encoded(picture, "JPEG")[:3000], decodable=False)
    folder.add("nothing.jpg", b"", decodable=False)
    folder.add("edit.jpg", encoded(with_lesions(picture, 15), "JPEG"), origin="synthetic")
    absent = with_lesions(portrait(9, size=size), 15)
    folder.add("orphan.jpg", encoded(absent, "JPEG"), origin="synthetic")
    folder.add("blank.jpg", encoded(Image.new("L", (50, 50)), "JPEG"), origin="synthetic")
    folder.write_tables()
    assert near(folder.path, folder.path / "out") == 0
    return folder.path


NOTHING = ("grey.png", "grey-again.png", "white.jpg", "pixel.png", "pixel-of-another-kind.png")


@pytest.mark.parametrize(
    "name",
    [
        "cmyk.jpg",
        "palette.gif",
        "deep.png",
        "see-through.png",
        "black-and-white.tif",
        *(f"lying-{orientation}.jpg" for orientation in LYING),
    ],
)
def test_a_copy_in_another_file_format_is_found(name: str, odd: Path) -> None:
    assert pairs(odd / "out", "same").get(frozenset(("1.png", name))) == "same"


def test_no_two_people_and_no_uniform_picture_is_a_copy(odd: Path) -> None:
    strangers = {f"{person}.png" for person in range(2, 6)} | set(NOTHING)
    for pair in pairs(odd / "out", "same", "review"):
        assert not pair & strangers


def test_pictures_without_anything_to_compare_are_reported(odd: Path) -> None:
    reported = {finding["file"] for finding in findings(odd / "out", "near-undecidable")}
    assert reported == {*NOTHING, "blank.jpg", "broken.jpg", "nothing.jpg"}


def test_a_synthetic_image_without_its_parent_has_none(odd: Path) -> None:
    table = tables.read(odd / "out" / "parents.csv", "parents").set_index("path")
    assert dict(table["status"]) == {
        "blank.jpg": "unknown",
        "edit.jpg": "verified",
        "orphan.jpg": "unknown",
    }
    assert table.loc["edit.jpg", "parent_path"] in {
        path for pair in pairs(odd / "out", "same") for path in pair
    }
    assert table.loc["orphan.jpg", "parent_path"] == ""
    assert pd.isna(table.loc["orphan.jpg", "score"])
    assert table.loc["orphan.jpg", "candidates"] > table.loc["blank.jpg", "candidates"] == 0
    unknown = {finding["file"] for finding in findings(odd / "out", "parent-unknown")}
    assert unknown == {"blank.jpg", "orphan.jpg"}


def test_identical_bytes_are_one_content_under_the_first_photograph(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    picture = portrait(1, size=(194, 216))
    folder.add("b.png", picture)
    folder.add("c.png", picture)
    folder.add("a/synthetic.png", picture, origin="synthetic")
    for name in ("y.jpg", "x.jpg"):
        folder.add(name, encoded(with_lesions(picture, 9), "JPEG"), origin="synthetic")
    folder.write_tables()
    assert near(tmp_path, tmp_path / "out") == 0
    assert pairs(tmp_path / "out", "same", "review", "undecidable") == {}
    table = tables.read(tmp_path / "out" / "parents.csv", "parents")
    assert list(zip(table["path"], table["parent_path"], strict=True)) == [("x.jpg", "b.png")]


@pytest.mark.parametrize("number", [0, 1])
def test_nearly_no_images_are_no_difficulty(number: int, tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for _ in range(number):
        folder.add("only.png", portrait(1, size=(97, 108)))
    folder.add("broken.png", b"broken", decodable=False)
    folder.write_tables()
    assert near(tmp_path, tmp_path / "out") == 0
    assert len(tables.read(tmp_path / "out" / "verdicts.csv", "verdicts")) == 0
    assert [finding["file"] for finding in findings(tmp_path / "out", "near-undecidable")] == [
        "broken.png"
    ]


# Where the threshold comes from.


def a_tail(pairs: int, scale: float, start: float = 0.1) -> list[float]:
    """Scores of strangers: most are stopped early, a fifth has an exponential tail."""
    fifth = pairs // 5
    tail = [start - scale * math.log((place + 0.5) / fifth) for place in range(fifth)]
    return [0.0] * (pairs - fifth) + [score for score in tail if score < FLOOR]


def test_without_enough_pairs_the_threshold_is_the_floor() -> None:
    for null in ([], [0.39] * (LEAST_NULL - 1)):
        found = calibrate(null, 1e-6)
        assert (found.threshold, found.is_fitted) == (FLOOR, False)
        assert found.review == pytest.approx(FLOOR - REVIEW_BAND)


def test_a_light_tail_leaves_the_floor_and_a_heavy_one_raises_the_threshold() -> None:
    thresholds = [calibrate(a_tail(5000, scale), 1e-6) for scale in (0.01, 0.02, 0.05, 0.06)]
    assert [found.is_fitted for found in thresholds] == [True] * 4
    light, lighter, heavy, heavier = [found.threshold for found in thresholds]
    assert light == lighter == FLOOR
    assert FLOOR < heavy < heavier <= 1.0


def test_a_handful_of_scores_is_no_tail() -> None:
    """As in the small stand-in: all but ten of the strangers are stopped at the first look."""
    found = calibrate([0.0] * 484 + [0.06, 0.08, 0.12, 0.12, *[0.13] * 6], 1e-6)
    assert found.threshold <= 0.7


@pytest.mark.parametrize("measured", [10, 40, 90, 101, 200, 1000])
def test_the_threshold_does_not_hang_on_how_many_strangers_were_measured(measured: int) -> None:
    chance = random.Random(0)
    scores = [min(max(chance.gauss(0.16, 0.04), 0.05), 0.3) for _ in range(measured)]
    assert calibrate([*[0.0] * (2000 - measured), *scores], 1e-6).threshold == FLOOR


def test_pairs_above_the_floor_are_counted_and_left_out() -> None:
    null = a_tail(2000, 0.01)
    found = calibrate([*null, 0.9, 1.0], 1e-6)
    assert (found.above, found.pairs) == (2, len(null))
    assert found.threshold == calibrate(null, 1e-6).threshold
    assert found.largest == max(null)


def test_a_crowded_review_band_is_refused() -> None:
    null = a_tail(2000, 0.01)
    share = calibration.LARGEST_REVIEWED
    allowed = int(share * len(null))
    assert calibrate([*null, *[0.5] * (allowed // 2)], 1e-6).threshold >= FLOOR
    with pytest.raises(SplitError, match="too many pairs of different subjects"):
        calibrate([*null, *[FLOOR - 0.01] * (3 * allowed)], 1e-6)


def test_strangers_that_are_all_alike_are_a_crowd_as_well() -> None:
    """Screenshots with one border: nothing tells them from copies."""
    with pytest.raises(SplitError):
        calibrate([*a_tail(2000, 0.01), *[0.8] * 1000], 1e-6)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 800),
    st.floats(0, 0.08),
    st.floats(0, 0.3),
    st.lists(st.floats(1e-12, 0.5), min_size=2, max_size=2).map(sorted),
    st.randoms(use_true_random=False),
)
def test_a_smaller_rate_never_lowers_the_threshold(
    pairs: int, scale: float, start: float, rates: list[float], chance: random.Random
) -> None:
    null = a_tail(pairs, scale, start)
    try:
        strict, lax = (calibrate(null, rate) for rate in rates)
    except SplitError:
        assume(False)
    assert FLOOR <= lax.threshold <= strict.threshold <= 1
    assert lax.review < lax.threshold
    chance.shuffle(null)
    assert calibrate(null, rates[0]) == strict


@given(st.integers(1, 256).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@example((29, 50))
@example((87, 150))
def test_a_score_is_in_the_bin_that_holds_it(score: tuple[int, int]) -> None:
    coincide, blocks = score
    share = Score(coincide, blocks, 1.0).share
    document = as_document(calibrate([], 1e-6), 1e-6, {"parents": [share]})
    expected = min(100 * coincide // blocks, 99)
    assert document["histograms"]["parents"] == {f"0.{expected:02}": 1}


def test_a_corpus_that_the_check_cannot_tell_apart_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Different people, each photographed beside the same large poster."""
    monkeypatch.setattr(calibration, "LEAST_NULL", 25)
    folder = Folder(tmp_path)
    poster, (width, height) = portrait(50), (389, 432)
    for person in range(8):
        picture = portrait(person)
        picture.paste(poster.crop((0, 0, width, height * 53 // 100)), (0, 0))
        folder.add(f"{person}.png", picture, subject=f"s{person}")
    folder.write_tables()
    assert near(tmp_path, tmp_path / "out") == 1
    assert "nothing written" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


# The search.


def thumbnail(seed: int, form: int) -> np.ndarray:
    """A smooth picture, in one of the eight forms; uniform for a seed below 0."""
    if seed < 0:
        return np.full((64, 64), 100 - seed, dtype=np.uint8)
    coarse = np.random.default_rng(seed).integers(0, 256, (8, 8), dtype=np.uint8)
    picture = np.asarray(Image.fromarray(coarse).resize((64, 64), Image.Resampling.BILINEAR))
    return candidates.in_form(picture, form)


def nearest_by_hand(thumbnails: np.ndarray, depth: int) -> list[list[tuple[int, int]]]:
    """Of each picture, the products and numbers of the nearest others."""
    wholes, parts = (
        vectors(thumbnails).astype(np.float64) for vectors in (whole_vectors, part_vectors)
    )
    lists = []
    for one in range(len(thumbnails)):
        products = {
            other: int(max((wholes[a] @ parts[b].T).max() for a, b in ((one, other), (other, one))))
            for other in range(len(thumbnails))
            if other != one
        }
        ordered = sorted((-product, other) for other, product in products.items() if product > 0)
        lists.append([(-product, other) for product, other in ordered[:depth]])
    return lists


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-1, 5), st.integers(0, 7)), min_size=1, max_size=9),
    st.integers(1, 10),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(1, 3),
)
def test_the_nearest_are_those_of_a_search_by_hand(
    pictures: list[tuple[int, int]], depth: int, parts: int, wholes: int, threads: int
) -> None:
    thumbnails = np.array([thumbnail(*picture) for picture in pictures])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candidates, "_PARTS_AT_ONCE", parts)
        patch.setattr(candidates, "_WHOLES_AT_ONCE", wholes)
        found = find_nearest(thumbnails, np.ones(len(thumbnails), dtype=bool), depth, threads)
    expected = nearest_by_hand(thumbnails, depth)
    length = np.float32(candidates.LENGTH**2)
    for others, likeness, entries in zip(found.others, found.likeness, expected, strict=True):
        assert [other for other in others.tolist() if other >= 0] == [n for _, n in entries]
        assert others.tolist()[len(entries) :] == [-1] * (len(others) - len(entries))
        assert likeness.tolist()[: len(entries)] == [np.float32(p) / length for p, _ in entries]


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 4),
    st.integers(-4, 4),
    st.integers(-4, 4),
    st.sampled_from([8, 16]),
    st.integers(0, 2**32 - 1),
)
def test_blocks_are_found_where_they_went(
    reach: int, right: int, down: int, stride: int, seed: int
) -> None:
    assume(max(abs(right), abs(down)) <= reach)
    noise = np.random.default_rng(seed).integers(-127, 128, (64, 2, 64)).astype(np.float32)
    moved = np.roll(noise, (down, right), axis=(0, 2))
    blocks = match_blocks(noise, moved, np.ones_like(noise), reach, stride)
    room = 32 - BLOCK // 2 - 4
    inner = (np.abs(blocks.x) <= room) & (np.abs(blocks.y) <= room)
    assert inner.sum() >= 1
    assert blocks.likeness[:, inner] == pytest.approx(1.0)
    assert np.abs(blocks.right[:, inner] - right).max() <= 0.5
    assert np.abs(blocks.down[:, inner] - down).max() <= 0.5
    assert blocks.textured.all()
    assert blocks.inside.all()


def test_a_score_does_not_depend_on_the_pairs_beside_it(
    originals: list[tuple[Image.Image, Frame]],
) -> None:
    picture, frame = originals[0]
    changes = ("turned-2-degrees", "cropped-10-top-left", "border-5", "quality-20")
    frames = [frame, originals[1][1], *(frame_of(CHANGES[change](picture)) for change in changes)]
    frames += [frame_of(Image.new("L", (9, 9))), frame_of(portrait(1, 1))]
    guesser = Guesser(np.array([each.thumbnail for each in frames]))
    guesses = [guesser(0, other) for other in range(1, len(frames))]
    alone = [verify(frames.__getitem__, [guess])[0] for guess in guesses]
    assert verify(frames.__getitem__, guesses) == alone
    assert verify(frames.__getitem__, guesses[::-1]) == alone[::-1]
    assert verify(frames.__getitem__, guesses[2:4] * 2) == alone[2:4] * 2
    assert len(set(alone)) > 4


@pytest.fixture
def deep_as(monkeypatch: pytest.MonkeyPatch) -> Any:
    def set_depth(depth: int) -> None:
        for module in (scores, verdicts, stage):
            monkeypatch.setattr(module, "DEPTH", depth)
        monkeypatch.setattr(stage, "AT_FIRST", min(stage.AT_FIRST, depth))
        monkeypatch.setattr(stage, "LAST", 1)

    return set_depth


@pytest.mark.parametrize(("depth", "reached"), [(3, True), (5, False), (9, False)])
def test_a_picture_with_more_look_alikes_than_are_compared_is_reported(
    depth: int, reached: bool, deep_as: Any, tmp_path: Path
) -> None:
    deep_as(depth)
    folder = Folder(tmp_path)
    for quality in (95, 90, 85, 80, 75, 70):
        folder.add(f"{quality}.jpg", encoded(portrait(1), "JPEG", quality=quality))
    folder.write_tables()
    assert near(tmp_path, tmp_path / "out") == 0
    capped = [finding["file"] for finding in findings(tmp_path / "out", "candidate-cap-reached")]
    # With five others, a list of five holds them all.
    assert len(capped) == (6 if reached else 0)


def told_of(out: Path, *digests: str) -> set[tuple[Any, ...]]:
    """What the verdicts say of pairs of these contents, whatever the files are called."""
    table = tables.read(out / "verdicts.csv", "verdicts")
    return {
        (row.sha256_a, row.sha256_b, row.form, row.score, row.steadiness, row.verdict)
        for row in table.itertuples()
        if not digests or {row.sha256_a, row.sha256_b} <= set(digests)
    }


HARD: dict[str, Any] = {
    "caption": captioned,
    **{
        name: CHANGES[name]
        for name in ("border-5", "cropped-10-top-left", "edited-cropped-and-recompressed")
    },
}


def hard_among(folder: Folder, people: int, copies: int, **size: Any) -> list[tuple[str, str]]:
    """Hard copies of one portrait each, then other people with so many easy copies each."""
    known = []
    for person, change in enumerate(HARD.values()):
        picture = portrait(person, **size)
        first = folder.add(f"{person}.png", picture, subject=f"s{person}")
        known.append((first, folder.add(f"{person}-changed.png", change(picture))))
    for person in range(100, 100 + people):
        picture = portrait(person, **size)
        folder.add(f"{person}.png", picture, subject=f"s{person}")
        for copy in range(copies):
            data = encoded(picture, "JPEG", quality=90 - copy)
            folder.add(f"{person}-{copy}.jpg", data, subject=f"s{person}")
    folder.write_tables()
    assert near(folder.path, folder.path / "out") == 0
    return known


@pytest.mark.parametrize(
    ("people", "copies", "size"),
    [
        (30, 0, (194, 216)),
        (4, 10, (194, 216)),
        pytest.param(180, 10, (194, 216), marks=[pytest.mark.long, pytest.mark.timeout(3600)]),
    ],
    ids=["among-others", "beside-ten-times-as-many-easy-copies", "among-two-thousand"],
)
def test_a_pair_that_is_accepted_alone_is_accepted_among_many(
    people: int, copies: int, size: tuple[int, int], tmp_path: Path
) -> None:
    alone = hard_among(Folder(tmp_path / "alone"), 0, 0, size=size)
    beside = hard_among(Folder(tmp_path / "beside"), people, copies, size=size)
    assert alone == beside
    for pair in alone:
        ((*_, verdict),) = said = told_of(tmp_path / "alone" / "out", *pair)
        assert verdict == "same"
        assert told_of(tmp_path / "beside" / "out", *pair) == said


@pytest.mark.parametrize("seed", range(3))
def test_names_and_order_of_the_files_change_no_verdict(seed: int, tmp_path: Path) -> None:
    files = [encoded(portrait(person)) for person in range(3)]
    files += [encoded(retake(person)) for person in range(2)]
    files += [encoded(captioned(portrait(0))), encoded(CHANGES["turned-2-degrees"](portrait(1)))]
    told = []
    for order in (range(len(files)), random.Random(seed).sample(range(len(files)), len(files))):
        folder = Folder(tmp_path / str(len(told)))
        for place, number in enumerate(order):
            folder.add(f"{place % 2}/{'zyxwvut'[place]}.png", files[number])
        folder.write_tables()
        assert near(folder.path, folder.path / "out") == 0
        told.append(told_of(folder.path / "out"))
    assert told[0] == told[1]
    assert {verdict for *_, verdict in told[0]} >= {"same", "retake"}


CROWD = 70


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One photograph in 71 different files, beside twelve people who are alone."""
    folder = Folder(tmp_path_factory.mktemp("crowd"))
    size = (194, 216)
    picture = portrait(1, size=size)
    folder.add("crowd/first.png", picture)
    for copy in range(CROWD):
        data = encoded(with_lesions(picture, 1 + copy % 7), "JPEG", quality=50 + copy // 2)
        folder.add(f"crowd/{copy:02}.jpg", data)
    for person in range(100, 112):
        folder.add(f"{person}.png", portrait(person, size=size))
    folder.write_tables()
    return folder.path


def test_a_crowded_photograph_is_found_whole(crowd: Path, tmp_path: Path) -> None:
    assert near(crowd, tmp_path) == 0
    found = pairs(tmp_path, "same")
    assert len(found) == (CROWD + 1) * CROWD // 2
    assert all(path.startswith("crowd/") for pair in found for path in pair)
    assert findings(tmp_path, "candidate-cap-reached") == []


def test_a_cap_is_told_only_where_copies_reach_to_the_last_that_was_looked_at(
    crowd: Path, deep_as: Any, tmp_path: Path
) -> None:
    deep_as(40)
    assert near(crowd, tmp_path) == 0
    capped = {finding["file"] for finding in findings(tmp_path, "candidate-cap-reached")}
    assert len(capped) == CROWD + 1
    assert all(path.startswith("crowd/") for path in capped)


# The parents.


class Told:
    """Stands in for a Comparer: one synthetic image, photographs by likeness, scores as told."""

    def __init__(self, photographs: int, scores: dict[int, Score]) -> None:
        kinds = [False] + [True] * photographs
        self.pictures = [Picture(f"{n:064}", f"{n}.jpg", real, "") for n, real in enumerate(kinds)]
        self._scores = scores
        self.compared = 0

    @property
    def nearest(self) -> Nearest:
        others = np.full((len(self.pictures), len(self.pictures) - 1), -1)
        others[0] = np.arange(1, len(self.pictures))
        return Nearest(others, np.ones(others.shape, dtype=np.float32))

    def scores(self, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, Score]]:
        scores = {pair: (0, self._scores.get(pair[1], Score(0, 0, 0.1))) for pair in pairs}
        self.compared = max(self.compared, len(scores))
        return scores

    def parent(self) -> verdicts.ParentVerdict:
        found: list[verdicts.ParentVerdict] = verdicts.find_parents(
            self,
            self.nearest,
            calibrate([], 1e-6),
        )
        assert len(found) == 1
        return found[0]


def steady(coincide: int, blocks: int) -> Score:
    """Score of a copy: all that is alike lies still."""
    return Score(coincide, blocks, 0.9, coincide, coincide)


@pytest.mark.parametrize("place", [1, 10, 11, 25, 100, 159])
def test_the_search_for_a_parent_widens_until_one_is_verified(place: int) -> None:
    told = Told(159, {place: steady(180, 225)})
    found = told.parent()
    assert (found.parent, found.status, found.score) == (place, "verified", 0.8)
    assert found.candidates == told.compared >= place
    # No further than needed: twice as many as would have done, at most.
    assert told.compared <= max(10, 2 * place)


def test_the_best_parent_counts_and_not_the_nearest() -> None:
    told = Told(20, {2: steady(130, 225), 7: steady(200, 225), 9: steady(190, 225)})
    assert told.parent().parent == 7
    told = Told(20, {2: steady(90, 100), 7: steady(90, 100)})
    assert told.parent().parent == 2


def test_a_retake_of_the_parent_is_no_parent_however_much_of_it_coincides() -> None:
    retake = Score(90, 100, 0.9, 20, 95)
    found = Told(20, {2: retake, 7: steady(65, 100)}).parent()
    assert (found.parent, found.status) == (7, "verified")
    found = Told(20, {2: retake}).parent()
    assert (found.parent, found.status) == (2, "review")


def test_a_parent_between_the_thresholds_is_for_review() -> None:
    found = Told(30, {4: steady(50, 100), 17: steady(45, 100)}).parent()
    assert (found.parent, found.status, found.score, found.candidates) == (4, "review", 0.5, 30)


@pytest.mark.parametrize("score", [Score(39, 100, 0.9), Score(9, 10, 0.9), Score(0, 0, 0.4)])
def test_a_parent_that_is_not_alike_or_has_too_little_to_compare_is_none(score: Score) -> None:
    found = Told(30, {4: score}).parent()
    assert (found.parent, found.status, found.score, found.candidates) == (
        None,
        "unknown",
        None,
        30,
    )


def test_parents_do_not_depend_on_how_wide_the_search_begins(
    standin: Standin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdicts, "AT_FIRST", 1)
    memory = shutil.copy(standin.memory, tmp_path / "memory")
    assert near(standin.raw, tmp_path / "out", f"--memory={memory}") == 0
    narrow, wide = (
        tables.read(out / "parents.csv", "parents") for out in (tmp_path / "out", standin.out)
    )
    assert list(narrow["status"]) == list(wide["status"])
    for one, other in zip(narrow["parent_path"], wide["parent_path"], strict=True):
        assert standin.family(one) == standin.family(other)
    assert (narrow["candidates"] <= wide["candidates"]).all()


# The command.


class Caller:
    """Calls the command in an empty folder, into which the example is copied."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, case: str, *more: str) -> tuple[int, str, str]:
        shutil.copytree(EXAMPLES / case, case)
        self._capsys.readouterr()
        code = near(Path(case), Path("out"), *more)
        said = self._capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Caller:
    monkeypatch.chdir(tmp_path)
    return Caller(capsys)


@pytest.mark.parametrize("case", CASES)
def test_every_example_gives_its_golden_output(case: str, call: Caller) -> None:
    outcome = call(case)
    assert outcome[0] == REFUSED.get(case, 0)
    assert_golden(f"near/{case}/said.txt", outcome)
    if case in REFUSED:
        assert not Path("out").exists()
        return
    for output in OUTPUTS:
        golden = GOLDEN / "near" / case / output
        if os.environ.get("ACNE04_WRITE_GOLDEN") == "1":
            shutil.copy(Path("out") / output, golden)
        assert (Path("out") / output).read_bytes() == golden.read_bytes()


def test_every_golden_file_belongs_to_an_example() -> None:
    golden = {path.relative_to(GOLDEN / "near") for path in (GOLDEN / "near").rglob("*.*")}
    made = {Path(case, "said.txt") for case in CASES}
    made |= {Path(case, output) for case in CASES if case not in REFUSED for output in OUTPUTS}
    assert golden == made


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("--false-positive-rate=0", "--false-positive-rate: out of range"),
        ("--false-positive-rate=1", "--false-positive-rate: out of range"),
        ("--false-positive-rate=-1e-6", "--false-positive-rate: out of range"),
        ("--false-positive-rate=nan", "--false-positive-rate: out of range"),
        ("--threads=0", "--threads: at least one is needed"),
        ("--inventory=nowhere.csv", "nowhere.csv: no such table"),
        ("--subjects=sound/images.csv", "sound/images.csv: not a folder"),
        ("--images=nowhere", "an image of the inventory is not there"),
        ("--verdicts=out/parents.csv", "the file is that of --verdicts, too"),
        ("--parents=sound/images.csv", "the file is that of --inventory, too"),
        ("--metrics=sound/subjects/val.jsonl", "the file is that of val of --subjects, too"),
        ("--calibration=sound", "a folder lies there"),
        ("--memory=sound/images.csv", "the file is that of --inventory, too"),
        ("--memory=out/verdicts.csv", "the file is that of --verdicts, too"),
        ("--memory=sound", "a folder lies there"),
    ],
)
def test_what_cannot_be_meant_is_refused(word: str, said: str, call: Caller) -> None:
    code, _, errors = call("sound", word)
    assert code == 2
    assert said in errors
    assert not Path("out").exists()
    for path in (EXAMPLES / "sound").rglob("*.*"):
        assert Path("sound", path.relative_to(EXAMPLES / "sound")).read_bytes() == path.read_bytes()


def test_without_a_subject_table_the_floor_holds_and_that_is_said(
    call: Caller, tmp_path: Path
) -> None:
    shutil.copytree(EXAMPLES / "sound", "sound")
    words = [f"--{output.split('.')[0]}=out/{output}" for output in OUTPUTS]
    words += ["--dataset=standin", "--inventory=sound/images.csv", "--images=sound"]
    assert main(["near", *words]) == 0
    document = json.loads(Path("out/findings.json").read_text())
    assert [gap["check"] for gap in document["not_run"]] == ["null"]
    assert json.loads(Path("out/calibration.json").read_text())["threshold"] == FLOOR
