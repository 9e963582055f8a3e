"""Keys: what they are called, where they lie, who may read them; files too large to read."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from PIL import Image
from released import ALGORITHMS, make_keys

from acne04 import cli
from acne04.core.errors import SchemaError, UsageError
from acne04.provenance.envelope import open_envelope, sign
from acne04.provenance.keys import load_private, load_public, refuse_beside
from acne04.verify.forbidden import _LONG, _not_text
from acne04.verify.published_release import LARGEST, PublishedRelease


def read_out(public: Path) -> str:
    """Give what docs/releasing.md has a publisher read out."""
    command = f"openssl pkey -pubin -in '{public}' -outform DER | sha256sum"
    done = subprocess.run(["bash", "-c", command], check=True, capture_output=True, text=True)
    return done.stdout.split()[0]


@pytest.mark.parametrize("kind", ALGORITHMS)
def test_a_key_is_called_by_what_its_publisher_reads_out(kind: str, tmp_path: Path) -> None:
    keys = make_keys(tmp_path, kind)
    expected = read_out(keys.public)
    assert load_public(keys.public).keyid == expected
    file = tmp_path / "envelope"
    file.write_text(sign(b"{}", load_private(keys.private)))
    assert open_envelope(file, [load_public(keys.public)]).key_id == expected


@pytest.mark.parametrize(
    "place",
    ["releases/1.0.0/key.pem", "releases/1.0.0/a/key.pem", "releases/key.pem",
     "releases/keys/key.pem", "releases/0.9.0/key.pem"],
)  # fmt: skip
@pytest.mark.parametrize("way", ["itself", "a link to it", "a link from there", "by another way"])
def test_a_key_inside_or_beside_a_release_is_refused(place: str, way: str, tmp_path: Path) -> None:
    release = tmp_path / "releases/1.0.0"
    release.mkdir(parents=True)
    key = tmp_path / place
    key.parent.mkdir(parents=True, exist_ok=True)
    if way == "a link from there":
        (tmp_path / "own").mkdir()
        (tmp_path / "own/key.pem").touch()
        key.symlink_to(tmp_path / "own/key.pem")
    else:
        key.touch()
    if way == "a link to it":
        (tmp_path / "own").mkdir()
        (tmp_path / "own/key.pem").symlink_to(key)
        key = tmp_path / "own/key.pem"
    if way == "by another way":
        (tmp_path / "linked").symlink_to(key.parent)
        key = tmp_path / "linked/key.pem"
    with pytest.raises(UsageError, match=r"a key from (inside|beside) the release proves nothing"):
        refuse_beside(key, release)


@pytest.mark.parametrize("place", ["keys/key.pem", "../elsewhere/key.pem", "key.pem"])
def test_a_key_from_elsewhere_is_taken(place: str, tmp_path: Path) -> None:
    release = tmp_path / "checkout/releases/1.0.0"
    release.mkdir(parents=True)
    refuse_beside(tmp_path / "checkout" / place, release)


def test_a_key_in_the_folder_of_downloads_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / "1.0.0").mkdir()
    with pytest.raises(UsageError, match="a key from beside the release"):
        refuse_beside(tmp_path / "key.pem", tmp_path / "1.0.0")


@pytest.mark.parametrize(
    ("mode", "is_taken", "is_taken_when_told"),
    [
        (0o600, True, True),
        (0o400, True, True),
        (0o640, False, True),
        (0o604, False, True),
        (0o644, False, True),
        (0o660, False, False),
        (0o602, False, False),
        (0o777, False, False),
    ],
)
def test_who_may_read_a_private_key(
    mode: int, is_taken: bool, is_taken_when_told: bool, tmp_path: Path
) -> None:
    private = make_keys(tmp_path).private
    private.chmod(mode)
    for told, taken in ((False, is_taken), (True, is_taken_when_told)):
        if taken:
            assert load_private(private, may_be_readable=told)
        else:
            with pytest.raises(UsageError, match="open to others") as refused:
                load_private(private, may_be_readable=told)
            assert "--allow-readable-key" in refused.value.remedy


@pytest.mark.parametrize("name", ["absent.pem", "folder", "a\x1b[31mb.pem"])
def test_whoever_verifies_is_not_told_to_make_a_key(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release = tmp_path / "releases/1.0.0"
    release.mkdir(parents=True)
    (tmp_path / "folder").mkdir()
    assert cli.main(["verify", str(release), "--trusted-key", str(tmp_path / name)]) == 2
    said = capsys.readouterr().err
    assert "genpkey" not in said
    assert "\x1b" not in said


@pytest.fixture
def sparse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of 1.5 GB that takes no room, in the working directory."""
    monkeypatch.chdir(tmp_path)
    with Path("sparse").open("wb") as stream:
        stream.write(b"dataset,\n")
        stream.truncate(1_500_000_000)
    return Path("sparse")


def test_a_huge_file_is_not_read_into_memory(sparse: Path) -> None:
    tracemalloc.start()
    try:
        assert _not_text(str(sparse)) == "bytes that are not text"
        release = PublishedRelease(keys=())
        # Hashed already: that takes a second or two.
        release.__dict__["present"] = {"sparse": "0" * 64}
        for read in (release.bytes, release.json, lambda name: release.table(name, "inventory")):
            with pytest.raises(SchemaError, match="too large for a document of a release"):
                release.__dict__["ledger"] = type("L", (), {"dataset": "standin"})
                read("sparse")
        assert tracemalloc.get_traced_memory()[1] < LARGEST // 16
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("start", [0, 1, (1 << 20) - 500, (1 << 20) - 1, 1 << 20, (1 << 21) - 1001])
@pytest.mark.parametrize("length", [_LONG - 1, _LONG, 5 * _LONG, 1 << 21])
def test_bytes_in_disguise_are_seen_wherever_a_piece_ends(
    start: int, length: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_bytes(b" " * start + b"A" * length + b" ")
    assert bool(_not_text("file")) == (length >= _LONG)
    Path("file").write_bytes(b" " * start + b"A" * length)
    assert bool(_not_text("file")) == (length >= _LONG)


def test_a_character_of_two_bytes_may_lie_on_both_sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_bytes(b" " * ((1 << 20) - 1) + "é".encode())
    assert _not_text("file") == ""
    Path("file").write_bytes("é".encode()[:1])
    assert _not_text("file") == "bytes that are not UTF-8"


def test_pillow_says_nothing_of_its_own(tmp_path: Path) -> None:
    """An EXIF block that is cut short; a finding or an empty cell tells of it, in our words."""
    folder = tmp_path / "classification"
    folder.mkdir()
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "a camera", "of a maker"
    block = exif.tobytes()
    for number, cut in enumerate((block[:-9], block[:24], block[:14] + b"\xff" * 40)):
        image = Image.new("RGB", (32, 32), (number, 9, 9))
        image.save(folder / f"levle0_{number}.jpg", exif=cut)
    environment = {**os.environ, "PYTHONWARNINGS": "default"}
    words = [sys.executable, "-m", "acne04.cli", "scan", f"--classification={folder}"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    said = done.stdout + done.stderr
    assert "PIL" not in said
    assert "Warning" not in said
    assert "corrupt EXIF" not in said.replace("Corrupt", "corrupt")
