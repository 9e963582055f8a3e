"""`acne04 restore`: a folder comes back as listed, from DVC or else from its upstream."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from upstreams import FOLDS, IMAGES, PICTURE, TAR, Checkout, assert_golden, files_in, tar_of, write

FOLDER = Path("data/raw/classification")
LISTING = Path("data/raw/classification.csv")
TREE = {"Classification/JPEGImages/levle0_0.jpg": PICTURE, "Classification/NNEW_test_0.txt": FOLDS}


@pytest.fixture
def checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Checkout:
    """A checkout with a fetched archive, and a DVC that has neither a cache nor a store."""
    checkout = Checkout.enter(tmp_path, monkeypatch, capsys)
    for place in ("acne04.core.dvc.run", "snakemake_dvc.dvc.run"):
        monkeypatch.setattr(place, lambda *words: CompletedProcess(words, 1, "", "no"))
    fetched(checkout)
    return checkout


def fetched(checkout: Checkout) -> None:
    checkout.source("classification", "archive", TAR)
    write(f"upstream/{checkout.dataset}/Classification.tar", tar_of(TREE))
    assert checkout.pin_and_fetch("classification")[0] == 0


def held() -> dict[str, bytes]:
    files = [Path("data", name) for name in files_in("data") if Path("data", name).is_file()]
    return {str(path): path.read_bytes() for path in files}


@pytest.mark.parametrize("whole", [False, True])
def test_without_cache_and_store_it_is_fetched(checkout: Checkout, whole: bool) -> None:
    before = held()
    os.utime(LISTING, (1, 1))
    shutil.rmtree(FOLDER if whole else FOLDER / "Classification/JPEGImages")
    assert_golden("fetch/restored.txt", checkout.call("restore", "classification"))
    assert held() == before
    assert LISTING.stat().st_mtime == 1, "the listing is what it is restored to: only read"


def test_outside_of_a_repository_dvc_says_so_and_it_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout = Checkout.enter(tmp_path, monkeypatch, capsys)
    fetched(checkout)
    before = held()
    shutil.rmtree(FOLDER)
    code, _, errors = checkout.call("restore", "classification")
    assert code == 0, errors
    assert "dvc checkout: " in errors
    assert "the store: no store is set up" in errors
    assert held() == before


@pytest.mark.parametrize("giving", ["checkout", "pull"])
def test_what_dvc_gives_is_not_fetched(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, giving: str
) -> None:
    def dvc(*words: str) -> CompletedProcess[str]:
        if words[0] == giving:
            Path("cache").rename(FOLDER)
        return CompletedProcess(words, words[0] != giving, "", "no such file in the cache")

    before = held()
    for place in ("acne04.core.dvc.run", "snakemake_dvc.dvc.run"):
        monkeypatch.setattr(place, dvc)
    shutil.rmtree("upstream")
    Path("sources.yaml").unlink()
    FOLDER.rename("cache")
    code, out, _ = checkout.call("restore", "classification")
    assert (code, out) == (0, f"{FOLDER}: as listed in {LISTING}\n")
    assert held() == before


def test_a_folder_as_listed_asks_for_nothing(checkout: Checkout) -> None:
    shutil.rmtree("upstream")
    code, out, errors = checkout.call("restore", "classification")
    assert (code, out, errors) == (0, f"{FOLDER}: as listed in {LISTING}\n", "")


@pytest.mark.parametrize("also_missing", [False, True])
def test_files_of_others_are_refused(checkout: Checkout, also_missing: bool) -> None:
    write(f"{FOLDER}/thesis.doc", b"nowhere else")
    write(f"{FOLDER}/Classification/NNEW_test_0.txt", b"altered")
    if also_missing:
        (FOLDER / "Classification/JPEGImages/levle0_0.jpg").unlink()
    before = held()
    code, out, errors = checkout.call("restore", "classification")
    assert (code, out) == (1, "")
    told = "does not agree with its listing"
    assert told in errors
    assert "thesis.doc: expected no such file, found one" in errors
    assert "NNEW_test_0.txt: expected sha256" in errors
    assert f"`rm -r {FOLDER}`, and the same command again" in errors
    assert held() == before


def test_a_listing_of_other_files_is_not_overwritten(checkout: Checkout) -> None:
    lines = LISTING.read_text().splitlines()
    LISTING.write_text("\n".join([*lines[:-1], lines[-1].replace("NNEW_test_0", "more"), ""]))
    before = LISTING.read_bytes()
    shutil.rmtree(FOLDER)
    assert_golden("fetch/restored-otherwise.txt", checkout.call("restore", "classification"))
    assert LISTING.read_bytes() == before


def test_an_upstream_that_delivers_other_bytes_restores_nothing(checkout: Checkout) -> None:
    shutil.rmtree(FOLDER)
    write("upstream/acne04/Classification.tar", tar_of({**TREE, "more.jpg": PICTURE}))
    before = held()
    code, _, errors = checkout.call("restore", "classification")
    assert code == 1
    assert "not the bytes pinned for acne04/classification" in errors
    assert held() == before


def test_a_folder_that_is_nowhere_to_be_had(checkout: Checkout) -> None:
    shutil.rmtree(FOLDER)
    shutil.rmtree("upstream")
    code, _, errors = checkout.call("restore", "classification")
    assert code == 2
    assert "not to be had: Classification.tar" in errors


def test_the_stand_in_is_to_be_drawn_first(checkout: Checkout) -> None:
    checkout.dataset = "standin"
    for path in (FOLDER, Path("pins")):
        shutil.rmtree(path)
    checkout.source("acnedit", "folder", IMAGES)
    write("upstream/standin/ACNEDIT/levle2_generated/0.jpg", PICTURE)
    assert checkout.pin_and_fetch("acnedit")[0] == 0
    before = held()
    shutil.rmtree("data/raw/acnedit")
    assert_golden("fetch/restored-undrawn.txt", checkout.call("restore", "acnedit"))
    assert not Path("data/raw/acnedit").exists()
    write("upstream/standin/README.txt", b"drawn")
    assert checkout.call("restore", "acnedit")[0] == 0
    assert held() == before
