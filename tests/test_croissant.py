"""The Croissant document of a release: valid, loadable with every image, and nothing on trust."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PIL import Image
from project import Project
from release_folder import DATE, VERSION, describe, lay_out

from acne04.core import documents, tables
from acne04.core.errors import SchemaError, SourceError, UnavailableError, UsageError
from acne04.core.hashing import Digest
from acne04.core.sources import load_sources
from acne04.inspection.checks import Impossible
from acne04.standards import croissant, facts, tarball, upstream, validators

pytestmark = pytest.mark.workflow

ROOT = Path(__file__).parents[1]
REAL = "classification/Classification.tar"
SYNTHETIC = "acnedit/acnedit.tar"


@pytest.fixture(scope="module")
def release(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release with both documents; do not change."""
    folder = lay_out(finished.path, tmp_path_factory.mktemp("release") / VERSION)
    describe(finished.path, folder)
    return folder


@pytest.fixture(scope="module")
def document(release: Path) -> dict[str, Any]:
    return json.loads((release / "croissant.json").read_text())


@pytest.fixture(scope="module")
def archives(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What a user maps file objects to: the upstream's tar, and the one made of a folder."""
    made = tmp_path_factory.mktemp("made") / "acnedit.tar"
    data = finished.path / "data"
    words = ["acnedit", "--to", made, "--raw", data / "raw", "--names", data / "groups/names.csv"]
    assert tarball.main([str(word) for word in words]) == 0
    return {REAL: finished.path / "upstream/standin/Classification.tar", SYNTHETIC: made}


@pytest.fixture
def mlcroissant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The loader, with a cache of its own: it reads the variable once, when it is imported."""
    monkeypatch.setenv("CROISSANT_CACHE", str(tmp_path))
    import mlcroissant
    from mlcroissant._src.core import constants
    from mlcroissant._src.operation_graph.operations import extract

    monkeypatch.setattr(constants, "DOWNLOAD_PATH", type(constants.DOWNLOAD_PATH)(tmp_path / "d"))
    monkeypatch.setattr(extract, "EXTRACT_PATH", type(constants.EXTRACT_PATH)(tmp_path / "e"))
    return mlcroissant


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def text(value: bytes | None) -> str:
    return "" if value is None else value.decode()


def test_mlcroissant_finds_no_error_and_warns_of_nothing(release: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "mlcroissant", "validate", "--jsonld", "croissant.json"],
        cwd=release,
        env={**os.environ, "CROISSANT_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    # One line, of level I: warnings would be others, with the same exit code.
    (line,) = (done.stdout + done.stderr).splitlines()
    assert line.startswith("I")
    assert line.endswith("Done.")
    assert done.returncode == 0


def test_says_all_that_is_required_and_that_it_is_a_stand_in(document: dict[str, Any]) -> None:
    assert all(document[name] for name in croissant.REQUIRED)
    assert document["conformsTo"] == list(croissant.CONFORMS_TO)
    assert document["isLiveDataset"] is False
    assert (document["version"], document["datePublished"]) == (VERSION, DATE)
    assert document["citeAs"].startswith("@misc{")
    assert document["sdLicense"] == "https://spdx.org/licenses/MIT"
    assert "stand-in" in document["name"]
    for said in (
        document["description"],
        document["rai:dataCollection"],
        document["rai:personalSensitiveInformation"][0],
    ):
        assert said.startswith(("A STAND-IN", "STAND-IN"))


def test_what_nobody_has_published_is_said_to_be_unknown(
    document: dict[str, Any], mlcroissant: ModuleType, release: Path
) -> None:
    for name in ("dataCollectionTimeframe", "dataAnnotationPlatform", "annotatorDemographics"):
        assert "not known" in str(document[f"rai:{name}"]).lower(), name
    assert "Nothing is imputed" in document["rai:dataImputationProtocol"]
    read = mlcroissant.Dataset(jsonld=str(release / "croissant.json")).metadata
    assert read.annotations_per_item == document["rai:annotationsPerItem"]
    assert read.annotator_demographics == document["rai:annotatorDemographics"]
    assert read.data_imputation_protocol == document["rai:dataImputationProtocol"]
    assert read.data_annotation_platform == document["rai:dataAnnotationPlatform"]


def test_persons_are_inferred_and_some_without_evidence(document: dict[str, Any]) -> None:
    limits = " ".join(document["rai:dataLimitations"])
    for said in ("Persons are inferred", "cosine at least .60", "57 photographs", "31 of them"):
        assert said in limits


def test_known_defects_have_the_figures_that_were_found(
    document: dict[str, Any], release: Path
) -> None:
    counts: dict[str, int] = {}
    for path in release.rglob("findings.json"):
        counts.update(json.loads(path.read_text())["counts"])
    biases = "\n".join(document["rai:dataBiases"])
    for check in ("prefix-grade-mismatch", "identical-bytes", "near-duplicate"):
        assert f"{counts[check]:,} " in biases
    leaks = [
        row
        for row in rows_of(release / "manifests/published_leaks.csv")
        if (row["grade"], row["kind"]) == ("all", "subject")
    ]
    shown = sum(int(row["images"]) for row in leaks), sum(int(row["of"]) for row in leaks)
    assert f"{shown[0]} of {shown[1]} test images show a person" in biases
    assert (
        "SYNTHETIC CONTENT: 16 images (7 severe, 9 very severe)"
        in (document["rai:dataManipulationProtocol"])
    )


def test_every_source_has_its_terms_and_its_files_a_hash(
    document: dict[str, Any], finished: Project
) -> None:
    sources = load_sources(finished.path / "workflow/sources.yaml", "standin")
    assert [licence["name"] for licence in document["license"]] == [
        f"{key}: MIT" for key in sources
    ]
    objects = {item["@id"]: item for item in document["distribution"]}
    for key in sources:
        assert any(name.startswith(f"{key}/") for name in objects), key
    tar = (finished.path / "upstream/standin/Classification.tar").read_bytes()
    assert objects[REAL]["sha256"] == hashlib.sha256(tar).hexdigest()
    assert objects[REAL]["contentUrl"] == f"hash://sha256/{objects[REAL]['sha256']}"


def test_the_same_facts_give_the_same_bytes_and_no_machine_is_in_them(
    release: Path, finished: Project, tmp_path: Path
) -> None:
    again = lay_out(finished.path, tmp_path / "again")
    describe(finished.path, again)
    for name in ("croissant.json", "ro-crate-metadata.json"):
        written = (release / name).read_text()
        assert written == (again / name).read_text()
        for hint in (str(finished.path), str(release), str(Path.home())):
            assert hint not in written


def test_every_record_set_loads_in_turn_from_one_dataset(
    release: Path, archives: dict[str, Path], mlcroissant: ModuleType
) -> None:
    dataset = mlcroissant.Dataset(str(release / "croissant.json"), mapping=archives)
    names = [record_set.id for record_set in dataset.metadata.record_sets]
    assert names == [
        *("splits", "grades", "images"),
        *("published", "published-clean", "published-matched", "holdout", "kfold", "paper"),
    ]
    for name in names[2:]:
        table = "tables/groups/groups.csv" if name == "images" else f"manifests/{name}.csv"
        ids = [text(record[f"{name}/image_id"]) for record in dataset.records(name)]
        assert sorted(ids) == sorted(row["image_id"] for row in rows_of(release / table))


def test_records_of_holdout_have_their_own_images(
    release: Path, finished: Project, archives: dict[str, Path], mlcroissant: ModuleType
) -> None:
    rows = {row["image_id"]: row for row in rows_of(release / "manifests/holdout.csv")}
    dataset = mlcroissant.Dataset(str(release / "croissant.json"), mapping=archives)
    records = list(dataset.records("holdout"))
    assert len(records) == len(rows)
    for record in records:
        row = rows[text(record["holdout/image_id"])]
        file = finished.path / "data/raw" / row["path"]
        assert text(record["holdout/sha256"]) == hashlib.sha256(file.read_bytes()).hexdigest()
        with Image.open(file) as image:
            assert record["holdout/image"].tobytes() == image.tobytes(), row["path"]
        assert record["holdout/grade"] == int(row["grade"])
        assert text(record["holdout/split"]) == row["split"]
    known = {row["splits/name"] for row in record_set(release, "splits")["data"]}
    assert {row["split"] for row in rows.values()} - {""} <= known


def record_set(release: Path, name: str) -> dict[str, Any]:
    document = json.loads((release / "croissant.json").read_text())
    return next(item for item in document["recordSet"] if item["@id"] == name)


def test_every_synthetic_record_names_the_photograph_that_it_was_made_from(
    release: Path, archives: dict[str, Path], mlcroissant: ModuleType
) -> None:
    fields = {field["name"]: field for field in record_set(release, "images")["field"]}
    assert fields["parent"]["equivalentProperty"] == "prov:wasDerivedFrom"
    assert fields["image"]["annotation"]["equivalentProperty"] == "prov:wasDerivedFrom"
    dataset = mlcroissant.Dataset(str(release / "croissant.json"), mapping=archives)
    records = list(dataset.records("images"))
    parents = {text(r["images/image_id"]): text(r["images/parent"]) for r in records}
    origins = {row["image_id"]: row["origin"] for row in rows_of(release / "manifests/holdout.csv")}
    assert {name for name, parent in parents.items() if parent} == {
        name for name, origin in origins.items() if origin == "synthetic"
    }
    assert {origins[parent] for parent in parents.values() if parent} == {"real"}


@pytest.mark.parametrize("archive", [REAL, SYNTHETIC])
def test_an_image_with_a_flipped_byte_is_not_loaded(
    archive: str,
    release: Path,
    archives: dict[str, Path],
    mlcroissant: ModuleType,
    tmp_path: Path,
) -> None:
    content = bytearray(archives[archive].read_bytes())
    content[content.index(b"\xff\xd8\xff") + 100] ^= 1
    (tmp_path / "flipped.tar").write_bytes(content)
    mapping = {**archives, archive: tmp_path / "flipped.tar"}
    dataset = mlcroissant.Dataset(str(release / "croissant.json"), mapping=mapping)
    with pytest.raises(Exception, match="Download") as refused:
        list(dataset.records("holdout"))
    assert "is not identical" in str(refused.value.__cause__ or refused.value)


def test_a_manifest_with_a_swapped_label_is_not_loaded(
    release: Path, archives: dict[str, Path], mlcroissant: ModuleType, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(release, tmp_path / "copy"))
    manifest = copy / "manifests/holdout.csv"
    manifest.write_text(manifest.read_text().replace(",synthetic,2,", ",synthetic,3,", 1))
    dataset = mlcroissant.Dataset(str(copy / "croissant.json"), mapping=archives)
    with pytest.raises(Exception, match="Download") as refused:
        list(dataset.records("holdout"))
    assert "is not identical" in str(refused.value.__cause__ or refused.value)


def nothing_required(document: dict[str, Any]) -> None:
    for name in ("license", "datePublished", "creator", "name", "url"):
        del document[name]


def other_hash(document: dict[str, Any]) -> None:
    item = next(i for i in document["distribution"] if i["@id"] == "manifests/holdout.csv")
    item["sha256"] = "0" * 64


def no_such_file(document: dict[str, Any]) -> None:
    item = next(i for i in document["distribution"] if i["@id"] == "manifests/churn.csv")
    item["contentUrl"] = "manifests/chrun.csv"


def outside(document: dict[str, Any]) -> None:
    item = next(i for i in document["distribution"] if i["@id"] == "manifests/churn.csv")
    item["contentUrl"] = "../churn.csv"


def no_such_column(document: dict[str, Any]) -> None:
    record_set = next(item for item in document["recordSet"] if item["@id"] == "holdout")
    field = next(item for item in record_set["field"] if item["name"] == "grade")
    field["source"]["extract"]["column"] = "label"


def odd_context(document: dict[str, Any]) -> None:
    del document["@context"]["recordSet"]


def not_an_object(document: dict[str, Any]) -> None:
    document["distribution"] = ["x"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (nothing_required, "license: no such property"),
        (other_hash, "manifests/holdout.csv with sha256 000"),
        (no_such_file, "the file manifests/chrun.csv: no such file"),
        (outside, "files of the release alone: ../churn.csv"),
        (no_such_column, "a column label in manifests/holdout.csv: none"),
        (odd_context, "@context` is not standard"),
        (not_an_object, "no error and no warning of mlcroissant"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_the_validator_lets_pass_is_found(
    change: Callable[[dict[str, Any]], None],
    said: str,
    release: Path,
    document: dict[str, Any],
    tmp_path: Path,
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(release, copy)
    changed = json.loads(json.dumps(document))
    change(changed)
    documents.write(copy / "croissant.json", changed)
    problems = [f"{p.expected}: {p.found}" for p in validators.croissant_problems(copy)]
    assert any(said in problem for problem in problems), problems
    if change is nothing_required:
        missing = {p.split(":")[0] for p in problems if p.endswith("no such property")}
        assert missing == {"license", "datePublished", "creator", "name", "url"}


def test_an_untouched_release_has_no_problem(release: Path) -> None:
    assert validators.croissant_problems(release) == []


def test_a_document_that_is_none_is_a_problem_and_a_missing_library_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "croissant.json").write_text("[")
    assert [p.expected for p in validators.croissant_problems(tmp_path)] == ["a JSON document"]
    monkeypatch.setitem(sys.modules, "mlcroissant", None)
    with pytest.raises(Impossible, match="mlcroissant"):
        validators.croissant_problems(tmp_path)


def test_facts_refuse_what_the_ledger_does_not_know(
    release: Path, finished: Project, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(release, tmp_path / "copy"))
    for name in ("manifests/holdout.csv", "tables/groups/groups.csv"):
        with (copy / name).open("a") as stream:
            stream.write("\n")
    with pytest.raises(SchemaError) as refused:
        describe(finished.path, copy)
    assert "manifests/holdout.csv: expected sha256" in str(refused.value)
    assert "tables/groups/groups.csv: expected sha256" in str(refused.value)


def test_facts_name_all_that_is_missing_and_take_no_date_from_a_clock(
    finished: Project, tmp_path: Path
) -> None:
    with pytest.raises(UnavailableError) as refused:
        describe(finished.path, tmp_path)
    assert "ledger.json, Snakefile, manifests/" in str(refused.value)
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        facts.gather(tmp_path, finished.path, version="1", date_published="today")


def test_a_repacked_folder_is_refused_where_an_image_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="no such image"):
        tarball.digest(tmp_path, {"acnedit/levle2_generated/a.jpg": "a.jpg"}, {})


def test_a_repacked_folder_is_refused_where_an_image_is_another(tmp_path: Path) -> None:
    (tmp_path / "acnedit").mkdir()
    (tmp_path / "acnedit/a.jpg").write_bytes(b"other")
    with pytest.raises(SourceError, match=r"not those of the inventory: acnedit/a\.jpg"):
        tarball.digest(tmp_path, {"acnedit/a.jpg": "a.jpg"}, {"acnedit/a.jpg": "00"})


def test_the_real_sources_have_web_addresses_and_nothing_says_stand_in(
    release: Path, finished: Project
) -> None:
    known = describe(finished.path, release)
    sources = load_sources(ROOT / "workflow/sources.yaml", "acne04")
    pinned = {
        key: {file.path: Digest(1, "ab" * 32) for file in source.delivery.files}
        for key, source in sources.items()
    }
    names = tables.empty("names")
    files, _ = upstream.describe(sources, pinned, names, {}, finished.path / "data/raw")
    real = dataclasses.replace(known, dataset="acne04", sources=sources, upstream=files)
    document = croissant.document(real)
    urls = {file.id: file.url for file in files}
    assert urls[REAL].startswith("https://drive.google.com/drive/folders/18yJcHX")
    assert all(url.startswith("https://") for url in urls.values())
    assert all(url.endswith(f"#sha256={'ab' * 32}") for url in urls.values())
    assert "May not be passed on" in document["license"][0]["description"]
    assert "do not" in document["license"][2]["description"]
    # Descriptions of columns speak of both.
    said = {name: text for name, text in document.items() if name != "recordSet"}
    assert "stand-in" not in json.dumps(said).lower()
