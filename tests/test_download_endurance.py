"""Downloads over bad lines: twenty cuts, a quota at the 480th file, `kill -9` anywhere."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from download_faults import FOLDER
from faulty_server import (
    Answering,
    FaultyServer,
    Step,
    cut,
    faulty_server,
    imitate_google,
    page_of_google,
    put_folder,
    put_on_drive,
)
from upstreams import IMAGES, PICTURE, Checkout

pytestmark = pytest.mark.server
ROOT = Path(__file__).parents[1]
CUTS = 20


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with faulty_server() as serving:
        yield serving


@pytest.fixture
def checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Checkout:
    return Checkout.enter(tmp_path, monkeypatch, capsys)


def document_of(size: int) -> bytes:
    """Bytes that no part of repeats, and which pass for JSON."""
    drawn = random.Random(size)
    pieces = [drawn.randbytes(10**6) for _ in range(size // 10**6)]
    return b"{" + b"".join(pieces)[: size - 2] + b"}"


@pytest.mark.parametrize(
    "megabytes", [30, pytest.param(300, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
@pytest.mark.parametrize("is_known", [True, False], ids=["pinned", "unknown"])
def test_a_large_file_over_a_line_that_is_cut_twenty_times(
    checkout: Checkout, server: FaultyServer, megabytes: int, is_known: bool
) -> None:
    body = document_of(megabytes * 10**6)
    url = server.put("/v2.json", body, *[cut(len(body) // (CUTS + 1))] * CUTS)
    known = {"sha256": hashlib.sha256(body).hexdigest()} if is_known else {}
    checkout.source("v2", "files", {"path": "v2.json", "urls": [url], "magic": "json", **known})
    code, _, errors = checkout.call("pin", "v2")
    assert code == 0, errors
    assert Path("upstream/acne04/v2.json").read_bytes() == body
    assert len(server.asked) == CUTS + 1
    assert server.sent() <= 1.1 * len(body)


def test_a_folder_of_489_files_whose_quota_ends_at_the_480th(
    checkout: Checkout, server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    imitate_google(server, monkeypatch)
    names = [f"{number:04}.jpg" for number in range(489)]
    ids = [put_on_drive(server, name, PICTURE + name.encode()) for name in names]
    put_folder(server, FOLDER, dict(zip(names, ids, strict=True)))
    refused = [page_of_google("Google Drive - Quota exceeded")] * 2
    server.files[f"/drive/{ids[479]}"].steps = list(refused)
    checkout.source("acnedit", "folder", {**IMAGES, "urls": [f"gdrive-folder:{FOLDER}"]})
    code, _, errors = checkout.call("pin", "acnedit")
    assert code == 2
    assert "479 of 489 files are here and stay" in errors
    assert "479 files of ACNEDIT kept in upstream/acne04/parts" in errors
    assert "come back in up to 24 hours" in errors
    code, out, _ = checkout.main(
        *("sources", "--dataset", "acne04", "--sources", "sources.yaml", "--pins", "pins"),
        *("--upstream", "upstream/acne04"),
    )
    assert "PARTLY  ACNEDIT" in out
    asked = len(server.asked)
    assert checkout.call("pin", "acnedit")[0] == 0
    again = [request.path for request in server.asked[asked:] if "/drive/" in request.path]
    assert again == [f"/drive/{key}" for key in ids[479:]]
    assert len(list(Path("upstream/acne04/ACNEDIT").iterdir())) == 489
    assert not Path("upstream/acne04/parts").exists()
    receipts = json.loads(Path("upstream/acne04/receipts/acnedit.json").read_text())["files"]
    assert len(receipts) == 489


def held_at(byte: int) -> Step:
    """Send so many bytes of the file, and then nothing more."""

    def step(answering: Answering) -> None:
        begin = answering.start()
        answering.body(answering.served.body[begin:byte])
        answering.server.released.wait(60)

    return step


def test_kill_9_at_ten_random_bytes(checkout: Checkout, server: FaultyServer) -> None:
    body = document_of(4_000_000)
    places = sorted(random.Random(4).sample(range(1, len(body)), 10))
    url = server.put("/v2.json", body, *[held_at(place) for place in places])
    checkout.source("v2", "files", {"path": "v2.json", "urls": [url], "magic": "json"})
    words = ["pin", "v2", "--dataset", "acne04", "--sources", "sources.yaml", "--version", "2019"]
    words += ["--pins", "pins/v2.csv", "--upstream", "upstream/acne04"]
    for place in places:
        process = subprocess.Popen(
            [sys.executable, "-m", "acne04.cli", *words], env={**os.environ, "no_proxy": "*"}
        )
        wait_until(lambda place=place: kept() == place)
        process.kill()
        process.wait()
        assert not Path("upstream/acne04/v2.json").exists()
        assert not Path("pins").exists()
    assert checkout.pin_and_fetch("v2")[0] == 0
    assert Path("data/raw/v2/v2.json").read_bytes() == body
    assert server.ranges() == [None, *(f"bytes={place}-" for place in places)]
    assert server.sent() == len(body)
    assert not Path("upstream/acne04/parts").exists()


def kept() -> int:
    """Bytes of the download that are here."""
    return sum(place.stat().st_size for place in Path("upstream").rglob("bytes"))


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)
