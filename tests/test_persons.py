"""The column `subject` is a relation: nobody parts a person because a link is missing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from corpora import Collection, Image
from faulting import Rows, edit

from acne04 import find_leaks
from acne04.cli import main
from acne04.core.errors import SchemaError
from acne04.dedupe.image_subjects import assign_subjects, unsure_subjects
from acne04.relations.kinship import KINDS, Kinship
from acne04.relations.persons import with_persons
from acne04.relations.subjects import SubjectLine, parse_subject_file
from acne04.split.collection import join_images

EXAMPLES = Path(__file__).parent / "examples" / "leaks"
NONE = pd.DataFrame(columns=["kind", "a", "b"], dtype="str")


def persons(*pairs: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["image_id", "subject"])


def related(table: pd.DataFrame, one: str, other: str) -> bool:
    kinship = Kinship([one, other], table)
    ends = [kinship.positions(pd.Series([image])) for image in (one, other)]
    return bool(kinship.counts(*ends)[0][0, KINDS.index("subject")])


@pytest.mark.parametrize("other", ["S 01", "s 01", " S  01 ", "S\u00a001", "Ｓ 01"])
def test_a_person_is_one_however_the_column_spells_it(other: str) -> None:
    assert related(with_persons(NONE, persons(("a", "S 01"), ("b", other))), "a", "b")


def test_other_persons_and_nobody_are_not_one() -> None:
    table = with_persons(NONE, persons(("a", "s1"), ("b", "s11"), ("c", ""), ("d", " ")))
    assert table.empty


def test_an_image_of_several_persons_ties_all_of_theirs() -> None:
    table = with_persons(NONE, persons(("a", "s1"), ("b", "s1"), ("b", "s2"), ("c", "s2")))
    assert related(table, "a", "c")


def test_what_the_relations_say_is_not_said_again() -> None:
    edges = pd.DataFrame({"kind": "subject", "a": ["b", "c"], "b": ["a", "b"]})
    told = persons(("a", "s1"), ("b", "s1"), ("c", "s1"), ("d", "s1"))
    assert with_persons(edges, told).to_numpy().tolist() == [
        ["subject", "b", "a"],
        ["subject", "c", "b"],
        ["subject", "d", "a"],
    ]


def test_a_table_of_sides_may_name_the_persons() -> None:
    sides = pd.DataFrame(
        {"image_id": ["a", "b"], "part": ["train", "test"], "grade": [0, 0], "fold": [None, None]}
    )
    assert not find_leaks(sides, NONE)["pairs"].any()
    table = find_leaks(sides.assign(subject=["s1", "S1"]), NONE)
    assert set(table.loc[table["pairs"] > 0, "kind"]) == {"subject", "any"}


def test_a_split_refuses_a_person_in_two_groups_and_names_both() -> None:
    members = (Image("a.jpg", 0, 1, subject="s1"), Image("b.jpg", 0, 2, subject="s2"))
    inventory, groups = Collection(members).tables
    torn = groups.assign(subject=["s1", "S1 "])
    with pytest.raises(SchemaError, match=r"a\.jpg in group a\.jpg, b\.jpg in group b\.jpg"):
        join_images(inventory, torn, pd.DataFrame(columns=["v2_image_id", "file_name"]))


def test_dedupe_joins_the_spellings_of_a_person_and_says_so() -> None:
    images = pd.DataFrame(
        {
            "image_id": ["a.jpg", "b.jpg"],
            "path": ["a.jpg", "b.jpg"],
            "name": ["a.jpg", "b.jpg"],
            "origin": "real",
            "grade": 0,
        }
    )
    lines = [
        SubjectLine("train.jsonl", 1, "train", "a.jpg", "sub_1", 0),
        SubjectLine("train.jsonl", 2, "train", "b.jpg", "Sub_1", 0),
    ]
    subjects, findings = assign_subjects(images, lines)
    assert subjects == {"a.jpg": ["Sub_1"], "b.jpg": ["Sub_1"]}
    assert [(f.check, f.line, f.found) for f in findings] == [
        ("subject-spelt-differently", 1, "sub_1")
    ]


def test_a_line_that_its_source_is_not_sure_of_is_told_and_keeps_its_person() -> None:
    told = ["", ', "confidence": 0.9', ', "confidence": 0.5', ', "confidence": null']
    wrong = [', "confidence": 60', ', "confidence": true', ', "confidence": "high"']
    content = "\n".join(
        f'{{"path": "{n}.jpg", "group": "s{n}", "label": 0, "source": "real"{more}}}'
        for n, more in enumerate([*told, *wrong])
    )
    entries = list(parse_subject_file("train.jsonl", "train", content.encode()))
    lines = [entry for entry in entries if isinstance(entry, SubjectLine)]
    assert [line.subject for line in lines] == ["s0", "s1", "s2", "s3"]
    assert [e.check for e in entries if not isinstance(e, SubjectLine)] == [
        "subject-line-malformed"
    ] * 3
    unsure = list(unsure_subjects({"least_confidence": 0.6}, lines))
    assert [(f.check, f.line, f.found) for f in unsure] == [
        ("subject-unsure", 3, "0.5"),
        ("subject-unsure", 4, "no evidence"),
    ]
    assert [f.line for f in unsure_subjects({}, lines)] == [4]


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLES, tmp_path / "leaks")
    return tmp_path / "leaks"


def judged(ours: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    groups = f"--groups={ours / 'groups/groups.csv'}"
    code = main(["leaks", str(ours / "holdout.csv"), groups, "--json"])
    return code, json.loads(capsys.readouterr().out)


#: A photograph of train, one of test, both of a person with no other.
TRAIN, TEST = "levle1_10.jpg", "levle0_9.jpg"


def name_person(file: Path, *images: str) -> None:
    def change(rows: Rows) -> None:
        for row in rows:
            if row["image_id"] in images:
                row["subject"] = f"SUB_X{' ' if row['image_id'] == images[0] else ''}"

    edit(file, change)


def test_leaks_reads_the_column_of_the_groups_although_no_relation_says_it(
    ours: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judged(ours, capsys)[0] == 0
    name_person(ours / "groups/groups.csv", TRAIN, TEST)
    code, document = judged(ours, capsys)
    assert code == 1
    leaking = [r for r in document["table"] if r["kind"] == "subject" and r["pairs"]]
    assert {leaking[0]["example_a"], leaking[0]["example_b"]} == {TRAIN, TEST}


def test_leaks_reads_the_column_of_the_manifest_and_tells_where_it_differs(
    ours: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    groups = pd.read_csv(ours / "groups/groups.csv", dtype="str", keep_default_na=False)
    person = groups.set_index("image_id").loc[TRAIN, "subject"]

    def change(rows: Rows) -> None:
        next(row for row in rows if row["image_id"] == TEST)["subject"] = person.upper()

    edit(ours / "holdout.csv", change)
    code, document = judged(ours, capsys)
    assert code == 1
    (finding,) = [f for f in document["findings"] if f["check"] == "person-differs"]
    assert finding["found"] == person.upper()
    assert TEST in finding["expected"]


def test_leaks_reads_a_strangers_column_of_persons(
    ours: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = ours / "mine.csv"
    groups = f"--groups={ours / 'groups/groups.csv'}"
    stranger.write_text(f"file,set\n{TRAIN},train\n{TEST},test\n")
    assert main(["leaks", str(stranger), groups]) == 0
    stranger.write_text(f"file,set,patient\n{TRAIN},train,P 7\n{TEST},test,p 7\n")
    assert main(["leaks", str(stranger), groups]) == 1
    assert "person-differs" not in capsys.readouterr().out


def test_a_stranger_may_number_persons_as_the_tables_do_and_mean_others(
    ours: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = ours / "mine.csv"
    rows = ["levle1_10.jpg,train,sub_000009", "levle0_9.jpg,test,sub_000007"]
    stranger.write_text("\n".join(["file,set,subject", *rows, ""]))
    assert main(["leaks", str(stranger), f"--groups={ours / 'groups/groups.csv'}"]) == 0
    assert "person-differs" not in capsys.readouterr().out
