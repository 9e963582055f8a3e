"""A server of files on loopback, with the faults of real ones: each request may fare differently.

It knows Range and If-Range. With `imitate_google` gdown, and whoever else asks Google Drive, asks
it instead: gdown is real, and only what it would send to Google goes astray.
"""

from __future__ import annotations

import contextlib
import html
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

#: Does something with one request in place of an answer as asked for.
Step = Callable[["Answering"], None]


@dataclass
class Served:
    """A file of the server: its bytes, what tells its version, and how the next requests fare."""

    body: bytes
    etag: str | None = '"one"'
    modified: str | None = None
    ranges: bool = True
    length: bool = True
    steps: list[Step] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A request as it was met, and the bytes of body that went out."""

    path: str
    range: str | None
    status: int
    sent: int


class FaultyServer(ThreadingHTTPServer):
    """See the module."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.files: dict[str, Served] = {}
        self.asked: list[Asked] = []
        self.released = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def put(self, path: str, body: bytes, *steps: Step, **options: Any) -> str:
        """Serve a file; give its address."""
        self.files[path] = Served(body, steps=list(steps), **options)
        return self.url(path)

    def sent(self) -> int:
        """Bytes of all bodies."""
        return sum(asked.sent for asked in self.asked)

    def ranges(self) -> list[str | None]:
        """What was asked for, request by request."""
        return [asked.range for asked in self.asked]

    def handle_error(self, *_: Any) -> None:
        """Say nothing: breaking off is what this server is for."""


class Answering(BaseHTTPRequestHandler):
    """One connection."""

    server: FaultyServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.close_connection = True
        path = urlsplit(self.path)
        served = self.server.files.get(path.path + ("?" + path.query if path.query else ""))
        if served is None:
            status(404)(self)
            return
        step = served.steps.pop(0) if served.steps else whole
        step(self)

    @property
    def served(self) -> Served:
        return self.server.files[self.path]

    def start(self) -> int:
        """Send the head as asked for; give the place from which the body goes."""
        served = self.served
        asked = self.headers.get("Range")
        condition = self.headers.get("If-Range")
        begin = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        if not served.ranges or condition not in (None, served.etag, served.modified):
            begin = 0
        total = len(served.body)
        if begin >= total and begin:
            self.head(416, {"Content-Range": f"bytes */{total}"}, 0)
            return total
        part = {"Content-Range": f"bytes {begin}-{total - 1}/{total}"} if begin else {}
        self.head(206 if begin else 200, part, total - begin)
        return begin

    def head(self, code: int, more: dict[str, str], length: int, *, of_file: bool = True) -> None:
        served = self.server.files.get(self.path) if of_file else None
        self.answered = code
        self.send_response(code)
        versions = {"ETag": served.etag, "Last-Modified": served.modified} if served else {}
        kind = {"Content-Type": "application/octet-stream" if served else "text/html"}
        fields = {**kind, **versions, **(served.headers if served else {}), **more}
        for name, value in fields.items():
            if value is not None:
                self.send_header(name, value)
        if served is None or served.length:
            self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()

    def body(self, data: bytes) -> None:
        self.server.asked.append(
            Asked(self.path, self.headers.get("Range"), self.answered, len(data))
        )
        with contextlib.suppress(OSError):
            self.wfile.write(data)
            self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def whole(answering: Answering) -> None:
    """Answer as asked."""
    begin = answering.start()
    answering.body(answering.served.body[begin:])


def cut(after: int) -> Step:
    """Send so many bytes of what was asked for, and hang up."""

    def step(answering: Answering) -> None:
        begin = answering.start()
        answering.body(answering.served.body[begin : begin + after])
        answering.connection.shutdown(socket.SHUT_RDWR)

    return step


def stall(after: int) -> Step:
    """Send so many bytes, and then nothing for as long as anybody waits."""

    def step(answering: Answering) -> None:
        begin = answering.start()
        answering.body(answering.served.body[begin : begin + after])
        answering.server.released.wait(20)

    return step


def status(code: int, text: bytes = b"", **headers: str) -> Step:
    """Answer with a status, and perhaps a page."""

    def step(answering: Answering) -> None:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        answering.head(code, fields, len(text), of_file=False)
        answering.body(text)

    return step


def splice(total: int | None = None) -> Step:
    """Give a rest of the file as it is now, whatever version was asked for."""

    def step(answering: Answering) -> None:
        body = answering.served.body
        asked = answering.headers.get("Range") or "bytes=0-"
        begin = int(asked.removeprefix("bytes=").removesuffix("-"))
        stated = f"bytes {begin}-{len(body) - 1}/{total or len(body)}"
        answering.head(206, {"Content-Range": stated}, len(body) - begin)
        answering.body(body[begin:])

    return step


def becomes(body: bytes, etag: str | None, then: Step = whole) -> Step:
    """Change the file, and go on."""

    def step(answering: Answering) -> None:
        answering.served.body, answering.served.etag = body, etag
        then(answering)

    return step


@contextmanager
def faulty_server() -> Iterator[FaultyServer]:
    """Serve until the end."""
    server = FaultyServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()


#: An id as Google has them.
def drive_id(name: str) -> str:
    return re.sub(r"\W", "-", f"{name}{'x' * 33}")[:33]


def imitate_google(server: FaultyServer, patch: pytest.MonkeyPatch) -> None:
    """Let what is asked of Google Drive be asked of the server."""
    ask = requests.Session.get

    def get(session: requests.Session, url: str, **options: Any) -> requests.Response:
        parts = urlsplit(url)
        assert parts.hostname == "drive.google.com", f"only Google is asked: {url}"
        (asked,) = parse_qs(parts.query)["id"]
        room = "folder" if "folderview" in parts.path else "drive"
        session.trust_env = False
        answer = ask(session, server.url(f"/{room}/{asked}"), **options)
        answer.url = answer.headers.get("X-Leads-To", url)
        return answer

    patch.setattr(requests.Session, "get", get)


def put_on_drive(server: FaultyServer, name: str, body: bytes, *steps: Step, **more: Any) -> str:
    """Put a file on the imitation; give its id."""
    key = drive_id(name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    server.put(f"/drive/{key}", body, *steps, **{"headers": headers, **more})
    return key


def put_folder(server: FaultyServer, folder: str, files: dict[str, str]) -> None:
    """List files (name -> id) in a folder as Google's page does."""
    links = "".join(
        f'<a href="https://drive.google.com/file/d/{key}/view">{html.escape(name)}</a>'
        for name, key in files.items()
    )
    page = f"<html><head><title>{folder}</title></head><body>{links}</body></html>"
    server.put(f"/folder/{folder}", page.encode(), headers={"Content-Type": "text/html"})


def page_of_google(text: str, **headers: str) -> Step:
    """Answer with a page of Google's in place of the file."""
    body = f"<!DOCTYPE html><html><head><title>{text}</title></head><body></body></html>"

    def step(answering: Answering) -> None:
        fields = {"Content-Type": "text/html"}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        answering.head(200, fields, len(body), of_file=False)
        answering.body(body.encode())

    return step
