"""`acne04 dedupe`: every example folder with its whole output, and what must hold for any input."""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from upstreams import GOLDEN, assert_golden

from acne04 import tables
from acne04.cli import main
from acne04.dedupe.grouping import connected_groups
from acne04.dedupe.names import canonical_names
from acne04.dedupe.stage import group_images
from acne04.dedupe.subject_lines import SubjectLine
from acne04.naming import collision_key, plain_name

EXAMPLES = Path(__file__).parent / "examples" / "dedupe"
SOURCES = Path(__file__).parents[1] / "workflow" / "sources.yaml"
CASES = sorted(path.name for path in EXAMPLES.iterdir())
REFUSED = {"subject-file-missing": 2, "other-dataset": 2, "inventory-malformed": 1}
TABLES = ("names", "relations", "groups")
OUTPUTS = (*(f"{name}.csv" for name in TABLES), "findings.json", "metrics.json")
# Near enough to each other to collide in every way.
NAMES = ["a.jpg", "A.jpg", "a.JPG", "a.jpeg", "é.jpg", "e\u0301.jpg", "É.jpeg", "a~1.jpg", "b"]


class Caller:
    """Calls the command in an empty folder, into which the example is copied."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, case: str, *more: str | Path) -> tuple[int, str, str]:
        shutil.copytree(EXAMPLES / case, case)
        words = [f"--{output.split('.')[0]}=out/{output}" for output in OUTPUTS]
        words += ["--dataset=standin", f"--inventory={case}/images.csv"]
        self._capsys.readouterr()
        code = main(["dedupe", *words, f"--subjects={case}/subjects", *map(str, more)])
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
    assert_golden(f"dedupe/{case}/said.txt", outcome)
    if case in REFUSED:
        assert not Path("out").exists()
        return
    for output in OUTPUTS:
        golden = GOLDEN / "dedupe" / case / output
        if os.environ.get("ACNE04_WRITE_GOLDEN") == "1":
            shutil.copy(Path("out") / output, golden)
        assert (Path("out") / output).read_bytes() == golden.read_bytes()


def test_every_golden_file_belongs_to_an_example() -> None:
    golden = {path.relative_to(GOLDEN / "dedupe") for path in (GOLDEN / "dedupe").rglob("*.*")}
    made = {Path(case, "said.txt") for case in CASES}
    made |= {Path(case, output) for case in CASES if case not in REFUSED for output in OUTPUTS}
    assert golden == made


def test_broken_promises_are_reported(call: Caller) -> None:
    code, _, _ = call("sound", f"--sources={SOURCES}")
    document = json.loads(Path("out/findings.json").read_text())
    broken = {f["pointer"]: f["found"] for f in document["findings"] if f["file"] == "subjects"}
    assert code == 0
    assert broken == {
        "/promises/images": "5",
        "/promises/subjects": "3",
        "/promises/splits/train": "3",
        "/promises/splits/val": "2",
        "/promises/splits/test": "0",
    }
    assert document["not_run"] == []


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("--names=out/groups.csv", "--groups out/groups.csv: the file is that of --names, too"),
        ("--groups=sound/images.csv", "the file is that of --inventory, too"),
        ("--metrics=sound/subjects/val.jsonl", "the file is that of val of --subjects, too"),
        ("--findings=sound", "a folder lies there"),
        ("--subjects=sound/images.csv", "sound/images.csv: not a folder"),
    ],
)
def test_paths_that_cannot_be_meant_are_refused(word: str, said: str, call: Caller) -> None:
    code, _, errors = call("sound", word)
    assert code == 2
    assert said in errors
    assert not Path("out").exists()
    for path in (EXAMPLES / "sound").rglob("*.*"):
        assert Path("sound", path.relative_to(EXAMPLES / "sound")).read_bytes() == path.read_bytes()


def test_without_subjects_every_photograph_is_its_own_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = [f"--{output.split('.')[0]}=out/{output}" for output in OUTPUTS]
    inventory = EXAMPLES / "sound" / "images.csv"
    assert main(["dedupe", "--dataset=standin", f"--inventory={inventory}", *words]) == 0
    groups = tables.read(Path("out/groups.csv"), "groups")
    # The one pair of identical bytes stays together.
    assert groups["group"].nunique() == len(groups) - 1
    assert json.loads(Path("out/findings.json").read_text())["not_run"][0]["check"] == "subjects"


@st.composite
def collections(draw: st.DrawFn) -> tuple[pd.DataFrame, list[SubjectLine]]:
    """Draw an inventory of hostile names and shared bytes, and a subject table for it."""
    files = draw(
        st.lists(
            st.tuples(st.sampled_from("xyz"), st.sampled_from(NAMES)),
            min_size=1,
            max_size=12,
            unique=True,
        )
    )
    records = []
    for folder, name in files:
        content = draw(st.integers(0, 5))
        records.append(
            dict.fromkeys(tables.empty("inventory").columns)
            | {"dataset": "standin", "path": f"{folder}/{name}", "name": name, "size": 1}
            | {"origin": draw(st.sampled_from(["real", "synthetic"]))}
            | {"grade": draw(st.sampled_from([None, 0, 1, 2, 3]))}
            | {"lesions_v1": draw(st.sampled_from([None, 3, 7]))}
            | {"sha256": f"{content:064x}", "md5": f"{content:032x}", "decoder": "none"}
            | {"decodable": content > 0}
        )
    lines = [
        SubjectLine("train.jsonl", number, "train", plain_name(name), subject, 0)
        for number, (name, subject) in enumerate(
            draw(
                st.lists(
                    st.tuples(st.sampled_from(NAMES), st.sampled_from(["s1", "s2", "s10"])),
                    max_size=8,
                )
            ),
            start=1,
        )
    ]
    return tables.from_records("inventory", records), lines


@settings(max_examples=200, deadline=None)
@given(collections(), st.randoms(use_true_random=False))
def test_what_holds_for_any_collection(
    drawn: tuple[pd.DataFrame, list[SubjectLine]], chance: random.Random
) -> None:
    inventory, lines = drawn
    made = group_images("standin", inventory, lines)
    ids, groups = made.names["image_id"], made.groups
    assert len({collision_key(i) for i in ids}) == len(inventory) == len(groups)
    assert set(made.names["path"]) == set(inventory["path"])
    # Copies are in one group, and so are photographs of one person.
    rows = groups.merge(inventory[["path", "sha256", "decodable"]], on="path")
    sound = rows[rows["decodable"]]
    for key in ("sha256", "subject"):
        known = sound[sound[key] != ""]
        assert (known.groupby(key)["group"].nunique() <= 1).all()
    assert (sound.groupby("sha256")["canonical"].nunique() == 1).all()
    # Every group is named after a member, every relation stays inside one group.
    assert set(groups["group"]) <= set(ids)
    group_of = dict(zip(groups["image_id"], groups["group"], strict=True))
    edges = zip(made.relations["a"], made.relations["b"], strict=True)
    assert all(group_of[a] == group_of[b] and a != b for a, b in edges)
    # One edge less than members in every group at least: a group is connected by its relations.
    assert len(made.relations) >= len(groups) - groups["group"].nunique()

    order = list(range(len(inventory)))
    chance.shuffle(order)
    other = group_images("standin", inventory.iloc[order].reset_index(drop=True), lines)
    for name in TABLES:
        key = list(tables.empty(name).columns)
        mine, yours = (getattr(m, name)[key].sort_values(key) for m in (made, other))
        assert mine.to_numpy().tolist() == yours.to_numpy().tolist()


@settings(max_examples=100, deadline=None)
@given(collections())
def test_names_stay_when_synthetic_images_are_added(
    drawn: tuple[pd.DataFrame, list[SubjectLine]],
) -> None:
    inventory, _ = drawn
    real = inventory[inventory["origin"] == "real"]
    before, _ = canonical_names(real)
    after, _ = canonical_names(inventory)
    kept = after.set_index("path").loc[before["path"], "image_id"]
    marked = before["image_id"].str.contains("~")
    # A mark may grow where a synthetic image bears it as its own name.
    assert (kept.to_numpy() == before["image_id"].to_numpy())[~marked].all()


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 12).flatmap(
        lambda n: st.tuples(
            st.just(n),
            st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=15),
        )
    )
)
def test_groups_are_the_components_of_the_graph(drawn: tuple[int, list[tuple[int, int]]]) -> None:
    size, edges = drawn
    order = [f"i{number}" for number in range(size)]
    frame = pd.DataFrame(
        {"a": [order[a] for a, _ in edges], "b": [order[b] for _, b in edges]}, dtype="str"
    )
    # By definition: merge the sets of both ends, edge by edge.
    sets = {number: {number} for number in range(size)}
    for a, b in edges:
        merged = sets[a] | sets[b]
        for member in merged:
            sets[member] = merged
    expected = [order[min(sets[number])] for number in range(size)]
    assert connected_groups(order, frame) == expected
