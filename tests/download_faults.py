"""Faults of downloads: each done to a real download, with what must come of it and what is said.

`docs/downloads.md` is made of this table (`python tests/downloads_page.py`). Each fault names the
guard that is for it: with that switched off, its own test fails.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest
from faulty_server import (
    FaultyServer,
    becomes,
    cut,
    imitate_google,
    page_of_google,
    put_folder,
    put_on_drive,
    splice,
    stall,
    status,
)
from upstreams import IMAGES, PICTURE, TAR, Checkout, tar_of, write

from acne04.fetch import http
from acne04.fetch.causes import Cause, RefusalError
from acne04.fetch.partial_download import PartialDownload

#: Long enough that a rest of it is worth a try.
BODY = json.dumps({"images": list(range(40_000))}).encode()
OTHER = BODY.replace(b"[0,", b"[1,").replace(b"39999", b"39990")
KNOWN = {"size": len(BODY), "sha256": hashlib.sha256(BODY).hexdigest()}
HALF = len(BODY) // 2
#: gdown keeps what comes in pieces of this size.
PIECE = 512 * 1024
LARGE = json.dumps({"images": list(range(100_000))}).encode()
QUOTA = "Google Drive - Quota exceeded"
FOLDER = "1A4bCGSCOWIjHkfEGRumhQwsZWQXaM_EQ"
PHOTOGRAPHS = {
    **{f"Classification/JPEGImages/levle0_{n}.jpg": PICTURE for n in range(10)},
    "Classification/NNEW_trainval_0.txt": b"".join(b"levle0_%d.jpg 0 1\n" % n for n in range(8)),
    "Classification/NNEW_test_0.txt": b"levle0_8.jpg 0 1\nlevle0_9.jpg 0 1\n",
}
BOXES = {f"Detection/VOC2007/Annotations/levle0_{n}.xml": b"<object></object>" for n in range(10)}
PROMISED = {
    "images": 10,
    "grades": {0: 10, 1: 0, 2: 0, 3: 0},
    "folds": 1,
    "trainval": 8,
    "test": 2,
    "extension": ".jpg",
}


Found = namedtuple("Found", "id path")


@dataclass
class World:
    """Where a fault is done: an empty checkout, a server, and what can be switched off."""

    checkout: Checkout
    server: FaultyServer
    patch: pytest.MonkeyPatch

    def v2(self, *urls: str, **known: object) -> None:
        """Let the annotation file be what is delivered, from these addresses."""
        file = {"path": "v2.json", "urls": [*urls], "magic": "json", **known}
        self.checkout.source("v2", "files", file)

    def arrives(self, *, body: bytes = BODY) -> str:
        """Pin and fetch, which must give these bytes and leave nothing; give what is said."""
        code, _, pinning = self.checkout.call("pin", "v2")
        assert code == 0, pinning
        code, _, errors = self.checkout.call("fetch", "v2")
        assert code == 0, errors
        assert Path("data/raw/v2/v2.json").read_bytes() == body
        assert not Path("upstream/acne04/parts").exists()
        return pinning + errors

    def fails(self, key: str = "v2", code: int = 2, verb: str = "pin", *more: str) -> str:
        """Call a verb, which must fail and lay nothing down; give what is said."""
        found, out, errors = self.checkout.call(verb, key, *more)
        assert (found, out) == (code, ""), errors
        assert not [place for place in Path("data").rglob("*") if place.is_file()]
        assert "Traceback" not in errors
        return errors

    def fails_to_fetch(self, key: str) -> str:
        """Fetch what is pinned, which must fail; give what is said."""
        return self.fails(key, 1, "fetch")

    def folder(self, number: int = 5) -> list[str]:
        """Put a folder of pictures on Google's imitation; give their ids."""
        imitate_google(self.server, self.patch)
        names = [f"{n:03}.jpg" for n in range(number)]
        ids = [put_on_drive(self.server, n, PICTURE + n.encode(), etag=None) for n in names]
        put_folder(self.server, FOLDER, dict(zip(names, ids, strict=True)))
        self.checkout.source("acnedit", "folder", {**IMAGES, "urls": [f"gdrive-folder:{FOLDER}"]})
        return [f"/drive/{key}" for key in ids]

    def drive_file(self, *steps: Any, **options: Any) -> str:
        """Put the annotation file on Google's imitation; give its path on the server."""
        imitate_google(self.server, self.patch)
        key = put_on_drive(self.server, "v2.json", LARGE, *steps, **options)
        self.v2(f"gdrive:{key}")
        return f"/drive/{key}"

    def photographs(self, files: dict[str, bytes], *, may_be_missing: int = 10) -> None:
        """Let an archive of photographs lie there, of which ten are promised."""
        self.checkout.source("classification", "archive", TAR)
        self.checkout.promise("classification", PROMISED, may_be_missing)
        write("upstream/acne04/Classification.tar", tar_of(files))

    def list_sources(self, *more: str) -> tuple[int, str, str]:
        """Call `acne04 sources` with the sources of this checkout."""
        words = ["--dataset", "acne04", "--sources", "sources.yaml", "--pins", "pins"]
        return self.checkout.main("sources", *words, "--upstream", "upstream/acne04", *more)


@dataclass(frozen=True)
class DownloadFault:
    """A fault: what is done, what comes of it, what is said, and the guard that is for it."""

    group: str
    name: str
    then: str
    said: str
    guards: dict[str, Any]
    do: Callable[[World], str]

    def check(self, world: World) -> None:
        """Do it: raises an AssertionError where it does not end as the table says."""
        told = " ".join(self.do(world).split())
        assert self.said in told, told


FAULTS: list[DownloadFault] = []
_Do = Callable[[World], str]


def fault(group: str, name: str, then: str, said: str = "", **guards: Any) -> Callable[[_Do], _Do]:
    """Note a fault; each guard is a place in `acne04`, with what it is replaced by."""

    def note(do: _Do) -> _Do:
        places = {f"acne04.{place.replace('__', '.')}": off for place, off in guards.items()}
        FAULTS.append(DownloadFault(group, name, then, said, places, do))
        return do

    return note


def without(*causes: Cause) -> set[Cause]:
    """The causes after which it is tried again, but for some."""
    passing = {Cause.BUSY, Cause.SERVER, Cause.CUT, Cause.CHANGED, Cause.UNREACHABLE}
    return passing - set(causes)


NETWORK = "Network and server"


@fault(
    NETWORK,
    "the server is overloaded (503) twice",
    "tried again after a pause; arrives",
    fetch__causes___PASSING=without(Cause.SERVER),
)
def _(world: World) -> str:
    world.v2(world.server.put("/v2.json", BODY, status(503), status(503)))
    return world.arrives()


@fault(
    NETWORK,
    "the server stays down (503)",
    "given up after five tries; the next run asks again",
    "the server is in trouble (status 503), also at the last of 5 tries",
    fetch__causes___PASSING=without(Cause.SERVER),
)
def _(world: World) -> str:
    world.v2(world.server.put("/v2.json", BODY, *[status(503)] * 9))
    errors = world.fails()
    assert "come back later: the fault is the server's" in errors
    assert len(world.server.asked) == 5
    return errors


@fault(
    NETWORK,
    "the server wants fewer requests (429)",
    "waited as long as it says; arrives",
    fetch__causes___PASSING=without(Cause.BUSY),
)
def _(world: World) -> str:
    world.v2(world.server.put("/v2.json", BODY, status(429, Retry_After="0")))
    return world.arrives()


@fault(
    NETWORK,
    "it wants to be left alone for an hour (429)",
    "not waited for; asked once",
    "the server wants fewer requests (status 429)",
    fetch__retries__LONGEST_PAUSE=7200.0,
)
def _(world: World) -> str:
    asleep = []
    world.patch.setattr("tenacity.nap.time.sleep", asleep.append)
    world.v2(world.server.put("/v2.json", BODY, *[status(429, Retry_After="3600")] * 9))
    errors = world.fails()
    assert not asleep
    return errors


@fault(
    NETWORK,
    "nothing is at the address (404, 410)",
    "asked once",
    "there is nothing at this address (status 404)",
    fetch__causes___PASSING=without() | {Cause.ABSENT},
)
def _(world: World) -> str:
    world.v2(world.server.put("/v2.json", BODY, *[status(404)] * 9))
    errors = world.fails()
    assert "look at the producer's page whether it has moved" in errors
    assert len(world.server.asked) == 1
    return errors


@fault(
    NETWORK,
    "a login is wanted (401, 403)",
    "asked once, with the login of ~/.netrc if it has one",
    "a login is wanted (status 401)",
    fetch__http__refusal_of_status=lambda *_: RefusalError("no"),
)
def _(world: World) -> str:
    world.v2(world.server.put("/v2.json", BODY, *[status(401)] * 9))
    errors = world.fails()
    assert "open the page in a browser where you are logged in" in errors
    return errors


@fault(
    NETWORK,
    "the connection breaks off, again and again",
    "goes on where it broke off; arrives",
    fetch__http___goes_on=lambda *_: False,
)
def _(world: World) -> str:
    world.v2(world.server.put("/v2.json", BODY, *[cut(len(BODY) // 4)] * 3), **KNOWN)
    told = world.arrives()
    assert world.server.sent() == len(BODY)
    return told


@fault(
    NETWORK,
    "it breaks off at once, whenever asked",
    "given up after five tries; what came is kept in `parts/`, and the next run goes on there",
    f"the connection broke off at 50 of {len(BODY):,} bytes, also at the last of 5 tries",
    fetch__partial_download__PartialDownload__of=staticmethod(
        lambda upstream, path, url: PartialDownload(upstream / "parts" / os.urandom(4).hex())
    ),
)
def _(world: World) -> str:
    world.v2(world.server.put("/v2.json", BODY, *[cut(10)] * 5))
    errors = world.fails()
    assert "50 bytes of v2.json kept in upstream/acne04/parts" in errors
    world.arrives()
    assert world.server.ranges()[-1] == "bytes=50-"
    return errors


@fault(
    NETWORK,
    "the server sends nothing any more",
    "broken off after 30 s, and gone on; arrives",
    fetch__causes___PASSING=without(Cause.CUT),
)
def _(world: World) -> str:
    world.patch.setattr("acne04.fetch.transports.READ_SECONDS", 0.3)
    world.v2(world.server.put("/v2.json", BODY, stall(HALF)))
    told = world.arrives()
    assert world.server.ranges() == [None, f"bytes={HALF}-"]
    return told


@fault(
    NETWORK,
    "the file changes between two tries",
    "begun anew: `If-Range` asks for it; the new file arrives, whole",
    fetch__http__IF_RANGE="X-If-Range",
)
def _(world: World) -> str:
    world.v2(world.server.put("/v2.json", BODY, cut(HALF), becomes(OTHER, '"two"')))
    return world.arrives(body=OTHER)


@fault(
    NETWORK,
    "it changes, and the server gives its rest all the same",
    "seen by its size; begun anew",
    fetch__http___goes_on=lambda *_: True,
)
def _(world: World) -> str:
    longer = BODY.replace(b"[0,", b"[-1, 0,")
    step = becomes(longer, '"two"', splice())
    world.v2(world.server.put("/v2.json", BODY, cut(HALF), step))
    told = world.arrives(body=longer)
    assert world.server.ranges()[-1] is None, "what was joined is not gone on with"
    return told


@fault(
    NETWORK,
    "it changes, keeps its size, and a hash is known",
    "seen by its hash; begun anew",
    fetch__partial_download__PartialDownload__is_resumed=property(lambda _: False, lambda *_: None),
)
def _(world: World) -> str:
    steps = [cut(HALF), becomes(BODY, None, splice())]
    world.v2(world.server.put("/v2.json", OTHER, *steps, etag=None), **KNOWN)
    world.server.files["/v2.json"].body = b"{" + b" " * (len(BODY) - 2) + b"}"
    return world.arrives()


@fault(
    NETWORK,
    "the server names no version, and no hash is known",
    "nothing proves that a rest belongs to a beginning, so each try begins anew",
    fetch__http___can_go_on=lambda *_: True,
)
def _(world: World) -> str:
    steps = [cut(HALF), becomes(OTHER, None)]
    world.v2(world.server.put("/v2.json", BODY, *steps, etag=None))
    return world.arrives(body=OTHER)


@fault(
    NETWORK,
    "the server knows no ranges",
    "begun anew; the beginning is not kept twice",
    fetch__partial_download__PartialDownload__forget=lambda _: None,
)
def _(world: World) -> str:
    world.v2(world.server.put("/v2.json", BODY, cut(HALF), ranges=False), **KNOWN)
    return world.arrives()


@fault(
    NETWORK,
    "the file has become shorter than what is here (416)",
    "begun anew; arrives",
    fetch__partial_download__PartialDownload__forget=lambda _: None,
)
def _(world: World) -> str:
    short = b'{"images": []}'
    world.v2(world.server.put("/v2.json", BODY, cut(HALF), becomes(short, '"one"')))
    return world.arrives(body=short)


@fault(
    NETWORK,
    "a web page comes in place of data, with status 200",
    "refused, its title told; nothing is kept",
    "v2.json is a web page (Please sign in), not a JSON document",
    fetch__acceptance__web_page_title=lambda _: None,
)
def _(world: World) -> str:
    world.v2(world.server.put("/v2.json", BODY, *[page_of_google("Please sign in")] * 9))
    errors = world.fails()
    assert "the page says what it wants" in errors
    assert not Path("upstream/acne04/parts").exists()
    return errors


@fault(
    NETWORK,
    "an answer without length ends too soon",
    "seen by its end: a tar, zip or JSON has one",
    "a tar archive without its end: a download that was cut?",
    fetch__acceptance___why_no_tar=lambda *_: "",
)
def _(world: World) -> str:
    whole = tar_of({"a.jpg": b"x" * 600, "b.jpg": b"x" * 600})[:1536]
    url = world.server.put("/Classification.tar", whole, length=False)
    world.checkout.source("classification", "archive", {**TAR, "urls": [url]})
    return world.fails("classification")


@fault(
    NETWORK,
    "an answer is empty",
    "refused",
    "v2.json is an empty file, not a JSON document",
    fetch__delivery__why_not=lambda *_: "",
)
def _(world: World) -> str:
    world.v2(world.server.put("/v2.json", b""))
    return world.fails()


@fault(
    NETWORK,
    "one byte is wrong",
    "refused, with both hashes; nothing is kept",
    f"expected {len(BODY):,} bytes, sha256 {KNOWN['sha256']} found {len(BODY):,} bytes, sha256 "
    f"{hashlib.sha256(OTHER).hexdigest()}",
    fetch__pins__Expected__fits=lambda *_: True,
)
def _(world: World) -> str:
    world.v2(world.server.put("/v2.json", OTHER), **KNOWN)
    errors = world.fails(code=1)
    assert not Path("upstream/acne04/v2.json").exists()
    return errors


@fault(
    NETWORK,
    "nobody answers",
    "five tries; a second file of the same host is not tried for",
    "127.0.0.1 cannot be reached (Connection refused)",
    fetch__http__system_words=lambda _: "ConnectError",
)
def _(world: World) -> str:
    port = world.server.server_address[1]
    world.server.server_close()
    world.v2(f"http://127.0.0.1:{port}/v2.json")
    errors = world.fails()
    assert "run again with a network" in errors
    assert "upstream/acne04/v2.json" in errors, "where a copy goes that is fetched by hand"
    return errors


@fault(
    NETWORK,
    "the certificate of the server is not trusted",
    "asked once",
    "the certificate of localhost is not trusted here",
    fetch__http__root_of=lambda error: error,
)
def _(world: World) -> str:
    with encrypted() as port:
        world.v2(f"https://localhost:{port}/v2.json")
        return world.fails()


@fault(
    NETWORK,
    "the address leads in a circle",
    "asked until that shows",
    "the address leads in a circle",
    fetch__http___refusal=lambda *_: RefusalError("no"),
)
def _(world: World) -> str:
    steps = [status(302, Location="/v2.json")] * 40
    world.v2(world.server.put("/v2.json", BODY, *steps))
    return world.fails()


@fault(
    NETWORK,
    "the first mirror is gone, the second gives other bytes",
    "the third serves; the receipt names it",
    fetch__pins__Expected__fits=lambda *_: True,
)
def _(world: World) -> str:
    bodies = {"/gone": BODY, "/wrong": OTHER, "/right": BODY, "/never": BODY}
    urls = [world.server.put(path, body) for path, body in bodies.items()]
    world.server.files["/gone"].steps = [status(410)] * 9
    world.v2(*urls, **KNOWN)
    told = world.arrives()
    assert [asked.path for asked in world.server.asked] == ["/gone", "/wrong", "/right"]
    receipt = json.loads(Path("upstream/acne04/receipts/v2.json").read_text())["files"][0]
    assert receipt["url"].endswith("/right")
    return told


DRIVE = "Google Drive"


@fault(
    DRIVE,
    "its quota is used up",
    "asked once, and once for the reason: more tries cost more of it",
    "Google's quota for this file is used up for now",
    fetch__drive__QUOTA=namedtuple("Never", "search")(lambda _: None),
)
def _(world: World) -> str:
    path = world.drive_file(*[page_of_google(QUOTA)] * 9)
    errors = world.fails()
    assert "come back in up to 24 hours" in errors
    assert "fetch by hand" in errors
    assert "to upstream/acne04/v2.json" in " ".join(errors.split())
    assert [asked.path for asked in world.server.asked] == [path, path]
    assert "Gdown" not in errors
    return errors


@fault(
    DRIVE,
    "it is not shared with everybody",
    "asked once; Google leads to its login",
    "Google wants a login: it is not shared with everybody",
    fetch__drive__LOGIN_HOST="nowhere",
)
def _(world: World) -> str:
    leads_to = "https://accounts.google.com/ServiceLogin?continue=x"
    world.drive_file(*[page_of_google("Sign in", X_Leads_To=leads_to)] * 9)
    return world.fails()


@fault(
    DRIVE,
    "Google gives a page that says no reason",
    "asked once; both reasons are told",
    "its quota is used up, or it is no longer shared with everybody",
    fetch__drive___withheld=lambda: RefusalError("no"),
)
def _(world: World) -> str:
    world.drive_file(*[page_of_google("Google Drive")] * 9)
    return world.fails()


@fault(
    DRIVE,
    "Google is down for a moment (503)",
    "tried again; arrives",
    fetch__drive___as_google_says=lambda _: RefusalError("no", Cause.WITHHELD),
)
def _(world: World) -> str:
    world.drive_file(status(503), status(503))
    return world.arrives(body=LARGE)


@fault(
    DRIVE,
    "the connection breaks off",
    "goes on where it broke off; arrives",
    fetch__causes___PASSING=without(Cause.CUT),
)
def _(world: World) -> str:
    old = "Wed, 01 Jan 2020 00:00:00 GMT"
    world.drive_file(cut(PIECE + 10), modified=old)
    told = world.arrives(body=LARGE)
    assert f"bytes={PIECE}-" in world.server.ranges()
    return told


@fault(
    DRIVE,
    "the file changes between two tries, and keeps its size",
    "seen by its date; begun anew",
    fetch__drive___is_older=lambda *_: True,
)
def _(world: World) -> str:
    path = world.drive_file(cut(PIECE + 10), etag=None)
    world.server.files[path].modified = "Wed, 01 Jan 2020 00:00:00 GMT"

    other = LARGE.replace(b"[0,", b"[1,").replace(b"99999", b"99990")

    def change(answering: Any) -> None:
        answering.served.modified = "Fri, 01 Jan 2100 00:00:00 GMT"
        becomes(other, None)(answering)

    world.server.files[path].steps.append(change)
    return world.arrives(body=other)


@fault(
    DRIVE,
    "the quota ends in the middle of a folder",
    "the files that are here stay; the next run asks for the rest alone",
    "3 of 5 files are here and stay",
    fetch__folder_download__FolderDownload___kept=lambda *_: {},
)
def _(world: World) -> str:
    paths = world.folder()
    world.server.files[paths[3]].steps = [page_of_google(QUOTA)] * 2
    errors = world.fails("acnedit")
    assert "3 files of ACNEDIT kept in upstream/acne04/parts" in errors
    asked = len(world.server.asked)
    assert world.checkout.pin_and_fetch("acnedit")[0] == 0
    again = [asked.path for asked in world.server.asked[asked:]]
    assert [path for path in again if "/drive/" in path] == paths[3:]
    return errors


@fault(
    DRIVE,
    "a file that stayed is damaged before the next run",
    "read again, and fetched again",
    fetch__folder_download___is_whole=lambda place, _: place.is_file(),
)
def _(world: World) -> str:
    paths = world.folder()
    world.server.files[paths[3]].steps = [page_of_google(QUOTA)] * 2
    errors = world.fails("acnedit")
    (kept,) = Path("upstream/acne04/parts").rglob("001.jpg")
    kept.write_bytes(PICTURE + b"002")
    assert world.checkout.pin_and_fetch("acnedit")[0] == 0
    assert Path("data/raw/acnedit/001.jpg").read_bytes() == PICTURE + b"001.jpg"
    return errors


@fault(
    DRIVE,
    "one file of a folder is a web page",
    "refused by name; all others stay",
    "002.jpg: a web page (Sorry), not a JPEG image",
    fetch__folder_download__why_not=lambda *_: "",
)
def _(world: World) -> str:
    paths = world.folder()
    page = b"<!DOCTYPE html><title>Sorry</title>"
    world.server.files[paths[2]].body = page
    errors = world.fails("acnedit")
    assert "4 of 5 files are here" in errors
    return errors


@fault(
    DRIVE,
    "a file of a folder has other bytes than its pin",
    "refused with both hashes; nothing is overwritten",
    f"found {len(PICTURE) + 3:,} bytes, sha256 {hashlib.sha256(PICTURE + b'new').hexdigest()}",
    fetch__pins__Expected__fits=lambda *_: True,
)
def _(world: World) -> str:
    paths = world.folder()
    assert world.checkout.call("pin", "acnedit")[0] == 0
    shutil.rmtree("upstream/acne04/ACNEDIT")
    world.server.files[paths[2]].body = PICTURE + b"new"
    return world.fails("acnedit", 1, "fetch")


@fault(
    DRIVE,
    "a folder lists a name that climbs out of it",
    "nothing of it is fetched",
    "the folder lists names that cannot be kept",
    fetch__drive__name_problem=lambda _: "",
)
def _(world: World) -> str:
    imitate_google(world.server, world.patch)
    world.patch.setattr("gdown.download_folder", lambda **_: [Found("x" * 33, "../a.jpg")])
    world.checkout.source("acnedit", "folder", {**IMAGES, "urls": [f"gdrive-folder:{FOLDER}"]})
    return world.fails("acnedit")


@fault(
    DRIVE,
    "a folder lists nothing",
    "both reasons are told",
    "the folder lists no files: it is empty, or not shared with everybody",
    fetch__drive___listing=lambda _: [],
)
def _(world: World) -> str:
    world.folder(0)
    return world.fails("acnedit")


DISK = "Disk and processes"


@fault(
    DISK,
    "the disk is full in the middle of a file",
    "what came stays; the next run goes on there",
    "the disk is full (No space left on device)",
    fetch__delivery__no_room=lambda *_: RefusalError("no"),
)
def _(world: World) -> str:
    world.v2(world.server.put("/v2.json", BODY), **KNOWN)
    written = [0]
    real = http.write_through

    def full(stream: IO[bytes], chunk: bytes) -> None:
        if written[0] + len(chunk) > HALF:
            real(stream, chunk[: HALF - written[0]])
            raise OSError(errno.ENOSPC, "No space left on device")
        real(stream, chunk)
        written[0] += len(chunk)

    with world.patch.context() as patch:
        patch.setattr(http, "write_through", full)
        errors = world.fails()
    assert "what has arrived is kept in upstream/acne04/parts" in errors
    world.arrives()
    assert world.server.ranges()[-1] == f"bytes={HALF}-"
    return errors


@fault(
    DISK,
    "the file is larger than what is free",
    "said before it begins",
    f"{len(BODY):,} bytes more are to come, and 1,000 are free",
    fetch__http___check_room=lambda *_: None,
)
def _(world: World) -> str:
    world.v2(world.server.put("/v2.json", BODY))
    usage = namedtuple("Usage", "total used free")(10_000, 9_000, 1_000)
    world.patch.setattr("acne04.fetch.http.shutil.disk_usage", lambda _: usage)
    return world.fails()


@fault(
    DISK,
    "the folder of copies cannot be written",
    "said with its name",
    "cannot be written (Not a directory)",
    fetch__delivery__no_room=lambda *_: RefusalError("no"),
)
def _(world: World) -> str:
    write("upstream/acne04/parts", b"")
    world.v2(world.server.put("/v2.json", BODY))
    return world.fails()


@fault(
    DISK,
    "two processes fetch one file at once",
    "the second one refuses; the first goes on",
    "another process is fetching this file",
    fetch__partial_download__held=lambda _: nullcontext(True),
)
def _(world: World) -> str:
    url = world.server.put("/v2.json", BODY)
    world.v2(url)
    folder = PartialDownload.of(Path("upstream/acne04"), "v2.json", url).folder
    folder.mkdir(parents=True)
    holding = "import fcntl, os, sys; d = os.open(sys.argv[1], os.O_RDONLY); "
    holding += "fcntl.flock(d, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", holding, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None and other.stdin is not None
        assert other.stdout.readline() == "held\n"
        errors = world.fails()
        other.stdin.close()
    return errors


@fault(
    DISK,
    "what a killed process of an earlier version left",
    "removed; what a living one holds stays",
    fetch__delivery__remove_orphans=lambda *_: None,
)
def _(world: World) -> str:
    stale = write("upstream/acne04/.v2.json.0123abcd.part", b"half")
    orphan = write("upstream/acne04/parts/v2.json.89abcdef/bytes", b"of another address")
    world.v2(world.server.put("/v2.json", BODY))
    told = world.arrives()
    assert not stale.exists() and not orphan.exists()
    return told


@fault(
    DISK,
    "what a process left that was killed while it unpacked",
    "removed by the next fetch",
    fetch__command__remove_stale_folders=lambda _: None,
)
def _(world: World) -> str:
    stale = write("data/raw/.v2.0123abcd.part/new/a.jpg", PICTURE)
    world.v2(world.server.put("/v2.json", BODY))
    told = world.arrives()
    assert not stale.exists()
    return told


CONTENT = "Archives, content and pins"


@fault(
    CONTENT,
    "`Detection.tar` under the name `Classification.tar`",
    "looked through before a first pin; never pinned",
    "images: 0",
    fetch__pin__check_promised=lambda *_: None,
)
def _(world: World) -> str:
    world.photographs(BOXES)
    errors = world.fails("classification", 1)
    assert "in all: 10 of .xml" in errors
    assert not Path("pins/classification.csv").exists()
    return errors


@fault(
    CONTENT,
    "half of the promised images are missing at a first pin",
    "never pinned",
    "images: 5",
    fetch__pin__check_promised=lambda *_: None,
)
def _(world: World) -> str:
    half = {path: body for path, body in PHOTOGRAPHS.items() if path[-5] not in "56789"}
    world.photographs(half)
    return world.fails("classification", 1)


@fault(
    CONTENT,
    "half of them are missing from what is pinned",
    "an error that stops the run; `may_be_missing` says how much may be",
    "more than 10 % of it is missing",
    fetch__command__check_promised=lambda *_: None,
)
def _(world: World) -> str:
    half = {path: body for path, body in PHOTOGRAPHS.items() if path[-5] not in "56789"}
    world.photographs(half, may_be_missing=100)
    assert world.checkout.call("pin", "classification")[0] == 0
    world.photographs(half)
    return world.fails("classification", 1, "fetch")


@fault(
    CONTENT,
    "one promised image is missing",
    "taken, and told aloud",
    "NOT ALL AS PROMISED",
    fetch__promised_contents__loud=lambda *_: None,
)
def _(world: World) -> str:
    one = "Classification/JPEGImages/levle0_3.jpg"
    world.photographs({path: body for path, body in PHOTOGRAPHS.items() if path != one})
    code, _, errors = world.checkout.call("pin", "classification")
    assert code == 0
    return errors


@fault(
    CONTENT,
    "an archive writes outside of its folder",
    "refused as a whole, before a byte is written",
    "this archive is not extracted",
    fetch__archive__contents_problems=lambda _: [],
)
def _(world: World) -> str:
    world.checkout.source("classification", "archive", TAR)
    write("upstream/acne04/Classification.tar", tar_of({"../../planted": b"x"}))
    assert world.checkout.call("pin", "classification")[0] == 0
    errors = world.fails_to_fetch("classification")
    assert not list(Path().rglob("planted"))
    return errors


@fault(
    CONTENT,
    "an archive expands without end",
    "refused by what its table of contents states",
    "more than 268,435,456",
    fetch__acceptance__MAX_FILE_BYTES=2**40,
)
def _(world: World) -> str:
    bomb = Path(__file__).parent / "examples" / "fetch" / "bomb.zip"
    file = {**TAR, "path": "Classification.zip", "magic": "zip"}
    world.checkout.source("classification", "archive", file)
    write("upstream/acne04/Classification.zip", bomb.read_bytes())
    assert world.checkout.call("pin", "classification")[0] == 0
    return world.fails_to_fetch("classification")


@fault(
    CONTENT,
    "two names of an archive are one on some file systems",
    "refused, both named",
    "one name on some file systems",
    fetch__acceptance___name_clashes=lambda _: [],
)
def _(world: World) -> str:
    world.checkout.source("classification", "archive", TAR)
    write("upstream/acne04/Classification.tar", tar_of({"a.jpg": PICTURE, "A.jpg": PICTURE}))
    assert world.checkout.call("pin", "classification")[0] == 0
    return world.fails_to_fetch("classification")


@fault(
    CONTENT,
    "a folder holds a link or a pipe",
    "refused, by name",
    "is neither a file nor a folder",
    fetch__delivery__regular_files=lambda folder: [p.name for p in folder.iterdir()],
)
def _(world: World) -> str:
    world.checkout.source("acnedit", "folder", IMAGES)
    write("upstream/acne04/ACNEDIT/a.jpg", PICTURE)
    Path("upstream/acne04/ACNEDIT/b.jpg").symlink_to(
        Path("upstream/acne04/ACNEDIT/a.jpg").resolve()
    )
    return world.fails("acnedit", 1)


@fault(
    CONTENT,
    "the upstream gives other bytes under a pin",
    "refused with both hashes; what is in `data/raw` stays",
    f"expected {len(BODY):,} bytes, sha256 {KNOWN['sha256']}",
    fetch__pins__Expected__fits=lambda *_: True,
)
def _(world: World) -> str:
    world.v2(world.server.put("/v2.json", BODY))
    world.arrives()
    Path("upstream/acne04/v2.json").unlink()
    world.server.files["/v2.json"].body = OTHER
    code, _, errors = world.checkout.call("fetch", "v2")
    assert code == 1
    assert hashlib.sha256(OTHER).hexdigest() in errors
    assert "`acne04 pin v2 --move` moves the pin and shows what changed" in errors
    assert Path("data/raw/v2/v2.json").read_bytes() == BODY
    return errors


@fault(
    CONTENT,
    "the pin is moved on purpose (`acne04 pin SOURCE --move`)",
    "the new bytes are had and "
    "looked at; the old copy stays under another name; what changed is shown",
    "PINS MOVED: acne04/v2, version 2019, files that differ: 1",
    fetch__delivery___Delivery___placed=lambda self, file, delivered, staging, give: (
        give(self.upstream / file.path) or delivered
    ),
)
def _(world: World) -> str:
    world.v2(world.server.put("/v2.json", BODY))
    world.arrives()
    world.server.files["/v2.json"].body = OTHER
    code, _, errors = world.checkout.call("pin", "v2", "--move")
    assert code == 0, errors
    assert KNOWN["sha256"] in errors
    assert hashlib.sha256(OTHER).hexdigest() in errors
    assert world.checkout.call("fetch", "v2")[0] == 0
    assert Path("data/raw/v2/v2.json").read_bytes() == OTHER
    old = [place.read_bytes() for place in Path("upstream/acne04").glob("v2.json.before-*")]
    assert old == [BODY]
    return errors


NAMES = "Names, and what browsers make of them (`acne04 sources --take`)"


def _taken(world: World, key: str = "classification") -> str:
    """List, take, list again, and fetch; give what the first list says."""
    code, out, _ = world.list_sources()
    assert code in (1, 2)
    code, _, errors = world.list_sources("--take")
    assert "taken: " in errors, errors
    assert world.checkout.pin_and_fetch(key)[0] == 0
    return out


def _renamed(world: World, name: str) -> str:
    world.photographs(PHOTOGRAPHS)
    Path("upstream/acne04/Classification.tar").rename(f"upstream/acne04/{name}")
    return _taken(world)


_NOTHING_BY_NAME = {"sources__near_misses___by_name": lambda *_: None}
_NO_BUNDLES = {"sources__near_misses___bundles": lambda *_: []}


@fault(
    NAMES,
    "`Classification (1).tar`",
    "seen and, when asked, renamed",
    "near Classification (1).tar: a further download of it",
    **_NOTHING_BY_NAME,
)
def _(world: World) -> str:
    return _renamed(world, "Classification (1).tar")


@fault(
    NAMES,
    "other letters: `CLASSIFICATION.TAR`",
    "seen and renamed",
    "near CLASSIFICATION.TAR: its name in other letters",
    **_NOTHING_BY_NAME,
)
def _(world: World) -> str:
    return _renamed(world, "CLASSIFICATION.TAR")


@fault(
    NAMES,
    "`Classification.tar.crdownload`",
    "seen; not taken, for the browser has not finished",
    "the beginning of a download; a browser has not finished it",
    **_NOTHING_BY_NAME,
)
def _(world: World) -> str:
    world.photographs(PHOTOGRAPHS)
    place = Path("upstream/acne04/Classification.tar")
    place.rename(f"{place}.crdownload")
    out = world.list_sources("--take")[1]
    assert not place.exists()
    return out


@fault(
    NAMES,
    "`Classification.tar.gz`, `.tgz`",
    "seen and unpacked",
    "it, compressed",
    **_NOTHING_BY_NAME,
)
def _(world: World) -> str:
    import gzip

    world.photographs(PHOTOGRAPHS)
    place = Path("upstream/acne04/Classification.tar")
    write(f"{place}.gz", gzip.compress(place.read_bytes()))
    place.unlink()
    return _taken(world)


@fault(
    NAMES,
    "the archive unpacked: a folder `Classification`",
    "seen and packed again; other bytes than the producer's, so only where nothing is pinned",
    "near Classification: the archive, unpacked",
    **_NOTHING_BY_NAME,
)
def _(world: World) -> str:
    world.photographs(PHOTOGRAPHS)
    Path("upstream/acne04/Classification.tar").unlink()
    for path, body in PHOTOGRAPHS.items():
        write(f"upstream/acne04/{path}", body)
    return _taken(world)


def _zips(names: list[str], files: dict[str, bytes]) -> None:
    for number, name in enumerate(names):
        place = write(f"upstream/acne04/{name}", b"")
        with zipfile.ZipFile(place, "w") as bundle:
            for path, body in list(files.items())[number :: len(names)]:
                bundle.writestr(path, body)


ZIPS = [f"Classification-20260101T120000Z-1-00{n}.zip" for n in (1, 2)]


@fault(
    NAMES,
    "a folder of Google Drive as two zips",
    "seen and joined",
    "its folder, in 2 zips",
    **_NO_BUNDLES,
)
def _(world: World) -> str:
    world.photographs(PHOTOGRAPHS)
    Path("upstream/acne04/Classification.tar").unlink()
    _zips(ZIPS, PHOTOGRAPHS)
    return _taken(world)


@fault(
    NAMES,
    "one zip of two is missing",
    "seen; not taken",
    "part 1 is missing",
    **_NO_BUNDLES,
)
def _(world: World) -> str:
    world.photographs(PHOTOGRAPHS)
    Path("upstream/acne04/Classification.tar").unlink()
    _zips([ZIPS[1].replace("002", "002"), ZIPS[1].replace("002", "003")], PHOTOGRAPHS)
    out = world.list_sources("--take")[1]
    assert not Path("upstream/acne04/Classification.tar").exists()
    return out


@fault(
    NAMES,
    "a zip that holds `Classification.tar`",
    "seen, and the file taken out of it",
    "a zip that holds it",
    **_NO_BUNDLES,
)
def _(world: World) -> str:
    world.photographs(PHOTOGRAPHS)
    place = Path("upstream/acne04/Classification.tar")
    _zips(["ACNE04-20260101T120000Z-001.zip"], {"ACNE04/Classification.tar": place.read_bytes()})
    place.unlink()
    return _taken(world)


@fault(
    NAMES,
    "a near miss that is something else",
    "checked before it is taken: it stays as it is",
    "not what acne04/classification promises",
    sources__taking___check=lambda *_: None,
)
def _(world: World) -> str:
    world.photographs(BOXES)
    place = Path("upstream/acne04/Classification.tar")
    near = place.rename(place.with_name("Classification (1).tar"))
    code, _, errors = world.list_sources("--take")
    assert (code, near.exists(), place.exists()) == (1, True, False)
    return errors


@contextmanager
def encrypted() -> Iterator[int]:
    """Serve TLS with a certificate that nobody has signed; give the port."""
    import datetime
    import socket
    import ssl
    import tempfile
    import threading

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.datetime(2020, 1, 1))
        .not_valid_after(datetime.datetime(2100, 1, 1))
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(certificate.public_bytes(serialization.Encoding.PEM))
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        file.flush()
        context.load_cert_chain(file.name)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                try:
                    context.wrap_socket(connection, server_side=True).close()
                except OSError:
                    connection.close()

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
