"""`acne04 validate`: every example file with its whole output, the stage, and its invariants."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from upstreams import GOLDEN, assert_golden

from acne04 import documents, tables
from acne04.cli import main
from acne04.findings import as_document
from acne04.schemas import load_schema
from acne04.validate.catalogue import CHECKS
from acne04.validate.examining import Examination, examine
from acne04.validate.outcome import image_table, lesion_table, quarantine_document
from acne04.validate.structure import SCHEMA, structure_problems

EXAMPLES = Path(__file__).parent / "examples"
CASES = sorted(EXAMPLES.glob("*valid/annotations/*.json"))
INVALID = [case for case in CASES if case.parts[-3] == "invalid"]
OUTPUTS = ("lesions.csv", "images.csv", "findings.json", "quarantine.json", "metrics.json")
SOURCES = Path(__file__).parents[1] / "workflow" / "sources.yaml"
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
    assert set(CHECKS) - needs_more <= shown


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
    assert document["severities"] == {"error": 49, "warning": 0, "info": 59}
    assert document["counts"] == {"circle-crosses-border": 59, "circle-outside-image": 49}
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
    assert images["file_name"].tolist() == ["levle0_0.jpg", "levle3_3.jpg"]
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


def looked_at(data: bytes) -> Examination:
    return examine(data, "file.json", tables_wanted=True)


def tables_of(examination: Examination) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    if examination.verdict is None:
        return None
    lesions = lesion_table(examination.verdict, "acne04").sort_values("annotation_id")
    images = image_table(examination.verdict, "acne04").sort_values("v2_image_id")
    return lesions.reset_index(drop=True), images.reset_index(drop=True)


def assert_accounted_for(data: bytes, folder: Path) -> None:
    """Nothing is raised, every output follows its schema, and no annotation is lost."""
    examination = looked_at(data)
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
    pointers = [record.pointer for record in examination.quarantine]
    assert len(set(pointers)) == len(pointers)
    apart = [pointer for pointer in pointers if pointer.startswith("/annotations/")]
    assert len(made[0]) + len(apart) == len(examination.verdict.circles)
    assert len(made[1]) + len(pointers) - len(apart) == len(examination.verdict.images)
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
