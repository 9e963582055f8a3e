"""`acne04 scan`: every example with its findings, its tables, the listing, and its invariants."""

from __future__ import annotations

import json
import math
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageOps
from upstreams import GOLDEN, assert_golden

from acne04.cli import main
from acne04.core import documents, hashing, tables
from acne04.core.findings import unfold
from acne04.core.imaging import perceptual_hashes
from acne04.scan import voc
from acne04.scan.labels import parse_label_file
from acne04.scan.voc import VocFormatError, parse_voc

EXAMPLES = Path(__file__).parent / "examples" / "scan"
FACTS = Path(__file__).parents[1] / "workflow" / "sources.yaml"
CASES = sorted(folder.name for folder in EXAMPLES.iterdir() if folder.is_dir())
SOURCES = ("classification", "detection", "acnedit")
TABLES = ("inventory", "features", "folds", "boxes", "problems")
LABELS = "classification/Classification/NNEW_test_0.txt"
IMAGES = "classification/Classification/JPEGImages"
ANNOTATIONS = "detection/Detection/VOC2007/Annotations"
SOUND_VOC = EXAMPLES / "sound" / ANNOTATIONS / "levle0_0.xml"
PROMISES = {
    "classification": {
        "images": 4,
        "grades": {0: 2, 1: 2, 2: 0, 3: 0},
        "folds": 2,
        "trainval": 2,
        "test": 2,
        "extension": ".jpg",
    },
    "detection": {"files": 4, "boxes": 16},
    "acnedit": {
        "images": 2,
        "folders": {
            "levle2_generated": {"grade": 2, "images": 1},
            "levle3_generated": {"grade": 3, "images": 1},
        },
        "names_overlap": False,
        "extension": ".jpg",
        "paper_table": [],
    },
}


class Raw:
    """A folder like data/raw, in which `acne04 scan` is called."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def fill(self, case: str) -> None:
        """Put the sound files here, and over them what makes the case."""
        for part in ("sound", case):
            shutil.copytree(EXAMPLES / part, ".", dirs_exist_ok=True)
        change = json.loads(Path("case.json").read_text()) if Path("case.json").exists() else {}
        for target, source in change.get("copy", {}).items():
            shutil.copy(source, target)
        for path in change.get("remove", []):
            Path(path).unlink()

    def list_files(self, dataset: str = "acne04") -> None:
        """Write the listing beside each source."""
        for source in SOURCES:
            files = {
                name: hashing.digest_file(Path(source, name))
                for name in hashing.files_below(Path(source))
            }
            rows = [{"dataset": dataset, "path": n, **d._asdict()} for n, d in files.items()]
            tables.write_records(Path(f"{source}.csv"), "listing", rows)

    def call(self, *words: str) -> tuple[int, str, str]:
        self._capsys.readouterr()
        code = main(["scan", *words])
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def stage(self, *more: str, out: str = "out") -> tuple[int, str, str]:
        words = ["--dataset=acne04", "--sources=sources.yaml"]
        words += [f"--{source}={source}" for source in SOURCES]
        words += [f"--{name}={out}/{name}.csv" for name in TABLES]
        words += [f"--{name}={out}/{name}.json" for name in ("findings", "metrics")]
        return self.call(*words, *more)


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Raw:
    monkeypatch.chdir(tmp_path)
    facts = yaml.safe_load(FACTS.read_text(encoding="utf-8"))
    for source, promises in PROMISES.items():
        facts["acne04"][source]["promises"] = promises
    Path("sources.yaml").write_text(yaml.safe_dump(facts), encoding="utf-8")
    return Raw(capsys)


def table(name: str) -> pd.DataFrame:
    return tables.read(Path("out") / f"{name}.csv", name)


def image(name: str) -> dict[str, Any]:
    rows = table("inventory")
    row: dict[str, Any] = rows[rows["name"] == name].iloc[0].to_dict()
    return row


def findings(check: str = "") -> list[dict[str, Any]]:
    document = documents.read(Path("out/findings.json"), "findings.schema.json")
    return [entry for entry in document["findings"] if check in ("", entry["check"])]


def assert_same_bytes(written: Path, golden: Path) -> None:
    if os.environ.get("ACNE04_WRITE_GOLDEN") == "1":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes(written.read_bytes())
    assert written.read_text(encoding="utf-8") == golden.read_text(encoding="utf-8")


# The examples, each with all its findings.


@pytest.mark.parametrize("case", CASES)
def test_an_example_gives_these_findings(case: str, raw: Raw) -> None:
    raw.fill(case)
    code, out, errors = raw.stage()
    assert (code, out) == (0, ""), errors
    assert_same_bytes(Path("out/findings.json"), GOLDEN / "scan" / f"{case}.json")
    listed = table("problems")["check"].value_counts().to_dict()
    assert listed == {e["check"]: e["count"] for e in findings() if "count" in e}
    for entry in findings():
        assert entry["done"]
        assert entry["remedy"]


@pytest.mark.parametrize("name", [f"{table}.csv" for table in TABLES] + ["metrics.json"])
def test_the_sound_example_gives_these_bytes(name: str, raw: Raw) -> None:
    raw.fill("sound")
    assert raw.stage()[0] == 0
    assert findings() == []
    assert_same_bytes(Path("out") / name, GOLDEN / "scan" / "sound" / name)


# What is left out of the tables is named; what is doubtful stays as it is.


def test_every_label_line_is_in_the_table_or_in_a_finding(raw: Raw) -> None:
    raw.fill("label-lines-malformed")
    raw.stage()
    lines = Path(LABELS).read_bytes().split(b"\n")
    filled = {number for number, line in enumerate(lines, start=1) if line.strip()}
    folds = table("folds")
    kept = set(folds[(folds["fold"] == 0) & (folds["part"] == "test")]["line"])
    named = {entry["line"] for entry in findings("label-line-malformed")}
    assert kept == {1, 3}
    assert kept | named == filled


def test_labels_that_disagree_leave_only_what_they_disagree_on_empty(raw: Raw) -> None:
    raw.fill("label-conflict")
    raw.stage()
    grade, count = image("levle0_0.jpg"), image("levle1_0.jpg")
    assert pd.isna(grade["grade"])
    assert pd.isna(grade["lesions_v1"])
    assert count["grade"] == 1
    assert pd.isna(count["lesions_v1"])


def test_the_grade_is_never_read_from_the_name(raw: Raw) -> None:
    raw.fill("grades-doubtful")
    raw.stage()
    assert image("levle0_0.jpg")["grade"] == 1
    raw.fill("no-label-file")
    raw.stage()
    assert pd.isna(image("levle0_0.jpg")["grade"])
    assert image("levle0_0.jpg")["prefix_grade"] == 0


def test_lines_of_an_absent_image_are_left_out_of_the_folds(raw: Raw) -> None:
    raw.fill("label-missing")
    raw.stage()
    assert set(table("folds")["name"]) == {"levle0_0.jpg", "levle0_1.jpg"}
    assert {entry["check"] for entry in findings()} >= {"image-missing", "label-missing"}


def test_unsound_boxes_are_counted_but_left_out(raw: Raw) -> None:
    raw.fill("boxes-unsound")
    raw.stage()
    boxes = table("boxes")
    assert list(boxes[boxes["name"] == "levle0_0.jpg"]["box"]) == [0, 10, 11]
    assert image("levle0_0.jpg")["boxes"] == 12
    pointers = {e["pointer"] for e in findings() if e["check"].startswith("box-")}
    assert pointers == {f"/annotation/object/{number}" for number in range(1, 10)}


def corners(name: str, prefix: str = "") -> list[tuple[int, ...]]:
    boxes = table("boxes")
    own = boxes[boxes["name"] == name].sort_values("box")
    rows = own[[f"{prefix}{corner}" for corner in ("xmin", "ymin", "xmax", "ymax")]]
    return [tuple(map(int, row)) for row in rows.itertuples(index=False)]


def test_boxes_turn_with_the_frame_they_were_taken_in(raw: Raw) -> None:
    raw.fill("exif-orientation")
    raw.stage()
    stored = [(2, 4, 5, 7), (6, 4, 9, 7)]
    assert corners("levle0_0.jpg", "voc_") == stored
    # Clockwise by 90 degrees: what is left comes to the top, the top of 24 rows to the right.
    assert corners("levle0_0.jpg") == [(17, 2, 20, 5), (17, 6, 20, 9)]
    assert [image(n)["orientation"] for n in ("levle0_0.jpg", "levle1_1.jpg")] == [6, 7]
    # Mirrored at the other diagonal: the left of 32 columns comes to the bottom.
    assert corners("levle1_1.jpg", "voc_")[0] == (2, 4, 5, 7)
    assert corners("levle1_1.jpg")[0] == (17, 27, 20, 30)
    # Upright by its size, and one that cannot be told: as they were.
    for name in ("levle0_1.jpg", "levle1_0.jpg"):
        assert corners(name) == corners(name, "voc_")
    assert [e["file"][-12:-4] for e in findings("coordinates-turned")] == ["levle0_0", "levle1_1"]
    assert [e["file"][-12:-4] for e in findings("frame-uncertain")] == ["levle1_0"]
    assert len(findings("exif-orientation")) == 4
    assert findings("voc-size-mismatch") == []


def test_turned_boxes_lie_on_what_they_lay_on(raw: Raw) -> None:
    """Draw a box on the stored picture of every orientation: upright, the table finds it."""
    raw.fill("sound")
    mark = (6, 4, 9, 7)
    text = SOUND_VOC.read_text(encoding="utf-8")
    text = text.replace("<width>24</width>", "<width>32</width>")
    text = text.replace("<height>32</height>", "<height>24</height>")
    for orientation in range(1, 9):
        stored = Image.new("L", (32, 24))
        stored.paste(255, mark)
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        place = Path(IMAGES, "levle0_0.png")
        Path(IMAGES, "levle0_0.jpg").unlink(missing_ok=True)
        stored.save(place, exif=exif)
        Path(ANNOTATIONS, "levle0_0.xml").write_text(text, encoding="utf-8")
        raw.stage()
        assert image("levle0_0.png")["orientation"] == orientation
        with Image.open(place) as picture:
            upright = ImageOps.exif_transpose(picture).getbbox()
        told = {e["check"] for e in findings() if e["file"].endswith("levle0_0.xml")}
        if "frame-uncertain" in told:
            assert orientation in (2, 3, 4)
            assert corners("levle0_0.png")[1] == mark
        else:
            assert corners("levle0_0.png")[1] == upright


@pytest.mark.parametrize("marked", [0, 9, 65535])
def test_an_orientation_that_exif_does_not_know_is_none(marked: int, raw: Raw) -> None:
    raw.fill("sound")
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = marked
    place = Path(IMAGES, "levle0_0.jpg")
    Image.new("RGB", (24, 32)).save(place, exif=exif)
    raw.stage()
    assert image("levle0_0.jpg")["orientation"] == 1
    assert findings("exif-orientation") == []


def test_what_stands_twice_is_named_and_never_dropped(raw: Raw) -> None:
    raw.fill("voc-children-repeated")
    raw.stage()
    assert [
        (e["file"][-12:-4], e["pointer"], e["expected"], e["found"])
        for e in findings("box-child-repeated")
    ] == [
        ("levle1_1", "/annotation/object/0", "one <bndbox>", "2 of them"),
        ("levle1_1", "/annotation/object/1", "one <name>", "3 of them"),
        ("levle1_1", "/annotation/object/2", "one <xmin>", "2 of them"),
    ]
    assert sorted((e["pointer"], e["expected"]) for e in findings("voc-child-repeated")) == [
        ("/annotation", "one <filename>"),
        ("/annotation", "one <size>"),
        ("/annotation/object/3", "one <pose>"),
        ("/annotation/size", "one <width>"),
        ("/annotation/source", "one <database>"),
    ]
    boxes = table("boxes")
    assert list(boxes[boxes["name"] == "levle1_1.jpg"]["box"]) == [3, 4, 5, 6]
    assert image("levle1_1.jpg")["boxes"] == 7


def test_many_absent_images_are_one_finding_and_a_list(raw: Raw) -> None:
    raw.fill("images-absent")
    raw.stage()
    (entry,) = findings("image-missing")
    assert entry["count"] == 30
    document = documents.read(Path("out/findings.json"), "findings.schema.json")
    assert document["counts"]["image-missing"] == 30
    assert document["severities"]["error"] == 30
    problems = table("problems")
    missing = problems[problems["check"] == "image-missing"]
    assert missing["expected"].tolist() == [f"an image file levle0_{n}.jpg" for n in range(10, 40)]
    # Without a file for the list, each is told by itself, and nothing else is different.
    words = ["--dataset=acne04", "--sources=sources.yaml", "--findings=each.json"]
    raw.call(*words, *(f"--{source}={source}" for source in SOURCES))
    each = documents.read(Path("each.json"), "findings.schema.json")
    assert each["counts"] == document["counts"]
    rows = tables.read_texts(Path("out/problems.csv"), "problems")
    texts = [dict(zip(rows, row, strict=True)) for row in zip(*rows.values(), strict=True)]
    again = unfold(document["findings"], texts)
    assert sorted(map(json.dumps, again)) == sorted(map(json.dumps, each["findings"]))


def test_an_image_without_boxes_has_no_number_of_boxes(raw: Raw) -> None:
    raw.fill("voc-unjoined")
    raw.stage()
    assert pd.isna(image("levle1_1.jpg")["boxes"])
    assert pd.isna(image("a.jpg")["boxes"])


def test_a_broken_image_is_in_the_inventory_and_has_no_hash(raw: Raw) -> None:
    raw.fill("images-broken")
    raw.stage()
    cut, page = image("levle0_0.jpg"), image("levle0_1.jpg")
    assert (cut["decodable"], cut["phash"], cut["width"]) == (False, "", 64)
    assert (page["decodable"], page["phash"]) == (False, "")
    assert pd.isna(page["width"])
    assert page["size"] == Path(IMAGES, "levle0_1.jpg").stat().st_size


def test_a_turned_image_has_its_size_upright_and_names_its_camera(raw: Raw) -> None:
    raw.fill("images-disguised")
    raw.stage()
    turned = image("a.jpg")
    assert (turned["width"], turned["height"]) == (32, 24)
    assert (turned["exif_make"], turned["exif_model"]) == ("Canon", "EOS 5D")


def test_a_synthetic_image_has_the_grade_of_its_folder_and_no_count(raw: Raw) -> None:
    raw.fill("synthetic-misplaced")
    raw.stage()
    rows = table("inventory")
    synthetic = rows[rows["origin"] == "synthetic"].set_index("name")
    grades = synthetic["grade"].to_dict()
    assert {name: grades[name] for name in ("a.jpg", "b.jpg", "e.jpg")} == {
        "a.jpg": 2,
        "b.jpg": 3,
        "e.jpg": 3,
    }
    assert pd.isna(grades["c.jpg"])
    assert synthetic["lesions_v1"].isna().all()


def test_names_that_are_not_unicode_are_left_out_and_named(raw: Raw) -> None:
    raw.fill("sound")
    source = Path(IMAGES, "levle0_0.jpg").read_bytes()
    try:
        Path(os.fsdecode(b"acnedit/levle2_generated/\xe9.jpg")).write_bytes(source)
    except OSError:
        pytest.skip("this file system has only names in UTF-8")
    assert raw.stage()[0] == 0
    (entry,) = findings("name-not-unicode")
    assert entry["file"] == r"acnedit/levle2_generated/\udce9.jpg"
    assert len(table("inventory")) == 6


def test_a_file_that_the_system_keeps_is_named(raw: Raw) -> None:
    raw.fill("sound")
    Path("acnedit/levle2_generated/c.jpg").symlink_to("nowhere")
    assert raw.stage()[0] == 0
    (entry,) = findings("unreadable")
    assert entry["found"] == "No such file or directory"


# The listing that stands for a folder.


def test_files_as_listed_pass(raw: Raw) -> None:
    raw.fill("stray-files")
    raw.list_files()
    assert raw.stage()[0] == 0


def test_a_changed_an_absent_and_an_added_file_stop_the_stage(raw: Raw) -> None:
    raw.fill("sound")
    raw.list_files()
    changed, absent = Path(IMAGES, "levle0_0.jpg"), Path(LABELS)
    before = hashing.digest_file(changed)
    changed.write_bytes(changed.read_bytes() + b"\0")
    after = hashing.digest_file(changed)
    absent.unlink()
    Path(IMAGES, "new.jpg").write_bytes(b"")
    code, _, errors = raw.stage()
    assert code == 1
    assert not Path("out").exists()
    for expected in (
        f"{changed}: expected sha256 {before.sha256} ({before.size} bytes), "
        f"found sha256 {after.sha256} ({after.size} bytes)",
        f"{absent}: expected sha256",
        "found absent",
        f"{IMAGES}/new.jpg: expected no such file",
        "dvc checkout classification",
    ):
        assert expected in errors


@pytest.mark.parametrize("path", [f"{ANNOTATIONS}/levle0_0.xml", "acnedit/notes.txt"])
def test_a_changed_file_that_is_no_image_stops_the_stage_too(path: str, raw: Raw) -> None:
    raw.fill("sound")
    Path("acnedit/notes.txt").write_text("as delivered")
    raw.list_files()
    Path(path).write_bytes(Path(path).read_bytes() + b" ")
    code, _, errors = raw.stage()
    assert code == 1
    assert path in errors


def test_the_listing_of_another_dataset_is_refused_and_both_are_named(raw: Raw) -> None:
    raw.fill("sound")
    raw.list_files(dataset="standin")
    code, _, errors = raw.stage()
    assert code == 2
    assert "acne04" in errors
    assert "standin" in errors
    assert not Path("out").exists()


def test_the_listing_says_which_dataset_it_is(raw: Raw) -> None:
    raw.fill("sound")
    raw.list_files(dataset="standin")
    assert raw.call("--classification=classification", "--inventory=out/inventory.csv")[0] == 0
    assert set(table("inventory")["dataset"]) == {"standin"}


# Alone, on any folder.


def test_a_plain_folder_of_images_can_be_scanned(raw: Raw) -> None:
    for number in range(3):
        Path("holiday", str(number)).mkdir(parents=True)
        Image.new("RGB", (20, 30), (number, 0, 0)).save(f"holiday/{number}/beach.jpg")
    assert_golden("scan/plain-folder.txt", raw.call("--classification=holiday"))


def test_alone_it_exits_1_on_an_error_and_spells_it_out(raw: Raw) -> None:
    raw.fill("images-broken")
    outcome = raw.call("--classification=classification", "--detection=detection")
    assert outcome[0] == 1
    assert_golden("scan/images-broken.txt", outcome)


def test_the_archive_may_be_nested_deeper(raw: Raw) -> None:
    raw.fill("sound")
    raw.stage()
    flat = table("inventory").drop(columns="path")
    for source in SOURCES:
        shutil.move(source, "moved")
        Path(source).mkdir()
        shutil.move("moved", f"{source}/{source}-20240101T000000Z-001")
    assert raw.stage()[0] == 0
    assert findings() == []
    assert table("inventory").drop(columns="path").equals(flat)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "nothing to scan"),
        (["--classification=nowhere"], 2, "nowhere: no such folder"),
        (["--acnedit=empty"], 1, "empty: no image file"),
        (["--classification=sources.yaml"], 2, "sources.yaml: not a folder"),
        (["--classification=classification", "--threads=0"], 2, "--threads"),
        (["--classification=classification", "--findings=empty"], 2, "a folder lies there"),
        (
            ["--classification=classification", "--folds=out/a.csv", "--boxes=out/../out/a.csv"],
            2,
            "--boxes out/../out/a.csv: the file is that of --folds, too",
        ),
        (
            ["--classification=classification", "--inventory=classification.csv"],
            2,
            "the listing of --classification",
        ),
        (
            ["--classification=classification", "--sources=s.yaml", "--findings=s.yaml"],
            2,
            "--findings s.yaml: the file is that of --sources, too",
        ),
        (["--classification=classification", "--folds=out/f.csv"], 2, "needed by --folds"),
        (["--classification=classification", "--sources=sources.yaml"], 2, "--dataset"),
    ],
)
def test_what_cannot_be_done_is_said(words: list[str], code: int, said: str, raw: Raw) -> None:
    raw.fill("sound")
    Path("empty").mkdir()
    found, out, errors = raw.call(*words)
    assert (found, out) == (code, "")
    assert said in errors
    assert not Path("out").exists()


# Invariants.


@pytest.mark.parametrize("case", ["sound", "boxes-unsound", "label-conflict", "stray-files"])
def test_neither_threads_nor_the_order_of_a_folder_change_a_byte(
    case: str, raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw.fill(case)
    raw.stage("--threads=1", out="one")
    monkeypatch.setattr(os, "scandir", shuffled(os.scandir))
    monkeypatch.setattr("acne04.scan.source_files.FILES_AT_A_TIME", 1)
    monkeypatch.setattr("acne04.scan.source_files.WORTH_THREADS", 0)
    raw.stage("--threads=4", out="other")
    files = sorted(path.name for path in Path("one").iterdir())
    assert len(files) == len(TABLES) + 2
    for name in files:
        assert Path("one", name).read_bytes() == Path("other", name).read_bytes()


def shuffled(scandir: Callable[..., Any]) -> Callable[..., Any]:
    class Shuffled:
        def __init__(self, *where: Any) -> None:
            with scandir(*where) as entries:
                self._entries = list(entries)
            random.Random(1).shuffle(self._entries)

        def __enter__(self) -> Shuffled:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def __iter__(self) -> Any:
            return iter(self._entries)

        def __next__(self) -> Any:
            if not self._entries:
                raise StopIteration
            return self._entries.pop()

        def close(self) -> None:
            self._entries.clear()

    return Shuffled


@given(
    st.binary()
    | st.lists(st.sampled_from([b"a.jpg", b" ", b"0", b"3", b"-1", b"\r\n"])).map(b"".join)
)
def test_any_bytes_are_label_lines_or_findings(data: bytes) -> None:
    lines, problems = parse_label_file("NNEW_test_0.txt", data)
    numbers = [line.line for line in lines] + [problem.line for problem in problems]
    filled = [n for n, raw in enumerate(data.split(b"\n"), start=1) if raw.strip()]
    assert sorted(n for n in numbers if n) == filled or b"\0" in data or b"\xef\xbb\xbf" in data


FRAGMENTS = [
    b"<object>", b"</object>", b"<object/>", b"<part>", b"</part>", b"<!--", b"-->", b"<![CDATA[",
    b"]]>", b"</annotation>", b"<annotation>", b"<xmin>", b"</xmin>", b"&amp;", b"&x;", b"\xe9",
    "\u00e9".encode(), b"-", b"7", b" ", b"\x0b", b"name", b"<name>fore</name>", b"\r\n",
    b"\r", b"]]>", b"\x01", b"<database>ACNE</database>", b"<difficult>0</difficult>",
    b"<xmin>2</xmin>", b"<filename>other.jpg</filename>", b"<size>", b"</size>",
]  # fmt: skip


def outcome(parse: Callable[[bytes], voc.VocFile], data: bytes) -> object:
    try:
        return parse(data)
    except VocFormatError as error:
        return error.found, error.line


@settings(max_examples=400)
@given(st.data())
def test_the_short_way_through_a_voc_file_finds_what_the_parser_finds(data: st.DataObject) -> None:
    text = SOUND_VOC.read_bytes()
    for _ in range(data.draw(st.integers(0, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        text = text[:start] + data.draw(st.sampled_from([b"", *FRAGMENTS])) + text[end:]
    assert outcome(parse_voc, text) == outcome(voc._parse_tree, text)


def test_the_usual_voc_file_takes_the_short_way() -> None:
    data = SOUND_VOC.read_bytes()
    whole = voc._parse_tree(data)
    assert voc._parse_plain(data) == whole
    assert len(whole.objects) == 2


def _hash_in_integers(square: bytes) -> int:
    """The hash with Python's integers, which have no limit, by its definition."""
    cosines = [
        [round((1 << 14) * math.cos(math.pi * k * (2 * n + 1) / 64)) for n in range(32)]
        for k in range(8)
    ]
    rows = [square[32 * y : 32 * y + 32] for y in range(32)]
    across = [[sum(c * p for c, p in zip(line, row, strict=True)) for line in cosines]
              for row in rows]  # fmt: skip
    block = [sum(cosines[v][y] * across[y][u] for y in range(32)) for v in range(8)
             for u in range(8)]  # fmt: skip
    median = sorted(block[1:])[31]
    return int("".join(str(int(value > median)) for value in block), 2)


@settings(max_examples=200)
@given(st.lists(st.binary(min_size=1024, max_size=1024), min_size=1, max_size=3))
def test_the_hash_is_that_of_exact_integers(squares: list[bytes]) -> None:
    dark_and_light = [bytes([0, 255] * 512), bytes(1024), bytes([255] * 1024)]
    for given_squares in (squares, [*squares, *dark_and_light]):
        assert perceptual_hashes(given_squares) == [_hash_in_integers(s) for s in given_squares]
