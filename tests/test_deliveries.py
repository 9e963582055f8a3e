"""Photographs that are not those the annotations speak of: resized, turned, absent."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from upstreams import assert_golden

from acne04.cli import main
from acne04.core import documents, tables
from acne04.core.findings import unfold
from acne04.core.orientation import turned_point
from acne04.core.schemas import load_schema
from acne04.split.collection import join_images
from acne04.split.manifest import blank_manifest

REAL = "Acne04-v2_annotations.json"
TABLES = ("lesions", "images", "echoes", "review", "problems")
DOCUMENTS = ("findings", "quarantine", "metrics")
#: Width, height, EXIF orientation of a photograph; None for one that is not here.
Photograph = tuple[int, int, int] | None


class Delivery:
    """An annotation file and the table of the photographs beside it, judged by the stage."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.file = Path(REAL)

    def write(self, sizes: dict[str, tuple[int, int]]) -> None:
        """Annotate images of these sizes with two circles each."""
        images = [
            {"id": n, "file_name": name, "width": width, "height": height}
            for n, (name, (width, height)) in enumerate(sizes.items())
        ]
        circles = [
            {"id": 2 * n + k, "image_id": n, "radius": 6 + k, "class_name": "acne"}
            | {"coordinates": [30 + n, 40 + 20 * k]}
            for n in range(len(images))
            for k in range(2)
        ]
        info = {"version": "1", "description": "-", "year": 2024, "contributor": "-"}
        document = {"info": info, "images": images, "annotations": circles}
        self.file.write_text(json.dumps(document), encoding="utf-8")

    def beside(self, photographs: dict[str, Photograph]) -> None:
        """Put photographs into the inventory."""
        fields = [field["name"] for field in load_schema("inventory.table.json")["fields"]]
        common = dict.fromkeys(fields) | {"dataset": "acne04", "size": 1, "decodable": True}
        common |= {"md5": "0" * 32, "decoder": "none", "origin": "real"}
        rows = [
            common
            | {"path": f"classification/{name}", "name": name, "sha256": f"{number:064x}"}
            | dict(zip(("width", "height", "orientation"), photograph, strict=True))
            for number, (name, photograph) in enumerate(photographs.items())
            if photograph
        ]
        table = tables.from_records("inventory", rows)
        tables.write(Path("data/inventory/images.csv"), "inventory", table)

    def judge(self) -> str:
        """Run the stage, which must make its tables; give what it says."""
        words = [f"--{name}=data/annotations/{name}.csv" for name in TABLES]
        words += [f"--{name}=data/annotations/{name}.json" for name in DOCUMENTS]
        words += ["--inventory=data/inventory/images.csv", "--dataset=acne04", "--as-stage"]
        if Path("decisions/annotations.csv").exists():
            words.append("--decisions=decisions/annotations.csv")
        return self.call("validate", str(self.file), *words)

    def call(self, *words: str) -> str:
        self._capsys.readouterr()
        code = main(list(words))
        said = self._capsys.readouterr()
        assert code == 0, said.err
        return said.out

    def decide(self, option: str) -> None:
        """Give one of the answers that the queue offers, by its own command."""
        (question,) = json.loads(self.call("decide", "--json", "--kind=resized"))
        command = next(c for c in question["commands"] if f" {option} " in c)
        self.call(*shlex.split(command)[1:], "--who=nobody", "--when=2026-11-23")
        assert json.loads(self.call("decide", "--json", "--kind=resized")) == []

    def table(self, name: str, schema: str = "") -> pd.DataFrame:
        return tables.read(Path(f"data/annotations/{name}.csv"), schema or name)

    def lesions(self) -> dict[int, dict[str, Any]]:
        rows = self.table("lesions").to_dict("records")
        return {row["annotation_id"]: row for row in rows}

    def document(self, name: str) -> Any:
        return json.loads(Path(f"data/annotations/{name}.json").read_text(encoding="utf-8"))

    def findings(self, check: str) -> list[dict[str, Any]]:
        place = Path("data/annotations/findings.json")
        found = documents.read(place, "findings.schema.json")["findings"]
        return [finding for finding in found if finding["check"] == check]

    def checks(self) -> dict[str, int]:
        counts: dict[str, int] = self.document("findings")["counts"]
        return counts


@pytest.fixture
def delivery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Delivery:
    monkeypatch.chdir(tmp_path)
    return Delivery(capsys)


def names(count: int) -> list[str]:
    return [f"levle{n % 4}_{n}.jpg" for n in range(count)]


def stated(count: int) -> dict[str, tuple[int, int]]:
    """Every third image lies on its side."""
    return {name: (400, 300) if n % 3 == 0 else (300, 400) for n, name in enumerate(names(count))}


def placed(row: dict[str, Any]) -> tuple[float, ...]:
    return tuple(row[f"photo_{name}"] for name in ("x", "y", "radius_x", "radius_y"))


# Resized photographs.


def test_squashed_photographs_are_one_finding_and_one_question(delivery: Delivery) -> None:
    delivery.write(stated(40))
    delivery.beside(dict.fromkeys(names(40), (100, 100, 1)))
    said = delivery.judge()
    assert delivery.checks() == {"photographs-resized": 40}
    (finding,) = delivery.findings("photographs-resized")
    assert finding["count"] == 40
    assert "26 by (0.3333, 0.25), 14 by (0.25, 0.3333)" in finding["found"]
    assert "levle0_0.jpg, stated 400×300, here 100×100" in finding["found"]
    problems = delivery.table("problems")
    assert problems["pointer"].tolist() == [f"/images/{n}" for n in range(40)]
    assert delivery.table("review")["kind"].tolist() == ["resized"]
    # The question names the annotation file alone, and is found by each image that it is about.
    for name in (names(40)[7], f"classification/{names(40)[7]}"):
        (question,) = json.loads(delivery.call("decide", "--json", f"--image={name}"))
        assert question["kind"] == "resized"
    assert_golden("validate/deliveries/squashed.txt", (0, said, ""))
    review = Path("data/annotations/review.csv").read_text(encoding="utf-8")
    assert_golden("validate/deliveries/squashed.review.csv.txt", (0, review, ""))
    assert_golden("validate/deliveries/squashed.decide.txt", (0, delivery.call("decide"), ""))


def test_what_is_in_quarantine_is_seen(delivery: Delivery) -> None:
    delivery.write(stated(40))
    delivery.beside(dict.fromkeys(names(40), (100, 100, 1)))
    delivery.judge()
    figures = delivery.document("metrics")
    assert (figures["quarantined_images"], figures["quarantined"], figures["clean"]) == (40, 80, 0)
    images = delivery.table("images", "annotated")
    assert len(images) == 40
    assert set(images["quarantined"]) == {2}
    assert set(images["quarantined_by"]) == {"photographs-resized"}
    records = delivery.document("quarantine")["records"]
    assert len(records) == 40 + 80
    assert {tuple(record["checks"]) for record in records} == {("photographs-resized",)}


def test_a_decision_scales_the_circles_and_keeps_the_originals(delivery: Delivery) -> None:
    delivery.write(stated(40))
    sizes = stated(40)
    delivery.beside({name: (*size, 1) for name, size in sizes.items()})
    delivery.judge()
    full = delivery.lesions()
    assert {placed(row)[:3] for row in full.values()} == {
        (row["x"], row["y"], row["radius"]) for row in full.values()
    }
    delivery.beside(dict.fromkeys(names(40), (150, 100, 1)))
    delivery.judge()
    delivery.decide("scale")
    delivery.judge()
    assert delivery.checks() == {"decision-applied": 1}
    assert delivery.document("metrics")["clean"] == 80
    scaled = delivery.lesions()
    assert scaled.keys() == full.keys()
    for number, row in scaled.items():
        width, height = sizes[row["file_name"]]
        original = ("x", "y", "radius", "crosses_border", "repaired")
        assert [row[name] for name in original] == [full[number][name] for name in original]
        across, down = 150 / width, 100 / height
        centre = (row["x"] * across, row["y"] * down)
        half_axes = (row["radius"] * across, row["radius"] * down)
        assert placed(row) == pytest.approx((*centre, *half_axes), abs=1e-6)
    assert set(delivery.table("images", "annotated")["quarantined_by"]) == {""}


def test_a_decision_to_leave_them_out_closes_the_question(delivery: Delivery) -> None:
    delivery.write(stated(40))
    delivery.beside(dict.fromkeys(names(40), (100, 100, 1)))
    delivery.judge()
    delivery.decide("quarantine")
    delivery.judge()
    assert delivery.checks() == {"photographs-resized": 40, "decision-applied": 1}
    assert len(delivery.table("review")) == 0
    assert len(delivery.table("lesions")) == 0


def test_a_decision_holds_for_the_sizes_it_was_made_on(delivery: Delivery) -> None:
    delivery.write(stated(40))
    delivery.beside(dict.fromkeys(names(40), (100, 100, 1)))
    delivery.judge()
    delivery.decide("scale")
    delivery.beside(dict.fromkeys(names(40), (200, 100, 1)))
    delivery.judge()
    assert delivery.checks() == {"photographs-resized": 40, "decision-impossible": 1}
    assert delivery.table("review")["kind"].tolist() == ["resized"]
    # Fetched in their own size, there is nothing to scale any more.
    delivery.beside({name: (*size, 1) for name, size in stated(40).items()})
    delivery.judge()
    assert delivery.checks() == {"decision-impossible": 1}
    assert all(placed(row)[0] == row["x"] for row in delivery.lesions().values())


def halves(n: int, size: tuple[int, int]) -> Photograph:
    divisor = 2 if n < 20 else 4
    return size[0] // divisor, size[1] // divisor, 1


def longest_side(n: int, size: tuple[int, int]) -> Photograph:
    return size[0] * 96 // max(size), size[1] * 96 // max(size), 1


def enlarged(n: int, size: tuple[int, int]) -> Photograph:
    return size[0] * 3, size[1] * 2, 1


def a_quarter_of_them(n: int, size: tuple[int, int]) -> Photograph:
    return (64, 64, 1) if n % 4 == 0 else (*size, 1)


@pytest.mark.parametrize(
    ("resize", "count", "words"),
    [
        (halves, 40, "20 by (0.25, 0.25), 20 by (0.5, 0.5)"),
        (longest_side, 40, "40 by (0.24, 0.24)"),
        (enlarged, 40, "40 by (3, 2)"),
        (a_quarter_of_them, 10, "6 by (0.2133, 0.16), 4 by (0.16, 0.2133)"),
    ],
)
def test_families_of_every_kind(
    resize: Callable[[int, tuple[int, int]], Photograph],
    count: int,
    words: str,
    delivery: Delivery,
) -> None:
    sizes = stated(40)
    delivery.write(sizes)
    delivery.beside({name: resize(n, size) for n, (name, size) in enumerate(sizes.items())})
    delivery.judge()
    assert delivery.checks() == {"photographs-resized": count}
    assert words in delivery.findings("photographs-resized")[0]["found"]
    delivery.decide("scale")
    delivery.judge()
    assert delivery.document("metrics")["clean"] == 80


def test_a_single_image_of_another_size_stays_a_finding_of_its_own(delivery: Delivery) -> None:
    sizes = stated(40)
    delivery.write(sizes)
    here: dict[str, Photograph] = {name: (*size, 1) for name, size in sizes.items()}
    delivery.beside(here | {names(40)[7]: (150, 200, 1)})
    delivery.judge()
    assert delivery.checks() == {"image-size": 1, "annotation-of-quarantined-image": 2}
    assert delivery.findings("image-size")[0]["pointer"] == "/images/7"
    assert len(delivery.table("review")) == 0


def test_images_cropped_each_in_its_own_way_are_not_resized(delivery: Delivery) -> None:
    sizes = stated(40)
    delivery.write(sizes)
    delivery.beside(
        {name: (w - 40 - n, h - 90, 1) for n, (name, (w, h)) in enumerate(sizes.items())}
    )
    delivery.judge()
    # What is one problem forty times is one finding all the same.
    assert delivery.checks() == {"image-size": 40, "annotation-of-quarantined-image": 80}
    assert [f["count"] for f in delivery.findings("image-size")] == [40]
    assert len(delivery.table("problems")) == 120


def test_images_turned_for_good_are_not_resized(delivery: Delivery) -> None:
    sizes = stated(40)
    delivery.write(sizes)
    delivery.beside({name: (height // 2, width // 2, 1) for name, (width, height) in sizes.items()})
    delivery.judge()
    assert "photographs-resized" not in delivery.checks()


# Turned photographs.


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_circles_turn_with_the_frame_they_were_taken_in(
    orientation: int, delivery: Delivery
) -> None:
    delivery.write({"levle0_0.jpg": (320, 240), "levle0_1.jpg": (240, 320)})
    delivery.beside(dict.fromkeys(("levle0_0.jpg", "levle0_1.jpg"), (240, 320, orientation)))
    delivery.judge()
    assert delivery.checks() == {"coordinates-turned": 1}
    assert delivery.findings("coordinates-turned")[0]["pointer"] == "/images/0"
    for row in delivery.lesions().values():
        x, y = row["x"], row["y"]
        if row["file_name"] == "levle0_0.jpg":
            x, y = turned_point(orientation, x, y, 320, 240)
        assert placed(row) == (x, y, row["radius"], row["radius"])


@pytest.mark.parametrize(
    ("size", "orientation", "told"),
    [
        ((240, 320), 2, True),
        ((240, 320), 3, True),
        ((240, 320), 4, True),
        ((300, 300), 6, True),
        ((300, 300), 7, True),
        ((300, 300), 1, False),
        ((240, 320), 6, False),
    ],
)
def test_what_fits_both_frames_cannot_be_told(
    size: tuple[int, int], orientation: int, told: bool, delivery: Delivery
) -> None:
    delivery.write({"levle0_0.jpg": size})
    delivery.beside({"levle0_0.jpg": (*size, orientation)})
    delivery.judge()
    assert delivery.checks() == ({"frame-uncertain": 1} if told else {})
    assert [placed(row)[:2] for row in delivery.lesions().values()] == [(30, 40), (30, 60)]


def test_photographs_may_be_resized_and_turned(delivery: Delivery) -> None:
    delivery.write(dict.fromkeys(names(12), (320, 240)))
    delivery.beside(dict.fromkeys(names(12), (120, 160, 6)))
    delivery.judge()
    assert delivery.checks() == {"photographs-resized": 12}
    delivery.decide("scale")
    delivery.judge()
    # Halved in the stored frame of 160 x 120, then turned clockwise.
    row = delivery.lesions()[0]
    assert placed(row) == (120 - 40 / 2, 30 / 2, 3, 3)


def test_a_size_of_neither_frame_names_the_orientation(delivery: Delivery) -> None:
    delivery.write({"levle0_0.jpg": (320, 240), "levle0_1.jpg": (240, 320)})
    delivery.beside({"levle0_0.jpg": (200, 100, 6), "levle0_1.jpg": (240, 320, 1)})
    delivery.judge()
    (finding,) = delivery.findings("image-size")
    assert "EXIF orientation 6" in finding["found"]


# Absent photographs.


@pytest.mark.parametrize("present", [20, 0])
def test_absent_images_are_one_finding_and_no_question(present: int, delivery: Delivery) -> None:
    sizes = stated(60)
    delivery.write(sizes)
    here: dict[str, Photograph] = dict.fromkeys(["other.jpg"], (10, 10, 1))
    delivery.beside(here | {name: (*sizes[name], 1) for name in names(60)[:present]})
    said = delivery.judge()
    absent = 60 - present
    assert delivery.checks() == {
        "image-missing": absent,
        "annotation-of-quarantined-image": 2 * absent,
    }
    (finding,) = delivery.findings("image-missing")
    assert (finding["count"], finding["pointer"]) == (absent, f"/images/{present}")
    assert f"… and {absent - 1} more" not in said
    assert len(delivery.table("review")) == 0
    assert delivery.document("metrics")["quarantined_images"] == absent
    images = delivery.table("images", "annotated").set_index("file_name")
    assert (images["quarantined_by"] == "image-missing").sum() == absent
    rows = tables.read_texts(Path("data/annotations/problems.csv"), "problems")
    listed = [dict(zip(rows, row, strict=True)) for row in zip(*rows.values(), strict=True)]
    again = unfold(delivery.document("findings")["findings"], listed)
    missing = [finding["pointer"] for finding in again if finding["check"] == "image-missing"]
    assert missing == [f"/images/{n}" for n in range(present, 60)]


# Downstream.


def test_manifests_do_not_take_a_quarantined_record_for_no_annotation() -> None:
    def rows(schema: str, *records: dict[str, Any]) -> pd.DataFrame:
        blank = dict.fromkeys(f["name"] for f in load_schema(f"{schema}.table.json")["fields"])
        return tables.from_records(schema, [blank | {"dataset": "acne04"} | r for r in records])

    called = ("apart.jpg", "broken.jpg", "nameless.jpg", "sound.jpg", "unknown.jpg")
    inventory = rows(
        "inventory",
        *(
            {"path": n, "name": n, "origin": "real", "decodable": True, "sha256": n, "grade": 1}
            for n in called
        ),
    )
    groups = rows(
        "groups",
        *({"image_id": n, "path": n, "group": n, "canonical": n, "grade": 1} for n in called),
    )
    sound = {"width": 9, "height": 9, "quarantined_by": ""}
    apart = sound | {"lesions_v2": 0, "quarantined_by": "photographs-resized"}
    annotated = rows(
        "annotated",
        apart | {"v2_image_id": 0, "file_name": "apart.jpg", "quarantined": 7},
        sound | {"v2_image_id": 1, "file_name": "broken.jpg", "lesions_v2": 3, "quarantined": 2},
        apart | {"file_name": "nameless.jpg", "quarantined": 0, "quarantined_by": "schema-type"},
        sound | {"v2_image_id": 3, "file_name": "sound.jpg", "lesions_v2": 4, "quarantined": 0},
        apart | {"v2_image_id": 4, "file_name": "absent.jpg", "quarantined": 1},
    )
    images, findings = join_images(inventory, groups, annotated)
    manifest = blank_manifest(images).set_index("image_id")
    assert manifest["mark"].to_dict() == {
        "apart.jpg": "v2-incomplete",
        "broken.jpg": "v2-incomplete",
        "nameless.jpg": "v2-incomplete",
        "sound.jpg": "",
        "unknown.jpg": "",
    }
    counted = manifest[["lesions_v2", "quarantined_v2"]].astype("object")
    assert counted.where(counted.notna(), None).to_numpy().tolist() == [
        [None, 7],
        [3, 2],
        [None, 0],
        [4, 0],
        [None, None],
    ]
    assert sorted(finding.check for finding in findings) == [
        "v2-circles-quarantined",
        "v2-records-quarantined",
        "v2-records-quarantined",
    ]


# The real file.


@pytest.mark.reference
def test_the_real_file_beside_squashed_photographs(reference: Path, delivery: Delivery) -> None:
    delivery.file.write_bytes((reference / REAL).read_bytes())
    images = json.loads(delivery.file.read_bytes())["images"]
    delivery.beside({image["file_name"]: (image["width"], image["height"], 1) for image in images})
    delivery.judge()
    full = delivery.lesions()
    delivery.beside({image["file_name"]: (1024, 1024, 1) for image in images})
    delivery.judge()
    assert Path("data/annotations/findings.json").stat().st_size < 100_000
    assert delivery.checks() == {"photographs-resized": 1204}
    assert len(delivery.findings("photographs-resized")) == 1
    assert delivery.table("review")["kind"].tolist() == ["resized"]
    delivery.decide("scale")
    delivery.judge()
    scaled = delivery.lesions()
    assert scaled.keys() == full.keys()
    assert len(scaled) == 32443 - 49
    assert all(0 <= row["photo_x"] < 1024 and 0 <= row["photo_y"] < 1024 for row in scaled.values())
    assert {(row["x"], row["y"]) for row in scaled.values()} == {
        (row["x"], row["y"]) for row in full.values()
    }
