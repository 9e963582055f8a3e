"""The check of DVC's store: is one set up, does it answer, are the credentials taken."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from acne04.core.addresses import bare
from acne04.core.errors import Acne04Error
from acne04.doctor.surroundings import Surroundings
from acne04.inspection.checks import Check, Evidence, NothingYet

#: Name of the folder beside the checkout that the committed configuration makes the store.
SHIPPED = "acne04-store"
_ADDRESS = "`dvc remote modify store url ADDRESS`"
_NOBODY = "look whether the server runs, the port is right and a VPN is wanted"
#: Ports of the schemes whose server a name stands for; others are asked by their library alone.
_PORTS = {"ssh": 22, "webdav": 80, "webdavs": 443, "http": 80, "https": 443}
#: Seconds for a first answer of a server.
_FIRST_ANSWER = 5.0
#: Words of libraries, in small letters -> what they mean, and the way out.
_MEANINGS = (
    (
        ("nocredentials", "unable to locate credentials", "credentials not found"),
        "it wants credentials, and none are set",
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile in ~/.aws/credentials",
    ),
    (
        ("invalidaccesskeyid", "signaturedoesnotmatch", "accessdenied", "forbidden", "403"),
        "it does not take these credentials",
        "ask who keeps the store for the right to read it, then set user and key as DVC wants them "
        "in .dvc/config.local: `dvc remote modify --local store NAME VALUE`",
    ),
    (
        ("unauthorized", "401", "permission denied", "permissiondenied", "auth failed"),
        "it does not let this user in",
        "ssh: `ssh HOST` must work without a question; webdav: "
        "`dvc remote modify --local store user NAME` and `password`",
    ),
    (
        ("host key", "hostkey"),
        "its host key is unknown or another",
        "log in once with ssh, and compare the key with the one that its keeper tells",
    ),
    (
        ("nosuchbucket", "bucket does not exist"),
        "there is no such bucket",
        f"mend the address: {_ADDRESS}",
    ),
    (
        ("not installed", "no module named", "requires", "unsupported"),
        "DVC has no support for this kind of store here",
        "use a folder, ssh, s3 or webdav, or install DVC's package for it beside the lock",
    ),
    (
        ("name or service not known", "name resolution", "nodename", "getaddrinfo"),
        "no host of this name is known",
        "mend the address (`dvc remote list` shows it), or look whether the network is there",
    ),
    (
        ("refused", "unreachable", "timed out", "timeout", "cannot connect", "connect call"),
        "nobody answers there",
        _NOBODY,
    ),
)


def _store(around: Surroundings) -> Evidence:
    name, remote = _configured()
    url = str(remote.get("url", ""))
    if not url:
        raise NothingYet("no store is set up: `dvc remote modify store url ADDRESS` does it")
    if "://" not in url:
        return _folder(name, Path(url))
    _knock(name, url, str(remote.get("endpointurl", "")))
    found = _ask(around.seconds)
    if isinstance(found, Exception):
        raise _wrong(f"{name} at {bare(url)}", *_meaning(found))
    return Evidence(f"{name} at {bare(url)} answers")


def _configured() -> tuple[str, dict[str, Any]]:
    """Give name and settings of the remote that DVC uses."""
    from dvc.config import Config
    from dvc.exceptions import DvcException

    try:
        config = Config(Path(".dvc").absolute())
        name = str(config["core"].get("remote", ""))
        return name or "store", dict(config["remote"].get(name) or {})
    except DvcException as error:
        remedy = "mend the line that it names, or `git checkout .dvc/config`"
        raise _wrong(".dvc/config", _in_line(error), remedy) from None


def _folder(name: str, place: Path) -> Evidence:
    where = place if place.is_absolute() else Path(".dvc") / place
    where = Path(os.path.normpath(where))
    told = f"{name} at {where}"
    if where.is_dir():
        if os.access(where, os.R_OK | os.W_OK | os.X_OK):
            return Evidence(f"{name}, the folder {where}")
        raise _wrong(told, "it may not be read and written", f"`chmod u+rwx {where}`")
    if where.exists():
        raise _wrong(told, "it is no folder", f"name another: {_ADDRESS}")
    if where.absolute() == Path.cwd().parent / SHIPPED:
        raise NothingYet(f"the store {where}; `dvc push` makes it")
    remedy = f"mount the disk that it lies on, or make it: `mkdir -p {where}`"
    raise _wrong(told, "no such folder", remedy)


def _knock(name: str, url: str, endpoint: str) -> None:
    """Try whether anybody listens; what a library would try for minutes is known in seconds."""
    address = urlsplit(endpoint or url)
    try:
        port = address.port or _PORTS.get(address.scheme)
        host = address.hostname
    except ValueError:
        raise _wrong(f"{name} at {bare(url)}", "no address", f"mend it: {_ADDRESS}") from None
    if not host or not port:
        return
    try:
        socket.create_connection((host, port), timeout=_FIRST_ANSWER).close()
    except socket.gaierror:
        # May be a name that only ssh's own configuration knows.
        return
    except OSError as error:
        found = f"nobody answers at {host}, port {port} ({error.strerror or 'timed out'})"
        raise _wrong(f"{name} at {bare(url)}", found, _NOBODY) from None


def _ask(seconds: float) -> Exception | None:
    """Ask the store whether it has a place for objects; give what it raised, None where it did."""
    raised: list[Exception] = [TimeoutError(f"timed out after {seconds:.0f} s")]

    def ask() -> None:
        try:
            from dvc.repo import Repo

            store = Repo().cloud.get_remote_odb()
            # It answers, too, where nothing was pushed yet.
            with suppress(FileNotFoundError):
                store.fs.ls(store.fs.parent(store.fs.parent(store.path)))
            raised.clear()
        except Exception as error:
            # Each kind of store raises what its own library raises.
            raised[:] = [error]

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    return raised[0] if raised else None


def _meaning(error: Exception) -> tuple[str, str]:
    """Give in a line what an error means, and the way out."""
    text = _in_line(error)
    cause = error.__cause__ or error.__context__
    words = f"{text} {cause!r}".casefold()
    for marks, means, remedy in _MEANINGS:
        if any(mark in words for mark in marks):
            return means, remedy
    return text, "`dvc status --cloud --verbose` tells more"


def _in_line(error: Exception) -> str:
    return bare(" ".join(f"{type(error).__name__}: {error}".split()))


def _wrong(where: str, found: str, remedy: str) -> Acne04Error:
    return Acne04Error(where, found, expected="a store that can be used", remedy=remedy)


CHECKS: tuple[Check[Surroundings], ...] = (
    Check(
        "store",
        "Without its store a clone makes everything anew, and of real photographs it cannot.",
        True,
        "quick",
        f"`dvc remote list` shows the address, {_ADDRESS} changes it",
        _store,
    ),
)
