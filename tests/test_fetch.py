"""`acne04 pin` and `acne04 fetch` on copies that lie on this machine."""

from __future__ import annotations

import csv
import hashlib
import os
import unicodedata
import zipfile
from pathlib import Path
from typing import IO, Any

import pytest
from upstreams import (
    FOLDS,
    IMAGES,
    PICTURE,
    TAR,
    Checkout,
    assert_golden,
    files_in,
    tar_of,
    write,
)

from acne04.fetch import archive
from acne04.fetch.archive import write_hashed

TREE = {
    "Classification/JPEGImages/levle0_0.jpg": PICTURE,
    "./Classification/NNEW_test_0.txt": FOLDS,
}


@pytest.fixture
def checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Checkout:
    return Checkout.enter(tmp_path, monkeypatch, capsys)


def listed(key: str) -> list[dict[str, str]]:
    with Path(f"data/raw/{key}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_an_archive_lands_as_its_members_with_a_listing(checkout: Checkout) -> None:
    checkout.source("classification", "archive", TAR)
    write("upstream/acne04/Classification.tar", tar_of(TREE))
    assert_golden("fetch/archive.txt", checkout.pin_and_fetch("classification"))
    assert Path("data/raw/classification/Classification/NNEW_test_0.txt").read_bytes() == FOLDS
    assert listed("classification") == [
        {
            "dataset": "acne04",
            "path": path.removeprefix("./"),
            "size": str(len(body)),
            "sha256": hashlib.sha256(body).hexdigest(),
        }
        for path, body in sorted(TREE.items(), key=lambda item: item[0].removeprefix("./"))
    ]


def test_two_fetches_give_the_same_bytes_and_modes_that_the_umask_allows(
    checkout: Checkout,
) -> None:
    def state() -> list[tuple[str, int, bytes]]:
        paths = [Path("data/raw", name) for name in files_in("data/raw")]
        return [(str(p), p.stat().st_mode, b"" if p.is_dir() else p.read_bytes()) for p in paths]

    checkout.source("classification", "archive", TAR)
    write("upstream/acne04/Classification.tar", tar_of(TREE))
    states = []
    for mask in (0o022, 0o002, 0o077):
        before = os.umask(mask)
        try:
            assert checkout.pin_and_fetch("classification")[0] == 0
        finally:
            os.umask(before)
        states.append(state())
    assert states[0] == states[1]
    assert [(path, mode & ~0o077, body) for path, mode, body in states[0]] == states[2]
    assert not [name for name in files_in(".") if "receipts" in name], "nothing was downloaded"


def test_a_folder_lands_with_names_as_delivered(checkout: Checkout) -> None:
    checkout.source("acnedit", "folder", IMAGES)
    forms = [unicodedata.normalize(form, "é.jpg") for form in ("NFC", "NFD")]
    for name in forms:
        write(f"upstream/acne04/ACNEDIT/levle2_generated/{name}", PICTURE)
    write("upstream/acne04/ACNEDIT/read me.txt", b"as it comes")
    assert checkout.pin_and_fetch("acnedit")[0] == 0
    assert files_in("data/raw/acnedit") == sorted(
        ["levle2_generated", "read me.txt", *(f"levle2_generated/{name}" for name in forms)]
    )
    assert [row["path"] for row in listed("acnedit")] == sorted(
        ["read me.txt", *(f"levle2_generated/{name}" for name in forms)]
    )


def test_a_changed_folder_is_told_file_by_file(checkout: Checkout) -> None:
    checkout.source("acnedit", "folder", IMAGES)
    for number in range(3):
        write(f"upstream/acne04/ACNEDIT/levle3_generated/{number}.jpg", PICTURE)
    assert checkout.call("pin", "acnedit")[0] == 0
    Path("upstream/acne04/ACNEDIT/levle3_generated/0.jpg").unlink()
    write("upstream/acne04/ACNEDIT/levle3_generated/1.jpg", PICTURE + b"\0")
    write("upstream/acne04/ACNEDIT/levle3_generated/more.jpg", PICTURE)
    assert_golden("fetch/changed-folder.txt", checkout.call("fetch", "acnedit"))
    assert not Path("data").exists()


def test_single_files_land_by_name(checkout: Checkout) -> None:
    paths = [f"subjects/{part}.jsonl" for part in ("train", "val", "test")]
    files = [{"path": path, "urls": [f"file:here/{path}"], "magic": "jsonl"} for path in paths]
    checkout.source("subjects", "files", *files)
    for path in paths:
        write(f"here/{path}", b'{"path": "levle0_0.jpg"}\n')
    assert checkout.pin_and_fetch("subjects")[0] == 0
    assert files_in("data/raw/subjects") == ["test.jsonl", "train.jsonl", "val.jsonl"]
    assert not Path("upstream").exists(), "a file: address is read where it lies"


def test_the_stand_in_is_to_be_drawn_not_fetched_by_hand(checkout: Checkout) -> None:
    checkout.dataset = "standin"
    checkout.source("classification", "archive", TAR, version="1")
    version = "1 scale=8 fraction=1"
    outcome = checkout.call("pin", "classification", version=version)
    assert_golden("fetch/standin-missing.txt", outcome)
    copy = write("upstream/standin/Classification.tar", tar_of(TREE))
    assert checkout.call("pin", "classification", version=version)[0] == 0
    copy.write_bytes(tar_of({"a.jpg": PICTURE}))
    outcome = checkout.call("fetch", "classification", version=version)
    assert_golden("fetch/standin-changed.txt", outcome)


def test_a_wrong_copy_of_a_pinned_file(checkout: Checkout) -> None:
    body = b'{"images": []}'
    digest = hashlib.sha256(body).hexdigest()
    v2 = {"path": "v2.json", "urls": ["file:nowhere.json"], "magic": "json", "sha256": digest}
    checkout.source("v2", "files", v2)
    write("upstream/acne04/v2.json", body)
    assert checkout.pin_and_fetch("v2")[0] == 0
    write("upstream/acne04/v2.json", body.replace(b"[]", b"{}"))
    before = files_in("data")
    assert_golden("fetch/wrong-copy.txt", checkout.call("fetch", "v2"))
    assert files_in("data") == before
    Path("pins/v2.csv").unlink()
    assert_golden("fetch/wrong-copy-at-first-pin.txt", checkout.call("pin", "v2"))
    assert not Path("pins/v2.csv").exists()


def test_pins_set_aside(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"size": 3, "sha256": "0" * 64}
    v2 = {"path": "v2.json", "urls": ["file:nowhere.json"], "magic": "json", **known}
    checkout.source("v2", "files", v2)
    write("upstream/acne04/v2.json", b"{}")
    monkeypatch.setenv("ACNE04_SET_ASIDE_PINS", "1")
    assert_golden("fetch/set-aside-pin.txt", checkout.call("pin", "v2"))
    assert_golden("fetch/set-aside-fetch.txt", checkout.call("fetch", "v2"))
    monkeypatch.delenv("ACNE04_SET_ASIDE_PINS")
    code, _, errors = checkout.call("fetch", "v2")
    assert code == 2
    assert "no pins" in errors, "pins that were set aside never count as pins of the real thing"


def test_a_fetch_without_pins_is_refused(checkout: Checkout) -> None:
    checkout.source("classification", "archive", TAR)
    write("upstream/acne04/Classification.tar", tar_of(TREE))
    assert_golden("fetch/no-pins.txt", checkout.call("fetch", "classification"))


def test_a_first_pin_is_loud_and_a_second_one_asks_for_nothing(checkout: Checkout) -> None:
    checkout.source("classification", "archive", TAR)
    copy = write("upstream/acne04/Classification.tar", tar_of(TREE))
    assert_golden("fetch/first-pin.txt", checkout.call("pin", "classification"))
    pinned = Path("pins/classification.csv").read_bytes()
    copy.unlink()
    assert_golden("fetch/second-pin.txt", checkout.call("pin", "classification"))
    assert Path("pins/classification.csv").read_bytes() == pinned


def test_pins_of_another_version_stay(checkout: Checkout) -> None:
    checkout.source("classification", "archive", TAR)
    write("upstream/acne04/Classification.tar", tar_of(TREE))
    assert checkout.call("pin", "classification")[0] == 0
    before = Path("pins/classification.csv").read_text().splitlines()
    write("upstream/acne04/Classification.tar", tar_of({"a.jpg": PICTURE}))
    assert checkout.call("pin", "classification", version="2019 scale=8")[0] == 0
    after = Path("pins/classification.csv").read_text().splitlines()
    assert len(after) == 3
    assert set(before) < set(after)


def test_pins_that_contradict_the_sources(checkout: Checkout) -> None:
    v2 = {"path": "v2.json", "urls": ["file:nowhere.json"], "magic": "json"}
    checkout.source("v2", "files", v2)
    write("upstream/acne04/v2.json", b"{}")
    assert checkout.call("pin", "v2")[0] == 0
    checkout.source("v2", "files", {**v2, "sha256": "f" * 64})
    assert_golden("fetch/contradiction.txt", checkout.call("pin", "v2"))
    assert checkout.call("fetch", "v2")[0] == 1


def test_pins_of_another_source(checkout: Checkout) -> None:
    checkout.source("classification", "archive", TAR)
    row = f"acne04,detection,2019,Detection.tar,1,{'0' * 64}"
    write("pins/classification.csv", f"dataset,source,version,path,size,sha256\n{row}\n".encode())
    assert_golden("fetch/pins-of-another-source.txt", checkout.call("pin", "classification"))


def test_the_upstream_variable_names_another_root(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.source("classification", "archive", TAR)
    write("shelf/acne04/Classification.tar", tar_of(TREE))
    monkeypatch.setenv("ACNE04_UPSTREAM", "shelf")
    assert checkout.pin_and_fetch("classification")[0] == 0


def test_a_version_of_another_delivery_is_a_usage_error(checkout: Checkout) -> None:
    checkout.source("classification", "archive", TAR)
    outcome = checkout.call("pin", "classification", version="2020")
    assert_golden("fetch/other-version.txt", outcome)


def test_the_zip_of_a_browser_stands_for_the_archive(checkout: Checkout) -> None:
    checkout.source("classification", "archive", TAR)
    place = write("upstream/acne04/Classification-20240101T000000Z-001.zip", b"")
    with zipfile.ZipFile(place, "w") as bundle:
        bundle.writestr("Classification/Classification/JPEGImages/levle0_0.jpg", PICTURE)
    assert checkout.pin_and_fetch("classification")[0] == 0
    assert [row["path"] for row in listed("classification")] == [
        "Classification/Classification/JPEGImages/levle0_0.jpg"
    ]
    with zipfile.ZipFile(place, "a") as bundle:
        bundle.writestr("Classification/Classification/NNEW_test_0.txt", FOLDS)
    assert checkout.call("fetch", "classification")[0] == 1, "packed anew: other bytes"
    place.with_name("Classification-20240101T000000Z-002.zip").write_bytes(b"")
    assert_golden("fetch/two-zips.txt", checkout.call("fetch", "classification"))


@pytest.mark.parametrize("there_before", [False, True])
def test_an_interruption_leaves_the_old_or_nothing(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, there_before: bool
) -> None:
    def interrupted(stream: IO[bytes], target: Path, written: Any) -> Any:
        if target.name == "NNEW_test_0.txt":
            target.write_bytes(stream.read(3))
            raise KeyboardInterrupt
        return write_hashed(stream, target, written)

    checkout.source("classification", "archive", TAR)
    write("upstream/acne04/Classification.tar", tar_of(TREE))
    assert checkout.call("pin", "classification")[0] == 0
    if there_before:
        assert checkout.call("fetch", "classification")[0] == 0
    before = files_in(".")
    monkeypatch.setattr(archive, "write_hashed", interrupted)
    code, _, errors = checkout.call("fetch", "classification")
    assert code == 130
    assert "nothing half-written" in errors
    assert [name for name in files_in(".") if name != "data" and name != "data/raw"] == [
        name for name in before if name not in ("data", "data/raw")
    ]


# What lies at --output is replaced only where a fetch has made it.


def fetchable_folder(checkout: Checkout) -> None:
    checkout.source("acnedit", "folder", IMAGES)
    write("upstream/acne04/ACNEDIT/levle2_generated/0.jpg", PICTURE)
    assert checkout.call("pin", "acnedit")[0] == 0


def fetchable_archive(checkout: Checkout) -> None:
    checkout.source("classification", "archive", TAR)
    write("upstream/acne04/Classification.tar", tar_of(TREE))
    assert checkout.call("pin", "classification")[0] == 0


@pytest.mark.parametrize(
    ("key", "strange"),
    [
        ("acnedit", "IMG_0001.jpg"),
        ("acnedit", "levle2_generated/notes.txt"),
        ("acnedit", "holidays/0.jpg"),
        ("classification", "IMG_0001.jpg"),
        ("classification", "Classification/JPEGImages/.hidden/thesis.doc"),
    ],
)
@pytest.mark.parametrize("fetched_before", [False, True])
def test_a_folder_with_files_of_others_stays(
    checkout: Checkout, key: str, strange: str, fetched_before: bool
) -> None:
    fetchable_folder(checkout) if key == "acnedit" else fetchable_archive(checkout)
    if fetched_before:
        assert checkout.call("fetch", key)[0] == 0
    write(f"data/raw/{key}/{strange}", b"nowhere else")
    before = files_in("data")
    code, out, errors = checkout.call("fetch", key)
    assert (code, out) == (2, "")
    assert strange in errors
    assert "nothing touched" in errors
    assert files_in("data") == before


def test_the_refusal_of_a_folder_says_what_to_do(checkout: Checkout) -> None:
    fetchable_folder(checkout)
    for number in range(7):
        write(f"data/raw/acnedit/IMG_{number}.jpg", PICTURE)
    assert_golden("fetch/folder-of-others.txt", checkout.call("fetch", "acnedit"))


def test_nothing_is_downloaded_for_a_folder_that_stays(checkout: Checkout) -> None:
    fetchable_folder(checkout)
    Path("upstream").rename("shelf")
    write("data/raw/acnedit/IMG_0001.jpg", PICTURE)
    code, _, errors = checkout.call("fetch", "acnedit")
    assert (code, "not replaced" in errors, "not to be had" in errors) == (2, True, False)


@pytest.mark.parametrize("make", [fetchable_folder, fetchable_archive])
def test_after_a_kill_before_the_listing_it_goes_on(checkout: Checkout, make: Any) -> None:
    make(checkout)
    key = "acnedit" if make is fetchable_folder else "classification"
    assert checkout.call("fetch", key)[0] == 0
    Path(f"data/raw/{key}.csv").unlink()
    assert checkout.call("fetch", key)[0] == 0
    assert Path(f"data/raw/{key}.csv").exists()


@pytest.mark.parametrize("listed_still", [False, True])
def test_another_version_replaces_the_one_before(checkout: Checkout, listed_still: bool) -> None:
    """A workflow removes the listing, its output, before it has it made anew."""
    fetchable_folder(checkout)
    assert checkout.call("fetch", "acnedit")[0] == 0
    if not listed_still:
        Path("data/raw/acnedit.csv").unlink()
    Path("upstream/acne04/ACNEDIT/levle2_generated/0.jpg").unlink()
    write("upstream/acne04/ACNEDIT/levle2_generated/other.jpg", PICTURE)
    assert checkout.pin_and_fetch("acnedit", version="2019 seed=2")[0] == 0
    assert files_in("data/raw/acnedit") == ["levle2_generated", "levle2_generated/other.jpg"]


@pytest.mark.parametrize("what", ["file", "link"])
def test_an_output_that_is_no_folder_stays(checkout: Checkout, what: str) -> None:
    fetchable_folder(checkout)
    Path("data/raw").mkdir(parents=True)
    if what == "file":
        write("data/raw/acnedit", b"nowhere else")
    else:
        write("elsewhere/levle2_generated/0.jpg", b"nowhere else")
        Path("data/raw/acnedit").symlink_to(Path("elsewhere").resolve())
    before = files_in(".")
    code, _, errors = checkout.call("fetch", "acnedit")
    assert code == 2
    assert f"a {what}" in errors
    assert files_in(".") == before
