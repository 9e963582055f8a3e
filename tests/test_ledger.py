"""The stage `record`: what the ledger says, and when it is made."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from base64 import urlsafe_b64encode
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import yaml
from project import CLEAN, Project, rules_run

from acne04 import cli
from acne04.core.errors import SchemaError
from acne04.core.rows import read_rows
from acne04.core.sources import load_sources
from acne04.provenance.ledger import Ledger, from_document, read, to_document
from acne04.record.environment import installed, unlike_lock
from acne04.record.graph import resolved_stages

ROOT = Path(__file__).parents[1]
LEDGER = "data/ledger/ledger.json"
PARAMETERS = yaml.safe_load((ROOT / "params.yaml").read_text())


@pytest.fixture
def ledger(finished: Project) -> Ledger:
    return read(finished.path / LEDGER)


@pytest.mark.workflow
def test_every_hash_is_that_of_the_bytes(finished: Project, ledger: Ledger) -> None:
    for path, file in ledger.files.items():
        data = (finished.path / path).read_bytes()
        assert file.size == len(data), path
        assert file.sha256 == hashlib.sha256(data).hexdigest(), path


@pytest.mark.workflow
def test_every_stage_and_every_output_of_dvc_is_in_it(finished: Project, ledger: Ledger) -> None:
    stages = yaml.safe_load(finished.read("dvc.lock"))["stages"]
    own = stages.pop("record")
    assert [out["path"] for out in own["outs"]] == [LEDGER]
    assert {stage.name for stage in ledger.stages} == set(stages)
    for stage in ledger.stages:
        entry = stages[stage.name]
        # DVC names folders of code, the ledger each file in them.
        files = {file for dep in entry["deps"] for file in _files_of(finished, dep["path"])}
        assert {*stage.code, *stage.inputs} == files
        assert {*stage.outputs, *stage.folders} == {out["path"] for out in entry["outs"]}
        assert entry["cmd"] == stage.command
        named = {
            name if file == "params.yaml" else f"{file}:{name}": value
            for file, values in entry["params"].items()
            for name, value in values.items()
        }
        # DVC keeps grades as numbers, JSON as text.
        assert set(stage.parameters) == set(named), stage.name
        for name, value in stage.parameters.items():
            if not name.endswith("promises") and name != "near":
                assert value == named[name], name


def _files_of(project: Project, path: str) -> list[str]:
    if not (project.path / path).is_dir():
        return [path]
    return project.git("ls-files", path).splitlines()


@pytest.mark.workflow
def test_it_says_nothing_of_the_machine(finished: Project) -> None:
    text = finished.read(LEDGER)
    assert str(finished.path) not in text
    assert str(Path.home()) + "/" not in text
    assert not re.search(r"cpython|python_version|\b3\.1[123]\.\d", text)
    assert not re.search(r"\d\d:\d\d:\d\d", text), "no time"
    jsonschema.validate(
        json.loads(text), json.loads((ROOT / "schemas/ledger.schema.json").read_text())
    )


@pytest.mark.workflow
def test_sources_have_licences_pins_and_counts(finished: Project, ledger: Ledger) -> None:
    assert {source.key for source in ledger.sources} == set(
        load_sources(ROOT / "workflow/sources.yaml", "standin")
    )
    for source in ledger.sources:
        assert source.licence.redistributable == "yes"
        assert "fraction=32" in source.pins_version
        assert source.pins_version in finished.read(source.pins)
        files = [path for path in (finished.path / source.folder).rglob("*") if path.is_file()]
        assert source.files == len(files)
        assert source.bytes == sum(path.stat().st_size for path in files)


@pytest.mark.workflow
def test_it_comes_back_as_it_was_written(finished: Project, ledger: Ledger) -> None:
    document = json.loads(finished.read(LEDGER))
    assert to_document(ledger) == document
    assert from_document(document) == ledger
    assert ledger.maker("data/raw/v2") == ledger.maker("data/raw/v2.csv")
    assert ledger.maker("decisions/places.csv") is None
    assert [stage.name for stage in ledger.readers("decisions/places.csv")] == [
        "split",
        "report",
    ]


@pytest.mark.workflow
def test_a_better_title_runs_nothing_but_page_and_ledger(clone: Project) -> None:
    sources = clone.path / "workflow/sources.yaml"
    sources.write_text(sources.read_text().replace("Stand-in for the subject table", "Persons"))
    assert rules_run(clone.snakemake()) == ["record", "report"]
    assert '"title": "Persons"' in clone.read(LEDGER)
    assert clone.dvc_status() == CLEAN
    assert rules_run(clone.snakemake()) == []


@pytest.mark.workflow
def test_after_a_partial_pull_it_is_not_missed(bare_clone: Project) -> None:
    assert bare_clone.dvc("pull", "data/splits/holdout.csv", "split").returncode == 0
    for _ in range(2):
        assert rules_run(bare_clone.snakemake()) == []
    for absent in (LEDGER, "data/report", "data/raw", "data/inventory"):
        assert not (bare_clone.path / absent).exists()
    # What it records moved: the artifacts come from the store, the images for the page, too, and
    # nothing else is made.
    bare_clone.append("workflow/sources.yaml", "# edited\n")
    assert rules_run(bare_clone.snakemake()) == ["record", "report"]
    assert not (bare_clone.path / "upstream").exists()
    assert not (bare_clone.path / "data/raw/detection").exists()
    assert rules_run(bare_clone.snakemake()) == []


@pytest.mark.workflow
def test_a_lost_ledger_is_made_again_where_all_else_is_there(
    clone: Project, finished: Project
) -> None:
    shutil.rmtree(clone.path / ".dvc/cache")
    (clone.path / LEDGER).unlink()
    assert rules_run(clone.snakemake()) == ["record"]
    assert clone.read(LEDGER) == finished.read(LEDGER)
    assert clone.dvc_status() == CLEAN


@pytest.mark.workflow
def test_a_kill_while_the_splits_were_written_is_no_partial_pull(clone: Project) -> None:
    """The manifests are there and another output is not: the job did not end."""
    shutil.rmtree(clone.path / ".dvc/cache")
    (clone.path / LEDGER).unlink()
    (clone.path / "data/splits/churn.csv").unlink()
    marks = clone.path / ".snakemake/incomplete"
    marks.mkdir(parents=True, exist_ok=True)
    for name in ("churn.csv", "holdout.csv"):
        (marks / urlsafe_b64encode(f"data/splits/{name}".encode()).decode()).touch()
    assert rules_run(clone.snakemake()) == ["cohort", "record", "report", "shortcuts", "split"]
    assert (clone.path / LEDGER).is_file()
    assert clone.dvc_status() == CLEAN


@pytest.mark.workflow
def test_the_summary_at_the_end_mentions_it(clone: Project) -> None:
    clone.append("workflow/acne04/record/__init__.py", "# edited\n")
    done = clone.snakemake()
    assert "data/ledger/ledger.json: 60 artifacts of 13 stages" in done.stdout + done.stderr


def _resolved(text: str) -> tuple:
    sources = load_sources(ROOT / "workflow/sources.yaml", "standin")
    return resolved_stages(yaml.safe_load(text), PARAMETERS, sources)


def test_names_are_resolved() -> None:
    (stage,) = _resolved("""
stages:
  fetch:
    foreach: [v2]
    do:
      cmd: fetch ${item}
      deps: ["upstreams/${dataset}/pins/${item}.csv", workflow/rules/1_fetch.smk]
      params: [dataset, {workflow/sources.yaml: ["${dataset}.${item}.delivery"]}]
      outs: [{"data/raw/${item}": {persist: true}}, {"data/raw/${item}.csv": {persist: true}}]
  record:
    cmd: record
""")
    assert (stage.name, stage.rule, stage.command) == ("fetch@v2", "fetch", "fetch v2")
    assert stage.inputs == ("upstreams/standin/pins/v2.csv",)
    assert stage.code == ("workflow/rules/1_fetch.smk",)
    assert (stage.outputs, stage.folders) == (("data/raw/v2.csv",), ("data/raw/v2",))
    assert stage.parameters["dataset"] == "standin"
    fact = stage.parameters["workflow/sources.yaml:standin.v2.delivery"]
    stated = yaml.safe_load((ROOT / "workflow/sources.yaml").read_text())
    assert fact == stated["standin"]["v2"]["delivery"]


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "stages: []",
        "stages: {scan: {}}",
        "stages: {scan: {cmd: x, deps: [], params: [unknown], outs: []}}",
        "stages: {scan: {cmd: x, deps: [], params: [{f: [standin.v2.title]}], outs: []}}",
        "stages: {scan: {cmd: '${nobody}', deps: [], params: [], outs: []}}",
    ],
)
def test_a_graph_that_the_rules_do_not_make(text: str) -> None:
    with pytest.raises(SchemaError, match=r"make dvc\.yaml"):
        _resolved(text)


def test_another_version_than_the_lock_has(tmp_path: Path) -> None:
    lock = ROOT / "requirements.lock"
    environment = installed(lock, "requirements.lock")
    assert unlike_lock(environment, lock) == []
    assert re.fullmatch(r"HiGHS 1\.\d+\.\d+", environment.solver)
    other = replace(environment, packages={**environment.packages, "numpy": "1.0"})
    (line,) = unlike_lock(other, lock)
    assert line.startswith("numpy 1.0, ")


def _record(tmp_path: Path, **changed: str) -> list[str]:
    words = {
        "dataset": "standin",
        "parameters": json.dumps(PARAMETERS),
        "versions": json.dumps(
            dict.fromkeys(load_sources(ROOT / "workflow/sources.yaml", "standin"), "1")
        ),
        "sources": str(ROOT / "workflow/sources.yaml"),
        "graph": str(ROOT / "dvc.yaml"),
        "lock": str(ROOT / "requirements.lock"),
        "ledger": str(tmp_path / "ledger.json"),
        **changed,
    }
    return ["record", *(word for name, value in words.items() for word in (f"--{name}", value))]


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({}, 2, "it names files that are not there"),
        ({"graph": "absent.yaml"}, 2, "absent.yaml: no such file"),
        ({"dataset": "acne04"}, 2, "they are of another dataset"),
        ({"versions": "{}"}, 2, "not one version for each source"),
        ({"ledger": str(ROOT / "dvc.yaml")}, 2, "the file is that of --graph"),
    ],
)
def test_what_cannot_be_recorded(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, str],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(_record(tmp_path, **changed)) == code
    assert said in capsys.readouterr().err
    assert not (tmp_path / "ledger.json").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the header is not that of listing.table.json"),
        ("dataset,path,size,sha256\nstandin,a\n", "a row of another length"),
        ('dataset,path,size,sha256\nstandin,"a', "not a CSV file in UTF-8"),
    ],
)
def test_a_table_that_is_none(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "v2.csv").write_text(text)
    with pytest.raises(SchemaError, match=said):
        list(read_rows(tmp_path / "v2.csv", "listing"))
