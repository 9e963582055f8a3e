"""The facts about the outside world, and the schema that keeps them in form."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from acne04.cli import main
from acne04.core.errors import Acne04Error, UsageError
from acne04.core.schemas import load_schema
from acne04.core.sources import load_source, load_sources

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "workflow" / "sources.yaml"
EXAMPLES = Path(__file__).parent / "examples"
GOLDEN = Path(__file__).parent / "golden" / "sources"
KEYS = ["classification", "detection", "acnedit", "v2", "subjects"]


@pytest.mark.parametrize("dataset", ["acne04", "standin"])
def test_both_datasets_have_the_five_sources(dataset: str) -> None:
    sources = load_sources(SOURCES, dataset)
    assert list(sources) == KEYS
    assert {source.dataset for source in sources.values()} == {dataset}
    assert [source.key for source in sources.values()] == KEYS


def test_the_stand_in_promises_what_the_real_ones_promise() -> None:
    real, drawn = (load_sources(SOURCES, dataset) for dataset in ("acne04", "standin"))
    for key in KEYS:
        assert drawn[key].promises == real[key].promises
        assert [f.path for f in drawn[key].delivery.files] == [
            f.path for f in real[key].delivery.files
        ]
        assert drawn[key].delivery.kind == real[key].delivery.kind


def test_the_stand_in_needs_no_network() -> None:
    for source in load_sources(SOURCES, "standin").values():
        for file in source.delivery.files:
            assert file.urls == (f"file:upstream/standin/{file.path}",)


def test_promises_agree_with_one_another() -> None:
    promises = {key: s.promises for key, s in load_sources(SOURCES, "acne04").items()}
    grades = promises["classification"]["grades"]
    images = promises["classification"]["images"]
    assert list(grades) == [0, 1, 2, 3], "grades are numbers"
    assert sum(grades.values()) == images == promises["detection"]["files"]
    assert sum(promises["subjects"]["splits"].values()) == images == promises["subjects"]["images"]
    table = promises["acnedit"]["paper_table"]
    assert [row["original"] for row in table] == list(grades.values())
    assert all(row["original"] + row["generated"] == row["total"] for row in table)
    folders = promises["acnedit"]["folders"].values()
    assert sum(folder["images"] for folder in folders) == promises["acnedit"]["images"]
    for folder in folders:
        assert table[folder["grade"]]["generated"] == folder["images"]


@pytest.mark.reference
def test_the_pinned_annotation_file_is_the_real_one(reference: Path) -> None:
    body = (reference / "Acne04-v2_annotations.json").read_bytes()
    (file,) = load_source(SOURCES, "acne04", "v2").delivery.files
    assert (file.size, file.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    document = json.loads(body)
    promises = load_source(SOURCES, "acne04", "v2").promises
    assert promises["images"] == len(document["images"])
    assert promises["annotations"] == len(document["annotations"])


def test_nothing_unlicensed_is_called_redistributable() -> None:
    for source in load_sources(SOURCES, "acne04").values():
        assert source.licence.redistributable in ("no", "unknown")


@pytest.mark.parametrize("example", sorted((EXAMPLES / "valid" / "sources").iterdir()))
def test_a_valid_example(example: Path) -> None:
    assert load_sources(example, "acne04")


@pytest.mark.parametrize("example", sorted((EXAMPLES / "invalid" / "sources").iterdir()))
def test_an_invalid_example_names_its_places(
    example: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(example.parent)
    words = ["pin", "v2", "--dataset", "acne04", "--sources", example.name, "--version", "1"]
    code = main([*words, "--pins", "pins.csv", "--upstream", "upstream"])
    text = f"exit code {code}\n{capsys.readouterr().err}"
    golden = GOLDEN / f"{example.stem}.txt"
    if os.environ.get("ACNE04_WRITE_GOLDEN") == "1":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
    assert code == 1


def test_an_unknown_source_or_dataset_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="classification, detection, acnedit, v2, subjects"):
        load_source(SOURCES, "acne04", "V2")
    with pytest.raises(UsageError, match="acne04, standin"):
        load_sources(SOURCES, "acne05")


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(Acne04Error, match="no such file") as caught:
        load_sources(tmp_path / "sources.yaml", "acne04")
    assert caught.value.exit_code == 2


def subschemas(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in (
        node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    ):
        yield from subschemas(child)


def test_the_schemas_own_examples_are_judged_as_it_says() -> None:
    schema = load_schema("sources.schema.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    judged = 0
    for part in subschemas(schema):
        for word, verdict in (("examples", True), ("examples_bad", False)):
            examples = part.get(word)
            for example in examples if isinstance(examples, list) else ():
                judge = jsonschema.Draft202012Validator({**part, "$defs": schema["$defs"]})
                assert judge.is_valid(example) == verdict, f"{word} {example!r}"
                judged += 1
    assert judged > 40


def test_the_schema_has_no_defaults() -> None:
    assert not [
        part for part in subschemas(load_schema("sources.schema.json")) if "default" in part
    ]
