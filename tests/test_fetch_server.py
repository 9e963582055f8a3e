"""`acne04 pin` and `acne04 fetch` against a real HTTP server on loopback, with its faults."""

from __future__ import annotations

import hashlib
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from upstreams import TAR, Checkout, assert_golden, files_in, tar_of, write
from werkzeug import Request, Response

pytestmark = pytest.mark.server

BODY = json.dumps({"images": list(range(1000))}).encode()
KNOWN = {"size": len(BODY), "sha256": hashlib.sha256(BODY).hexdigest()}
QUOTA = b"<!DOCTYPE html>\n<html><head><title>Google Drive - Quota exceeded</title></head></html>"


@pytest.fixture
def checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Checkout:
    return Checkout.enter(tmp_path, monkeypatch, capsys)


def unused_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def v2_at(checkout: Checkout, *urls: str, **known: object) -> None:
    checkout.source("v2", "files", {"path": "v2.json", "urls": [*urls], "magic": "json", **known})


def nothing_is_left(but: str = "sources.yaml") -> bool:
    left = [name for name in files_in(".") if Path(name).is_file() and name != "sources.yaml"]
    return not [name for name in left if but not in name]


def broken_off(request: Request) -> Response:
    def pieces() -> Iterator[bytes]:
        yield BODY[:100]
        raise ConnectionAbortedError

    return Response(pieces(), headers={"Content-Length": str(len(BODY))})


def test_a_good_file_is_kept_with_a_receipt(checkout: Checkout, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v2.json").respond_with_data(BODY)
    v2_at(checkout, httpserver.url_for("/v2.json"), **KNOWN)
    assert checkout.pin_and_fetch("v2")[0] == 0
    assert Path("data/raw/v2/v2.json").read_bytes() == BODY
    assert len(httpserver.log) == 1, "the copy in upstream serves the second call"
    receipt = json.loads(Path("upstream/acne04/receipts/v2.json").read_text())["files"][0]
    assert receipt["url"] == httpserver.url_for("/v2.json")
    assert receipt["size"] == len(BODY)
    assert files_in("data") == ["raw", "raw/v2", "raw/v2.csv", "raw/v2/v2.json"]


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ("not-found", Response("nothing here", status=404)),
        ("overloaded", Response("later", status=503)),
        ("web-page", Response(QUOTA, content_type="text/html")),
        ("too-short", Response(BODY[:-9] + b"]}")),
        ("one-byte-wrong", Response(BODY.replace(b"999", b"998"))),
        ("empty", Response(b"")),
    ],
)
def test_a_faulty_answer_leaves_nothing(
    checkout: Checkout, httpserver: HTTPServer, fault: str, answer: Response
) -> None:
    httpserver.expect_request("/v2.json").respond_with_response(answer)
    v2_at(checkout, httpserver.url_for("/v2.json"), **KNOWN)
    outcome = checkout.call("pin", "v2")
    assert_golden(f"fetch/server/{fault}.txt", outcome)
    assert outcome[0] == (1 if fault in ("too-short", "one-byte-wrong") else 2)
    assert nothing_is_left()


@pytest.mark.parametrize("known", [KNOWN, {}], ids=["pinned", "unknown"])
def test_an_answer_that_breaks_off(
    checkout: Checkout, httpserver: HTTPServer, known: dict[str, object]
) -> None:
    httpserver.expect_request("/v2.json").respond_with_handler(broken_off)
    v2_at(checkout, httpserver.url_for("/v2.json"), **known)
    assert_golden("fetch/server/broken-off.txt", checkout.call("pin", "v2"))
    assert nothing_is_left(but="/parts/")


def test_a_cut_tar_without_length_or_hash_is_noticed(
    checkout: Checkout, httpserver: HTTPServer
) -> None:
    whole = tar_of({"a.jpg": b"x" * 600, "b.jpg": b"x" * 600})
    answer = Response(iter([whole[:1536]]))  # ends where the first member does
    httpserver.expect_request("/Classification.tar").respond_with_response(answer)
    url = httpserver.url_for("/Classification.tar")
    checkout.source("classification", "archive", {**TAR, "urls": [url]})
    assert_golden("fetch/server/cut-tar.txt", checkout.call("pin", "classification"))
    assert nothing_is_left()


def test_a_mirror_serves_where_others_fail(checkout: Checkout, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/gone").respond_with_data("", status=410)
    httpserver.expect_request("/wrong").respond_with_data(BODY.replace(b"999", b"998"))
    httpserver.expect_request("/right").respond_with_data(BODY)
    httpserver.expect_request("/never").respond_with_data(BODY)
    paths = ["/gone", "/wrong", "/right", "/never"]
    v2_at(checkout, *map(httpserver.url_for, paths), **KNOWN)
    assert checkout.pin_and_fetch("v2")[0] == 0
    assert [request.path for request, _ in httpserver.log] == ["/gone", "/wrong", "/right"]
    receipt = json.loads(Path("upstream/acne04/receipts/v2.json").read_text())["files"][0]
    assert receipt["url"].endswith("/right")


def test_no_network(checkout: Checkout) -> None:
    port = unused_port()
    paths = [f"subjects/{part}.jsonl" for part in ("train", "val", "test")]
    files = [
        {"path": path, "urls": [f"http://127.0.0.1:{port}/{path}", f"file:shelf/{path}"]}
        for path in paths
    ]
    checkout.source("subjects", "files", *files)
    assert_golden("fetch/server/no-network.txt", checkout.call("pin", "subjects"))
    assert nothing_is_left()


def test_what_was_had_before_a_failure_is_kept(checkout: Checkout, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/train.jsonl").respond_with_data(b"{}\n")
    httpserver.expect_oneshot_request("/test.jsonl").respond_with_data("", status=404)
    httpserver.expect_request("/test.jsonl").respond_with_data(b"{}\n")
    parts = ("train", "test")
    files = [{"path": f"{p}.jsonl", "urls": [httpserver.url_for(f"/{p}.jsonl")]} for p in parts]
    checkout.source("subjects", "files", *files)
    assert checkout.call("pin", "subjects")[0] == 2
    assert checkout.pin_and_fetch("subjects")[0] == 0
    assert [request.path for request, _ in httpserver.log].count("/train.jsonl") == 1


def test_a_changed_upstream_against_its_pin(checkout: Checkout, httpserver: HTTPServer) -> None:
    httpserver.expect_oneshot_request("/v2.json").respond_with_data(BODY)
    httpserver.expect_request("/v2.json").respond_with_data(BODY.replace(b"999", b"998"))
    v2_at(checkout, httpserver.url_for("/v2.json"))
    assert checkout.call("pin", "v2")[0] == 0
    Path("upstream/acne04/v2.json").unlink()
    assert_golden("fetch/server/changed-upstream.txt", checkout.call("fetch", "v2"))
    assert not Path("data").exists()


def test_kill_9_in_the_middle_of_a_download(checkout: Checkout, httpserver: HTTPServer) -> None:
    halfway, killed = threading.Event(), threading.Event()

    def slow(request: Request) -> Response:
        def pieces() -> Iterator[bytes]:
            yield BODY[:100]
            halfway.set()
            killed.wait(30)

        return Response(pieces(), headers={"Content-Length": str(len(BODY))})

    httpserver.expect_oneshot_request("/v2.json").respond_with_handler(slow)
    httpserver.expect_request("/v2.json").respond_with_data(BODY)
    v2_at(checkout, httpserver.url_for("/v2.json"))
    words = ["pin", "v2", "--dataset", "acne04", "--sources", "sources.yaml", "--version", "2019"]
    words += ["--pins", "pins/v2.csv", "--upstream", "upstream/acne04"]
    process = subprocess.Popen([sys.executable, "-m", "acne04.cli", *words])
    try:
        assert halfway.wait(30)
        process.send_signal(signal.SIGKILL)
        process.wait()
    finally:
        killed.set()
    left = [name for name in files_in("upstream") if Path("upstream", name).is_file()]
    assert all(name.startswith("acne04/parts/v2.json.") for name in left)
    assert checkout.pin_and_fetch("v2")[0] == 0
    assert Path("data/raw/v2/v2.json").read_bytes() == BODY


def test_a_full_disk_is_said_to_be_one(
    checkout: Checkout, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    httpserver.expect_request("/v2.json").respond_with_data(BODY)
    v2_at(checkout, httpserver.url_for("/v2.json"))
    monkeypatch.setattr("acne04.fetch.http.HttpTransport.go_on", full)
    assert_golden("fetch/server/full-disk.txt", checkout.call("pin", "v2"))
    assert nothing_is_left()


def test_a_copy_put_by_hand_is_enough(checkout: Checkout) -> None:
    v2_at(checkout, f"http://127.0.0.1:{unused_port()}/v2.json", **KNOWN)
    write("upstream/acne04/v2.json", BODY)
    assert checkout.pin_and_fetch("v2")[0] == 0
