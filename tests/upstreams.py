"""A folder with a sources.yaml of its own, where `acne04 pin`, `fetch`, `restore` are called."""

from __future__ import annotations

import io
import os
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from acne04.cli import main
from acne04.fetch import retries

ROOT = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "golden"
SOURCES = ROOT / "workflow" / "sources.yaml"

TAR = {"path": "Classification.tar", "urls": ["file:nowhere.tar"], "magic": "tar"}
IMAGES = {"path": "ACNEDIT", "urls": ["file:nowhere"]}
FOLDS = b"levle0_0.jpg  0  3\r\n"
PICTURE = b"\xff\xd8\xff\xe0 a picture as far as anybody looks here \xff\xd9"


@dataclass
class Checkout:
    """The folder, which must be the working directory: all paths in it are relative."""

    capsys: pytest.CaptureFixture[str]
    dataset: str = "acne04"

    @staticmethod
    def enter(
        folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> Checkout:
        """Go into an empty folder, with none of our variables set."""
        monkeypatch.chdir(folder)
        for variable in ("ACNE04_UPSTREAM", "ACNE04_SET_ASIDE_PINS"):
            monkeypatch.delenv(variable, raising=False)
        # What tries again does so at once.
        monkeypatch.setattr(retries, "FIRST_PAUSE", 0.0)
        return Checkout(capsys)

    def source(self, key: str, kind: str, *files: dict[str, Any], version: str = "2019") -> None:
        """Write a sources.yaml in which one source is delivered in another way."""
        document = yaml.safe_load(SOURCES.read_text(encoding="utf-8"))
        delivery = {"version": version, "kind": kind, "may_be_missing": 100, "files": [*files]}
        document[self.dataset][key]["delivery"] = delivery
        Path("sources.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")

    def promise(self, key: str, promises: dict[str, Any], may_be_missing: int) -> None:
        """Let a source of the sources.yaml here promise something else."""
        document = yaml.safe_load(Path("sources.yaml").read_text(encoding="utf-8"))
        document[self.dataset][key]["promises"] = promises
        document[self.dataset][key]["delivery"]["may_be_missing"] = may_be_missing
        Path("sources.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")

    def main(self, *words: str) -> tuple[int, str, str]:
        """Call a verb with these words; give its exit code, stdout and stderr."""
        self.capsys.readouterr()
        code = main(list(words))
        said = self.capsys.readouterr()
        return code, said.out, said.err

    def call(self, verb: str, key: str, *more: str, version: str = "2019") -> tuple[int, str, str]:
        """Call a verb; give its exit code, stdout and stderr."""
        words = [verb, key, "--dataset", self.dataset, "--sources", "sources.yaml"]
        words += ["--pins", f"pins/{key}.csv", "--version", version]
        words += ["--upstream", f"upstream/{self.dataset}"]
        if verb in ("fetch", "restore"):
            words += ["--output", f"data/raw/{key}", "--listing", f"data/raw/{key}.csv"]
        return self.main(*words, *more)

    def pin_and_fetch(self, key: str, *more: str, version: str = "2019") -> tuple[int, str, str]:
        """Pin, which must succeed, then fetch."""
        code, _, errors = self.call("pin", key, *more, version=version)
        assert code == 0, errors
        return self.call("fetch", key, *more, version=version)


def tar_of(files: dict[str, bytes]) -> bytes:
    """Make a tar archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, body in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    return buffer.getvalue()


def write(path: str, body: bytes) -> Path:
    """Write a file and the folders above it."""
    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(body)
    return place


def files_in(folder: str) -> list[str]:
    """Paths of all that lies below a folder, hidden files too."""
    return sorted(p.relative_to(folder).as_posix() for p in Path(folder).rglob("*"))


def assert_golden(name: str, outcome: tuple[int, str, str]) -> None:
    """Compare exit code, stdout and stderr with a golden file; ports are replaced.

    ACNE04_WRITE_GOLDEN=1 writes the file instead, for a person to read before it is committed.
    """
    code, out, errors = outcome
    text = f"exit code {code}\n--- stdout\n{out}--- stderr\n{errors}"
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    golden = GOLDEN / name
    if os.environ.get("ACNE04_WRITE_GOLDEN") == "1":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
