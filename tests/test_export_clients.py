"""Exports opened by the libraries that they are for, with the lines of docs/exports.md."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import small_dataset
from project import Project
from small_dataset import HEIGHT, WIDTH, Drawn
from test_export import boxes_of, contents

from acne04.cli import main
from acne04.core import tables
from acne04.export.coco import CLASSES
from acne04.export.formats import FORMATS

pytestmark = pytest.mark.client


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Drawn]]:
    """A small data set, and what was drawn for it."""
    root = tmp_path_factory.mktemp("clients") / "checkout"
    return root, small_dataset.make(root)


def export(small: tuple[Path, list[Drawn]], folder: Path, name: str, *words: str) -> pd.DataFrame:
    """Export to the folder ``exported``, and give its table of images."""
    words = words if "--variant" in words else ("--variant", "holdout", *words)
    target = folder / "exported"
    assert main(["export", name, str(target), "--data", str(small[0]), *words]) == 0
    return tables.read(target / "samples.csv", "samples")


def run(python: Path, folder: Path, *lines: str) -> Any:
    """Run lines in an environment of their own; give what they leave in `found`."""
    code = "\n".join([*lines, "import json, sys", "json.dump(found, sys.stdout)"])
    own = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "HF_"))}
    # Where a library keeps its copies; and it asks nobody outside.
    own |= {"HF_HOME": str(folder / "hub"), "HF_HUB_OFFLINE": "1", "HOME": str(folder)}
    done = subprocess.run(
        [python, "-c", code], cwd=folder, env=own, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


#: Of a data set of Hugging Face: types, and rows as JSON, images by their upright size.
_ROWS = """
types = {name: str(kind) for name, kind in train.features.items()}
rows = {
    part: [{**row, "image": row["image"].size} for row in data] for part, data in parts.items()
}
found = [types, rows]
"""


@pytest.mark.parametrize("name", ["imagefolder", "parquet"])
@pytest.mark.parametrize("words", [[], ["--variant", "kfold", "--fold", "1"]], ids=" ".join)
def test_hugging_face_gives_exactly_the_rows_of_each_part_typed(
    small: tuple[Path, list[Drawn]], tmp_path: Path, clients: Path, name: str, words: list[str]
) -> None:
    listed = export(small, tmp_path, name, *words)
    types, parts = run(clients, tmp_path, FORMATS[name].loading, _ROWS)
    assert types["image"] == "Image(mode=None, decode=True)"
    assert types["grade"] == "ClassLabel(names=['mild', 'moderate', 'severe', 'very severe'])"
    assert types["lesions_v1"] == types["width"] == "Value('int64')"
    assert types["weight"] == "Value('float64')"
    assert types["turned"] == "Value('bool')"
    assert types["boxes"].startswith("List({'xmin': Value('int64')")
    expected_parts = {part.replace("val", "validation") for part in listed["part"]}
    assert set(parts) == expected_parts
    drawn = {image.image_id: image for image in small[1]}
    for part, rows in parts.items():
        of_part = listed[listed["part"] == part.replace("validation", "val")]
        assert sorted(row["image_id"] for row in rows) == sorted(of_part["image_id"])
        for row in rows:
            image = drawn[row["image_id"]]
            assert row["image"] == [WIDTH, HEIGHT]
            assert (row["grade"], row["sha256"]) == (image.grade, image.sha256)
            assert row["lesions_v1"] == (None if image.boxes is None else len(image.boxes))
            sides = ("xmin", "ymin", "xmax", "ymax")
            boxes = row["boxes"] and [tuple(box[side] for side in sides) for box in row["boxes"]]
            assert boxes == image.boxes
            circles = row["circles"] and [(c["x"], c["y"], c["radius_x"]) for c in row["circles"]]
            assert circles == image.circles
            assert row["subject"] == "sub_1"
            assert row["mark"] is None


@pytest.mark.parametrize("words", [["--links"], ["--variant", "paper"]], ids=" ".join)
def test_hugging_face_opens_links_and_what_has_no_parts(
    small: tuple[Path, list[Drawn]], tmp_path: Path, clients: Path, words: list[str]
) -> None:
    listed = export(small, tmp_path, "imagefolder", *words)
    found = run(
        clients,
        tmp_path,
        "from datasets import load_dataset",
        'parts = load_dataset("imagefolder", data_dir="exported")',
        'found = {part: [row["image"].size for row in data] for part, data in parts.items()}',
    )
    assert sum(map(len, found.values())) == len(listed)
    assert all(size == [WIDTH, HEIGHT] for sizes in found.values() for size in sizes)
    if "paper" in words:
        assert list(found) == ["train"]


def test_a_folder_of_an_export_is_not_changed_by_its_reader(
    small: tuple[Path, list[Drawn]], tmp_path: Path, clients: Path
) -> None:
    export(small, tmp_path, "imagefolder")
    before = contents(tmp_path / "exported")
    run(clients, tmp_path, FORMATS["imagefolder"].loading, "found = len(train)")
    assert contents(tmp_path / "exported") == before


def test_webdataset_gives_each_image_with_its_grade_and_record(
    small: tuple[Path, list[Drawn]], tmp_path: Path, clients: Path
) -> None:
    listed = export(small, tmp_path, "webdataset")
    found = run(
        clients,
        tmp_path,
        FORMATS["webdataset"].loading,
        "found = [[image.size, image.mode, grade, about] for image, grade, about in train]",
    )
    drawn = {image.image_id: image for image in small[1]}
    train = listed[listed["part"] == "train"]
    assert sorted(about["image_id"] for *_, about in found) == sorted(train["image_id"])
    for size, mode, grade, about in found:
        image = drawn[about["image_id"]]
        assert (size, mode, grade) == ([WIDTH, HEIGHT], "RGB", image.grade)
        assert (about["boxes"] is None) == (image.boxes is None)
        assert len(about["circles"] or ()) == len(image.circles or ())


@pytest.mark.parametrize("lesions", ["boxes", "circles"])
def test_pycocotools_opens_and_computes(
    small: tuple[Path, list[Drawn]], tmp_path: Path, clients: Path, lesions: str
) -> None:
    export(small, tmp_path, "coco", "--lesions", lesions)
    found = run(
        clients,
        tmp_path,
        "import contextlib, sys",
        "with contextlib.redirect_stdout(sys.stderr):",
        *(f"    {line}" for line in FORMATS["coco"].loading.splitlines()),
        "    from pycocotools.cocoeval import COCOeval",
        "    sure = [{**one, 'score': 1.0} for one in train.loadAnns(train.getAnnIds())]",
        "    judged = COCOeval(train, train.loadRes(sure), 'bbox')",
        "    judged.evaluate(); judged.accumulate(); judged.summarize()",
        "images = {one['id']: one['name'] for one in train.loadImgs(train.getImgIds())}",
        "found = [judged.stats[0], {name: [a['bbox'] for a in",
        "    train.loadAnns(train.getAnnIds(imgIds=[n]))] for n, name in images.items()}]",
    )
    precision, boxes = found
    assert precision == pytest.approx(1.0)
    for image in small[1]:
        if image.image_id in boxes:
            expected = [
                [left, upper, right - left, lower - upper]
                for left, upper, right, lower in boxes_of(image, lesions)
            ]
            assert boxes[image.image_id] == expected, image.image_id


#: Of a data set of Datumaro: part -> stem -> boxes, by their corners; pixels upright.
_DATUMARO = """
from datumaro.components.dataset import Dataset
found = {}
data = Dataset.import_from(PATH, FORMAT)
for item in data:
    found.setdefault(item.subset, {})[item.id.rpartition("/")[2]] = [
        list(item.media.data.shape[:2]),
        [[a.x, a.y, a.x + a.w, a.y + a.h] for a in item.annotations if a.type.name == "bbox"],
    ]
"""
_WHERE = {"coco": ("exported", "coco"), "yolo": ("exported", "yolo")}
_WHERE |= {"voc": ("exported/VOCdevkit/VOC2007", "voc_detection")}


@pytest.mark.parametrize("lesions", ["boxes", "circles"])
@pytest.mark.parametrize("name", _WHERE)
def test_datumaro_reads_the_same_boxes_and_counts(
    small: tuple[Path, list[Drawn]], tmp_path: Path, datumaro: Path, name: str, lesions: str
) -> None:
    listed = export(small, tmp_path, name, "--lesions", lesions)
    path, kind = _WHERE[name]
    found = run(datumaro, tmp_path, f"PATH, FORMAT = {path!r}, {kind!r}", _DATUMARO)
    drawn = {image.image_id: image for image in small[1]}
    assert set(found) == set(listed["part"])
    for part, rows in listed.groupby("part"):
        assert len(found[part]) == len(rows)
        for row in rows.itertuples():
            shape, boxes = found[part][Path(row.file).stem]
            assert shape == [HEIGHT, WIDTH]
            expected = boxes_of(drawn[row.image_id], lesions)
            assert len(boxes) == len(expected)
            # Its reader of COCO gives them in an order of its own.
            for box, known in zip(sorted(boxes), sorted(expected), strict=True):
                assert box == pytest.approx(known, abs=1e-4), row.image_id


#: torchvision and ultralytics beside a torch of another build (.ci/vision.txt): its operators for
#: detectors are declared, not there. None of them reads a data set.
_VISION = """
import torch
if torch.version.cuda is None:
    operators = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        operators.define(name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
"""


def test_torchvision_reads_the_folders_of_grades(
    small: tuple[Path, list[Drawn]], tmp_path: Path, clients: Path
) -> None:
    listed = export(small, tmp_path, "imagefolder")
    found = run(
        clients,
        tmp_path,
        _VISION,
        "from torchvision.datasets import ImageFolder",
        'parts = {part: ImageFolder("exported/" + part, allow_empty=True) for part in',
        '    ("train", "val", "test")}',
        "found = {part: [data.classes, [[path, grade, image.size] for (path, _), (image, grade)",
        "    in zip(data.samples, data)]] for part, data in parts.items()}",
    )
    grades = {image.image_id: image.grade for image in small[1]}
    for part, (classes, samples) in found.items():
        assert classes == ["0-mild", "1-moderate", "2-severe", "3-very-severe"]
        rows = listed[listed["part"] == part].set_index("file")["image_id"]
        assert sorted(path for path, *_ in samples) == sorted(
            f"exported/{name}" for name in rows.index
        )
        for path, grade, size in samples:
            assert grade == grades[rows[path.removeprefix("exported/")]]
            assert size == [WIDTH, HEIGHT]


@pytest.mark.parametrize("lesions", ["boxes", "circles"])
def test_torchvision_reads_the_devkit(
    small: tuple[Path, list[Drawn]], tmp_path: Path, clients: Path, lesions: str
) -> None:
    listed = export(small, tmp_path, "voc", "--lesions", lesions)
    found = run(
        clients,
        tmp_path,
        _VISION,
        "import os",
        "from torchvision.datasets import VOCDetection",
        "found = {}",
        'for part in ("train", "val", "test"):',
        '    data = VOCDetection("exported", year="2007", image_set=part)',
        "    for number, path in enumerate(data.images):",
        '        if not os.path.exists(path): found[path] = "not a .jpg"; continue',
        "        image, about = data[number]",
        '        boxes = [one["bndbox"] for one in about["annotation"].get("object", [])]',
        '        name = part, path.rpartition("/")[2].partition(".")[0]',
        '        found["/".join(name)] = [image.size, boxes]',
    )
    drawn = {image.image_id: image for image in small[1]}
    # As docs/exports.md says, it takes every image for a JPEG.
    others = listed[~listed["file"].str.endswith(".jpg")]
    assert len(others) == sum(value == "not a .jpg" for value in found.values())
    listed = listed.drop(others.index)
    assert len(listed) == len(found) - len(others)
    for row in listed.itertuples():
        size, boxes = found[f"{row.part}/{Path(row.file).stem}"]
        assert size == [WIDTH, HEIGHT]
        sides = ("xmin", "ymin", "xmax", "ymax")
        corners = [tuple(int(box[side]) for side in sides) for box in boxes]
        assert corners == boxes_of(drawn[row.image_id], lesions)


@pytest.mark.parametrize("lesions", ["boxes", "circles"])
def test_ultralytics_reads_the_boxes_of_each_part(
    small: tuple[Path, list[Drawn]], tmp_path: Path, clients: Path, lesions: str
) -> None:
    listed = export(small, tmp_path, "yolo", "--lesions", lesions)
    found = run(
        clients,
        tmp_path,
        _VISION,
        "import contextlib, os, sys",
        'os.environ["YOLO_OFFLINE"] = "true"',
        "with contextlib.redirect_stdout(sys.stderr):",
        "    from ultralytics.data.dataset import YOLODataset",
        "    from ultralytics.data.utils import check_det_dataset",
        '    data = check_det_dataset("exported/data.yaml", autodownload=False)',
        "    found = [data['names'], {}]",
        '    for part in ("train", "val", "test"):',
        "        images = YOLODataset(data[part], data=data, augment=False)",
        "        found[1][part] = [[one['im_file'], one['shape'], one['cls'].ravel().tolist(),",
        "            one['bboxes'].tolist()] for one in images.labels]",
    )
    names, parts = found
    assert names == {"0": CLASSES[lesions]}
    drawn = {image.image_id: image for image in small[1]}
    for part, labels in parts.items():
        rows = listed[listed["part"] == part]
        of_stem = {Path(row.file).stem: row.image_id for row in rows.itertuples()}
        assert {Path(file).stem for file, *_ in labels} == set(of_stem)
        for file, shape, classes, boxes in labels:
            expected = boxes_of(drawn[of_stem[Path(file).stem]], lesions)
            assert shape == [HEIGHT, WIDTH]
            assert classes == [0.0] * len(expected)
            corners = [
                (
                    (x - w / 2) * WIDTH,
                    (y - h / 2) * HEIGHT,
                    (x + w / 2) * WIDTH,
                    (y + h / 2) * HEIGHT,
                )
                for x, y, w, h in boxes
            ]
            for box, known in zip(sorted(corners), sorted(expected), strict=True):
                assert box == pytest.approx(known, abs=1e-4)


def test_the_lines_for_label_files_and_tables(
    small: tuple[Path, list[Drawn]], tmp_path: Path, clients: Path
) -> None:
    is_there = "import os; found = [os.path.isfile(file) for file in files]"
    for name, words in (("ldl", ("--variant", "kfold")), ("csv", ())):
        (tmp_path / name).mkdir()
        listed = export(small, tmp_path / name, name, *words)
        of_train = listed[(listed["part"] == "train") & (listed["fold"].fillna(0) == 0)]
        found = run(clients, tmp_path / name, FORMATS[name].loading, is_there)
        assert found == [True] * len(of_train)


#: What the authors of Acne04-v2 do with their file: their loop, drawing on empty pictures as large
#: as the image, to see what of each circle is inside.
_LOOP = """
import cv2, numpy
found = {}
for image in labels["images"]:
    img = cv2.imread(FOLDER + image["file_name"])
    assert img.shape[:2] == (image["height"], image["width"]), image
    circles = [one for one in labels["annotations"] if one["image_id"] == image["id"]]
    drawn = inside = 0
    for circle in circles:
        empty = numpy.zeros_like(img)
        cv2.circle(empty, circle["coordinates"], int(circle["radius"]), (255, 0, 0),
                   1 + int(max(img.shape[:2]) / 1000))
        drawn += bool(empty.any())
        x, y = circle["coordinates"]
        inside += 0 <= x < img.shape[1] and 0 <= y < img.shape[0]
    found[image["file_name"]] = [len(circles), drawn, inside]
"""


@pytest.mark.workflow
def test_the_loop_of_the_authors_draws_all_circles(
    finished: Project, tmp_path: Path, datumaro: Path
) -> None:
    target = tmp_path / "exported"
    words = ["--variant", "paper", "--data", str(finished.path)]
    assert main(["export", "v2", str(target), *words]) == 0
    (raw,) = (finished.path / "data/raw/v2").glob("*.json")
    lines = FORMATS["v2"].loading.replace("exported/train", "exported/all")
    found = run(datumaro, tmp_path, lines, 'FOLDER = "exported/all/images/"', _LOOP)
    number, drawn, inside = found["levle2_130.jpg"]
    assert (number, drawn, inside) == (67, 67, 67)
    document = json.loads(raw.read_text())
    (broken,) = [i for i in document["images"] if i["file_name"] == "levle2_130.jpg"]
    published = [
        one["coordinates"]
        for one in document["annotations"]
        if one["image_id"] == broken["id"]
        and 0 <= one["coordinates"][0] < broken["width"]
        and 0 <= one["coordinates"][1] < broken["height"]
    ]
    assert len(published) == 18
    assert all(number == drawn for number, drawn, _ in found.values())


@pytest.mark.workflow
def test_counts_are_those_of_the_manifest_on_the_finished_project(
    finished: Project, tmp_path: Path, clients: Path
) -> None:
    manifest = tables.read(finished.path / "data/splits/holdout.csv", "splits")
    target, words = tmp_path / "exported", ["--variant", "holdout", "--data", str(finished.path)]
    assert main(["export", "parquet", str(target), *words]) == 0
    lines = "found = {part: data.num_rows for part, data in parts.items()}"
    found = run(clients, tmp_path, FORMATS["parquet"].loading, lines)
    expected = manifest[manifest["split"] != ""]["split"].value_counts()
    assert {part.replace("idation", ""): number for part, number in found.items()} == dict(expected)
