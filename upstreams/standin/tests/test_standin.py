"""The stand-in upstream: what its files show must be what is known of the real ones."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from standin_reading import FOLDS, Upstream, band

import acne04_standin as standin
from acne04.core.errors import UsageError
from acne04.core.imaging import read_image
from acne04_standin import folder as upstream_folder
from acne04_standin.blueprint import Parameters, plan
from acne04_standin.canvas import filled
from acne04_standin.chance import Chance
from acne04_standin.lesions import Lesion
from acne04_standin.looks import Style
from acne04_standin.retakes import draw_motion, draw_retake
from acne04_standin.truth import truth_document
from acne04_standin.variants import KINDS, affine, copy_size

SCALE = 8
#: Figures of the real datasets, written down here a second time.
KNOWN = {
    "real": 1457,
    "synthetic": {"levle2_generated": 218, "levle3_generated": 271},
    "by_label": {"0": 513, "1": 633, "2": 182, "3": 129},
    "by_prefix": {"0": 497, "1": 637, "2": 186, "3": 137},
    "prefix_to_label": {"1->0": 17, "2->1": 14, "3->2": 8, "1->2": 2, "0->1": 1},
    "boxes": 18_983,
    "identical_pairs": 38,
    "pairs_with_other_grade": 8,
    "pairs_with_other_count": 26,
    "pairs_straddling_fold": [12, 15, 12, 11, 12],
    "fold_test": [292] * 5,
    "subjects": 604,
    "subjects_with_several_grades": 114,
    "subjects_by_label": {"0": 234, "1": 267, "2": 114, "3": 111},
    "subject_split": {"train": 948, "val": 218, "test": 291},
    "portraits": 1107,
    "other_sizes": 154,
    "v2_images": 1204,
    "v2_by_label": {"0": 487, "1": 576, "2": 122, "3": 19},
    "v2_by_prefix": {"0": 470, "1": 579, "2": 133, "3": 22},
    "v2_circles": 32_443,
    "v2_circles_least": 1,
    "v2_circles_median": 19,
    "v2_circles_largest": 434,
    "v2_broken": 49,
    "v2_crossing_circles": 59,
    "v2_crossing_images": 45,
    "v2_echo_pairs": 33,
    "v2_sizes": 16,
}
SUBJECT_SIZES = {
    1: 278, 2: 194, 3: 17, 4: 50, 5: 9, 6: 23, 7: 3, 8: 15, 9: 1, 10: 3, 12: 2, 13: 3,
    15: 1, 17: 1, 19: 1, 20: 1, 21: 1, 22: 1,
}  # fmt: skip
GAPS = {"0": (532, 36), "1": (642, 6), "2": (190, 5), "3": (145, 9)}


def draw(folder: Path, *options: str, hash_seed: str = "0") -> Path:
    """Run the verb in a process of its own."""
    code = (
        "import argparse, sys\nimport acne04_standin as standin\n"
        "if __name__ == '__main__':\n"
        "    parser = argparse.ArgumentParser()\n    standin.configure(parser)\n"
        "    sys.exit(standin.run(standin.read_options(parser.parse_args())))\n"
    )
    script = folder.parent / f"draw_{folder.name}.py"
    script.write_text(code, encoding="utf-8")
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    subprocess.run(
        [sys.executable, str(script), str(folder), *options],
        check=True,
        env=environment,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Upstream:
    return Upstream(draw(tmp_path_factory.mktemp("small") / "upstream", "--fraction", "32"))


def check_structure(upstream: Upstream) -> None:
    """What holds at any size."""
    assert set(upstream.labels) == set(upstream.images) == set(upstream.boxes)
    assert set(upstream.subjects) == set(upstream.images)
    for name, (grade, count) in upstream.labels.items():
        assert count == len(upstream.boxes[name])
        assert grade == band(count)
    for fold in FOLDS:
        trainval = {name for name, *_ in upstream.lines("trainval", fold)}
        assert not trainval & upstream.tests[fold]
        assert trainval | upstream.tests[fold] == set(upstream.images)
        same = "Detection/VOC2007/ImageSets/Main"
        assert upstream.lines("test", fold, same) == upstream.lines("test", fold)
    parts: dict[str, set[str]] = {}
    for subject, part in upstream.subjects.values():
        parts.setdefault(subject, set()).add(part)
    assert all(len(found) == 1 for found in parts.values())
    for a, b in [*upstream.pairs, *upstream.echoes(SCALE)]:
        assert upstream.subjects[a] == upstream.subjects[b]
    assert upstream.frames["levle0_0.jpg"] == (66, 88)  # 525 x 700
    assert upstream.labels["levle0_0.jpg"] == (0, 3)


def check_v2(upstream: Upstream) -> None:
    images, annotations = upstream.v2["images"], upstream.v2["annotations"]
    assert [image["id"] for image in images] == list(range(len(images)))
    assert [a["id"] for a in annotations] == list(range(len(annotations)))
    assert "not the real" in str(upstream.v2["info"]["description"])  # type: ignore[call-overload]
    for image in images:
        assert (image["width"], image["height"]) == upstream.frames[str(image["file_name"])]
    for name, circles in upstream.circles.items():
        assert len(set(circles)) == len(circles) >= upstream.labels[name][1]
        assert min(radius for *_, radius in circles) >= 1
    broken = upstream.broken()
    assert len(upstream.circles["levle2_130.jpg"]) == 67
    ids = [int(str(annotation["id"])) for annotation in broken]
    assert ids == list(range(ids[0], ids[0] + 49))
    width, height = upstream.frames["levle2_130.jpg"]
    for annotation in broken:
        x, y = annotation["coordinates"]  # type: ignore[misc]
        assert x % 100 == y % 100 == annotation["radius"] % 100 == 0  # type: ignore[operator]
        assert x // 100 < width and y // 100 < height


def test_small_upstream_is_whole(small: Upstream) -> None:
    check_structure(small)
    check_v2(small)


def test_small_figures_are_those_of_its_truth(small: Upstream) -> None:
    planted = small.truth["figures"]
    assert {key: planted[key] for key in small.figures(SCALE)} == small.figures(SCALE)  # type: ignore[index]
    assert (planted["real"], small.truth["dataset"]) == (46, "standin")  # type: ignore[index]


def test_small_upstream_has_every_kind_of_defect(small: Upstream) -> None:
    figures = small.figures(SCALE)
    assert set(figures["prefix_to_label"]) == set(KNOWN["prefix_to_label"])  # type: ignore[call-overload]
    assert set(figures["by_label"]) == {"0", "1", "2", "3"}  # type: ignore[call-overload]
    for key in (
        "identical_pairs",
        "pairs_with_other_grade",
        "v2_crossing_circles",
        "v2_echo_pairs",
    ):
        assert figures[key], key
    assert figures["pairs_with_other_count"] > figures["pairs_with_other_grade"]  # type: ignore[operator]
    assert figures["v2_broken"] == 49
    assert all(figures["pairs_straddling_fold"])  # type: ignore[call-overload]
    assert {row["kind"] for row in small.truth["near_duplicates"]} == set(KINDS)  # type: ignore[attr-defined]
    assert small.truth["retakes"]
    assert {row["how"] for row in small.truth["name_collisions"]} == {  # type: ignore[attr-defined]
        "exact",
        "case",
        "extension",
        "unicode",
    }


def test_full_upstream_has_every_known_figure(tmp_path: Path) -> None:
    full = Upstream(draw(tmp_path / "upstream"))
    check_structure(full)
    check_v2(full)
    figures = full.figures(SCALE)
    assert {key: figures[key] for key in KNOWN} == KNOWN
    assert figures["subject_sizes"] == {str(k): v for k, v in SUBJECT_SIZES.items()}
    assert {key: full.truth["figures"][key] for key in figures} == figures  # type: ignore[index]
    check_persons(full)
    assert sum(matched >= 5 for matched in full.echoes(SCALE).values()) == 32
    grades = sorted(
        tuple(sorted(full.labels[n][1] for n in pair))
        for pair in full.pairs
        if full.labels[pair[0]][0] != full.labels[pair[1]][0]
    )
    assert grades == [(5, 6)] * 4 + [(20, 21)] * 4
    broken = full.broken()
    assert (broken[0]["id"], broken[-1]["id"]) == (30_592, 30_640)
    assert {a["image_id"] for a in broken} == {1164}
    for prefix, (last, missing) in GAPS.items():
        numbers = {int(n[7:-4]) for n in full.images if n[5] == prefix}
        assert (min(numbers), max(numbers)) == (0, last)
        assert last + 1 - len(numbers) == missing
    sizes = Counter(full.frames[name] for name in full.circles)
    assert sizes.most_common(4) == [
        ((389, 432), 1091),
        ((614, 408), 83),
        ((648, 432), 16),
        ((120, 160), 2),
    ]
    assert min(sizes) == (36, 55)  # 288 x 436
    check_likeness(full)


def check_persons(upstream: Upstream) -> None:
    """Persons by grade: very severe ones are mostly of one photograph, as in the real table."""
    images: dict[str, list[str]] = {}
    for name, (subject, _) in upstream.subjects.items():
        images.setdefault(subject, []).append(name)
    kinds = Counter(
        tuple(sum(upstream.labels[n][0] == grade for n in names) for grade in range(4))
        for names in images.values()
    )
    alone = [kinds[tuple(int(g == grade) for g in range(4))] for grade in range(4)]
    assert alone == [57, 69, 56, 96]
    assert max(of_kind[3] for of_kind in kinds) == 5
    assert sum(many for of_kind, many in kinds.items() if of_kind[3] > 2) == 4
    # An image in which no face was found is a subject of its own.
    unseen = upstream.truth["without_embedding"]
    assert all(len(images[upstream.subjects[name][0]]) == 1 for name in unseen)  # type: ignore[attr-defined]
    grades = Counter(upstream.labels[name][0] for name in unseen)  # type: ignore[attr-defined]
    assert [grades[grade] for grade in range(4)] == [4, 6, 16, 31]


def check_likeness(upstream: Upstream) -> None:
    """Links and clusters of the 64-bit hash, as tight as the audit found the real ones."""
    readings = [read_image(data) for data in upstream.images.values()]
    assert not any(reading.problem for reading in readings)
    hashes = np.array([reading.phash for reading in readings], dtype=np.uint64)
    distance = np.bitwise_count(hashes[:, None] ^ hashes[None, :])
    first, second = np.triu_indices(len(hashes), 1)
    links = distance[first, second]
    assert 38 <= (links <= 2).sum() <= 60
    assert 500 <= (links <= 8).sum() <= 2000
    near = links <= 8
    graph = coo_array((near[near], (first[near], second[near])), shape=distance.shape)
    _, component = connected_components(graph, directed=False)
    assert 0.1 <= np.bincount(component).max() / len(hashes) <= 0.3


def digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_bytes_do_not_depend_on_processes_or_hash_seed(small: Upstream, tmp_path: Path) -> None:
    other = draw(tmp_path / "other", "--fraction", "32", "--workers", "1", hash_seed="4711")
    three = draw(tmp_path / "three", "--fraction", "32", "--workers", "3", hash_seed="1")
    assert digest(other) == digest(small.folder) == digest(three)


def test_another_seed_draws_other_pictures_with_the_same_figures() -> None:
    one, two = (plan(Parameters(fraction=32, seed=seed)) for seed in (0, 1))
    assert one.roster != two.roster
    for corpus in (one, two):
        assert Counter(i.grade for i in corpus.roster.images) == {0: 16, 1: 20, 2: 6, 3: 4}
        assert sum(i.boxes for i in corpus.roster.images) == 593


def test_another_style_draws_other_pictures_of_the_same_plan(
    small: Upstream, tmp_path: Path
) -> None:
    other = Upstream(draw(tmp_path / "other", "--fraction", "32", "--style", "other"))
    check_structure(other)
    check_v2(other)
    assert other.truth["parameters"] == small.truth["parameters"] | {"style": "other"}
    for told in ("figures", "images", "identical_pairs", "near_duplicates"):
        assert other.truth[told] == small.truth[told], told
    pictures = [{*u.images.values(), *u.synthetic.values()} for u in (small, other)]
    assert pictures[0].isdisjoint(pictures[1])
    check_local_edits(other)


def test_the_default_style_is_what_is_drawn_without_one(small: Upstream, tmp_path: Path) -> None:
    same = draw(tmp_path / "same", "--fraction", "32", "--style", "default")
    assert digest(same) == digest(small.folder)


@pytest.mark.parametrize("near_duplicates", [2, 25])
def test_more_near_duplicates_leave_the_figures_alone(near_duplicates: int) -> None:
    corpus = plan(Parameters(near_duplicates=near_duplicates))
    figures = json.loads(truth_document(corpus))["figures"]
    assert figures["near_duplicates"] == dict.fromkeys(KINDS, near_duplicates)
    bending = {"portraits", "other_sizes"} if near_duplicates > 5 else set()
    for key in set(KNOWN) - bending:
        assert figures[key] == KNOWN[key], key
    for copy in corpus.roster.copies:
        frame, marks = corpus.studio.frames[copy.image], corpus.studio.marks[copy.image]
        for lesion in marks.boxes:
            assert 0 <= lesion.x < frame[0] and 0 <= lesion.y < frame[1]


@pytest.mark.parametrize("retakes", [0, 100])
def test_more_retakes_leave_the_figures_and_every_other_image_alone(retakes: int) -> None:
    corpus, default = plan(Parameters(retakes=retakes)), plan(Parameters())
    figures = json.loads(truth_document(corpus))["figures"]
    assert figures["retakes"] == retakes
    for key in KNOWN:
        assert figures[key] == KNOWN[key], key
    assert corpus.roster.images == default.roster.images
    assert corpus.lying == default.lying
    for retake in corpus.roster.retakes:
        again, first = (corpus.roster.images[i] for i in (retake.image, retake.original))
        assert (again.subject, again.size) == (first.subject, first.size)
        frame, marks = corpus.studio.frames[retake.image], corpus.studio.marks[retake.image]
        assert len(marks.boxes) == again.boxes
        for lesion in marks.boxes:
            for at, side in zip((lesion.x, lesion.y), frame, strict=True):
                assert lesion.radius <= at < side - lesion.radius


def test_a_lesion_of_a_retake_lies_where_its_skin_has_moved_to() -> None:
    """A red spot on black; a flash may be white."""
    for number in range(5):
        motion = draw_motion((389, 432), Chance("motion", number))
        black = Image.new("RGB", motion.frame)
        spot = Lesion(150 + 20 * number, 260 - 30 * number, 4, "papule")
        box = (spot.x - 4, spot.y - 4, spot.x + 4, spot.y + 4)
        ImageDraw.Draw(black).ellipse(box, fill=(255, 0, 0))
        again = draw_retake(black, motion, 8, Style(), Chance("light", number))
        colours = np.asarray(again, dtype=float)
        red = colours[..., 0] - colours[..., 1]
        red[red < red.max() / 2] = 0
        down, across = (np.average(grid, weights=red) for grid in np.indices(red.shape))
        moved = motion.moved(spot)
        assert abs(across - moved.x) <= 1 and abs(down - moved.y) <= 1
        # The head shifts by 2 % of the width, at least.
        assert abs(moved.x - spot.x) >= 4


def test_archives_have_fixed_dates_owners_and_order(small: Upstream) -> None:
    for archive in ("Classification.tar", "Detection.tar"):
        with tarfile.open(small.folder / archive, "r:") as tar:
            members = tar.getmembers()
        assert {(m.mtime, m.uid, m.gid, m.uname, m.gname) for m in members} == {
            (1_572_134_400, 0, 0, "", "")
        }
        images = [m.name for m in members if m.name.endswith((".jpg", ".xml"))]
        assert images == sorted(images)


def test_every_file_says_that_it_is_a_drawing(small: Upstream) -> None:
    for data in [*small.images.values(), *small.synthetic.values()]:
        with Image.open(io.BytesIO(data)) as image:
            assert image.info["comment"] == b"acne04 stand-in drawing"
    assert "stand-in" in (small.folder / "README.txt").read_text(encoding="utf-8")


def pixels(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"), dtype=int)


def test_circles_lie_on_drawn_lesions(small: Upstream) -> None:
    """In the middle of a circle the picture differs from the skin around it."""
    seen = total = 0
    for name, circles in small.circles.items():
        picture = pixels(small.images[name])
        height, width = picture.shape[:2]
        for x, y, radius in circles:
            if x >= width:  # one of the broken ones
                x, y, radius = x // 100, y // 100, radius // 100
            reach = 2 * radius + 2
            ring = [
                picture[v, u]
                for u, v in ((x - reach, y), (x + reach, y), (x, y - reach), (x, y + reach))
                if 0 <= u < width and 0 <= v < height
            ]
            difference = np.abs(np.median(ring, axis=0) - picture[y, x]).sum()
            total += 1
            seen += difference > 24
    assert total == 1014
    assert seen > 0.85 * total


def test_boxes_of_near_duplicates_moved_with_the_picture(small: Upstream) -> None:
    """Around the boxes of a turned or cropped copy the picture is redder than elsewhere."""
    for row in small.truth["near_duplicates"]:  # type: ignore[attr-defined]
        mine, other = (pixels(small.images[row[key]]) for key in ("name", "original"))
        boxes = [small.boxes[row[key]] for key in ("name", "original")]
        assert len(boxes[0]) == len(boxes[1])
        if row["kind"] == "brightness":
            continue
        for (xa, ya, xb, yb), (left, top, right, bottom) in zip(*boxes, strict=True):
            here = mine[(ya + yb) // 2 - 1, (xa + xb) // 2 - 1]
            there = other[(top + bottom) // 2 - 1, (left + right) // 2 - 1]
            if right - left > 6:  # large enough for one pixel to mean something
                assert np.abs(here - there).sum() < 150, row


def test_synthetic_images_are_local_edits_of_their_parents(small: Upstream) -> None:
    check_local_edits(small)


def check_local_edits(upstream: Upstream) -> None:
    grades = set()
    for path, row in upstream.truth["synthetic"].items():  # type: ignore[attr-defined]
        child, parent = pixels(upstream.synthetic[path]), pixels(upstream.images[row["parent"]])
        grades.add(upstream.labels[row["parent"]][0])
        assert child.shape == parent.shape
        difference = np.abs(child - parent).max(axis=2)
        assert (difference < 32).mean() > 0.6
        assert (difference > 48).sum() > row["lesions_added"]
    assert grades == {0, 1, 2, 3}


def test_synthetic_names_collide_as_planted(small: Upstream) -> None:
    present = set(small.synthetic) | {f"Classification/JPEGImages/{n}" for n in small.images}
    for row in small.truth["name_collisions"]:  # type: ignore[attr-defined]
        assert set(row["paths"]) <= present
        one, two = (path.rsplit("/", 1)[1] for path in row["paths"])
        if row["how"] == "exact":
            assert one == two
        elif row["how"] == "case":
            assert one != two and one.lower() == two.lower()
        elif row["how"] == "extension":
            assert one != two and one.rsplit(".", 1)[0] == two.rsplit(".", 1)[0]
        else:
            assert one != two
            assert unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", two)


@pytest.mark.parametrize(
    ("option", "value"),
    [("--scale", "0"), ("--scale", "17"), ("--fraction", "2"), ("--near-duplicates", "26"),
     ("--near-duplicates", "0"), ("--retakes", "-1"), ("--retakes", "101"), ("--style", "others")],
)  # fmt: skip
def test_values_out_of_range_are_refused(option: str, value: str, tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    standin.configure(parser)
    arguments = parser.parse_args([str(tmp_path / "upstream"), option, value])
    with pytest.raises(UsageError, match="out of range") as caught:
        standin.run(standin.read_options(arguments))
    assert caught.value.where == option
    assert list(tmp_path.iterdir()) == []


def test_more_than_fits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="do not fit"):
        plan(Parameters(fraction=32, near_duplicates=9))


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def call(folder: Path) -> int:
    parser = argparse.ArgumentParser()
    standin.configure(parser)
    words = [str(folder), "--scale=16", "--fraction=32", "--workers=1"]
    return standin.run(standin.read_options(parser.parse_args(words)))


@pytest.mark.parametrize(
    "names",
    [
        ["IMG_0001.jpg"],
        # The real deliveries, put there by hand, have the stand-in's names.
        ["Classification.tar", "Detection.tar", "ACNEDIT/levle2_generated/0.jpg"],
        ["README.txt", "truth.json"],
        [f"{number}.jpg" for number in range(9)],
    ],
)
def test_a_folder_that_is_no_stand_in_stays(names: list[str], tmp_path: Path) -> None:
    for name in names:
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"nowhere else")
    before = files_of(tmp_path)
    with pytest.raises(UsageError, match="not replaced") as caught:
        call(tmp_path / "folder")
    assert caught.value.done == "nothing touched"
    assert files_of(tmp_path) == before


@pytest.mark.parametrize("what", ["file", "link"])
def test_a_target_that_is_no_folder_stays(what: str, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    target = tmp_path / "target"
    if what == "file":
        target.write_bytes(b"nowhere else")
    else:
        target.symlink_to(elsewhere)
    with pytest.raises(UsageError, match="not replaced") as caught:
        call(target)
    assert caught.value.found == f"a {what}"
    assert target.is_symlink() == (what == "link")


def test_an_earlier_stand_in_is_replaced_unless_something_was_put_there(tmp_path: Path) -> None:
    folder = tmp_path / "upstream"
    folder.mkdir()
    assert call(folder) == 0
    drawn = files_of(folder)
    (folder / "README.txt").unlink()  # as a workflow does with the output that it knows
    (folder / "Detection.tar").write_bytes(b"damaged")
    assert call(folder) == 0
    assert files_of(folder) == drawn
    (folder / "thesis.doc").write_bytes(b"nowhere else")
    with pytest.raises(UsageError, match="not replaced") as caught:
        call(folder)
    assert "thesis.doc" in caught.value.found
    assert files_of(folder).keys() - drawn.keys() == {"thesis.doc"}


def test_what_fails_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(corpus: object) -> str:
        raise RuntimeError("disk full")

    monkeypatch.setattr(upstream_folder, "truth_document", fail)
    with pytest.raises(RuntimeError):
        upstream_folder.write_upstream(plan(Parameters(16, 32)), tmp_path / "upstream", 1)
    assert list(tmp_path.iterdir()) == []


@given(
    st.sampled_from(KINDS),
    st.integers(0, 5),
    st.integers(20, 600),
    st.integers(20, 600),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)
def test_a_place_in_a_copy_shows_the_same_place_of_its_original(
    kind: str, ordinal: int, width: int, height: int, x: int, y: int
) -> None:
    original = (width, height)
    move = affine(kind, ordinal, original, copy_size(kind, ordinal, original))
    x, y = x % width, y % height
    across, down = move.to_copy(x, y)
    back_x = (move.a * (2 * across + 1) + move.b * (2 * down + 1) + 2 * move.c) / (2 * 65536)
    back_y = (move.d * (2 * across + 1) + move.e * (2 * down + 1) + 2 * move.f) / (2 * 65536)
    pixel = max(abs(move.a) + abs(move.b), abs(move.d) + abs(move.e)) / 65536
    assert abs(back_x - x - 0.5) <= pixel
    assert abs(back_y - y - 0.5) <= pixel


def test_an_outline_is_filled_where_it_encloses_the_middle_of_a_pixel() -> None:
    square = [(16, 16), (64, 16), (64, 48), (16, 48)]  # 16ths: pixels 1 to 3, rows 1 and 2
    mask = np.asarray(filled((6, 4), square, 16))
    expected = np.zeros((4, 6), dtype=int)
    expected[1:3, 1:4] = 255
    assert mask.tolist() == expected.tolist()
