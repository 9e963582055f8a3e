"""`acne04 sources`: every file of every source, how it stands with it, and what to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from download_faults import BOXES, PHOTOGRAPHS, PROMISED
from upstreams import IMAGES, PICTURE, SOURCES, TAR, Checkout, tar_of, write

from acne04.sources.checklist import lines_after_failure

OPTIONS = ["--sources", "sources.yaml", "--pins", "pins", "--upstream", "upstream/acne04"]


@pytest.fixture
def checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Checkout:
    checkout = Checkout.enter(tmp_path, monkeypatch, capsys)
    shutil.copy(SOURCES, "sources.yaml")
    return checkout


def states(checkout: Checkout, *more: str) -> dict[str, str]:
    """State of each file, as the document has it."""
    _, out, _ = checkout.main("sources", "--dataset", "acne04", *OPTIONS, "--json", *more)
    return {file["path"]: file["state"] for file in json.loads(out)["files"]}


def test_every_file_is_listed_where_nothing_is_here(checkout: Checkout) -> None:
    code, out, errors = checkout.main("sources", "--dataset", "acne04", *OPTIONS)
    assert (code, errors) == (2, "")
    told = " ".join(out.split())
    for words in (
        "MISSING Classification.tar, not pinned",
        "MISSING ACNEDIT, not pinned",
        "MISSING subjects/test.jsonl, not pinned",
        "to upstream/acne04/subjects/test.jsonl",
        "from https://drive.google.com/drive/folders/18yJcHXhzOv7H89t-Lda6phheAicLqMuZ",
        "Free for academic usage",
        "not to be passed on",
        "page: https://github.com/xpwu95/LDL",
        "`acne04 pin classification --dataset acne04`, or get it by hand",
        "sources: 7 files, 7 missing",
    ):
        assert words in told
    addresses = [line for line in out.splitlines() if len(line) > 80]
    assert all("http" in line or "upstream/" in line for line in addresses)


def test_each_state(checkout: Checkout) -> None:
    checkout.source("acnedit", "folder", IMAGES)
    write("upstream/acne04/ACNEDIT/levle2_generated/0.jpg", PICTURE)
    assert checkout.call("pin", "acnedit")[0] == 0
    write("upstream/acne04/Acne04-v2_annotations.json", b'{"images": []}')
    found = states(checkout)
    assert found["ACNEDIT"] == "here"
    assert found["Acne04-v2_annotations.json"] == "wrong", "sources.yaml knows its hash"
    assert found["Classification.tar"] == "missing"
    code, out, _ = checkout.main("sources", "--dataset", "acne04", *OPTIONS)
    assert code == 1
    assert "sha256 ae03fc23fed0925c254dc4c4c9e55b539bd199b236151cb649857378a43539e9" in out
    Path("upstream/acne04/ACNEDIT/levle2_generated/0.jpg").write_bytes(PICTURE + b"0")
    assert states(checkout)["ACNEDIT"] == "wrong"


def test_what_is_fetched_needs_no_copy(checkout: Checkout) -> None:
    checkout.source("acnedit", "folder", IMAGES)
    write("upstream/acne04/ACNEDIT/levle2_generated/0.jpg", PICTURE)
    assert checkout.pin_and_fetch("acnedit")[0] == 0
    shutil.rmtree("upstream/acne04/ACNEDIT")
    assert states(checkout)["ACNEDIT"] == "here"
    Path("data/raw/acnedit/levle2_generated/0.jpg").unlink()
    assert states(checkout)["ACNEDIT"] == "missing"


def test_another_folder_is_looked_through_and_its_files_stay_whole(checkout: Checkout) -> None:
    checkout.source("classification", "archive", TAR)
    checkout.promise("classification", PROMISED, 10)
    near = write("Downloads/Classification (2).tar", tar_of(PHOTOGRAPHS))
    more = ["--from", "Downloads"]
    _, out, _ = checkout.main("sources", "--dataset", "acne04", *OPTIONS, *more)
    assert "near Classification (2).tar: a further download of it" in out
    assert near.exists(), "nothing is taken that nobody has asked for"
    _, _, errors = checkout.main("sources", "--dataset", "acne04", *OPTIONS, *more, "--take")
    assert "taken: Classification (2).tar, as upstream/acne04/Classification.tar" in errors
    assert states(checkout)["Classification.tar"] == "here"


def test_nothing_is_overwritten(checkout: Checkout) -> None:
    checkout.source("classification", "archive", TAR)
    checkout.promise("classification", PROMISED, 10)
    copy = write("upstream/acne04/Classification.tar", tar_of(BOXES))
    write("upstream/acne04/Classification (1).tar", tar_of(PHOTOGRAPHS))
    before = copy.read_bytes()
    checkout.main("sources", "--dataset", "acne04", *OPTIONS, "--take")
    assert copy.read_bytes() == before


def test_two_zips_of_a_folder_are_joined(checkout: Checkout) -> None:
    import zipfile

    checkout.source("acnedit", "folder", IMAGES)
    for number in (1, 2):
        place = write(f"upstream/acne04/ACNEDIT-20260101T120000Z-00{number}.zip", b"")
        with zipfile.ZipFile(place, "w") as bundle:
            bundle.writestr(f"ACNEDIT/levle{number}_generated/{number}.jpg", PICTURE)
    code, _, errors = checkout.main("sources", "--dataset", "acne04", *OPTIONS, "--take")
    assert code == 2, "others are missing still"
    assert "taken: " in errors
    assert Path("upstream/acne04/ACNEDIT/levle2_generated/2.jpg").read_bytes() == PICTURE


def test_outside_of_a_checkout_it_says_what_is_missing(checkout: Checkout) -> None:
    code, _, errors = checkout.main("sources", *OPTIONS)
    assert code == 2
    assert "there is no params.yaml here that says it" in errors


def test_a_verb_of_a_source_has_the_options_of_a_run(checkout: Checkout) -> None:
    """`acne04 pin SOURCE` alone, in a checkout."""
    root = SOURCES.parents[1]
    shutil.copy(root / "params.yaml", "params.yaml")
    Path("workflow").mkdir()
    shutil.copy(SOURCES, "workflow/sources.yaml")
    shutil.copytree(root / "upstreams/standin/pins", "upstreams/standin/pins")
    code, out, errors = checkout.main("pin", "v2")
    assert (code, errors) == (0, "")
    assert out.startswith("standin/v2: pinned at version 2 scale=8 fraction=1 near_duplicates=1")


def test_after_a_run_that_stopped_for_want_of_a_source(checkout: Checkout) -> None:
    Path("workflow").mkdir()
    Path("sources.yaml").rename("workflow/sources.yaml")
    said = ["acne04 pin: acne04/v2: not to be had: v2.json"]
    lines = lines_after_failure("acne04", said)
    assert "sources: 7 files, 7 missing" in lines
    assert lines_after_failure("acne04", ["acne04 scan: something else"]) == []
    assert lines_after_failure("standin", said) == []
    Path("workflow/sources.yaml").write_text("{")
    assert lines_after_failure("acne04", said) == [], "the reasons come next"
