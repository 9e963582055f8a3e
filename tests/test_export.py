"""Exports by readers of our own: each image once, right boxes, whole folders or none."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import small_dataset
import yaml
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps
from small_dataset import HEIGHT, WIDTH, Drawn

from acne04.cli import main
from acne04.core import tables
from acne04.core.hashing import files_below
from acne04.core.naming import collision_key
from acne04.export.file_names import stems
from acne04.export.formats import FORMATS
from acne04.export.geometry import boxed
from acne04.library import validate_annotations
from acne04.samples.parts import OF_FOLDS, PARTS
from acne04.samples.sample import Box, Circle

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Drawn]]:
    """A small data set, not to be changed, and what was drawn for it."""
    root = tmp_path_factory.mktemp("small") / "checkout"
    return root, small_dataset.make(root)


@pytest.fixture
def root(made: tuple[Path, list[Drawn]], tmp_path: Path) -> Path:
    """A copy of it that may be changed."""
    shutil.copytree(made[0], tmp_path / "checkout")
    return tmp_path / "checkout"


def export(root: Path, target: Path, name: str, variant: str = "holdout", *words: str) -> int:
    return main(["export", name, str(target), "--variant", variant, "--data", str(root), *words])


def contents(folder: Path) -> dict[str, str]:
    """Every file below a folder by its digest."""
    return {
        path: hashlib.sha256((folder / path).read_bytes()).hexdigest()
        for path in files_below(folder)
    }


def samples(folder: Path) -> pd.DataFrame:
    return tables.read(folder / "samples.csv", "samples")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("variant", ["holdout", "kfold", "published", "paper"])
def test_every_image_is_in_a_part_or_listed(
    made: tuple[Path, list[Drawn]], tmp_path: Path, name: str, variant: str
) -> None:
    folds = ["--fold", "1"] if variant in OF_FOLDS and name != "ldl" else []
    assert export(made[0], tmp_path / "e", name, variant, *folds) == 0
    placed, listed = samples(tmp_path / "e"), tables.read(tmp_path / "e/excluded.csv", "exclusions")
    manifest = tables.read(made[0] / f"data/splits/{variant}.csv", "splits")
    number = 2 if variant in OF_FOLDS and not folds else 1
    both = Counter([*placed["image_id"], *listed["image_id"]])
    assert both == dict.fromkeys(manifest["image_id"].unique(), number)
    assert (listed["reason"] != "").all()
    # A part holds what the manifest has in it, and training holds nothing of the test part.
    for fold, of_fold in placed.groupby("fold", dropna=False):
        for part, rows in of_fold.groupby("part"):
            expected = _placed_by_hand(manifest, variant, part, fold)
            assert set(rows["image_id"]) <= expected, (fold, part)
        assert not of_fold["image_id"].duplicated().any()
    names = [file.rpartition("/")[2] for file in placed.drop_duplicates("image_id")["file"]]
    if name != "csv":
        assert len({collision_key(file.rpartition(".")[0]) for file in names}) == len(names)


def _placed_by_hand(manifest: pd.DataFrame, variant: str, part: object, fold: object) -> set[str]:
    rows = manifest
    if variant == "kfold":
        in_fold = (rows["fold"] == fold).fillna(value=False)
        validates = pd.Series([str(fold) in f.split("/") for f in rows["validates"]], rows.index)
        wanted = {
            "test": in_fold & (rows["split"] == "test"),
            "val": validates & (rows["split"] == "test"),
            "train": ~in_fold & ~validates & rows["split"].isin(["test", "train-only"]),
        }
        return set(rows[wanted[str(part)]]["image_id"])
    if variant == "published":
        rows = rows[rows["fold"] == fold]
    split = "trainval" if variant == "published" and part == "train" else part
    return set(rows[rows["split"] == split]["image_id"])


def test_bytes_are_those_of_the_source_and_the_extension_is_theirs(
    made: tuple[Path, list[Drawn]], tmp_path: Path
) -> None:
    assert export(made[0], tmp_path / "e", "imagefolder") == 0
    drawn = {image.image_id: image for image in made[1]}
    rows = samples(tmp_path / "e")
    assert len(rows) == 12
    for row in rows.itertuples():
        content = (tmp_path / "e" / row.file).read_bytes()
        kind = Image.open(io.BytesIO(content)).format
        assert Path(row.file).suffix == {"JPEG": ".jpg", "PNG": ".png"}[kind], row.file
        assert (content == drawn[row.image_id].content) == (not row.turned), row.image_id
        assert hashlib.sha256(drawn[row.image_id].content).hexdigest() == row.sha256
    assert list(rows[rows["turned"]]["image_id"]) == ["levle1_2.jpg"]


def test_an_image_on_its_side_is_exported_upright_for_those_who_overlook_the_mark(
    made: tuple[Path, list[Drawn]], tmp_path: Path
) -> None:
    """Also with --links: no reader may see other pixels below its boxes than another does."""
    drawn = next(image for image in made[1] if image.orientation == 6)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(drawn.content)))
    assert Image.open(io.BytesIO(drawn.content)).size == (HEIGHT, WIDTH)
    for number, words in enumerate(([], ["--links"])):
        assert export(made[0], tmp_path / str(number), "coco", "holdout", *words) == 0
        with Image.open(tmp_path / str(number) / "images/train/levle1_2.jpg") as image:
            assert image.size == (WIDTH, HEIGHT)
            assert not image.getexif()
            pixels = list(zip(image.tobytes(), expected.tobytes(), strict=True))
        assert sum(abs(a - b) for a, b in pixels) / len(pixels) < 3


def test_class_folders_as_torchvision_reads_them(
    made: tuple[Path, list[Drawn]], tmp_path: Path
) -> None:
    assert export(made[0], tmp_path / "e", "imagefolder") == 0
    grades = {image.image_id: image.grade for image in made[1]}
    rows = samples(tmp_path / "e").set_index("file")
    for part in ("train", "val", "test"):
        # torchvision.datasets.folder: sorted names of folders are the classes, extensions of
        # images in lower case are taken, in every folder below.
        classes = sorted(
            entry.name for entry in os.scandir(tmp_path / "e" / part) if entry.is_dir()
        )
        assert classes == ["0-mild", "1-moderate", "2-severe", "3-very-severe"]
        found = {
            f"{part}/{label}/{file.name}": number
            for number, label in enumerate(classes)
            for file in (tmp_path / "e" / part / label).iterdir()
            if file.suffix.lower() in (".jpg", ".jpeg", ".png")
        }
        assert set(found) == set(rows[rows["part"] == part].index)
        assert all(grades[rows.loc[file, "image_id"]] == grade for file, grade in found.items())


def boxes_of(drawn: Drawn, lesions: str) -> list[tuple[int, int, int, int]]:
    """What a detector should be taught, worked out by hand."""
    if lesions == "boxes":
        return list(drawn.boxes or ())
    clipped = [
        (max(x - r, 0), max(y - r, 0), min(x + r, WIDTH), min(y + r, HEIGHT))
        for x, y, r in drawn.circles or ()
    ]
    return [box for box in clipped if box[0] < box[2] and box[1] < box[3]]


def read_coco(folder: Path) -> dict[str, list[tuple[float, ...]]]:
    found = {}
    for file in sorted((folder / "annotations").iterdir()):
        document = json.loads(file.read_text())
        names = {image["id"]: image["name"] for image in document["images"]}
        assert len(names) == len(document["images"])
        found |= {name: [] for name in names.values()}
        for each in document["annotations"]:
            x, y, width, height = each["bbox"]
            assert each["area"] == width * height
            found[names[each["image_id"]]].append((x, y, x + width, y + height))
    return found


def read_yolo(folder: Path) -> dict[str, list[tuple[float, ...]]]:
    rows = samples(folder)
    found = {}
    for row in rows.itertuples():
        labels = (folder / row.file.replace("images/", "labels/", 1)).with_suffix(".txt")
        lines = labels.read_text().split("\n")[:-1]
        shares = [tuple(map(float, line.split()[1:])) for line in lines]
        assert all(0 <= share <= 1 for line in shares for share in line)
        found[row.image_id] = [
            tuple(
                round(value, 6)
                for value in (
                    (x - w / 2) * WIDTH,
                    (y - h / 2) * HEIGHT,
                    (x + w / 2) * WIDTH,
                    (y + h / 2) * HEIGHT,
                )
            )
            for x, y, w, h in shares
        ]
    return found


def read_voc(folder: Path) -> dict[str, list[tuple[float, ...]]]:
    found = {}
    for row in samples(folder).itertuples():
        name = Path(row.file)
        tree = ET.parse(folder / "VOCdevkit/VOC2007/Annotations" / f"{name.stem}.xml").getroot()
        assert tree.findtext("filename") == name.name
        assert (tree.findtext("size/width"), tree.findtext("size/height")) == (
            str(WIDTH),
            str(HEIGHT),
        )
        sides = ("xmin", "ymin", "xmax", "ymax")
        found[row.image_id] = [
            tuple(int(box.findtext(side) or "") for side in sides) for box in tree.iter("bndbox")
        ]
    return found


@pytest.mark.parametrize("lesions", ["boxes", "circles"])
@pytest.mark.parametrize(
    ("name", "read"), [("coco", read_coco), ("yolo", read_yolo), ("voc", read_voc)]
)
def test_boxes_are_the_same_everywhere(
    made: tuple[Path, list[Drawn]], tmp_path: Path, name: str, read, lesions: str
) -> None:
    assert export(made[0], tmp_path / "e", name, "holdout", "--lesions", lesions) == 0
    found = read(tmp_path / "e")
    expected = {
        image.image_id: boxes_of(image, lesions)
        for image in made[1]
        if image.holdout and (image.boxes if lesions == "boxes" else image.circles) is not None
    }
    assert found == expected
    # Beside them every lesion as it was, also the one outside its image.
    table = tables.read(tmp_path / "e/lesions.csv", "exported_lesions")
    held = [i for i in made[1] if i.image_id in expected]
    total = sum(len((i.boxes if lesions == "boxes" else i.circles) or ()) for i in held)
    assert len(table) == total
    assert table["xmin"].notna().sum() == sum(map(len, expected.values()))
    if lesions == "circles":
        assert table["xmin"].isna().sum() == 1
        assert list(table[table["repaired"] != ""]["annotation_id"]) == [50]


def test_not_annotated_is_not_the_same_as_no_lesion(
    made: tuple[Path, list[Drawn]], tmp_path: Path
) -> None:
    assert export(made[0], tmp_path / "out", "yolo") == 0
    listed = tables.read(tmp_path / "out/excluded.csv", "exclusions")
    reasons = listed.set_index("image_id")["reason"]
    assert reasons["levle2_4.jpg"] == reasons["x.JPEG"] == "not-annotated"
    assert (tmp_path / "out/labels/train/levle1_3.txt").read_text() == ""
    assert export(made[0], tmp_path / "in", "yolo", "holdout", "--unannotated", "keep") == 0
    assert len(samples(tmp_path / "in")) == len(samples(tmp_path / "out")) + 3
    assert (tmp_path / "in/images/train/levle2_4.jpg").is_file()
    assert not (tmp_path / "in/labels/train/levle2_4.txt").exists()


def test_a_model_is_never_chosen_by_the_test_part(
    made: tuple[Path, list[Drawn]], tmp_path: Path
) -> None:
    first = ["--fold", "0"]
    for variant, words, val in (
        ("holdout", [], "val"),
        ("kfold", first, "val"),
        ("published", first, "train"),
    ):
        assert export(made[0], tmp_path / variant, "yolo", variant, *words) == 0
        settings = yaml.safe_load((tmp_path / variant / "data.yaml").read_text())
        assert settings == {
            "train": "images/train",
            "val": f"images/{val}",
            "test": "images/test",
            "names": {0: "fore"},
        }


def test_the_label_lines_as_the_code_of_the_paper_reads_them(
    made: tuple[Path, list[Drawn]], tmp_path: Path
) -> None:
    assert export(made[0], tmp_path / "e", "ldl", "kfold") == 0
    drawn = {image.image_id: image for image in made[1]}
    rows = samples(tmp_path / "e")
    for fold in (0, 1):
        for part, folder in (("trainval", "train"), ("test", "test")):
            of_part = rows[(rows["fold"] == fold) & (rows["part"] == folder)].set_index("file")
            lines = (tmp_path / "e" / f"NNEW_{part}_{fold}.txt").read_text().splitlines()
            assert len(lines) == len(of_part) > 0
            for line in lines:
                name, grade, count = line.split()
                image = drawn[of_part.loc[f"JPEGImages/{name}", "image_id"]]
                assert (image.grade, len(image.boxes or ())) == (int(grade), int(count))
                assert (tmp_path / "e/JPEGImages" / name).is_file()


def test_the_circles_in_their_authors_form(made: tuple[Path, list[Drawn]], tmp_path: Path) -> None:
    assert export(made[0], tmp_path / "e", "v2", "paper") == 0
    file = tmp_path / "e/all/Acne04-v2_annotations.json"
    document = json.loads(file.read_text())
    drawn = {image.image_id: image for image in made[1]}
    # The copy that has no circles of its own has those of the photograph that it is a copy of.
    assert len(document["images"]) == sum(i.circles is not None for i in made[1]) + 0
    ids = [each["id"] for each in document["annotations"]]
    assert len(set(ids)) == len(ids)
    for image in document["images"]:
        circles = [c for c in document["annotations"] if c["image_id"] == image["id"]]
        (known,) = [
            i for i in drawn.values() if stems(drawn)[i.image_id] == Path(image["file_name"]).stem
        ]
        assert [(*c["coordinates"], c["radius"]) for c in circles] == known.circles
        assert (file.parent / "images" / image["file_name"]).is_file()
    # By our own checks of that file only the circle that lies outside its image is wrong.
    findings = [f for f in validate_annotations(file) if f.severity == "error"]
    assert [finding.check for finding in findings] == ["circle-outside-image"]


def test_shards_are_of_bounded_size_and_hold_every_image_once(root: Path, tmp_path: Path) -> None:
    from acne04.export import command

    monkey = pytest.MonkeyPatch()
    monkey.setattr(command, "_MEGABYTE", 6_000)
    try:
        for name in ("webdataset", "parquet"):
            assert export(root, tmp_path / name, name, "holdout", "--shard-size", "1") == 0
    finally:
        monkey.undo()
    rows = samples(tmp_path / "webdataset").set_index("file")
    found: Counter[str] = Counter()
    for file in sorted((tmp_path / "webdataset").glob("*.tar")):
        with tarfile.open(file) as archive:
            for member in archive:
                assert (member.mtime, member.uid, member.uname) == (0, 0, "")
                if member.name in rows.index:
                    found[member.name] += 1
                    assert rows.loc[member.name, "part"] == file.name.rpartition("-")[0]
    assert found == dict.fromkeys(rows.index, 1)
    assert len(list((tmp_path / "webdataset").glob("train-*.tar"))) > 1
    files = sorted((tmp_path / "parquet/data").iterdir())
    number = sum(file.name.startswith("train") for file in files)
    assert files[1].name == f"train-00000-of-{number:05}.parquet"
    tables_of = [pq.read_table(file) for file in files]
    assert sorted(i for t in tables_of for i in t["image_id"].to_pylist()) == sorted(
        rows["image_id"]
    )


def test_tables_lead_to_the_images(root: Path, tmp_path: Path) -> None:
    for paths in ("relative", "absolute"):
        folder = tmp_path / paths
        assert export(root, folder, "csv", "holdout", "--paths", paths) == 0
        rows = tables.read(folder / "train.csv", "samples")
        assert all(Path(file).is_absolute() == (paths == "absolute") for file in rows["file"])
        for row in rows.itertuples():
            content = (folder / row.file).read_bytes()
            assert hashlib.sha256(content).hexdigest() == row.sha256


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_bytes_in_another_process_from_files_in_another_order(
    made: tuple[Path, list[Drawn]], tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    for file in reversed(files_below(made[0])):
        (other / "c" / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made[0] / file, other / "c" / file)
    shutil.copytree(made[0], tmp_path / "one/c")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "acne04.cli",
            "export",
            name,
            *["e", "--variant", "holdout", "--data", "c"],
        ],
        cwd=other,
        env={**os.environ, "PYTHONHASHSEED": "2", "LC_ALL": "C"},
        check=True,
        capture_output=True,
    )
    monkeypatch.chdir(tmp_path / "one")
    assert export(Path("c"), Path("e"), name) == 0
    assert contents(tmp_path / "one/e") == contents(other / "e")


@pytest.mark.parametrize("name", ["imagefolder", "webdataset"])
def test_a_damaged_image_is_refused_and_all_of_them_are_named(
    root: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for damaged in ("levle0_1.jpg", "levle3_7.jpg"):
        path = root / "data/raw/classification/JPEGImages" / damaged
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert export(root, tmp_path / "e", name) == 1
    said = capsys.readouterr().err
    assert "levle0_1.jpg" in said
    assert "levle3_7.jpg" in said
    assert "the manifest: 2 of them" in said
    assert not (tmp_path / "e").exists()


def test_missing_images_are_named_all_at_once(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for missing in ("levle0_1.jpg", "levle3_7.jpg"):
        (root / "data/raw/classification/JPEGImages" / missing).unlink()
    assert export(root, tmp_path / "e", "coco") == 2
    said = capsys.readouterr().err
    assert "levle0_1.jpg" in said
    assert "levle3_7.jpg" in said
    assert list(tmp_path.glob("e*")) == []


def test_a_dry_run_writes_nothing_and_says_how_much(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(root, tmp_path / "e", "voc", "holdout", "--dry-run") == 0
    said = capsys.readouterr().out
    assert list(tmp_path.glob("e*")) == []
    assert export(root, tmp_path / "e", "voc") == 0
    number = len(files_below(tmp_path / "e"))
    assert f"would hold {number} files" in said
    assert "train: 6 images" in said
    assert "not-annotated 3" in said


def test_what_lies_there_is_not_written_over(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "e"
    (target / "mine").mkdir(parents=True)
    assert export(root, target, "coco") == 2
    assert export(root, target, "coco", "holdout", "--replace") == 2
    assert "no export of acne04" in capsys.readouterr().err
    shutil.rmtree(target / "mine")
    assert export(root, target, "coco") == 0  # an empty folder is nobody's
    before = contents(target)
    assert export(root, target, "coco") == 0
    assert "nothing written" in capsys.readouterr().err
    assert export(root, target, "coco", "kfold", "--fold", "0") == 2
    assert "--replace" in capsys.readouterr().err
    assert contents(target) == before
    (target / "annotations/instances_test.json").unlink()
    assert export(root, target, "coco") == 2
    assert "files are missing" in capsys.readouterr().err
    assert export(root, target, "coco", "holdout", "--replace") == 0
    assert contents(target) == before
    assert [path.name for path in tmp_path.glob("e*")] == ["e"]
    assert export(root, root / "data/x", "coco") == 2
    (tmp_path / "file").touch()
    assert export(root, tmp_path / "file", "coco") == 2
    assert export(root, tmp_path / "file/below", "coco") == 2


def test_a_killed_export_goes_on_where_it_was(root: Path, tmp_path: Path) -> None:
    """Whenever it is killed: no folder, then the same one as without it."""
    assert export(root, tmp_path / "whole", "yolo") == 0
    target = tmp_path / "e"
    part = tmp_path / "e.part"
    for number in (0, 1, 8, 16):
        process = subprocess.Popen(
            [sys.executable, "-c", _SLOW, str(target), str(root)], stderr=subprocess.DEVNULL
        )
        while process.poll() is None and not (part.is_dir() and len(files_below(part)) >= number):
            time.sleep(0.001)
        assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not target.exists()
    kept = {
        path: (part / path).stat().st_mtime_ns
        for path in files_below(part)
        if path.endswith((".jpg", ".png"))
    }
    assert export(root, target, "yolo") == 0
    assert contents(target) == contents(tmp_path / "whole")
    again = {path for path, changed in kept.items() if _changed(target / path) != changed}
    assert again <= {"images/train/levle1_2.jpg"}, "only what is turned is made again"
    assert len(again) < len(kept)
    assert not part.exists()


def _changed(path: Path) -> int | None:
    return path.stat().st_mtime_ns if path.exists() else None


#: An export that takes its time over each image, and then for ever.
_SLOW = """
import sys, time
from acne04.cli import main
from acne04.export import folder
write_one = folder._write_one
def slowly(*arguments):
    write_one(*arguments)
    time.sleep(0.05)
folder._write_one = slowly
folder.put_in_place = lambda *_: time.sleep(60)
main(["export", "yolo", sys.argv[1], "--variant", "holdout", "--data", sys.argv[2]])
"""


def test_a_replacement_killed_between_two_names_is_put_right(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "e"
    assert export(root, target, "csv", "paper") == 0
    assert export(root, tmp_path / "other", "csv", "holdout") == 0
    target.rename(tmp_path / "e.old.part")
    (tmp_path / "other").rename(tmp_path / "e.part")
    assert export(root, target, "csv", "holdout", "--replace") == 0
    assert samples(target)["variant"].unique().tolist() == ["holdout"]
    assert [path.name for path in tmp_path.glob("e*")] == ["e"]


def test_two_at_once_do_not_mix(root: Path, tmp_path: Path) -> None:
    from acne04.export.folder import unfinished

    with unfinished(tmp_path / "e"):
        assert export(root, tmp_path / "e", "coco") == 2
    assert export(root, tmp_path / "e", "coco") == 0


def test_what_was_begun_with_other_options_is_not_mixed_in(root: Path, tmp_path: Path) -> None:
    assert export(root, tmp_path / "e", "coco", "holdout", "--links") == 0
    (tmp_path / "e").rename(tmp_path / "e.part")
    (tmp_path / "e.part/images/train/.x.part").touch()
    assert export(root, tmp_path / "e", "coco") == 0
    assert not any((tmp_path / "e" / path).is_symlink() for path in files_below(tmp_path / "e"))
    assert "images/train/.x.part" not in files_below(tmp_path / "e")
    (tmp_path / "f.part").mkdir()
    (tmp_path / "f.part/mine").touch()
    assert export(root, tmp_path / "f", "coco") == 2
    assert (tmp_path / "f.part/mine").is_file()


def test_links_may_be_moved_together_with_what_they_lead_to(root: Path, tmp_path: Path) -> None:
    target = root.parent / "exports/e"
    assert export(root, target, "imagefolder", "holdout", "--links") == 0
    links = [path for path in files_below(target) if (target / path).is_symlink()]
    assert len(links) == 11
    root.parent.rename(tmp_path.with_name(f"{tmp_path.name}-moved"))
    moved = tmp_path.with_name(f"{tmp_path.name}-moved") / "exports/e"
    assert all((moved / path).is_file() for path in links)


def test_a_full_disk_is_told(root: Path, tmp_path: Path) -> None:
    """A limit on the size of a file stands in for it: an error of the system while writing."""
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(tmp_path / "e"), str(root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "cannot be written" in done.stderr
    assert "File too large" in done.stderr
    assert "the same command again" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "e").exists()
    assert export(root, tmp_path / "e", "parquet") == 0


_LIMITED = """
import resource, signal, sys
from acne04.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
sys.exit(main(["export", "parquet", sys.argv[1], "--variant", "holdout", "--data", sys.argv[2]]))
"""


def test_too_little_room_is_told_before_anything_is_copied(
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1000))
    assert export(root, tmp_path / "e", "coco") == 2
    assert "too little room" in capsys.readouterr().err
    assert export(root, tmp_path / "e", "coco", "holdout", "--links") == 0


def test_real_photographs_may_not_be_passed_on(root: Path, tmp_path: Path) -> None:
    assert export(root, tmp_path / "drawn", "coco") == 0
    assert "drawings, not photographs" in (tmp_path / "drawn/README.md").read_text()
    for file in (root / "data").rglob("*.csv"):
        file.write_text(file.read_text().replace("standin,", "acne04,"))
    assert export(root, tmp_path / "real", "coco") == 0
    words = (tmp_path / "real/README.md").read_text()
    assert "may not be passed on" in words
    for name in ("Wu X., Wen N.", "Gazeau et al. (2024)", "Piat et al. (2025)"):
        assert name in words
    # Whoever adds everything to a repository adds none of it.
    assert (tmp_path / "real/.gitignore").read_text() == "*\n"
    assert json.loads((tmp_path / "real/export.json").read_text())["dataset"] == "acne04"


def test_a_release_without_images_says_where_they_are_named(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release = tmp_path / "release"
    (release / "tables").mkdir(parents=True)
    shutil.copytree(root / "data/splits", release / "manifests")
    for noun in ("inventory", "annotations", "groups"):
        shutil.copytree(root / "data" / noun, release / "tables" / noun)
    assert export(release, tmp_path / "e", "coco") == 2
    assert "--images" in capsys.readouterr().err
    images = ["--images", str(root / "data/raw")]
    assert export(release, tmp_path / "e", "coco", "holdout", *images) == 0
    assert export(root, tmp_path / "f", "coco") == 0
    assert contents(tmp_path / "e") == contents(tmp_path / "f")


@pytest.mark.parametrize(
    "words",
    [
        ["coco", "e", "--variant", "kfold"],
        ["coco", "e", "--variant", "kfold", "--fold", "7"],
        ["coco", "e", "--variant", "holdout", "--fold", "0"],
        ["parquet", "e", "--variant", "holdout", "--links"],
        ["imagefolder", "e", "--variant", "holdout", "--lesions", "circles"],
        ["ldl", "e", "--variant", "holdout", "--unannotated", "keep"],
        ["webdataset", "e", "--variant", "holdout", "--shard-size", "-1"],
        ["coco", "e", "--variant", "published-clean", "--fold", "0"],
        ["coco", ".", "--variant", "holdout"],
        ["coco", "e/..", "--variant", "holdout"],
    ],
    ids=" ".join,
)
def test_a_call_that_cannot_be_meant_writes_nothing(
    made: tuple[Path, list[Drawn]],
    tmp_path: Path,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", *words, "--data", str(made[0])]) == 2
    assert list(tmp_path.iterdir()) == []


_pixels = st.integers(-300, 300)
_circles = st.builds(
    lambda x, y, across, down: Circle(1, 0, 0, 1, x, y, across, down, ""),
    st.floats(-200, 300),
    st.floats(-200, 300),
    st.floats(0.5, 200),
    st.floats(0.5, 200),
)
_boxes = st.builds(Box, _pixels, _pixels, _pixels, _pixels)


@given(st.lists(_circles | _boxes, max_size=5), st.integers(1, 120), st.integers(1, 120))
def test_boxes_lie_within_and_hold_what_shows(
    lesions: list[Box | Circle], width: int, height: int
) -> None:
    found = boxed(lesions, width, height)
    assert [each.lesion for each in found] == lesions
    for each in found:
        if isinstance(each.lesion, Circle):
            shown = each.lesion
            left, right = shown.photo_x - shown.photo_radius_x, shown.photo_x + shown.photo_radius_x
            upper, lower = (
                shown.photo_y - shown.photo_radius_y,
                shown.photo_y + shown.photo_radius_y,
            )
        else:
            left, upper = each.lesion.xmin, each.lesion.ymin
            right, lower = each.lesion.xmax, each.lesion.ymax
        outside = right <= 0 or lower <= 0 or left >= width or upper >= height
        if each.borders is None:
            assert outside or left >= right or upper >= lower
            continue
        assert not outside
        assert 0 <= each.borders.xmin < each.borders.xmax <= width
        assert 0 <= each.borders.ymin < each.borders.ymax <= height
        is_inside = left >= 0 and upper >= 0 and right <= width and lower <= height
        assert each.is_clipped == (not is_inside)
        assert not is_inside or each.borders == (left, upper, right, lower)


_names = st.text(st.sampled_from("aAbé\u0301 .[]~_-%\udcff1"), min_size=1, max_size=6).map(
    lambda stem: f"{stem}.jpg"
) | st.sampled_from(["x.png", "x.JPG", "X.jpg", "x.jpg", "x"])


@given(st.sets(_names, max_size=12))
def test_no_two_images_have_one_name_in_any_reader(image_ids: set[str]) -> None:
    found = stems(image_ids)
    assert set(found) == image_ids
    assert len({collision_key(stem) for stem in found.values()}) == len(image_ids)
    for stem in found.values():
        assert stem
        assert not set(stem) & set(" .[]%/\\\udcff")
        assert stem == stems(image_ids | {"zzz.jpg"})[_by(found, stem)]


def _by(found: dict[str, str], stem: str) -> str:
    return next(image_id for image_id, each in found.items() if each == stem)


def test_the_documented_lines_are_those_of_the_formats() -> None:
    page = (ROOT / "docs/exports.md").read_text(encoding="utf-8")
    for name, form in FORMATS.items():
        section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert f"```python\n{form.loading}\n```" in section, name
    assert set(PARTS) <= set(page.split("`"))
