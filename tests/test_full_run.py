"""The default run: it reproduces the committed locks, and its outputs hold every known figure.

The figures are those of docs/datasets.md; they are read from the workflow's outputs alone, never
from the ``truth.json`` beside the stand-in.
"""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from project import CLEAN, Project, rules_run
from scipy.sparse.csgraph import connected_components

from acne04.core.findings import unfold
from acne04.core.grades import grade_of_count
from acne04.core.rows import read_rows
from acne04.core.tables import read
from snakemake_dvc.differences import differences

pytestmark = pytest.mark.workflow
#: Published pixel figures are of the original images; the stand-in is drawn at one eighth.
SCALE = 8


@pytest.fixture(scope="module")
def real(full: Project) -> pd.DataFrame:
    inventory = read(full.path / "data/inventory/images.csv", "inventory")
    return inventory[inventory["origin"] == "real"]


@pytest.fixture(scope="module")
def pairs(real: pd.DataFrame) -> list[tuple[str, str]]:
    groups = real.groupby("sha256")["name"].apply(sorted)
    assert groups.map(len).max() == 2
    return [tuple(names) for names in groups if len(names) == 2]


@pytest.fixture(scope="module")
def subjects(full: Project) -> pd.DataFrame:
    groups = read(full.path / "data/groups/groups.csv", "groups")
    return groups[groups["subject"] != ""]


def _metrics(full: Project, stage: str) -> dict:
    return json.loads(full.read(f"data/{stage}/metrics.json"))


def _findings(full: Project, stage: str, check: str) -> list[dict]:
    findings = json.loads(full.read(f"data/{stage}/findings.json"))["findings"]
    problems = full.path / f"data/{stage}/problems.csv"
    rows = read_rows(problems, "problems") if problems.exists() else ()
    return [finding for finding in unfold(findings, rows) if finding["check"] == check]


def test_the_committed_locks_are_reproduced(full: Project) -> None:
    committed = full.git("show", "HEAD:dvc.lock")
    assert differences(committed, full.read("dvc.lock")) == []
    assert full.git("status", "--porcelain") == ""
    assert full.dvc_status() == CLEAN


def test_a_second_run_has_nothing_to_do(full: Project) -> None:
    assert rules_run(full.snakemake(cores=8)) == []
    assert full.git("status", "--porcelain") == ""


def test_images_by_label_and_by_prefix(full: Project, real: pd.DataFrame) -> None:
    assert len(real) == 1457
    assert _metrics(full, "inventory")["images"] == {"real": 1457, "synthetic": 489}
    assert list(real["grade"].value_counts().sort_index()) == [513, 633, 182, 129]
    assert list(real["prefix_grade"].value_counts().sort_index()) == [497, 637, 186, 137]
    wrong = real[real["prefix_grade"] != real["grade"]]
    directions = Counter(zip(wrong["prefix_grade"], wrong["grade"], strict=True))
    assert directions == {(1, 0): 17, (2, 1): 14, (3, 2): 8, (1, 2): 2, (0, 1): 1}
    assert len(_findings(full, "inventory", "prefix-grade-mismatch")) == 42


def test_gaps_in_the_numbering(real: pd.DataFrame) -> None:
    numbers = real["name"].str.extract(r"levle(\d)_(\d+)\.jpg").astype(int)
    last = numbers.groupby(0)[1].max()
    missing = last + 1 - numbers.groupby(0)[1].size()
    assert list(last) == [532, 642, 190, 145]
    assert list(missing) == [36, 6, 5, 9]


def test_boxes_counts_and_bands(full: Project, real: pd.DataFrame) -> None:
    assert len(read(full.path / "data/inventory/boxes.csv", "boxes")) == 18983
    assert (real["boxes"] == real["lesions_v1"]).all()
    assert (real["lesions_v1"].map(grade_of_count) == real["grade"]).all()


def test_sizes(full: Project, real: pd.DataFrame) -> None:
    sizes = Counter(zip(real["width"], real["height"], strict=True))
    assert sizes[3112 // SCALE, 3456 // SCALE] == 1107
    assert len(sizes) > 100
    v2 = read(full.path / "data/annotations/images.csv", "annotated")
    counted = Counter(zip(v2["width"], v2["height"], strict=True)).most_common()
    assert [number for _, number in counted[:4]] == [1091, 83, 16, 2]
    assert len(counted) == 16


def test_identical_pairs(full: Project, real: pd.DataFrame, pairs: list[tuple[str, str]]) -> None:
    assert len(pairs) == 38
    by_name = real.set_index("name")
    assert sum(by_name.loc[a, "grade"] != by_name.loc[b, "grade"] for a, b in pairs) == 8
    assert sum(by_name.loc[a, "lesions_v1"] != by_name.loc[b, "lesions_v1"] for a, b in pairs) == 26
    assert len(_findings(full, "groups", "identical-bytes")) == 38
    assert len(_findings(full, "groups", "copies-disagree-on-grade")) == 8
    assert len(_findings(full, "groups", "copies-disagree-on-count")) == 26


def test_folds(full: Project, pairs: list[tuple[str, str]]) -> None:
    folds = read(full.path / "data/inventory/folds.csv", "folds")
    assert (folds.groupby(["fold", "part"]).size().unstack() == [292, 1165]).all(axis=None)
    straddling = []
    for _, fold in folds.groupby("fold"):
        part = fold.set_index("name")["part"]
        assert part.index.is_unique
        assert len(part) == 1457
        straddling.append(sum(part[a] != part[b] for a, b in pairs))
    assert straddling == [12, 15, 12, 11, 12]
    published = read(full.path / "data/splits/published.csv", "splits")
    placed = published[published["excluded"] == ""]
    assert (placed.groupby(["fold", "split"]).size().unstack() == [292, 1165]).all(axis=None)


def test_subjects(full: Project, real: pd.DataFrame, subjects: pd.DataFrame) -> None:
    sizes = Counter(subjects["subject"].value_counts())
    known = (
        "1:278 2:194 3:17 4:50 5:9 6:23 7:3 8:15 9:1 10:3 12:2 13:3 15:1 17:1 19:1 20:1 21:1 22:1"
    )
    assert sizes == {int(a): int(b) for a, b in (pair.split(":") for pair in known.split())}
    assert sum(sizes.values()) == 604
    graded = subjects.merge(real[["path", "grade"]], on="path", validate="1:1")
    assert (graded.groupby("subject")["grade"].nunique() > 1).sum() == 114
    lines = [len(full.read(f"data/raw/subjects/{part}.jsonl").splitlines()) for part in PARTS]
    assert lines == [948, 218, 291]


PARTS = ("train", "val", "test")


def test_circles(full: Project, real: pd.DataFrame) -> None:
    metrics = _metrics(full, "annotations")
    assert metrics["images"] == 1204
    assert metrics["annotations"] == 32443
    v2 = read(full.path / "data/annotations/images.csv", "annotated")
    assert list(v2["file_name"].str[5].value_counts().sort_index()) == [470, 579, 133, 22]
    label = v2["file_name"].map(real.set_index("name")["grade"])
    assert list(label.value_counts().sort_index()) == [487, 576, 122, 19]
    assert v2["quarantined"].sum() == 0
    counts = v2["lesions_v2"]
    assert (counts.min(), counts.median(), counts.max()) == (1, 19, 434)
    lesions = read(full.path / "data/annotations/lesions.csv", "lesions")
    crossing = lesions[lesions["crosses_border"]]
    assert (len(crossing), crossing["file_name"].nunique()) == (59, 45)


def test_the_shipped_decision_repairs_the_49_circles(full: Project) -> None:
    lesions = read(full.path / "data/annotations/lesions.csv", "lesions")
    assert len(lesions) == 32443
    repaired = lesions[lesions["repaired"] != ""]
    assert set(repaired["file_name"]) == {"levle2_130.jpg"}
    assert set(repaired["repaired"]) == {"divide 100"}
    assert sorted(repaired["annotation_id"]) == list(range(30592, 30641))
    assert (lesions["file_name"] == "levle2_130.jpg").sum() == 67
    assert not _findings(full, "annotations", "circle-outside-image")
    assert len(_findings(full, "annotations", "decision-applied")) == 1


def test_annotations_betray_duplicates(full: Project) -> None:
    echoes = read(full.path / "data/annotations/echoes.csv", "echoes")
    assert len(echoes) == 33
    assert set(echoes["explained"]) == {"exact"}, "all of them are byte-identical pairs"
    assert len(_findings(full, "annotations", "annotation-echo")) == 33


def test_near_duplicates(full: Project) -> None:
    judged = read(full.path / "data/near/verdicts.csv", "verdicts")
    counts = judged["verdict"].value_counts().to_dict()
    # Of the 20 planted retakes one is told apart, as a third are (docs/near-duplicates.md).
    assert counts == {"same": 12, "retake": 19}, "none is left to doubt"
    verdicts = judged[judged["verdict"] == "same"]
    forms = verdicts["form"].value_counts().to_dict()
    turned = {form: n for form, n in forms.items() if form not in ("same", "mirrored")}
    assert forms["mirrored"] == 1
    assert list(turned) in (["turned-90"], ["turned-270"])
    assert sum(turned.values()) == 1
    relations = read(full.path / "data/groups/relations.csv", "relations")
    assert (relations["kind"] == "near").sum() == 12
    assert not _findings(full, "groups", "near-across-subjects")


def test_synthetic_parents(full: Project) -> None:
    parents = read(full.path / "data/near/parents.csv", "parents")
    assert len(parents) == 489
    assert set(parents["status"]) == {"verified"}
    groups = read(full.path / "data/groups/groups.csv", "groups").set_index("image_id")
    made = groups[groups["parent"] != ""]
    assert len(made) == 489
    assert (groups.loc[made["parent"], "group"].to_numpy() == made["group"].to_numpy()).all()
    for variant in ("holdout", "kfold", "published-clean"):
        manifest = read(full.path / f"data/splits/{variant}.csv", "splits")
        assert "parents-unverified" not in set(manifest["mark"])


def test_published_leaks_and_ours_do_not(full: Project) -> None:
    figures = _metrics(full, "splits")["variants"]
    assert [figures["published"]["leaks"][fold]["copies"] for fold in "01234"] == [
        12,
        15,
        12,
        11,
        12,
    ]
    for variant in ("holdout", "kfold", "published-clean"):
        assert figures[variant]["leaking_pairs"] == 0


def test_names_that_collide(full: Project) -> None:
    names = read(full.path / "data/groups/names.csv", "names")
    assert names["image_id"].is_unique
    kinds = names.loc[names["collision"] != "", "collision"].value_counts().to_dict()
    assert set(kinds) == {"exact", "case", "unicode", "extension"}
    assert len(_findings(full, "groups", "name-collision")) == 10


def test_faces_look_alike_to_a_generic_hash(real: pd.DataFrame) -> None:
    hashes = np.array([int(text, 16) for text in real["phash"]], dtype=np.uint64)
    distance = np.bitwise_count(hashes[:, None] ^ hashes[None, :])
    upper = np.triu(np.ones_like(distance, dtype=bool), k=1)
    assert ((distance <= 2) & upper).sum() <= 60
    links = (distance <= 8) & upper
    assert 500 <= links.sum() <= 2000
    _, component = connected_components(links, directed=False)
    assert 0.10 <= np.bincount(component).max() / len(hashes) <= 0.30


def test_the_papers_table(full: Project) -> None:
    rows = full.read("data/splits/paper_table.csv").splitlines()[1:]
    assert [row.split(",")[-3:] for row in rows] == [
        ["513", "0", "513"],
        ["633", "0", "633"],
        ["182", "218", "400"],
        ["129", "271", "400"],
    ]
    assert not _findings(full, "splits", "paper-table-differs")


@pytest.mark.parametrize(
    "variant", ["published", "published-clean", "published-matched", "paper", "holdout", "kfold"]
)
def test_nothing_is_lost_in_a_manifest(full: Project, real: pd.DataFrame, variant: str) -> None:
    manifest = read(full.path / f"data/splits/{variant}.csv", "splits")
    for _, rows in manifest.groupby(
        manifest["fold"] if variant.startswith("published") else "variant"
    ):
        assert rows["image_id"].is_unique
        assert len(rows) == 1946
        assert ((rows["split"] == "") == (rows["excluded"] != "")).all()
    if variant in ("holdout", "kfold"):
        placed = manifest[manifest["split"] != ""]
        held_out = placed[placed["split"].isin(["val", "test"])]
        assert (held_out["origin"] == "real").all()
        place = placed["fold"].astype("string").fillna(placed["split"])
        assert (place.groupby(placed["group"]).nunique() == 1).all(), "a group is never split"
        assert placed["sha256"].is_unique


def test_quotas_are_within_one_image(full: Project, real: pd.DataFrame) -> None:
    manifest = read(full.path / "data/splits/holdout.csv", "splits")
    placed = manifest[(manifest["split"] != "") & (manifest["origin"] == "real")]
    counts = placed.groupby(["split", "grade"]).size().unstack()
    for part, percent in (("train", 65), ("val", 15), ("test", 20)):
        quota = placed["grade"].value_counts().sort_index() * percent / 100
        assert (abs(counts.loc[part] - quota) < 1).all(), part
