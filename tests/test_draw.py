"""Pictures of annotated images: what is in them, and what becomes of the files."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image
from project import Project, kill_group

from acne04.draw.annotated_picture import (
    BOXES,
    CIRCLES,
    LEAST_SIDE,
    CaptionLine,
    annotated_picture,
)
from acne04.samples.image_lookup import ImageLookup
from acne04.samples.sample import Box, Circle

BROKEN_BY_A_HUNDRED = "levle2_130.jpg"


def draw(*words: str | Path, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "acne04.cli", "draw", *map(str, words)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def checkout(finished: Project, tmp_path: Path) -> Path:
    """The finished project's data, in a folder that a test may do anything to."""
    place = tmp_path / "checkout"
    shutil.copytree(finished.path / "data", place / "data")
    (place / "Snakefile").touch()
    return place


def _table(place: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(place / f"data/{name}.csv")


def _shares_colour(picture: Image.Image, x: float, y: float, colour: tuple[int, ...]) -> bool:
    """Whether a pixel near a point has about this colour; a JPEG file keeps none exactly."""
    pixels = np.asarray(picture).astype(int)
    rows, columns = round(y), round(x)
    near = pixels[max(rows - 4, 0) : rows + 5, max(columns - 4, 0) : columns + 5]
    return bool((abs(near - colour).max(axis=-1) < 60).any())


@pytest.mark.workflow
def test_all_67_circles_show_where_the_published_file_has_18(checkout: Path) -> None:
    done = draw(BROKEN_BY_A_HUNDRED, cwd=checkout)
    assert "1 pictures of dataset standin" in done.stdout
    picture = Image.open(checkout / "drawn" / BROKEN_BY_A_HUNDRED)
    inventory = _table(checkout, "inventory/images").set_index("name")
    width = inventory.loc[BROKEN_BY_A_HUNDRED, "width"]
    factor = picture.width / width
    assert factor == -(-LEAST_SIDE // width)
    lesions = _table(checkout, "annotations/lesions")
    lesions = lesions[lesions["file_name"] == BROKEN_BY_A_HUNDRED]
    assert len(lesions) == 67
    for lesion in lesions.itertuples():
        left = factor * (lesion.photo_x - lesion.photo_radius_x)
        assert _shares_colour(picture, left, factor * lesion.photo_y, CIRCLES), lesion
    boxes = _table(checkout, "inventory/boxes")
    boxes = boxes[boxes["name"] == BROKEN_BY_A_HUNDRED]
    assert len(boxes)
    for box in boxes.itertuples():
        # A corner may lie below a circle, which is drawn later.
        corners = itertools.product((box.xmin, box.xmax), (box.ymin, box.ymax))
        assert any(_shares_colour(picture, factor * x, factor * y, BOXES) for x, y in corners), box
    comment = picture.info["comment"].decode()
    assert comment.startswith(f"acne04 draw 1; dataset standin; image {BROKEN_BY_A_HUNDRED}; ")


@pytest.mark.workflow
def test_one_kind_of_annotation_alone(checkout: Path) -> None:
    boxes = _table(checkout, "inventory/boxes")
    box = boxes[boxes["name"] == BROKEN_BY_A_HUNDRED].iloc[0]
    draw(BROKEN_BY_A_HUNDRED, "--circles", "-o", "circles", cwd=checkout)
    draw(BROKEN_BY_A_HUNDRED, "--boxes", "-o", "boxes", cwd=checkout)
    pictures = [Image.open(checkout / name / BROKEN_BY_A_HUNDRED) for name in ("circles", "boxes")]
    factor = (
        pictures[0].width
        / _table(checkout, "inventory/images").set_index("name").loc[BROKEN_BY_A_HUNDRED, "width"]
    )
    at = (factor * box["xmin"], factor * box["ymax"], BOXES)
    assert [_shares_colour(picture, *at) for picture in pictures] == [False, True]


@pytest.mark.workflow
def test_every_image_upright_whatever_it_is_called(checkout: Path) -> None:
    file = checkout / "data/raw/classification/Classification/JPEGImages" / BROKEN_BY_A_HUNDRED
    with Image.open(file) as upright:
        stored = upright.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # turned clockwise it is upright
    file.unlink()
    stored.save(file, quality=95, exif=exif)
    done = draw("--all", cwd=checkout)
    rows = _table(checkout, "splits/holdout")
    assert f"{len(rows)} pictures" in done.stdout
    names = {path.name for path in (checkout / "drawn").glob("*.jpg")}
    assert names == set(rows["image_id"])
    for row in rows.itertuples():
        with Image.open(checkout / "drawn" / row.image_id) as picture:
            factor = max(-(-LEAST_SIDE // min(row.width, row.height)), 1)
            assert picture.width == row.width * factor
            assert picture.height > row.height * factor
            assert picture.getexif() == {}
    with Image.open(checkout / "drawn" / BROKEN_BY_A_HUNDRED) as picture:
        shown = picture.crop((0, 0, picture.width, factor * upright.height)).resize((8, 8))
    assert abs(np.asarray(shown).astype(int) - np.asarray(upright.resize((8, 8)))).mean() < 10


@pytest.mark.workflow
def test_an_image_by_path_name_or_image_id(checkout: Path) -> None:
    row = _table(checkout, "splits/holdout").iloc[-1]
    for number, name in enumerate(
        (row["path"], f"data/raw/{row['path']}", row["image_id"], Path(row["path"]).name)
    ):
        draw(name, "-o", str(number), cwd=checkout)
    elsewhere = checkout / "data/raw" / Path(row["path"]).parent
    draw(Path(row["path"]).name, "-o", checkout / "4", cwd=elsewhere)
    draw(checkout / "data/raw" / row["path"], "--data", "..", "-o", "../5", cwd=checkout / "data")
    pictures = {(checkout / str(n) / row["image_id"]).read_bytes() for n in range(6)}
    assert len(pictures) == 1


@pytest.mark.workflow
def test_what_nobody_knows_is_told_all_at_once(checkout: Path) -> None:
    done = draw("level2_130.jpg", "zzz", BROKEN_BY_A_HUNDRED, cwd=checkout, code=2)
    assert f"level2_130.jpg: did you mean {BROKEN_BY_A_HUNDRED}" in done.stderr
    assert "2 of 3" in done.stderr
    assert "zzz" in done.stderr
    assert not (checkout / "drawn").exists()


@pytest.mark.workflow
@pytest.mark.parametrize("words", [(), ("--all", BROKEN_BY_A_HUNDRED)])
def test_neither_all_nor_some(checkout: Path, words: tuple[str, ...]) -> None:
    draw(*words, cwd=checkout, code=2)


@pytest.mark.workflow
def test_files_of_others_are_left_alone(checkout: Path) -> None:
    folder = checkout / "mine"
    folder.mkdir()
    photograph = Path(checkout / "data/raw" / _table(checkout, "splits/holdout")["path"].iloc[-1])
    mine = folder / BROKEN_BY_A_HUNDRED
    shutil.copyfile(photograph, mine)
    before = mine.read_bytes()
    done = draw(BROKEN_BY_A_HUNDRED, "-o", "mine", cwd=checkout, code=2)
    assert "--force" in done.stderr
    assert mine.read_bytes() == before
    draw(BROKEN_BY_A_HUNDRED, "-o", "mine", "--force", cwd=checkout)
    assert mine.read_bytes() != before
    draw(BROKEN_BY_A_HUNDRED, "-o", "mine", "--circles", cwd=checkout)
    # The folder was there before: what git is told of it is its owner's to say.
    assert not (folder / ".gitignore").exists()


@pytest.mark.workflow
@pytest.mark.parametrize("folder", ["data", "data/raw/classification", "data/drawn", "Snakefile"])
def test_no_picture_goes_into_the_dataset(checkout: Path, folder: str) -> None:
    before = sorted(checkout.rglob("*"))
    draw(BROKEN_BY_A_HUNDRED, "-o", folder, "--force", cwd=checkout, code=2)
    assert sorted(checkout.rglob("*")) == before


@pytest.mark.workflow
def test_the_same_again_draws_nothing_and_a_kill_loses_nothing(checkout: Path) -> None:
    whole = draw("--all", "-o", "whole", cwd=checkout)
    assert "drawn, " not in whole.stdout
    command = [sys.executable, "-m", "acne04.cli", "draw", "--all", "-o", "killed"]
    process = subprocess.Popen(command, cwd=checkout, start_new_session=True)
    deadline = time.monotonic() + 60
    while len(list((checkout / "killed").glob("*.jpg"))) < 5 and time.monotonic() < deadline:
        time.sleep(0.02)
    kill_group(process)
    there = len(list((checkout / "killed").glob("*.jpg")))
    assert there >= 5
    again = draw("--all", "-o", "killed", cwd=checkout)
    if there < len(list((checkout / "whole").glob("*.jpg"))):
        assert "were there as they are" in again.stdout
    for picture in (checkout / "whole").glob("*.jpg"):
        assert (checkout / "killed" / picture.name).read_bytes() == picture.read_bytes()
    assert (
        "0 pictures of dataset standin drawn" in draw("--all", "-o", "whole", cwd=checkout).stdout
    )


@pytest.mark.workflow
def test_images_that_do_not_decode_are_told_and_the_others_drawn(checkout: Path) -> None:
    rows = _table(checkout, "splits/holdout")
    bad = rows.iloc[-1]
    file = checkout / "data/raw" / bad["path"]
    file.unlink()
    file.write_bytes(b"\xff\xd8 no picture")
    done = draw(bad["image_id"], BROKEN_BY_A_HUNDRED, cwd=checkout, code=1)
    assert "1 images are not drawn" in done.stderr
    assert file.name in done.stderr
    assert [path.name for path in (checkout / "drawn").glob("*.jpg")] == [BROKEN_BY_A_HUNDRED]
    file.unlink()
    done = draw("--all", cwd=checkout, code=2)
    assert bad["path"] in done.stderr
    assert "`dvc pull data/raw/" in done.stderr


@pytest.mark.workflow
def test_a_photograph_of_a_person_says_so(checkout: Path) -> None:
    manifest = checkout / "data/splits/holdout.csv"
    text = manifest.read_text().replace("\nstandin,", "\nacne04,")
    manifest.unlink()
    manifest.write_text(text)
    done = draw(BROKEN_BY_A_HUNDRED, cwd=checkout)
    assert "do not allow passing them on" in done.stderr
    with Image.open(checkout / "drawn" / BROKEN_BY_A_HUNDRED) as picture:
        assert b"dataset acne04" in picture.info["comment"]


@pytest.mark.workflow
def test_git_sees_no_picture(clone: Project) -> None:
    done = clone.command("acne04", "draw", BROKEN_BY_A_HUNDRED)
    assert done.returncode == 0, done.stderr
    assert (clone.path / "drawn" / BROKEN_BY_A_HUNDRED).is_file()
    assert clone.git("status", "--porcelain") == ""


def test_without_data_it_says_what_to_do(tmp_path: Path) -> None:
    assert "name one with" in draw("--all", cwd=tmp_path, code=2).stderr
    (tmp_path / "Snakefile").touch()
    assert "`dvc pull`, or `make run`" in draw("--all", cwd=tmp_path, code=2).stderr


@settings(max_examples=50, deadline=None)
@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.lists(st.tuples(*[st.integers(-90, 90)] * 4), max_size=3),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=200),
)
def test_whatever_is_drawn_the_photograph_stays_whole(
    width: int, height: int, numbers: list[tuple[int, ...]], words: str
) -> None:
    boxes = tuple(Box(*four) for four in numbers)
    circles = tuple(Circle(0, x, y, abs(r), x, y, abs(r), abs(s), "") for x, y, r, s in numbers)
    image = Image.new("RGB", (width, height), (200, 150, 120))
    plain = annotated_picture(image, (), (), (CaptionLine(words),))
    drawn = annotated_picture(image, boxes, circles, (CaptionLine(words, "box"),))
    assert plain.size == drawn.size
    assert min(plain.width, plain.height) >= LEAST_SIDE
    assert plain.getpixel((0, 0)) == (200, 150, 120)


def test_an_image_is_found_by_each_of_its_names() -> None:
    lookup = ImageLookup(["a/x.jpg", "b/x.jpg"], {"a/x.jpg": "x.jpg", "b/x.jpg": "x~1.jpg"})
    assert lookup.find("a/x.jpg") == ["a/x.jpg"]
    assert lookup.find("x~1.jpg") == ["b/x.jpg"]
    assert lookup.find("x.jpg") == ["a/x.jpg", "b/x.jpg"]
    assert lookup.find("y.jpg") == []
    assert lookup.nearest("X.JPG")[0] == "x.jpg"
