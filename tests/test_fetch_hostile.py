"""Archives and folders from strangers: refused as a whole, nothing written, all problems named."""

from __future__ import annotations

import io
import os
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from upstreams import IMAGES, TAR, Checkout, assert_golden, files_in, tar_of, write

from acne04.fetch import acceptance, archive
from acne04.fetch.acceptance import ArchiveMember, contents_problems, why_not

HOSTILE = Path(__file__).parent / "examples" / "fetch"


@pytest.fixture
def checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Checkout:
    return Checkout.enter(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("kind", ["link", "pipe", "empty"])
def test_a_folder_with_anything_but_files(checkout: Checkout, kind: str) -> None:
    checkout.source("acnedit", "folder", IMAGES)
    folder = Path("upstream/acne04/ACNEDIT/levle2_generated")
    folder.mkdir(parents=True)
    if kind == "link":
        (folder / "passwd.jpg").symlink_to("/etc/passwd")
        (folder / "etc").symlink_to("/etc")
    elif kind == "pipe":
        os.mkfifo(folder / "pipe.jpg")
    assert_golden(f"fetch/folder-with-{kind}.txt", checkout.call("pin", "acnedit"))


@pytest.mark.parametrize("hostile", sorted([*HOSTILE.glob("*.tar"), *HOSTILE.glob("*.zip")]))
def test_a_hostile_archive_leaves_nothing(checkout: Checkout, hostile: Path) -> None:
    magic = hostile.suffix.removeprefix(".")
    path = f"Classification.{magic}"
    checkout.source("classification", "archive", {**TAR, "path": path, "magic": magic})
    write(f"upstream/acne04/{path}", hostile.read_bytes())
    outcome = checkout.call("pin", "classification")
    if outcome[0] == 0:
        outcome = checkout.call("fetch", "classification")
    assert_golden(f"fetch/hostile/{hostile.name}.txt", outcome)
    assert outcome[0] == 1
    assert not Path("data/raw/classification").exists()
    assert not Path("data/raw/classification.csv").exists()
    assert not [name for name in files_in(".") if "planted" in name or ".part" in name]


def test_too_many_members_are_not_even_counted(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (archive, acceptance):
        monkeypatch.setattr(module, "MAX_MEMBERS", 10)
    checkout.source("classification", "archive", TAR)
    write("upstream/acne04/Classification.tar", tar_of({f"{n}.jpg": b"" for n in range(10)}))
    assert checkout.pin_and_fetch("classification")[0] == 0
    write("upstream/acne04/Classification.tar", tar_of({f"{n}.jpg": b"" for n in range(11)}))
    Path("pins/classification.csv").unlink()
    assert_golden("fetch/too-many-members.txt", checkout.pin_and_fetch("classification"))


def test_members_that_are_too_large_together(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptance, "MAX_TOTAL_BYTES", 10)
    checkout.source("classification", "archive", TAR)
    write("upstream/acne04/Classification.tar", tar_of({"a.jpg": b"123456", "b.jpg": b"12345"}))
    assert_golden("fetch/too-large-together.txt", checkout.pin_and_fetch("classification"))


@given(st.lists(st.text(alphabet="./\\aAé\u0301e:\0", min_size=1, max_size=8), min_size=1))
def test_names_that_pass_stay_inside_and_apart(names: list[str]) -> None:
    members = [ArchiveMember(name, "file", 1) for name in names]
    if contents_problems(members):
        return
    folder = Path("folder").absolute()
    for member in members:
        assert Path(os.path.normpath(folder / member.path)).is_relative_to(folder)
    alike = {unicodedata.normalize("NFC", member.path).casefold() for member in members}
    assert len(alike) == len(members)


def zip_bytes() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as bundle:
        bundle.writestr("a.jpg", b"x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("magic", "whole", "cut"),
    [
        ("tar", tar_of({"a.jpg": b"x" * 2000}), 1024),
        ("zip", zip_bytes(), 40),
        ("json", b'\xef\xbb\xbf {"images": []}\n', 15),
        ("jsonl", b'{"label": 0}\r\n{"label": 1}\r\n', 20),
    ],
)
def test_a_whole_file_passes_and_a_cut_one_does_not(
    tmp_path: Path, magic: str, whole: bytes, cut: int
) -> None:
    file = tmp_path / "file"
    file.write_bytes(whole)
    assert why_not(file, magic) == ""
    file.write_bytes(whole[:cut])
    assert why_not(file, magic) != ""
    file.write_bytes(b"\n <HTML><body>too many users</body>")
    assert "web page" in why_not(file, magic)
    assert "web page" in why_not(file, None)


def test_a_picture_is_told_by_its_first_bytes(tmp_path: Path) -> None:
    file = tmp_path / "picture"
    file.write_bytes(b"\xff\xd8\xff\xe0 and so on")
    assert why_not(file, "jpeg") == ""
    file.write_bytes(b"\x89PNG")
    assert why_not(file, "jpeg") != ""
