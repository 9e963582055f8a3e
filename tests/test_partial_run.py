"""A run up to one file, for one's own eyes alone: its bits, its closing words, its locale."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from project import Project, copy_of_tree

from acne04.summary import summary_lines

ROOT = Path(__file__).parents[1]
#: A locale that Python does not take for UTF-8.
NOT_UTF8 = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.workflow
def test_a_partial_run_is_private_and_speaks_of_what_it_made(tmp_path: Path) -> None:
    project = copy_of_tree(ROOT, tmp_path / "project")
    project.set_parameter("fraction", 32)
    before = set(project.path.rglob("*"))
    run = "umask 077; exec snakemake --cores 2 data/inventory/images.csv"
    done = project.command("bash", "-c", run)
    assert done.returncode == 0, done.stdout + done.stderr
    made = [path for path in project.path.rglob("*") if path not in before]
    assert any(path.suffix == ".jpg" for path in made)
    assert any(path.suffix == ".tar" for path in made)
    # DVC's objects and Snakemake's records are open to all, in folders of theirs that are not.
    shut = {project.path / ".dvc" / "cache", project.path / ".snakemake"}
    assert not any(folder.stat().st_mode & 0o077 for folder in shut)
    opened = [p for p in made if not shut & {*p.parents} and p.lstat().st_mode & 0o077]
    assert [str(p.relative_to(project.path)) for p in opened if not p.is_symlink()] == []
    said = done.stdout + done.stderr
    assert "data/inventory/findings.json" in said
    assert "splits" not in said.partition("Dataset")[2]
    assert "data/*" not in said


def artifacts(folder: Path, *nouns: str) -> Path:
    for noun in nouns:
        (folder / noun).mkdir(parents=True)
        document = {
            "severities": {"error": 0, "warning": 1},
            "counts": {"a-check": 1},
        }
        document["findings"] = [{"check": "a-check", "severity": "warning"}]
        (folder / noun / "findings.json").write_text(json.dumps(document))
        (folder / noun / "metrics.json").write_text(json.dumps({"groups": 3}))
    return folder


def look_at(lines: list[str]) -> str:
    return next((line for line in lines if line.startswith("Look at")), "")


def test_a_summary_names_no_manifest_that_is_not_there(tmp_path: Path) -> None:
    data = artifacts(tmp_path / "data", "inventory")
    lines = list(summary_lines("standin", {"fetch", "scan"}, 100, data))
    assert look_at(lines) == f"Look at  {data}/raw, {data}/inventory/findings.json"
    assert any("`snakemake --cores all` makes the manifests" in line for line in lines)


def test_a_summary_names_no_manifest_of_before(tmp_path: Path) -> None:
    nouns = ("inventory", "annotations", "near", "groups", "splits", "cohort", "shortcuts")
    data = artifacts(tmp_path / "data", *nouns)
    (data / "splits" / "holdout.csv").touch()
    assert "splits" not in look_at(list(summary_lines("standin", {"scan"}, 100, data)))
    for whole in ({"scan", "split"}, {"record"}):
        lines = list(summary_lines("standin", whole, 100, data))
        assert look_at(lines) == f"Look at  {data}/splits/{{holdout}}.csv, {data}/*/findings.json"
    (data / "report").mkdir()
    (data / "report" / "index.html").touch()
    for ran, named in (({"report"}, True), ({"record"}, True), ({"split"}, False)):
        lines = list(summary_lines("standin", ran, 100, data))
        assert look_at(lines).startswith(f"Look at  {data}/report/index.html, ") is named


def test_another_encoding_is_named_before_anything_runs(tmp_path: Path) -> None:
    project = copy_of_tree(ROOT, tmp_path / "project")
    project.environment = NOT_UTF8
    done = project.snakemake()
    assert done.returncode == 2
    assert "the locale (LC_ALL=C) has another encoding than UTF-8" in done.stderr
    assert "`PYTHONUTF8=1 snakemake --cores all`" in done.stderr
    assert not (project.path / "data").exists()
    project.environment = NOT_UTF8 | {"PYTHONUTF8": "1"}
    assert project.snakemake("--dry-run").returncode == 0


def test_a_verb_works_under_any_encoding(tmp_path: Path) -> None:
    manifest, known = tmp_path / "geteilt-é.csv", tmp_path / "wer.csv"
    known.write_text("file,subject\né1.jpg,s1\né2.jpg,s1\n", encoding="utf-8")
    manifest.write_text("file,split\né1.jpg,train\né2.jpg,test\n", encoding="utf-8")
    project = Project(ROOT, NOT_UTF8)
    done = project.command("acne04", "leaks", str(manifest), "--subjects", str(known))
    assert done.returncode == 1, done.stderr
