"""`dataset: acne04`: without a network it says what to do; with copies in place it runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from project import CLEAN, Project, rules_run

from snakemake_dvc.differences import differences

pytestmark = pytest.mark.workflow

KNOWN = "workflow/expectations/acne04_copies.csv"


def test_without_a_network_it_says_what_to_do(bare_clone: Project) -> None:
    bare_clone.set_parameter("dataset", "acne04")
    # A proxy that is not there: the same as no network, on any machine.
    proxies = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
    bare_clone.environment = {
        **dict.fromkeys(proxies, "http://127.0.0.1:9"),
        "NO_PROXY": "",
        "no_proxy": "",
    }
    done = bare_clone.snakemake()
    said = done.stdout + done.stderr
    assert done.returncode == 2, said
    assert "Traceback" not in said
    assert "https://raw.githubusercontent.com/" in said or "gdrive-folder:" in said
    assert "upstream/acne04/" in said
    files = ["Classification.tar", "Detection.tar", "ACNEDIT", "Acne04-v2_annotations.json"]
    files += [f"subjects/{part}.jsonl" for part in ("train", "val", "test")]
    for file in files:
        assert f"MISSING {file}, not pinned" in said, "the list is whole, not of the first alone"
    assert said.index("sources: 7 files, 7 missing") < said.index("The run stopped")
    assert not (bare_clone.path / "data").exists()


def test_with_copies_in_place_it_runs_and_says_so(bare_clone: Project, finished: Project) -> None:
    copies = bare_clone.path / "upstream/acne04"
    shutil.copytree(finished.path / "upstream/standin", copies)
    (copies / "truth.json").unlink()
    bare_clone.set_parameter("dataset", "acne04")
    bare_clone.environment = {"ACNE04_SET_ASIDE_PINS": "1"}
    done = bare_clone.snakemake()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pins set aside" in done.stderr, "not silently"
    artifacts = [path for path in (bare_clone.path / "data").rglob("*") if path.is_file()]
    documents = [path for path in artifacts if path.suffix == ".json" and "raw" not in path.parts]
    tables = [path for path in artifacts if path.suffix == ".csv"]
    assert len(documents) >= 9
    assert len(tables) >= 18
    for path in documents:
        assert json.loads(path.read_text())["dataset"] == "acne04", path
    for path in tables:
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        assert header.startswith("dataset,"), path
        # Nothing has moved yet, and no question may be open.
        may_be_empty = ("churn.csv", "review.csv", "echoes.csv", "problems.csv", "person_links.csv")
        assert rows or path.name in may_be_empty, path
        assert all(row.startswith("acne04,") for row in rows), path
    assert "Dataset  acne04" in done.stderr
    assert bare_clone.dvc_status() == CLEAN
    _known_copies_are_looked_for(bare_clone)
    # The program that draws the stand-in has no part in this.
    bare_clone.append("upstreams/standin/origin/acne04_standin/__init__.py", "# edited\n")
    assert bare_clone.dvc_status() == CLEAN
    assert rules_run(bare_clone.snakemake()) == []
    pins = sorted((bare_clone.path / "upstreams/acne04/pins").glob("*.csv"))
    assert len(pins) == 5
    assert all("pins set aside" in path.read_text() for path in pins)
    assert Path(bare_clone.path / "upstreams/standin/pins/v2.csv").is_file()


def _known_copies_are_looked_for(project: Project) -> None:
    """Of a part of the images each pair is found, or missed by name."""
    known = [row.split(",")[1:3] for row in project.read(KNOWN).splitlines()[1:]]
    names = {row.split(",")[2] for row in project.read("data/inventory/images.csv").splitlines()}
    document = json.loads(project.command("acne04", "audit", "--json").stdout)
    (check,) = (check for check in document["checks"] if check["id"] == "known-copies")
    missed = [pair for pair in known if not names.issuperset(pair)]
    assert missed
    assert check["status"] == "failed"
    told = {(p["line"], p["found"]) for p in check["problems"] if "in the inventory" in p["found"]}
    assert len(told) == len(missed)
    assert check["looked_at"].startswith(f"{len(known) - len(check['problems'])} of {len(known)}")


def test_there_and_back_as_the_readme_says(clone: Project, finished: Project) -> None:
    """One checkout holds one dataset; either is as it was left, whatever the user deleted."""
    copies = clone.path / "upstream/acne04"
    shutil.copytree(finished.path / "upstream/standin", copies)
    # Deliveries by hand have names of their own.
    edits = copies / "ACNEDIT/levle2_generated"
    for number, path in enumerate(sorted(edits.iterdir())):
        path.rename(edits / f"IMG_{number:04}.jpg")
    # As people do who were told "or delete data/".
    shutil.rmtree(clone.path / "data")
    clone.environment = {"ACNE04_SET_ASIDE_PINS": "1"}
    clone.set_parameter("dataset", "acne04")
    there = clone.snakemake()
    assert {"fetch", "scan", "validate", "dedupe", "split"} <= set(rules_run(there))
    assert clone.dvc_status() == CLEAN
    real = clone.read("dvc.lock")
    names = {path.name for path in (clone.path / "data/raw/acnedit").rglob("*.jpg")}
    assert "IMG_0000.jpg" in names
    clone.set_parameter("dataset", "standin")
    clone.environment = {}
    back = clone.snakemake()
    assert rules_run(back) == [], "nothing is computed anew"
    assert not list((clone.path / "data").rglob("IMG_*"))
    clone.set_parameter("dataset", "acne04")
    clone.environment = {"ACNE04_SET_ASIDE_PINS": "1"}
    assert rules_run(clone.snakemake()) == []
    assert clone.read("dvc.lock") == real
    clone.set_parameter("dataset", "standin")
    clone.environment = {}
    assert rules_run(clone.snakemake()) == []
    assert differences(finished.read("dvc.lock"), clone.read("dvc.lock")) == []
    assert clone.read("snakemake.lock") == finished.read("snakemake.lock")
