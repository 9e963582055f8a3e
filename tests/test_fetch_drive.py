"""Google Drive: gdown's two functions are replaced, so nothing here shows that Google still answers
in this way; what is tested is what we make of gdown's answers and errors.
"""

from __future__ import annotations

import inspect
from collections import namedtuple
from pathlib import Path
from typing import Any

import gdown
import pytest
import requests
from upstreams import PICTURE, TAR, Checkout, assert_golden, files_in, tar_of

FOLDER = "gdrive-folder:1A4bCGSCOWIjHkfEGRumhQwsZWQXaM_EQ"
IMAGES = {"path": "ACNEDIT", "urls": [FOLDER]}
BODY = tar_of({"Classification/NNEW_test_0.txt": b"levle0_0.jpg 0 3\n"})

Listed = namedtuple("Listed", ("id", "path", "local_path"))


class Drive:
    """Stands for gdown: a folder's files by path, or an error in place of a file's bytes."""

    def __init__(self, files: dict[str, bytes | Exception], paths: list[str] | None = None) -> None:
        self.files = files
        self.paths = paths if paths is not None else list(files)

    def download_folder(self, *, output: str, **options: Any) -> list[Listed]:
        assert options["skip_download"] and options["timeout"], "listing alone, and not for ever"
        return [Listed(f"id of {path}", path, f"{output}/{path}") for path in self.paths]

    def download(self, *, id: str, output: str, **options: Any) -> str:  # noqa: A002 - as gdown
        assert options["timeout"] and options["resume"] and not options["use_cookies"]
        body = self.files[id.removeprefix("id of ")]
        if isinstance(body, Exception):
            raise body
        Path(output).write_bytes(body)
        options["progress"](len(body), None)
        return output


@pytest.fixture
def checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Checkout:
    return Checkout.enter(tmp_path, monkeypatch, capsys)


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Any:
    def put(drive: Drive) -> None:
        monkeypatch.setattr(gdown, "download", drive.download)
        monkeypatch.setattr(gdown, "download_folder", drive.download_folder)
        # Nobody says why a page came in place of a file.
        monkeypatch.setattr(requests.Session, "get", offline)

    return put


def offline(*_: Any, **__: Any) -> None:
    raise requests.ConnectionError


def kept() -> list[str]:
    """Files in the folder of copies."""
    return [name for name in files_in("upstream") if Path("upstream", name).is_file()]


def test_the_replaced_functions_are_gdowns() -> None:
    assert int(gdown.__version__.split(".")[0]) >= 6
    for function, names in (
        (gdown.download, {"id", "output", "quiet", "use_cookies", "progress", "timeout", "resume"}),
        (gdown.download_folder, {"id", "output", "skip_download", "quiet", "timeout"}),
    ):
        assert names <= set(inspect.signature(function).parameters)


def test_one_file_of_a_folder(checkout: Checkout, serve: Any) -> None:
    serve(Drive({"Detection.tar": b"", "Classification.tar": BODY}))
    checkout.source("classification", "archive", {**TAR, "urls": [f"{FOLDER}#Classification.tar"]})
    assert checkout.pin_and_fetch("classification")[0] == 0
    assert kept() == ["acne04/Classification.tar", "acne04/receipts/classification.json"]


def test_a_whole_folder_of_more_than_fifty_files(checkout: Checkout, serve: Any) -> None:
    files: dict[str, bytes | Exception] = {
        f"levle2_generated/{number}.jpg": PICTURE + bytes([number]) for number in range(120)
    }
    serve(Drive(files))
    checkout.source("acnedit", "folder", IMAGES)
    assert checkout.pin_and_fetch("acnedit")[0] == 0
    assert len(files_in("data/raw/acnedit/levle2_generated")) == 120
    assert not [name for name in files_in("data") if "receipt" in name]


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("quota", gdown.FileURLRetrievalError("Failed to retrieve file url:\n\n\tToo many users")),
        ("offline", requests.ConnectionError("Max retries exceeded")),
        ("forbidden", requests.HTTPError("403 Client Error: Forbidden")),
        ("changed-page", KeyError("action")),
        ("quota-page-as-data", b"<html><title>Google Drive - Quota exceeded</title></html>"),
    ],
)
def test_a_refusal_of_one_file_is_told(
    checkout: Checkout, serve: Any, name: str, trouble: bytes | Exception
) -> None:
    serve(Drive({"levle2_generated/0.jpg": PICTURE, "levle2_generated/1.jpg": trouble}))
    checkout.source("acnedit", "folder", IMAGES)
    assert_golden(f"fetch/drive/{name}.txt", checkout.call("pin", "acnedit"))
    left = [path.partition("/files/")[2] for path in kept() if "/files/" in path]
    assert left == ["levle2_generated/0.jpg"], "what is whole stays"


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("no-such-name", ["Detection.tar"]),
        ("empty-folder", []),
        ("same-name-twice", ["Classification.tar", "Classification.tar"]),
        ("climbing-name", ["../Classification.tar"]),
    ],
)
def test_a_folder_that_cannot_serve(
    checkout: Checkout, serve: Any, name: str, paths: list[str]
) -> None:
    serve(Drive({}, paths))
    checkout.source("classification", "archive", {**TAR, "urls": [f"{FOLDER}#Classification.tar"]})
    outcome = checkout.call("pin", "classification")
    assert_golden(f"fetch/drive/{name}.txt", outcome)
    assert "by hand" in outcome[2]
    assert kept() == []
