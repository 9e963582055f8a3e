"""`acne04 export --re-encode`: all images alike, annotations with them, whole or not there."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import small_dataset
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from small_dataset import HEIGHT, WIDTH, Drawn

from acne04.cli import main
from acne04.core.files import read_bytes
from acne04.core.hashing import files_below
from acne04.core.imaging import read_image
from acne04.export.folder import MARKER
from acne04.export.re_encoding import ReEncoding
from acne04.samples.sample import Box, Sample

#: Twice as wide, half as high.
SIZE, ACROSS, DOWN = f"{2 * WIDTH}x{HEIGHT // 2}", 2.0, 0.5


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Drawn]]:
    """A small data set, not to be changed, and what was drawn for it."""
    root = tmp_path_factory.mktemp("small") / "checkout"
    return root, small_dataset.make(root)


def export(root: Path, target: Path, name: str, *words: str, size: str = SIZE) -> int:
    words = ("--variant", "holdout", "--data", str(root), *words)
    return main(["export", name, str(target), *words, "--re-encode", size])


def contents(folder: Path) -> dict[str, bytes]:
    return {path: (folder / path).read_bytes() for path in files_below(folder)}


@pytest.mark.parametrize("name", ["imagefolder", "coco", "yolo", "voc", "v2", "ldl"])
def test_nothing_tells_one_file_from_another_but_the_picture(
    made: tuple[Path, list[Drawn]], tmp_path: Path, name: str
) -> None:
    assert export(made[0], tmp_path / "e", name) == 0
    pictures = [p for p in files_below(tmp_path / "e") if p.endswith((".jpg", ".png", ".JPEG"))]
    assert len(pictures) >= 5
    readings = [read_image(read_bytes(tmp_path / "e" / path)) for path in pictures]
    for column in ("width", "height", "orientation", "mode", "quantization", "exif_make"):
        assert len({getattr(reading, column) for reading in readings}) == 1, column
    assert {path.rpartition(".")[2] for path in pictures} == {"jpg"}
    for path in pictures:
        with Image.open(tmp_path / "e" / path) as image:
            assert image.size == (2 * WIDTH, HEIGHT // 2)
            assert not {"exif", "icc_profile", "comment", "xmp"} & image.info.keys()


def test_boxes_and_circles_go_with_the_picture(
    made: tuple[Path, list[Drawn]], tmp_path: Path
) -> None:
    root, drawn = made
    assert export(root, tmp_path / "e", "coco") == 0
    document = json.loads((tmp_path / "e/annotations/instances_train.json").read_text())
    assert {(i["width"], i["height"]) for i in document["images"]} == {(2 * WIDTH, HEIGHT // 2)}
    (number,) = (i["id"] for i in document["images"] if i["name"] == "levle0_1.jpg")
    boxes = [a["bbox"] for a in document["annotations"] if a["image_id"] == number]
    source = next(image for image in drawn if image.image_id == "levle0_1.jpg")
    assert boxes == [
        [x * ACROSS, round(y * DOWN), (right - x) * ACROSS, round(low * DOWN) - round(y * DOWN)]
        for x, y, right, low in source.boxes or []
    ]
    assert export(root, tmp_path / "c", "coco", "--lesions", "circles") == 0
    document = json.loads((tmp_path / "c/annotations/instances_train.json").read_text())
    (number,) = (i["id"] for i in document["images"] if i["name"] == "levle0_1.jpg")
    first = next(a for a in document["annotations"] if a["image_id"] == number)
    x, y, radius = (source.circles or [])[0]
    assert first["bbox"] == [(x - radius) * ACROSS, (y - radius) * DOWN,
                             2 * radius * ACROSS, 2 * radius * DOWN]  # fmt: skip
    told = first["circle"]
    assert (told["x"], told["radius_x"], told["radius_y"]) == (
        x * ACROSS,
        radius * ACROSS,
        radius * DOWN,
    )
    assert (told["published_x"], told["published_radius"]) == (x, radius)


def test_it_says_what_was_done(made: tuple[Path, list[Drawn]], tmp_path: Path) -> None:
    assert export(made[0], tmp_path / "e", "imagefolder") == 0
    record = json.loads((tmp_path / "e" / MARKER).read_text())
    assert record["re_encoding"] == {"width": 2 * WIDTH, "height": HEIGHT // 2, "quality": 90}
    text = (tmp_path / "e/README.md").read_text()
    assert "All images are written alike" in text
    assert "were smaller, and are enlarged" in text
    rows = pd.read_csv(tmp_path / "e/samples.csv")
    known = {image.sha256 for image in made[1]}
    assert set(rows["sha256"]) <= known
    assert main(
        ["export", "imagefolder", str(tmp_path / "p"), "--variant", "holdout", "--data",
         str(made[0])]
    ) == 0  # fmt: skip
    assert "re_encoding" not in json.loads((tmp_path / "p" / MARKER).read_text())


def test_the_same_bytes_again_and_others_for_another_size(
    made: tuple[Path, list[Drawn]], tmp_path: Path
) -> None:
    for name in ("e", "f"):
        assert export(made[0], tmp_path / name, "webdataset") == 0
    assert contents(tmp_path / "e") == contents(tmp_path / "f")
    assert export(made[0], tmp_path / "e", "webdataset", size="30x30") == 2
    assert export(made[0], tmp_path / "e", "webdataset", "--replace", size="30x30") == 0
    assert contents(tmp_path / "e") != contents(tmp_path / "f")


_SLOW = f"""
import sys, time
from acne04.cli import main
from acne04.export import folder
write_one = folder._write_one
def slowly(*arguments):
    write_one(*arguments)
    time.sleep(0.05)
folder._write_one = slowly
main(["export", "yolo", sys.argv[1], "--variant", "holdout", "--data", sys.argv[2],
      "--re-encode", "{SIZE}"])
"""


def test_a_killed_export_goes_on_with_what_is_there(
    made: tuple[Path, list[Drawn]], tmp_path: Path
) -> None:
    assert export(made[0], tmp_path / "whole", "yolo") == 0
    part = tmp_path / "e.part"
    process = subprocess.Popen([sys.executable, "-c", _SLOW, str(tmp_path / "e"), str(made[0])])
    while process.poll() is None and not list(part.rglob("*.jpg"))[2:]:
        time.sleep(0.001)
    assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = {path.relative_to(part): path.stat().st_mtime_ns for path in part.rglob("*.jpg")}
    assert export(made[0], tmp_path / "e", "yolo") == 0
    assert contents(tmp_path / "e") == contents(tmp_path / "whole")
    for path, changed in kept.items():
        assert (tmp_path / "e" / path).stat().st_mtime_ns == changed


def test_a_damaged_image_is_refused(
    made: tuple[Path, list[Drawn]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(made[0], tmp_path / "root")
    victim = next(image for image in made[1] if image.holdout == "train")
    (tmp_path / "root/data/raw" / victim.path).write_bytes(b"\xff\xd8\xff no image")
    assert export(tmp_path / "root", tmp_path / "e", "imagefolder") == 1
    assert victim.name in capsys.readouterr().err
    assert not (tmp_path / "e").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["csv", "e", "--re-encode"],
        ["coco", "e", "--re-encode", "--links"],
        ["coco", "e", "--re-encode", "large"],
        ["coco", "e", "--re-encode", "0x40"],
        ["coco", "e", "--re-encode", "99999x40"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_writes_nothing(
    made: tuple[Path, list[Drawn]],
    tmp_path: Path,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    call = ["export", *words, "--variant", "holdout", "--data", str(made[0])]
    try:
        code = main(call)
    except SystemExit as error:  # argparse refuses what excludes each other
        code = int(error.code or 0)
    assert code == 2
    assert list(tmp_path.iterdir()) == []


_pixels = st.integers(0, 200)


@given(_pixels, _pixels, _pixels, _pixels, st.integers(1, 300), st.integers(1, 300))
def test_a_box_that_shows_something_still_does(
    x: int, y: int, across: int, down: int, width: int, height: int
) -> None:
    box = Box(x, y, x + across, y + down)
    sample = Sample("a", "a", "real", 0, None, None, 400, 400, "", "", "", 1.0, "", (box,), None)
    (scaled,) = ReEncoding(width, height).sample(sample).boxes or ()
    assert (scaled.xmax > scaled.xmin) == (across > 0)
    assert (scaled.ymax > scaled.ymin) == (down > 0)
    assert abs(scaled.xmin - x * width / 400) <= 0.5
