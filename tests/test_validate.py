"""`acne04 validate`: every example file with its whole output, the stage, and its invariants."""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from upstreams import GOLDEN, assert_golden

from acne04.cli import main
from acne04.core import documents, review, tables
from acne04.core.findings import FindingKind, as_document
from acne04.core.schemas import load_schema
from acne04.inspection.check_catalogue import declared
from acne04.relations.decisions import Decision, id_target
from acne04.validate import echoes
from acne04.validate.annotation_tables import (
    echo_table,
    image_table,
    lesion_table,
    quarantine_document,
)
from acne04.validate.examination import Examination, examine
from acne04.validate.questions import circle_questions, echo_questions, photographs
from acne04.validate.structure import SCHEMA, structure_problems

EXAMPLES = Path(__file__).parent / "examples"
CASES = sorted(EXAMPLES.glob("*valid/annotations/*.json"))
INVALID = [case for case in CASES if case.parts[-3] == "invalid"]
DECIDED = EXAMPLES / "decided"
OUTPUTS = (
    "lesions.csv",
    "images.csv",
    "echoes.csv",
    "review.csv",
    "problems.csv",
    "findings.json",
    "quarantine.json",
    "metrics.json",
)
ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "workflow" / "sources.yaml"
SHIPPED = ROOT / "decisions" / "annotations.csv"
REAL, SAMPLE = "Acne04-v2_annotations.json", "sample_Acne04-v2_annotations.json"


def named(case: Path) -> str:
    return f"{case.parts[-3]}/{case.stem}"


class Caller:
    """Calls the command in an empty folder."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str | Path) -> tuple[int, str, str]:
        self._capsys.readouterr()
        code = main(["validate", *map(str, words)])
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def stage(self, file: Path, *more: str | Path) -> tuple[int, str, str]:
        words = [f"--{output.split('.')[0]}={output}" for output in OUTPUTS]
        return self(file, "--as-stage", "--dataset", "acne04", *words, *more)


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Caller:
    monkeypatch.chdir(tmp_path)
    return Caller(capsys)


def inventory(path: Path, *rows: tuple[str, int | None, int | None, str]) -> Path:
    """Write a table of images: name, width, height, origin."""
    fields = [field["name"] for field in load_schema("inventory.table.json")["fields"]]
    common = dict.fromkeys(fields) | {"dataset": "acne04", "size": 1, "decodable": True}
    common |= {"sha256": "0" * 64, "md5": "0" * 32, "decoder": "none"}
    records = [
        common
        | {"path": f"{origin}/{name}", "name": name, "origin": origin}
        | {"width": width, "height": height}
        for name, width, height, origin in rows
    ]
    tables.write(path, "inventory", tables.from_records("inventory", records))
    return path


def valid() -> dict[str, Any]:
    text = (EXAMPLES / "valid/annotations/full.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def checks_of(findings: list[dict[str, Any]], severity: str = "error") -> list[tuple[str, str]]:
    return [(f["check"], f["pointer"]) for f in findings if f["severity"] == severity]


# The examples: each with its whole output.


@pytest.mark.parametrize("case", CASES, ids=named)
def test_an_example_gives_this_output(case: Path, call: Caller) -> None:
    code, out, errors = call(case)
    coded, document, more = call(case, "--json")
    assert (coded, more) == (code, errors)
    assert code == (1 if case in INVALID else 0)
    documents.check(json.loads(document), "findings.schema.json", named(case))
    assert_golden(
        f"validate/{named(case)}.txt", (code, f"{out}--- with --json\n{document}", errors)
    )


@pytest.mark.parametrize("case", INVALID, ids=named)
def test_the_stage_quarantines_or_says_why_there_is_no_table(case: Path, call: Caller) -> None:
    outcome = call.stage(case)
    written = sorted(path.name for path in Path.cwd().iterdir())
    if outcome[0] == 1:
        assert written == []
        _, _, errors = outcome
        shown = errors.replace(str(case), case.name)
        assert_golden(f"validate/stage/{case.stem}.txt", (1, outcome[1], shown))
        return
    assert outcome[0] == 0
    assert written == sorted(OUTPUTS)
    document = json.loads(case.read_text(encoding="utf-8"), parse_int=float)
    lesions, quarantine = tables.read(Path("lesions.csv"), "lesions"), read("quarantine.json")
    documents.check(quarantine, "quarantine.schema.json", "quarantine")
    kept_apart = [r for r in quarantine["records"] if r["pointer"].startswith("/annotations/")]
    assert len(lesions) + len(kept_apart) == len(document["annotations"])


@pytest.mark.parametrize("stem", ["broken_image", "duplicate_keys", "multiplied_by_100"])
def test_the_stage_writes_these_bytes(stem: str, call: Caller) -> None:
    outcome = call.stage(EXAMPLES / f"invalid/annotations/{stem}.json")
    assert_golden(f"validate/stage/{stem}.txt", outcome)
    for output in OUTPUTS:
        body = Path(output).read_text(encoding="utf-8")
        assert_golden(f"validate/stage/{stem}.{output}.txt", (0, body, ""))


def read(name: str) -> Any:
    return json.loads(Path(name).read_text(encoding="utf-8"))


def test_every_golden_file_belongs_to_an_example() -> None:
    cases = {f"{named(case)}.txt" for case in CASES}
    found = {
        path.relative_to(GOLDEN / "validate").as_posix()
        for path in (GOLDEN / "validate").glob("*valid/*.txt")
    }
    assert found == cases


def test_every_check_that_needs_the_file_alone_is_shown_by_an_example() -> None:
    shown = {
        finding["check"]
        for case in CASES
        for finding in as_document("unknown", "validate", looked_at(case.read_bytes()).findings)[
            "findings"
        ]
    }
    needs_more = {"image-missing", "image-size", "image-size-unreadable", "broken-promise"}
    needs_more |= {"photographs-resized"}
    kinds = {kind.name for kind in declared("validate") if isinstance(kind, FindingKind)}
    assert kinds - needs_more == shown


# The real file.


@pytest.mark.reference
def test_the_real_file_has_49_errors_and_59_circles_over_the_border(
    reference: Path, call: Caller
) -> None:
    code, out, _ = call(reference / REAL, "--json")
    document = json.loads(out)
    assert code == 1
    assert checks_of(document["findings"]) == [
        ("circle-outside-image", f"/annotations/{position}") for position in range(30592, 30641)
    ]
    assert document["severities"] == {"error": 49, "warning": 33, "info": 59}
    assert document["counts"] == {
        "annotation-echo": 33,
        "circle-crosses-border": 59,
        "circle-outside-image": 49,
    }
    errors = [f for f in document["findings"] if f["severity"] == "error"]
    assert all("divided by 100" in finding["found"] for finding in errors)


@pytest.mark.reference
def test_the_sample_passes(reference: Path, call: Caller) -> None:
    code, out, _ = call(reference / SAMPLE, "--json")
    assert code == 0
    assert json.loads(out)["findings"] == []


@pytest.mark.reference
def test_the_real_file_becomes_tables(reference: Path, call: Caller) -> None:
    code, _, _ = call.stage(reference / REAL, "--sources", SOURCES)
    assert code == 0
    lesions = tables.read(Path("lesions.csv"), "lesions")
    images = tables.read(Path("images.csv"), "annotated")
    assert len(lesions) == 32443 - 49
    assert set(range(32443)) - set(lesions["annotation_id"]) == set(range(30592, 30641))
    crossing = lesions[lesions["crosses_border"]]
    assert (len(crossing), crossing["v2_image_id"].nunique()) == (59, 45)
    assert (len(images), int(images["lesions_v2"].min())) == (1204, 1)
    broken = images[images["quarantined"] > 0].iloc[0]
    assert (broken["file_name"], broken["lesions_v2"], broken["quarantined"]) == (
        "levle2_130.jpg",
        18,
        49,
    )
    records = read("quarantine.json")["records"]
    assert [json.loads(record["record"])["id"] for record in records] == list(range(30592, 30641))
    assert "broken-promise" not in read("metrics.json")["findings"]
    assert "broken-promise" not in {gap["check"] for gap in read("findings.json")["not_run"]}


@pytest.mark.reference
def test_the_shipped_decision_repairs_the_real_file(reference: Path, call: Caller) -> None:
    alone, out, _ = call(reference / REAL, "--decisions", SHIPPED)
    assert alone == 0
    assert "32443 annotations (0 bad)" in out
    code, _, _ = call.stage(reference / REAL, "--decisions", SHIPPED)
    assert code == 0
    lesions = tables.read(Path("lesions.csv"), "lesions").set_index("annotation_id")
    assert len(lesions) == 32443
    repaired = lesions[lesions["repaired"] != ""]
    assert list(repaired.index) == list(range(30592, 30641))
    assert set(repaired["repaired"]) == {"divide 100"}
    assert set(repaired["file_name"]) == {"levle2_130.jpg"}
    assert not repaired["crosses_border"].any()
    original = json.loads((reference / REAL).read_bytes())["annotations"]
    for row in repaired.itertuples():
        x, y = original[row.Index]["coordinates"]
        numbers = (x, y, original[row.Index]["radius"])
        assert (row.x, row.y, row.radius) == tuple((number + 50) // 100 for number in numbers)
    images = tables.read(Path("images.csv"), "annotated")
    assert images["quarantined"].sum() == 0
    assert read("quarantine.json")["records"] == []
    metrics = read("metrics.json")
    assert (metrics["clean"], metrics["repaired"], metrics["quarantined"]) == (32443, 49, 0)
    findings = read("findings.json")
    assert findings["severities"]["error"] == 0
    assert findings["counts"]["decision-applied"] == 1
    assert set(tables.read(Path("review.csv"), "review")["kind"]) == {"relation"}


@pytest.mark.reference
def test_the_shipped_decision_repairs_no_other_bytes(reference: Path, call: Caller) -> None:
    Path(REAL).write_bytes((reference / REAL).read_bytes() + b"\n")
    code, _, _ = call.stage(Path(REAL), "--decisions", SHIPPED)
    assert code == 0
    assert len(read("quarantine.json")["records"]) == 49
    findings = read("findings.json")["findings"]
    changed = [f for f in findings if f["check"] == "decision-subject-changed"]
    assert [(f["severity"], f["done"]) for f in changed] == [
        ("error", "not applied (circles: divide 100): the safe default holds")
    ]


@pytest.mark.reference
def test_the_real_file_asks_what_to_do_with_the_broken_circles(
    reference: Path, call: Caller
) -> None:
    call.stage(reference / REAL)
    review = tables.read(Path("review.csv"), "review")
    asked = review[review["kind"] == "circles"]
    assert asked["target"].tolist() == ["ids 30592-30640"]
    assert asked["options"].tolist() == ["divide 100 | quarantine"]
    assert asked["evidence"].tolist() == ["circle-outside-image; all inside after division by 100"]


@pytest.mark.reference
def test_the_real_circles_betray_33_pairs_within_one_subject(reference: Path, call: Caller) -> None:
    call.stage(reference / REAL)
    echoes = tables.read(Path("echoes.csv"), "echoes")
    assert len(echoes) == 33
    assert (echoes["matches"] >= 5).sum() == 32
    people = pd.read_csv(reference / "acne04_subjects.csv", index_col="file_name")["subject"]
    assert (echoes["name_a"].map(people) == echoes["name_b"].map(people)).all()
    evidence = pd.read_csv(reference / "acne04_duplicate_pairs.csv")
    known = set(map(frozenset, zip(evidence["a"], evidence["b"], strict=True)))
    found = set(map(frozenset, zip(echoes["name_a"], echoes["name_b"], strict=True)))
    assert found <= known


# What people decided.


@pytest.mark.parametrize("case", sorted(DECIDED.glob("*.csv")), ids=lambda case: case.stem)
def test_decisions_on_circles_give_this_output(case: Path, call: Caller) -> None:
    code, out, errors = call.stage(DECIDED / "broken.json", "--decisions", case)
    assert (code, errors) == (0, "")
    said = f"{out}\n"
    for output in ("lesions.csv", "review.csv", "findings.json", "quarantine.json"):
        said += f"--- {output}\n{Path(output).read_text(encoding='utf-8')}"
    assert_golden(f"validate/decided/{case.stem}.txt", (code, said, errors))


def test_an_impossible_decision_repairs_none_of_its_circles(call: Caller) -> None:
    code, out, _ = call(
        DECIDED / "broken.json", "--json", "--decisions", DECIDED / "nothing_to_divide.csv"
    )
    without, plain, _ = call(DECIDED / "broken.json", "--json")
    impossible = [f for f in json.loads(out)["findings"] if f["check"] == "decision-impossible"]
    assert (code, without, len(impossible)) == (1, 1, 1)
    others = [f for f in json.loads(out)["findings"] if f not in impossible]
    assert others == json.loads(plain)["findings"]


# What circles betray.


def truth_of_the_small_standin(folder: Path, call: Caller) -> dict[str, Any]:
    assert main(["standin", str(folder), "--fraction", "32"]) == 0
    truth: dict[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    code, _, errors = call.stage(folder / REAL, "--decisions", SHIPPED, "--dataset=standin")
    assert code == 0, errors
    return truth


def test_the_small_standin_is_repaired_and_its_echoes_are_found(
    tmp_path: Path, call: Caller
) -> None:
    truth = truth_of_the_small_standin(tmp_path / "upstream", call)
    metrics = read("metrics.json")
    assert metrics["repaired"] == truth["v2"]["broken"]["circles"] == 49
    assert metrics["clean"] == metrics["annotations"]
    echoes = tables.read(Path("echoes.csv"), "echoes")
    found = set(zip(echoes["name_a"], echoes["name_b"], strict=True))
    planted = {tuple(sorted(p["names"])) for p in truth["identical_pairs"] if p["echo"]}
    assert found == planted
    assert found


def test_equal_bytes_explain_an_echo_and_leave_no_question(call: Caller) -> None:
    case = EXAMPLES / "valid/annotations/circles_that_coincide.json"
    document = json.loads(case.read_text(encoding="utf-8"))
    rows = [(i["file_name"], i["width"], i["height"], "real") for i in document["images"]]
    path = inventory(Path("there.csv"), *rows)
    there = tables.read(path, "inventory")
    there["sha256"] = [f"{n:064x}" for n in range(len(there))]
    there.loc[there["name"].isin(["levle0_0.jpg", "levle1_1.jpg"]), "sha256"] = "f" * 64
    tables.write(path, "inventory", there)
    code, _, _ = call.stage(case, "--inventory", path)
    assert code == 0
    echoes = tables.read(Path("echoes.csv"), "echoes")
    assert echoes[["name_a", "name_b", "explained"]].values.tolist() == [
        ["levle0_0.jpg", "levle1_1.jpg", "exact"],
        ["levle0_0.jpg", "levle1_3.jpg", ""],
        ["levle2_6.jpg", "levle2_7.jpg", ""],
    ]
    review = tables.read(Path("review.csv"), "review")
    digests = there.set_index("name")["sha256"]
    assert review[["kind", "subject", "path"]].values.tolist() == [
        # The smaller digest first, and the paths in the same order.
        ["relation", f"{digests['levle1_3.jpg']}:{digests['levle0_0.jpg']}",
         "real/levle1_3.jpg|real/levle0_0.jpg"],
        ["relation", f"{digests['levle2_6.jpg']}:{digests['levle2_7.jpg']}",
         "real/levle2_6.jpg|real/levle2_7.jpg"],
    ]  # fmt: skip


def test_an_echo_of_absent_images_can_be_looked_at_but_not_answered(call: Caller) -> None:
    call.stage(EXAMPLES / "valid/annotations/circles_that_coincide.json")
    review = tables.read(Path("review.csv"), "review")
    assert review["subject"].tolist() == ["", "", ""]
    assert review["path"].tolist() == [
        "levle0_0.jpg|levle1_1.jpg",
        "levle0_0.jpg|levle1_3.jpg",
        "levle2_6.jpg|levle2_7.jpg",
    ]


@st.composite
def circled(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Images of two sizes with circles in few places, so that many are within reach."""
    count = draw(st.integers(0, 5))
    sizes = [draw(st.sampled_from([(3112, 3456), (389, 432)])) for _ in range(count)]
    images = pd.DataFrame(
        {
            "id": [float(10 * n) for n in range(count)],
            "file_name": draw(st.permutations([f"levle0_{n}.jpg" for n in range(count)])),
            "width": [float(width) for width, _ in sizes],
            "height": [float(height) for _, height in sizes],
        }
    )
    places = st.tuples(st.integers(0, 40), st.integers(0, 12))
    rows = [
        (float(10 * n), float(x), float(y))
        for n in range(count)
        for x, y in draw(st.lists(places, max_size=7))
    ]
    circles = pd.DataFrame(draw(st.permutations(rows)), columns=["image_id", "x", "y"])
    return images, circles.astype("float64")


def echoes_by_force(
    images: pd.DataFrame, circles: pd.DataFrame
) -> list[tuple[str, str, int, int, int]]:
    """Try every pair of images, and every way to match their circles."""
    found = []
    for a, b in itertools.permutations(images.itertuples(), 2):
        if a.file_name > b.file_name or (a.width, a.height) != (b.width, b.height):
            continue
        first, second = (
            [(c.x, c.y) for c in circles[circles["image_id"] == image.id].itertuples()]
            for image in (a, b)
        )
        reach = Fraction(15 * min(int(max(a.width, a.height)), 3456), 3456)
        matches = most_matches(
            [[n for n, other in enumerate(second) if within(one, other, reach)] for one in first],
            frozenset(),
        )
        smaller = min(len(first), len(second))
        if matches >= 3 and 10 * matches >= 6 * smaller:
            found.append((a.file_name, b.file_name, matches, len(first), len(second)))
    return sorted(found)


def within(one: tuple[float, float], other: tuple[float, float], reach: Fraction) -> bool:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 <= reach**2


def most_matches(near: list[list[int]], taken: frozenset[int]) -> int:
    if not near:
        return 0
    without = most_matches(near[1:], taken)
    return max(
        [without] + [1 + most_matches(near[1:], taken | {n}) for n in near[0] if n not in taken]
    )


@given(drawn=circled(), block=st.sampled_from([1, 7, 4_000_000]))
@settings(deadline=None, max_examples=500)
def test_echoes_are_those_of_brute_force(
    drawn: tuple[pd.DataFrame, pd.DataFrame], block: int
) -> None:
    images, circles = drawn
    with pytest.MonkeyPatch.context() as patch:
        # However few pairs are looked at in one go.
        patch.setattr(echoes, "BLOCK_PAIRS", block)
        found = echoes.find_echoes(images, circles)
    assert list(found.itertuples(index=False, name=None)) == echoes_by_force(images, circles)


# What others say: images and promises.


def test_images_are_compared_by_name_and_size(call: Caller) -> None:
    document = valid()
    document["images"] += [
        {"id": 2, "file_name": "levle2_2.jpg", "height": 800, "width": 600},
        {"id": 3, "file_name": "levle3_3.jpg", "height": 800, "width": 600},
        {"id": 4, "file_name": "levle0_4.jpg", "height": 800, "width": 600},
    ]
    Path("v2.json").write_text(json.dumps(document), encoding="utf-8")
    table = inventory(
        Path("images-there.csv"),
        ("levle0_0.jpg", 600, 800, "real"),
        ("levle1_1.jpg", 700, 500, "real"),
        ("levle1_1.jpg", 500, 700, "synthetic"),
        ("LEVLE2_2.jpg", 600, 800, "real"),
        ("levle3_3.jpg", None, None, "real"),
        ("levle0_4.jpg", 600, 800, "synthetic"),
    )
    code, _, _ = call.stage(Path("v2.json"), "--inventory", table)
    assert code == 0
    findings = read("findings.json")["findings"]
    assert checks_of(findings) == [
        ("annotation-of-quarantined-image", "/annotations/2"),
        ("image-size", "/images/1"),
        ("image-missing", "/images/2"),
        ("image-missing", "/images/4"),
    ]
    assert checks_of(findings, "warning") == [("image-size-unreadable", "/images/3")]
    found = {finding["pointer"]: finding["found"] for finding in findings}
    assert found["/images/1"] == "500×700: width and height are swapped"
    assert found["/images/2"] == "no such file, but one named LEVLE2_2.jpg"
    assert found["/images/4"] == "no such file"
    images = tables.read(Path("images.csv"), "annotated")
    sound = images[images["quarantined_by"] == ""]
    assert sound["file_name"].tolist() == ["levle0_0.jpg", "levle3_3.jpg"]
    apart = images[images["quarantined_by"] != ""].set_index("file_name")["quarantined_by"]
    assert apart.to_dict() == {
        "levle0_4.jpg": "image-missing",
        "levle1_1.jpg": "image-size",
        "levle2_2.jpg": "image-missing",
    }
    assert {gap["check"] for gap in read("findings.json")["not_run"]} == {"broken-promise"}


def test_a_broken_promise_is_a_warning(call: Caller) -> None:
    case = EXAMPLES / "valid/annotations/full.json"
    code, out, _ = call(case, "--json", "--sources", SOURCES, "--dataset", "acne04")
    document = json.loads(out)
    assert code == 0
    assert document["dataset"] == "acne04"
    assert [(f["pointer"], f["expected"], f["found"]) for f in document["findings"]] == [
        ("/images", "1204 images", "2 images"),
        ("/annotations", "32443 annotations", "3 annotations"),
    ]


# The call.


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["absent.json"], "no such file"),
        (["."], "cannot be read"),
        (["full.json", "--as-stage"], "--lesions"),
        (["full.json", "--lesions=lesions.csv", "--dataset=acne04"], "add --images"),
        (["full.json", "--sources=sources.yaml"], "add --dataset standin or acne04"),
        (["full.json", "--inventory=absent.csv"], "absent.csv: no such table"),
    ],
)
def test_what_cannot_be_done_exits_2(words: list[str], said: str, call: Caller) -> None:
    Path("full.json").write_text(json.dumps(valid()), encoding="utf-8")
    code, out, errors = call(*words)
    assert (code, out) == (2, "")
    assert said in errors
    assert [path.name for path in Path.cwd().iterdir()] == ["full.json"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--lesions=images.csv"], "--images images.csv: the file is that of --lesions, too"),
        (["--metrics=full.json"], "--metrics full.json: the file is that of FILE, too"),
        (["--metrics=."], "a folder lies there"),
    ],
)
def test_no_output_overwrites_another_file_of_the_call(
    words: list[str], said: str, call: Caller
) -> None:
    body = json.dumps(valid())
    Path("full.json").write_text(body, encoding="utf-8")
    code, _, errors = call.stage(Path("full.json"), *words)
    assert code == 2
    assert said in errors
    assert [path.name for path in Path.cwd().iterdir()] == ["full.json"]
    assert Path("full.json").read_text(encoding="utf-8") == body


def test_an_unreadable_file_leaves_older_tables_alone(call: Caller) -> None:
    call.stage(EXAMPLES / "valid/annotations/full.json")
    before = {output: Path(output).read_bytes() for output in OUTPUTS}
    code, _, errors = call.stage(EXAMPLES / "invalid/annotations/truncated.json")
    assert code == 1
    assert "line 9, column 15" in errors
    assert {output: Path(output).read_bytes() for output in OUTPUTS} == before


def test_crlf_counts_as_one_line_end(call: Caller) -> None:
    body = (EXAMPLES / "invalid/annotations/orphan.json").read_bytes().replace(b"\n", b"\r\n")
    Path("crlf.json").write_bytes(body)
    _, out, _ = call("crlf.json", "--json")
    assert json.loads(out)["findings"][0]["line"] == 8


# Invariants.

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-2, 4)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["levle0_0.jpg", "acne", 12.0, 10**30, -(2**53)])
)
KEYS = st.text(max_size=4) | st.sampled_from(
    ["id", "image_id", "images", "annotations", "info", "radius", "coordinates", "width"]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A valid document in which some values are replaced, removed, repeated or added."""
    document = valid()
    for _ in range(draw(st.integers(1, 4))):
        place: Any = document
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and draw(st.integers(0, 4)):
                place = place[key]
                continue
            change = draw(st.sampled_from(["replace", "remove", "repeat", "add"]))
            if change == "replace":
                place[key] = draw(VALUES)
            elif change == "remove":
                del place[key]
            elif isinstance(place, list):
                place.append(copy.deepcopy(place[key]) if change == "repeat" else draw(VALUES))
            else:
                place[draw(KEYS)] = draw(VALUES)
            break
    return document


def looked_at(data: bytes, *decisions: Decision) -> Examination:
    more: dict[str, Any] = {"decisions": decisions, "decisions_file": "decisions.csv"}
    return examine(data, "file.json", tables_wanted=True, **more)


def tables_of(examination: Examination) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    if examination.verdict is None:
        return None
    lesions = lesion_table(examination.verdict, "acne04").sort_values("annotation_id")
    images = image_table(examination.verdict, "acne04").sort_values(["v2_image_id", "file_name"])
    return lesions.reset_index(drop=True), images.reset_index(drop=True)


def assert_accounted_for(data: bytes, folder: Path, *decisions: Decision) -> None:
    """Nothing is raised, every output follows its schema, and no annotation is lost."""
    examination = looked_at(data, *decisions)
    document = as_document("acne04", "validate", examination.findings, examination.not_run)
    documents.write(folder / "findings.json", document)
    documents.read(folder / "findings.json", "findings.schema.json")
    made = tables_of(examination)
    if made is None or examination.verdict is None:
        assert document["severities"]["error"] > 0
        return
    tables.write(folder / "lesions.csv", "lesions", made[0])
    tables.write(folder / "images.csv", "annotated", made[1])
    quarantine = quarantine_document(examination.quarantine, "acne04", "file.json")
    documents.write(folder / "quarantine.json", quarantine)
    documents.read(folder / "quarantine.json", "quarantine.schema.json")
    known = photographs(None)
    asked = [*circle_questions(examination.verdict, examination.sha256, "v2/file.json")]
    assert examination.echoes is not None
    asked += echo_questions(examination.echoes, known)
    tables.write(folder / "review.csv", "review", review.to_table("acne04", asked))
    echoing = echo_table(examination.echoes, known, "acne04")
    tables.write(folder / "echoes.csv", "echoes", echoing)
    pointers = [record.pointer for record in examination.quarantine]
    assert len(set(pointers)) == len(pointers)
    apart = [pointer for pointer in pointers if pointer.startswith("/annotations/")]
    assert len(made[0]) + len(apart) == len(examination.verdict.circles)
    sound = made[1]["quarantined_by"] == ""
    assert sound.sum() + len(pointers) - len(apart) == len(examination.verdict.images)
    assert (~sound).sum() <= len(pointers) - len(apart)
    assert bool(pointers) <= bool(document["severities"]["error"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outputs")


@given(data=st.binary(max_size=60))
@settings(deadline=None)
def test_no_bytes_raise(data: bytes, folder: Path) -> None:
    assert_accounted_for(data, folder)


@given(document=VALUES)
@settings(deadline=None)
def test_no_json_raises(document: Any, folder: Path) -> None:
    assert_accounted_for(json.dumps(document).encode(), folder)


@given(document=mutated())
@settings(deadline=None)
def test_no_annotation_is_lost(document: Any, folder: Path) -> None:
    assert_accounted_for(json.dumps(document).encode(), folder)


@given(
    document=mutated(),
    factor=st.sampled_from([1, 100, 101]),
    ids=st.sets(st.integers(0, 4), min_size=1),
    answer=st.sampled_from(["divide 2", "divide 100", "quarantine"]),
)
@settings(deadline=None)
def test_a_decision_changes_the_circles_it_names_or_nothing(
    document: Any, factor: int, ids: set[int], answer: str, folder: Path
) -> None:
    records = document["annotations"] if isinstance(document.get("annotations"), list) else []
    for record in records:
        if isinstance(record, dict) and type(record.get("radius")) is int:
            record["radius"] *= factor
            record["coordinates"] = [30000, 20000]
    data = json.dumps(document).encode()
    sha256 = hashlib.sha256(data).hexdigest()
    row = ("acne04", "circles", sha256, "v2/file.json", id_target(ids), answer, "Drawn.", "nobody")
    decision = Decision(*row, "2026-11-23", 2)
    assert_accounted_for(data, folder, decision)
    before, after = looked_at(data).verdict, looked_at(data, decision).verdict
    if before is None or after is None:
        return
    assert len(after.answers) == 1
    changed = after.circles["repaired"] != ""
    numbers = ["x", "y", "radius", "bad"]
    untouched = before.circles.loc[~changed, numbers[:3]]
    pd.testing.assert_frame_equal(after.circles.loc[~changed, numbers[:3]], untouched)
    if after.answers[0].refusals or answer == "quarantine":
        assert not changed.any()
        pd.testing.assert_frame_equal(after.circles[numbers], before.circles[numbers])
    else:
        assert set(after.circles.loc[changed, "id"]) == ids
        assert before.circles.loc[changed, "bad"].all()


@given(
    place=st.floats(0, 1),
    removed=st.integers(0, 12),
    added=st.sampled_from(
        [b"", b'"', b"{", b"]", b"\\", b"\xff", b"\0", b"NaN", b"\n", b"0", b"-"]
    ),
)
@settings(deadline=None)
def test_no_damage_to_the_text_raises(
    place: float, removed: int, added: bytes, folder: Path
) -> None:
    text = (EXAMPLES / "invalid/annotations/duplicate_keys.json").read_bytes()
    offset = int(place * len(text))
    assert_accounted_for(text[:offset] + added + text[offset + removed :], folder)


@given(document=mutated(), seed=st.integers(0, 99))
@settings(deadline=None)
def test_the_order_of_records_changes_no_table(document: Any, seed: int) -> None:
    before = tables_of(looked_at(json.dumps(document).encode()))
    for kind in ("images", "annotations"):
        if isinstance(document.get(kind), list):
            random.Random(seed).shuffle(document[kind])
    after = tables_of(looked_at(json.dumps(document).encode()))
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        pd.testing.assert_frame_equal(before[0], after[0])
        pd.testing.assert_frame_equal(before[1], after[1])


@given(document=mutated() | VALUES)
@settings(deadline=None)
def test_judging_each_value_once_gives_the_verdicts_of_the_plain_validator(document: Any) -> None:
    plain = Draft202012Validator(load_schema(SCHEMA)).iter_errors(document)
    assert {problem.steps for problem in structure_problems(document)} == {
        tuple(error.absolute_path) for error in plain
    }


def test_the_schema_is_a_schema_without_defaults() -> None:
    schema = load_schema(SCHEMA)
    Draft202012Validator.check_schema(schema)
    assert '"default"' not in json.dumps(schema)


def subschemas(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    for inner in [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]:
        yield from subschemas(inner)
    if "items" in schema:
        yield from subschemas(schema["items"])


def test_every_rule_of_the_schema_can_be_put_into_words() -> None:
    # A new keyword needs words of its own in validate/structure.py, and an example.
    worded = {"type", "required", "anyOf", "minimum", "maximum", "not"}
    worded |= {"minItems", "maxItems", "minLength"}
    silent = {"$schema", "$id", "$comment", "$defs", "$ref", "title", "description", "examples"}
    silent |= {"properties", "items"}
    for schema in subschemas(load_schema(SCHEMA)):
        assert set(schema) <= worded | silent
        assert "description" in schema or "$ref" in schema
