"""The run crate of a release: valid offline, promising nothing that it does not hold, traceable."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from project import Project
from release_folder import DATE, VERSION, describe, lay_out

from acne04.core import documents
from acne04.inspection.checks import Impossible
from acne04.standards import validators

pytestmark = pytest.mark.workflow


@pytest.fixture(scope="module")
def release(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release with both documents; do not change."""
    folder = lay_out(finished.path, tmp_path_factory.mktemp("release") / VERSION)
    describe(finished.path, folder)
    return folder


@pytest.fixture(scope="module")
def graph(release: Path) -> dict[str, dict[str, Any]]:
    """Entities by their @id."""
    entities = json.loads((release / "ro-crate-metadata.json").read_text())["@graph"]
    by_id = {entity["@id"]: entity for entity in entities}
    assert len(by_id) == len(entities)
    return by_id


@pytest.fixture(scope="session")
def contexts(reference: Path) -> Path:
    """Folder of the JSON-LD contexts, which a validator would fetch from the network."""
    if not (reference / "contexts").is_dir():
        pytest.skip("the JSON-LD contexts (../shared/reference/contexts) are not on this machine")
    return reference / "contexts"


def kinds(entity: dict[str, Any]) -> list[str]:
    return entity["@type"] if isinstance(entity["@type"], list) else [entity["@type"]]


def referred(value: Any) -> list[str]:
    """Every @id that an entity refers to."""
    if isinstance(value, list):
        return [name for item in value for name in referred(item)]
    if isinstance(value, dict):
        if set(value) == {"@id"}:
            return [value["@id"]]
        return [name for item in value.values() for name in referred(item)]
    return []


def test_the_validator_finds_no_failure_at_required(
    release: Path, contexts: Path, tmp_path: Path
) -> None:
    validators.fill_cache(tmp_path / "cache", contexts)
    report = tmp_path / "report.json"
    words = ["-y", "validate", "--offline", "--cache-path", str(tmp_path / "cache")]
    words += ["-p", "provenance-run-crate-0.5", "-f", "json", "-o", str(report), str(release)]
    done = subprocess.run(
        [Path(sys.executable).parent / "rocrate-validator", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(report.read_text())
    assert found["passed"] is True
    assert found["issues"] == []
    assert found["validation_settings"]["requirement_severity"] == "REQUIRED"
    assert found["statistics"]["total_checks"] >= 85


@pytest.mark.reference
def test_a_promised_file_that_is_not_there_and_a_changed_one_are_found(
    release: Path, contexts: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(release, tmp_path / "copy"))
    (copy / "manifests/churn.csv").unlink()
    with (copy / "manifests/holdout.csv").open("a") as stream:
        stream.write("\n")
    document = json.loads((copy / "ro-crate-metadata.json").read_text())
    # Without the code: half the entities, and half the time.
    document["@graph"] = [e for e in document["@graph"] if not e["@id"].startswith("#code/")]
    step = next(e for e in document["@graph"] if e["@type"] == "HowToStep")
    del step["workExample"]
    documents.write(copy / "ro-crate-metadata.json", document)
    problems = [f"{p.expected}: {p.found}" for p in validators.crate_problems(copy, contexts)]
    for said in (
        "does not include the Data Entity 'manifests/churn.csv'",
        "A HowToStep must refer to its corresponding tool",
        "the file manifests/churn.csv: no such file",
        "manifests/holdout.csv with sha256",
    ):
        assert any(said in problem for problem in problems), (said, problems)


def test_files_are_those_of_the_release_and_all_else_is_only_named(
    release: Path, graph: dict[str, dict[str, Any]]
) -> None:
    documents_made = {"croissant.json", "ro-crate-metadata.json"}
    there = {p.relative_to(release).as_posix() for p in release.rglob("*") if p.is_file()}
    files = {unquote(name): e for name, e in graph.items() if "File" in kinds(e)}
    assert set(files) == there - documents_made
    assert {unquote(name) for name in referred(graph["./"]["hasPart"])} == set(files)
    for name, entity in files.items():
        assert entity["sha256"] == hashlib.sha256((release / name).read_bytes()).hexdigest()
    for name, entity in graph.items():
        if name.startswith(("#file/", "#code/")):
            assert re.fullmatch("[0-9a-f]{64}", entity["sha256"])
            assert not {"File", "Dataset"} & set(kinds(entity))
    assert graph["#file/data/raw/acnedit.csv"]["description"] == "Not in this crate."


def test_every_reference_leads_somewhere(graph: dict[str, dict[str, Any]]) -> None:
    dangling = {name for entity in graph.values() for name in referred(entity)} - set(graph)
    assert dangling == {"https://w3id.org/ro/crate/1.1"}


def test_from_a_manifest_back_to_sources_and_their_terms(graph: dict[str, dict[str, Any]]) -> None:
    makers = {
        result: entity
        for entity in graph.values()
        if "CreateAction" in kinds(entity) and entity["@id"] != "#run"
        for result in referred(entity["result"])
    }
    reached, ahead = set(), ["manifests/holdout.csv"]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += referred(makers[name]["object"]) if name in makers else []
    assert {f"#file/upstreams/standin/pins/{key}.csv" for key in ("acnedit", "classification")} <= (
        reached
    )
    assert {"#value/split", "#value/near", "tables/groups/groups.csv"} <= reached
    assert graph["#file/data/raw/acnedit.csv"]["about"] == {"@id": "#folder/data/raw/acnedit"}
    assert "#file/data/raw/acnedit.csv" in reached
    folder = graph["#folder/data/raw/acnedit"]
    assert "#folder/data/raw/acnedit" in makers
    assert graph[folder["isBasedOn"]["@id"]]["name"].startswith("Stand-in for ACNEDIT")
    assert graph[folder["license"]["@id"]]["description"] == "May be passed on."
    code = referred(graph["#tool/split"]["hasPart"])
    assert "#code/workflow/acne04/split/solver.py" in code


def test_holds_no_time_but_the_date_of_publication(release: Path) -> None:
    text = (release / "ro-crate-metadata.json").read_text()
    assert "Time" not in re.sub(r'"value": ".*"', "", text)
    assert text.count(DATE) == 1


def test_says_that_it_is_a_stand_in_and_which_terms_hold(graph: dict[str, dict[str, Any]]) -> None:
    root = graph["./"]
    assert "stand-in" in root["name"]
    assert root["description"].startswith("A STAND-IN")
    assert "The images have the terms of their producers" in root["usageInfo"]
    assert {name for name in graph if name.startswith("#licence/")} == {
        f"#licence/{key}" for key in ("acnedit", "classification", "detection", "subjects", "v2")
    }


def test_cannot_be_judged_without_contexts_or_library(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Impossible, match=r"ro-crate-1\.1\.jsonld: no such file"):
        validators.crate_problems(release, tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    with pytest.raises(Impossible, match=r"has no copy of https://w3id\.org/ro/crate"):
        validators.crate_problems(release)
    monkeypatch.setitem(sys.modules, "rocrate_validator.services", None)
    with pytest.raises(Impossible, match="rocrate_validator"):
        validators.crate_problems(release, tmp_path)
