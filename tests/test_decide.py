"""`acne04 decide`: the queue of open questions, and the answers that it records or refuses."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from upstreams import assert_golden

from acne04.cli import main
from acne04.core import tables
from acne04.core.review import ReviewItem, to_table
from acne04.core.schemas import load_schema
from acne04.relations import decisions

ROOT = Path(__file__).parents[1]
CIRCLES, PHOTO, COPIED, TWIN, EDIT = (digit * 64 for digit in "12345")
OTHER = "1" * 12 + "9" * 52
FOLDER = "classification/JPEGImages"
INVENTORY = [
    (f"{FOLDER}/levle0_1.jpg", PHOTO, "real"),
    (f"{FOLDER}/levle0_2.jpg", COPIED, "real"),
    (f"{FOLDER}/levle1_3.jpg", COPIED, "real"),
    (f"{FOLDER}/levle1_4.jpg", TWIN, "real"),
    ("acnedit/levle2_generated/a.jpg", EDIT, "synthetic"),
    ("acnedit/levle2_generated/b.jpg", OTHER, "synthetic"),
]
ASKED = {
    "annotations": [
        ReviewItem(
            kind="circles",
            subject=CIRCLES,
            path="v2/Acne04-v2_annotations.json",
            target="ids 3, 7-9",
            question="What is to become of the broken circles of levle0_1.jpg (4)?",
            evidence="circle-outside-image; all inside after division by 100",
            options=("divide 100", "quarantine"),
            default="left out of the tables, kept in quarantine",
        ),
        ReviewItem(
            kind="relation",
            subject=f"{PHOTO}:{TWIN}",
            path=f"{FOLDER}/levle0_1.jpg|{FOLDER}/levle1_4.jpg",
            question="Are these two one photograph? Their circles in Acne04-v2 coincide.",
            evidence="7 of 9 circles",
            options=("same", "different"),
            default="not related by their circles",
        ),
        ReviewItem(
            kind="relation",
            subject="",
            path="levle0_8.jpg|levle0_9.jpg",
            question="Are these two one photograph? Their circles in Acne04-v2 coincide.",
            evidence="3 of 4 circles",
            options=("same", "different"),
            default="not related by their circles",
        ),
    ],
    "splits": [
        ReviewItem(
            kind="place",
            subject=TWIN,
            path=f"{FOLDER}/levle1_4.jpg",
            target=variant,
            question="It ties images of different parts together: is it left out?",
            evidence=f"joins two parts of {variant}",
            options=("leave-out", "hold-out"),
            default="leave-out",
        )
        for variant in ("holdout", "kfold")
    ],
    "groups": [
        ReviewItem(
            kind="grade",
            subject=COPIED,
            path=f"{FOLDER}/levle0_2.jpg",
            question="Which grade is right?",
            evidence="grades 0 and 1 on the same bytes",
            options=("0", "1"),
            default="left out of holdout and kfold",
        ),
        ReviewItem(
            kind="relation",
            subject=f"{PHOTO}:{TWIN}",
            path=f"{FOLDER}/levle0_1.jpg|{FOLDER}/levle1_4.jpg",
            question="Are these two one photograph?",
            evidence="score 0.52, accepted from 0.60",
            options=("same", "different"),
            default="not related",
        ),
    ],
}


class Decide:
    """Calls the command in a folder with a queue, an inventory and empty decisions."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> tuple[int, str, str]:
        self._capsys.readouterr()
        code = main(["decide", *words])
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def answer(self, *words: str) -> tuple[int, str, str]:
        return self(*words, "--reason=Looked.", "--who=nobody", "--when=2026-11-23")


@pytest.fixture
def decide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Decide:
    monkeypatch.chdir(tmp_path)
    for folder, items in ASKED.items():
        tables.write(Path("data", folder, "review.csv"), "review", to_table("standin", items))
    fields = [field["name"] for field in load_schema("inventory.table.json")["fields"]]
    common = dict.fromkeys(fields) | {"dataset": "standin", "size": 1, "decodable": True}
    common |= {"md5": "0" * 32, "decoder": "none"}
    rows = [
        common | {"path": path, "name": Path(path).name, "sha256": digest, "origin": origin}
        for path, digest, origin in INVENTORY
    ]
    inventory = tables.from_records("inventory", rows)
    tables.write(Path("data/inventory/images.csv"), "inventory", inventory)
    for name in decisions.FILES:
        tables.write(Path("decisions", name), "decisions", tables.empty("decisions"))
    return Decide(capsys)


def recorded() -> dict[str, list[str]]:
    """The rows of each decisions file that has any."""
    rows = {
        p.name: p.read_text(encoding="utf-8").splitlines()[1:] for p in Path("decisions").iterdir()
    }
    return {name: body for name, body in rows.items() if body}


# The queue.


def test_the_queue_is_listed_with_the_commands_that_answer_it(decide: Decide) -> None:
    assert_golden("decide/queue.txt", decide())


def test_the_queue_as_json(decide: Decide) -> None:
    code, out, _ = decide("--json")
    questions = json.loads(out)
    assert code == 0
    assert [question["number"] for question in questions] == [1, 2, 3, 4, 5, 6]
    assert [question["kind"] for question in questions] == [
        "grade", "relation", "relation", "circles", "place", "place",
    ]  # fmt: skip
    # Two stages asked about one pair.
    assert questions[2]["evidence"] == "7 of 9 circles; score 0.52, accepted from 0.60"
    assert questions[1]["commands"] == []


def test_every_command_of_the_list_answers_its_question(decide: Decide) -> None:
    questions = json.loads(decide("--json")[1])
    answerable = [question for question in questions if question["commands"]]
    for answered, question in enumerate(answerable, start=1):
        words = shlex.split(question["commands"][0])
        assert words[:2] == ["acne04", "decide"]
        code, _, errors = decide(*words[2:], "--who=nobody")
        assert code == 0, errors
        assert len(json.loads(decide("--json")[1])) == len(questions) - answered
    assert set(recorded()) == set(decisions.FILES)
    assert decide("--check")[0] == 0
    assert decide()[1].startswith("1 open question\n       1  relation\n")


def test_circles_are_answered_only_when_all_of_them_are(decide: Decide) -> None:
    decide.answer("circles", CIRCLES, "quarantine", "--target=ids 3, 7")
    assert len(json.loads(decide("--json", "--kind=circles")[1])) == 1
    decide.answer("circles", CIRCLES, "divide 100", "--target=ids 8-9")
    assert json.loads(decide("--json", "--kind=circles")[1]) == []


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (["--kind=relation"], [2, 3]),
        (["--limit=2"], [1, 2]),
        (["--kind=place", "--limit=1"], [5]),
        (["--image=levle0_2.jpg"], [1]),
        # By its name in a question, in a pair, and by its path.
        (["--image=levle0_1.jpg"], [3, 4]),
        (["--image=levle0_8.jpg"], [2]),
        ([f"--image={FOLDER}/levle1_4.jpg"], [3, 5, 6]),
        (["--image=evle0_1.jpg"], []),
        (["--image=levle0_1"], []),
    ],
)
def test_a_part_of_the_queue_keeps_its_numbers(
    words: list[str], numbers: list[int], decide: Decide
) -> None:
    found = json.loads(decide("--json", *words)[1])
    assert [question["number"] for question in found] == numbers
    code, out, _ = decide(*words)
    assert code == 0
    assert out.startswith("6 open questions\n       1  grade\n       2  relation\n")
    assert out.endswith(f"\n{len(numbers)} of 6 shown\n")


@pytest.mark.parametrize(
    "words", [["--limit=0"], ["--kind=grade", "--check"], ["grade", PHOTO, "1", "--limit=2"]]
)
def test_what_cannot_be_listed_in_part_is_said(words: list[str], decide: Decide) -> None:
    code, out, errors = decide(*words, *(["--reason=x"] if words[0] == "grade" else []))
    assert (code, out) == (2, "")
    assert "--limit" in errors
    assert recorded() == {}


def test_a_place_without_a_variant_answers_for_both(decide: Decide) -> None:
    assert len(json.loads(decide("--json")[1])) == 6
    assert decide.answer("place", TWIN, "leave-out")[0] == 0
    assert "place" not in {q["kind"] for q in json.loads(decide("--json")[1])}


def test_before_the_first_run_there_is_no_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, errors = Decide(capsys)()
    assert (code, out) == (2, "")
    assert "data/ is not here" in errors


# Answers.


def test_an_answer_is_a_row_and_says_what_to_do_next(decide: Decide) -> None:
    code, out, errors = decide.answer("circles", CIRCLES[:16], "divide 100")
    assert (code, errors) == (0, "")
    assert "validate applies it" in out
    assert "commit decisions/annotations.csv" in out
    assert recorded() == {
        "annotations.csv": [
            f"standin,circles,{CIRCLES},v2/Acne04-v2_annotations.json,"
            '"ids 3, 7-9",divide 100,Looked.,nobody,2026-11-23'
        ]
    }


@pytest.mark.parametrize(
    ("words", "file", "row"),
    [
        (
            ("grade", f"{FOLDER}/levle1_3.jpg", "1"),
            "images.csv",
            f"standin,grade,{COPIED},{FOLDER}/levle1_3.jpg,,1",
        ),
        (
            ("keep", COPIED, f"{FOLDER}/levle1_3.jpg"),
            "images.csv",
            f"standin,keep,{COPIED},{FOLDER}/levle0_2.jpg,,{FOLDER}/levle1_3.jpg",
        ),
        (
            # A pair that nobody asked about, and the larger digest first.
            ("relation", f"{FOLDER}/levle1_4.jpg|{FOLDER}/levle0_2.jpg", "same"),
            "relations.csv",
            f"standin,relation,{COPIED}:{TWIN},{FOLDER}/levle0_2.jpg|{FOLDER}/levle1_4.jpg,,same",
        ),
        (
            ("relation", f"{TWIN[:8]}:{PHOTO[:8]}", "different"),
            "relations.csv",
            f"standin,relation,{PHOTO}:{TWIN},{FOLDER}/levle0_1.jpg|{FOLDER}/levle1_4.jpg,,"
            "different",
        ),
        (
            ("parent", "acnedit/levle2_generated/a.jpg", f"{FOLDER}/levle0_1.jpg"),
            "relations.csv",
            f"standin,parent,{EDIT},acnedit/levle2_generated/a.jpg,,{FOLDER}/levle0_1.jpg",
        ),
        (
            ("parent", EDIT, "none"),
            "relations.csv",
            f"standin,parent,{EDIT},acnedit/levle2_generated/a.jpg,,none",
        ),
        (
            ("place", PHOTO, "leave-out", "--target=holdout"),
            "places.csv",
            f"standin,place,{PHOTO},{FOLDER}/levle0_1.jpg,holdout,leave-out",
        ),
    ],
)
def test_answers_of_every_kind(words: tuple[str, ...], file: str, row: str, decide: Decide) -> None:
    code, _, errors = decide.answer(*words)
    assert (code, errors) == (0, "")
    assert recorded() == {file: [f"{row},Looked.,nobody,2026-11-23"]}
    assert decide("--check")[0] == 0


def test_rows_are_kept_sorted_whatever_the_order_of_answers(decide: Decide) -> None:
    answers = [("grade", COPIED, "1"), ("grade", PHOTO, "0"), ("keep", PHOTO, INVENTORY[0][0])]
    for answer in answers:
        assert decide.answer(*answer)[0] == 0
    before = Path("decisions/images.csv").read_bytes()
    tables.write(Path("decisions/images.csv"), "decisions", tables.empty("decisions"))
    for answer in reversed(answers):
        assert decide.answer(*answer)[0] == 0
    assert Path("decisions/images.csv").read_bytes() == before


def test_who_is_asked_of_git_and_when_is_today(
    decide: Decide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    subprocess.run(["git", "init", "--quiet"], check=True)
    code, _, errors = decide("grade", PHOTO, "1", "--reason=Looked.")
    assert code == 2
    assert "--who NAME" in errors
    assert recorded() == {}
    subprocess.run(["git", "config", "user.name", "A. Person"], check=True)
    before = date.today()
    assert decide("grade", PHOTO, "1", "--reason=Looked.")[0] == 0
    row = recorded()["images.csv"][0].split(",")
    assert row[-2] == "A. Person"
    assert before <= date.fromisoformat(row[-1]) <= date.today()


def test_the_annotation_file_is_known_after_its_question_is_gone(decide: Decide) -> None:
    tables.write(Path("data/annotations/review.csv"), "review", tables.empty("review"))
    listing = [{"dataset": "standin", "path": "Acne04-v2_annotations.json", "size": 1}]
    rows = tables.from_records("listing", [row | {"sha256": CIRCLES} for row in listing])
    tables.write(Path("data/raw/v2.csv"), "listing", rows)
    words = ("circles", "v2/Acne04-v2_annotations.json", "quarantine")
    code, _, errors = decide.answer(*words)
    assert code == 2
    assert "which circles are meant?" in errors
    assert decide.answer(*words, "--target=ids 5")[0] == 0


def test_a_first_answer_makes_its_file(decide: Decide) -> None:
    shutil.rmtree("decisions")
    assert decide.answer("grade", PHOTO, "1")[0] == 0
    assert list(recorded()) == ["images.csv"]


# Refusals: nothing is written.


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("no-answer", 2, ("grade", PHOTO)),
        ("no-such-grade", 2, ("grade", PHOTO, "4")),
        ("no-such-digest", 1, ("grade", "abcdef01", "1")),
        ("no-such-path", 1, ("grade", "levle0_1.jpg", "1")),
        ("too-few-digits", 1, ("grade", PHOTO[:7], "1")),
        ("ambiguous-digits", 2, ("circles", "1" * 12, "quarantine")),
        ("half-a-pair", 2, ("relation", PHOTO, "same")),
        ("pair-of-one", 2, ("relation", f"{PHOTO}:{PHOTO}", "same")),
        ("bytes-not-known", 1, ("relation", "levle0_8.jpg|levle0_9.jpg", "same")),
        ("keep-something-else", 1, ("keep", COPIED, f"{FOLDER}/levle0_1.jpg")),
        ("parent-of-a-photograph", 1, ("parent", PHOTO, f"{FOLDER}/levle0_2.jpg")),
        ("parent-that-is-synthetic", 1, ("parent", EDIT, "acnedit/levle2_generated/b.jpg")),
        ("parent-that-is-not-there", 1, ("parent", EDIT, f"{FOLDER}/levle9_9.jpg")),
        ("target-of-an-image", 2, ("grade", PHOTO, "1", "--target=ids 3")),
        ("no-such-place", 2, ("place", PHOTO, "train")),
    ],
)
def test_what_cannot_be_right_is_refused(
    name: str, code: int, words: tuple[str, ...], decide: Decide
) -> None:
    outcome = decide.answer(*words)
    assert outcome[0] == code
    assert recorded() == {}
    assert_golden(f"decide/{name}.txt", outcome)


def test_a_second_answer_is_refused(decide: Decide) -> None:
    decide.answer("grade", PHOTO, "1")
    decide.answer("circles", CIRCLES, "divide 100")
    decide.answer("place", PHOTO, "leave-out")
    before = recorded()
    for words in (
        ("grade", PHOTO, "2"),
        ("circles", CIRCLES, "quarantine", "--target=ids 8-20"),
        ("place", PHOTO, "hold-out", "--target=kfold"),
    ):
        code, _, errors = decide.answer(*words)
        assert code == 1
        assert "(line 2): somebody has decided on this already" in errors
        assert "Looked." in errors
    assert recorded() == before


def test_a_file_that_is_not_sound_is_not_added_to(decide: Decide) -> None:
    file = Path("decisions/images.csv")
    file.write_text(file.read_text(encoding="utf-8") + "standin,grade\n", encoding="utf-8")
    before = file.read_bytes()
    code, _, errors = decide.answer("grade", PHOTO, "1")
    assert code == 1
    assert "line 2" in errors
    assert file.read_bytes() == before


@pytest.mark.parametrize("when", ["yesterday", "2026-02-30"])
def test_when_is_a_date(when: str, decide: Decide) -> None:
    code, _, errors = decide("grade", PHOTO, "1", "--reason=x", "--who=x", f"--when={when}")
    assert code == 2
    assert "YYYY-MM-DD" in errors
    assert recorded() == {}


# The circle: asked, answered, applied.


def test_an_answer_on_circles_is_applied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "decisions", "decisions")
    for name in decisions.FILES:
        tables.write(Path("decisions", name), "decisions", tables.empty("decisions"))
    broken = Path("multiplied_by_100.json")
    shutil.copy(ROOT / "tests/examples/invalid/annotations" / broken.name, broken)
    tabular = ("lesions", "images", "echoes", "review", "problems")
    words = [f"--{name}=data/annotations/{name}.csv" for name in tabular]
    words += [
        f"--{name}=data/annotations/{name}.json" for name in ("findings", "quarantine", "metrics")
    ]
    stage = ["validate", str(broken), "--as-stage", "--dataset=standin", *words]
    stage.append("--decisions=decisions/annotations.csv")
    assert main(stage) == 0
    decide = Decide(capsys)
    question = json.loads(decide("--json")[1])[0]
    assert question["target"] == "ids 1"
    command = next(c for c in question["commands"] if "divide" in c)
    assert decide(*shlex.split(command)[2:], "--who=nobody")[0] == 0
    assert main(stage) == 0
    lesions = tables.read(Path("data/annotations/lesions.csv"), "lesions").set_index(
        "annotation_id"
    )
    row = lesions.loc[1]
    assert (row["x"], row["y"], row["radius"], row["repaired"]) == (301, 401, 30, "divide 100")
    assert decide()[1] == "0 open questions\n"
