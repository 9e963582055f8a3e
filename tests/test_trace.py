"""`acne04 trace`: the chain of one thing, on the small stand-in of the tests."""

from __future__ import annotations

import json
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from project import Project
from upstreams import assert_golden

from acne04 import cli
from acne04.core.variants import VARIANTS

pytestmark = pytest.mark.workflow

SCHEMA = json.loads((Path(__file__).parents[1] / "schemas/trace.schema.json").read_text())
V2 = "Acne04-v2_annotations.json"
#: What moves with each edit of a stage, and says nothing here.
_MOVING = (
    (r"\((?:sha256 )?[0-9a-f]{8}\)", "(DIGEST)"),
    (r"sha256 [0-9a-f]{64}", "sha256 DIGEST"),
    (r"\d+ files of code", "N files of code"),
    (r"(dvc|numpy|pandas|pillow|scipy|snakemake) [0-9.]+", r"\1 VERSION"),
    (r"pillow-\S+; HiGHS .*", "DECODER; SOLVER"),
    (r"holdout.csv, [0-9,]+ bytes", "holdout.csv, N bytes"),
)


def trace(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = cli.main(["trace", *words])
    return (code, *capsys.readouterr())


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    code, out, errors = trace(capsys, *words, "--json")
    assert code == 0, errors
    document = json.loads(out)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return document


@pytest.fixture
def here(finished: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The finished project as the working folder; not to be changed."""
    monkeypatch.chdir(finished.path)
    return finished


@pytest.fixture
def mine(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what a trace reads, to change."""
    for name in ("data", "decisions", "upstreams"):
        shutil.copytree(finished.path / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("case", "asked"),
    [
        ("real", "levle2_130.jpg"),
        ("copy", "levle0_424.jpg"),
        ("synthetic", "1235abcd.jpg"),
        ("circle-repaired", f"{V2}#/annotations/677"),
        ("circle-clean", f"{V2}#/annotations/0"),
        ("artifact", "data/splits/holdout.csv"),
        ("subjects", "data/raw/subjects/test.jsonl"),
    ],
)
def test_chains(here: Project, capsys: pytest.CaptureFixture[str], case: str, asked: str) -> None:
    code, out, errors = trace(capsys, asked)
    if case == "artifact":
        for pattern, stand_in in _MOVING:
            out = re.sub(pattern, stand_in, out)
    assert_golden(f"trace/{case}.txt", (code, out, errors))


@pytest.fixture(scope="module")
def undecided(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The same dataset where nobody has decided on the broken circles."""
    project = finished.clone(tmp_path_factory.mktemp("undecided") / "clone")
    assert project.dvc("pull").returncode == 0
    decisions = project.path / "decisions/annotations.csv"
    decisions.write_text(decisions.read_text().splitlines()[0] + "\n")
    done = project.snakemake()
    assert done.returncode == 0, done.stderr
    return project


def test_a_quarantined_circle(
    undecided: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(undecided.path)
    assert_golden("trace/circle-quarantined.txt", trace(capsys, f"{V2}#/annotations/677"))
    (circle,) = answer(capsys, f"{V2}#/annotations/677")["traces"]
    assert circle["state"] == "quarantined"
    assert circle["kept"] is None
    assert circle["decisions"] == []
    (image,) = answer(capsys, "levle2_130.jpg")["traces"]
    assert image["annotated"]["quarantined"] == 49
    assert "/annotations/677" in {finding["pointer"] for finding in image["findings"]}


def test_one_image_by_all_its_names(here: Project, capsys: pytest.CaptureFixture[str]) -> None:
    path = "classification/Classification/JPEGImages/levle2_130.jpg"
    (by_name,) = answer(capsys, "levle2_130.jpg")["traces"]
    digits = by_name["listed"]["sha256"]
    absolute = str(here.path / "data/raw" / path)
    for asked in (path, f"data/raw/{path}", f"./data/raw/{path}", absolute, digits, digits[:8]):
        assert answer(capsys, asked)["traces"] == [by_name], asked
    assert answer(capsys, digits[:12].upper())["traces"] == [by_name]
    images = json.loads((here.path / "data/raw/v2" / V2).read_text())["images"]
    number = [image["file_name"] for image in images].index("levle2_130.jpg")
    assert answer(capsys, f"{V2}#/images/{number}")["traces"] == [by_name]


def test_from_another_folder(
    here: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    inside = answer(capsys, "data/splits/holdout.csv")["traces"]
    monkeypatch.chdir(tmp_path)
    for asked in ("data/splits/holdout.csv", str(here.path / "data/splits/holdout.csv")):
        assert answer(capsys, asked, "--data", str(here.path / "data"))["traces"] == inside


def test_a_hash_of_copies_names_all_of_them(
    here: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy,) = answer(capsys, "levle0_424.jpg")["traces"]
    both = answer(capsys, copy["listed"]["sha256"])["traces"]
    assert [image["image_id"] for image in both] == ["levle0_413.jpg", "levle0_424.jpg"]
    assert {row["excluded"] for row in copy["places"] if "holdout" in row["manifest"]} == {
        "copy-of:levle0_413.jpg"
    }


def test_every_image_has_a_chain(here: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Each image leads to a pin and a licence, and stands in each manifest."""
    rows = (here.path / "data/inventory/images.csv").read_text(encoding="utf-8").splitlines()[1:]
    for path in [row.split(",")[1] for row in rows][::7]:
        (image,) = answer(capsys, path)["traces"]
        assert image["pinned"]["sha256"], path
        assert image["source"]["licence"]["name"], path
        assert image["file"]["state"] == "as recorded", path
        assert len({place["manifest"] for place in image["places"]}) == len(VARIANTS), path


def test_every_artifact_leads_to_its_sources(
    here: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = json.loads((here.path / "data/ledger/ledger.json").read_text())
    for path in [path for path in ledger["files"] if path.startswith("data/")]:
        (artifact,) = answer(capsys, path)["traces"]
        assert artifact["chain"], path
        assert path in artifact["chain"][0]["outputs"]
        assert artifact["sources"], path
    (holdout,) = answer(capsys, "data/splits/holdout.csv")["traces"]
    assert len(holdout["sources"]) == 5
    (code,) = answer(capsys, "workflow/acne04/split/solver.py")["traces"]
    assert code["chain"] == []
    assert code["read_by"] == ["split"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("levle2_13O.jpg", "levle2_130.jpg"),
        ("LEVLE2_130.JPG", "levle2_130.jpg"),
        ("holdout.csv", "data/splits/holdout.csv"),
        ("1235abcd", "1235abcd.jpg"),
        ("deadbeef", "nothing here has that path, name or hash"),
        ("123", "at least 8 digits"),
        ("", "nothing here has that path, name or hash"),
        ("../../etc/passwd", "nothing here has that path, name or hash"),
        (f"{V2}#/annotations/99999999", "the annotation file has no such record"),
        (f"{V2}#/annotations/-1", "the annotation file has no such record"),
        (f"{V2}#", "no pointer"),
        ("other.json#/annotations/0", "nothing here has that path, name or hash"),
        ("data/ledger/ledger.json", "the ledger itself"),
    ],
)
def test_unknown_names(
    here: Project, capsys: pytest.CaptureFixture[str], asked: str, said: str
) -> None:
    code, out, errors = trace(capsys, asked)
    assert (code, out) == (1, "")
    assert said in errors
    assert "Traceback" not in errors


def test_digits_that_begin_several_hashes(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = mine / "data/ledger/ledger.json"
    document = json.loads(ledger.read_text())
    for number, path in enumerate(["schemas/pins.table.json", "schemas/listing.table.json"]):
        document["files"][path]["sha256"] = "0123456789" + str(number) * 54
    ledger.write_text(json.dumps(document))
    code, _, errors = trace(capsys, "0123456789")
    assert code == 1
    assert "several hashes begin with these digits" in errors
    assert len(answer(capsys, "01234567890")["traces"]) == 1


@pytest.mark.parametrize(
    ("absent", "asked"),
    [
        ("data/ledger/ledger.json", "levle2_130.jpg"),
        ("data/inventory/images.csv", "levle2_130.jpg"),
        ("data/splits/kfold.csv", "levle2_130.jpg"),
        ("data/near/findings.json", "levle2_130.jpg"),
        ("upstreams/standin/pins/classification.csv", "levle2_130.jpg"),
        (f"data/raw/v2/{V2}", f"{V2}#/annotations/0"),
    ],
)
def test_absent_data(
    mine: Path, capsys: pytest.CaptureFixture[str], absent: str, asked: str
) -> None:
    (mine / absent).unlink()
    code, out, errors = trace(capsys, asked)
    assert (code, out) == (2, "")
    assert Path(absent).name in errors
    assert "Traceback" not in errors


def test_an_artifact_needs_only_its_own_folder(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("raw", "inventory", "annotations", "near", "groups"):
        shutil.rmtree(mine / "data" / folder)
    document = answer(capsys, "data/splits/holdout.csv")
    assert document["traces"][0]["file"]["state"] == "as recorded"
    (listing,) = answer(capsys, "data/raw/v2")["traces"]
    assert listing["file"] == {"path": "data/raw/v2.csv", "state": "absent"}


def test_what_was_altered_is_said(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = mine / "data/raw/classification/Classification/JPEGImages/levle2_130.jpg"
    image.write_bytes(image.read_bytes() + b"x")
    manifest = mine / "data/splits/holdout.csv"
    manifest.write_text(manifest.read_text().replace(",train,", ",test,", 1))
    code, out, _ = trace(capsys, "levle2_130.jpg")
    assert code == 0
    assert "levle2_130.jpg: altered" in out
    warning = out.partition("Image")[0]
    assert "altered since the ledger was written" in warning
    assert "data/splits/holdout.csv" in warning
    assert "kfold" not in warning


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("data/ledger/ledger.json", "{"),
        ("data/ledger/ledger.json", "{}"),
        ("data/inventory/images.csv", "dataset,path\n"),
        ("data/splits/findings.json", "["),
        (f"data/raw/v2/{V2}", "{"),
    ],
)
def test_damaged_files(
    mine: Path, capsys: pytest.CaptureFixture[str], file: str, text: str
) -> None:
    (mine / file).write_text(text)
    code, out, errors = trace(capsys, "levle2_130.jpg")
    assert (code, out) == (1, "")
    assert Path(file).name in errors


def test_the_first_line_says_that_it_is_no_photograph(
    here: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = trace(capsys, "levle2_130.jpg")
    assert out.splitlines()[0] == "Dataset    standin: a drawing, not a photograph"
    assert "\x1b" not in out


def test_a_name_of_two_images(
    full: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(full.path)
    both = answer(capsys, "8681afb0.jpg")["traces"]
    assert [image["image_id"] for image in both] == ["8681afb0.jpg", "8681afb0~ea65b341.jpg"]
    (second,) = answer(capsys, "8681afb0~ea65b341.jpg")["traces"]
    assert second == both[1]


def test_under_two_seconds(full: Project) -> None:
    """On the whole stand-in, as a user calls it; in CPU time, which others at work do not move."""
    for asked in ("levle2_130.jpg", f"{V2}#/annotations/30592", "data/splits/holdout.csv"):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "acne04.cli", "trace", asked]
        subprocess.run(command, cwd=full.path, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2, asked
