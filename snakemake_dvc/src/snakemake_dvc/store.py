"""DVC's store: does it answer, what it holds of what is recorded, and bringing that there or here.

``dvc pull`` takes an object with other bytes than its name for one that is missing, a WebDAV server
that lets nobody in for an empty one; ``dvc push`` believes that a folder that it once sent is still
there. So where DVC fails, or says it is done, the store itself is asked.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from snakemake_dvc import dvc
from snakemake_dvc.addresses import bare
from snakemake_dvc.errors import BridgeError
from snakemake_dvc.faults import NOBODY, Fault, errors_in, listed, meaning, meaning_of, rotten_in

#: Set to ``none``, a run makes what is missing again, and asks no store.
VARIABLE = "SNAKEMAKE_DVC_STORE"
#: Seconds for a first answer of a server, and for the whole question.
_FIRST_ANSWER, SECONDS = 5.0, 15.0
#: Mode of an object that DVC takes for one that it wrote.
_PROTECTED = 0o444
#: Ports of the schemes whose server a name stands for; others are asked by their library alone.
_PORTS = {"ssh": 22, "webdav": 80, "webdavs": 443, "http": 80, "https": 443}
_ADDRESS = "`dvc remote modify store url ADDRESS`"


def is_asked() -> bool:
    """Whether a run may ask the store at all."""
    return os.environ.get(VARIABLE) != "none"


def configured() -> tuple[str, dict[str, Any]]:
    """Give name and settings of the remote that DVC uses; no settings where none is set up.

    Raises
    ------
    BridgeError
        If the configuration cannot be read.
    """
    from dvc.config import Config
    from dvc.exceptions import DvcException

    try:
        config = Config(Path(".dvc").absolute())
        name = str(config["core"].get("remote", ""))
        return name or "store", dict(config["remote"].get(name) or {})
    except DvcException as error:
        raise BridgeError(
            ".dvc/config",
            bare(" ".join(f"{type(error).__name__}: {error}".split())),
            remedy="mend the line that it names, or `git checkout .dvc/config`",
            exit_code=2,
        ) from None


def address() -> str:
    """Name the store and where it is, as it may be told."""
    name, remote = configured()
    url = str(remote.get("url", ""))
    return f"{name} at {bare(url) if '://' in url else place_of(url)}" if url else name


def refused(fault: Fault, done: str, expected: str = "", remedy: str = "") -> BridgeError:
    """Give the error of a store that does not do what was asked of it."""
    return BridgeError(
        f"the {told}" if (told := address()).startswith("store ") else f"the store {told}",
        fault.what,
        expected=expected,
        done=done,
        remedy=f"{fault.remedy}. {remedy}" if remedy else fault.remedy,
        exit_code=2,
    )


def look(seconds: float = SECONDS) -> Fault | None:
    """Ask the store whether it can be used; None where it can.

    Parameters
    ----------
    seconds : float
        How long a store on the network may take to answer.
    """
    _, remote = configured()
    url = str(remote.get("url", ""))
    if not url:
        return Fault("none", "no store is set up", f"{_ADDRESS} does it")
    if "://" not in url:
        return _look_at_folder(place_of(url))
    if fault := _knock(url, str(remote.get("endpointurl", ""))):
        return fault
    keyfile = str(remote.get("keyfile", ""))
    if keyfile and not Path(keyfile).expanduser().is_file():
        told = f"its keyfile is not here: {keyfile}"
        return Fault("credentials", told, "`dvc remote modify --local store keyfile FILE`")
    raised = _ask(seconds)
    return meaning_of(raised) if raised else None


def place_of(url: str) -> Path:
    """Give the folder that an address without a scheme names, from the root of the checkout."""
    place = Path(url)
    return Path(os.path.normpath(place if place.is_absolute() else Path(".dvc", place)))


def _look_at_folder(place: Path) -> Fault | None:
    if place.is_dir():
        if os.access(place, os.R_OK | os.W_OK | os.X_OK):
            return None
        return Fault("read-only", "it may not be read and written", f"`chmod u+rwx {place}`")
    if place.exists():
        return Fault("unreachable", "it is no folder", f"name another: {_ADDRESS}")
    if place.absolute().parent == Path.cwd().parent:
        # Beside the checkout, on no disk that might not be mounted.
        return Fault("none", "nothing has been pushed yet", "`dvc push` makes it")
    remedy = f"mount the disk that it lies on, or make it: `mkdir -p {place}`"
    return Fault("unreachable", "no such folder", remedy)


def _knock(url: str, endpoint: str) -> Fault | None:
    """Try whether anybody listens; what a library would try for minutes is known in seconds."""
    parts = urlsplit(endpoint or url)
    try:
        port = parts.port or _PORTS.get(parts.scheme)
        host = parts.hostname
    except ValueError:
        return Fault("unreachable", "no address", f"mend it: {_ADDRESS}")
    if not host or not port:
        return None
    try:
        socket.create_connection((host, port), timeout=_FIRST_ANSWER).close()
    except socket.gaierror:
        # May be a name that only ssh's own configuration knows.
        return None
    except OSError as error:
        told = f"nobody answers at {host}, port {port} ({error.strerror or 'timed out'})"
        return Fault("unreachable", told, NOBODY)
    return None


def _ask(seconds: float) -> Exception | None:
    """Ask the store whether it has a place for objects; give what it raised, None where it did."""
    raised: list[Exception] = [TimeoutError(f"timed out after {seconds:.0f} s")]

    def ask() -> None:
        try:
            store = _objects()
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


def _objects() -> Any:
    from dvc.repo import Repo

    return Repo().cloud.get_remote_odb()


def pull(*paths: str, force: bool = False) -> Fault | None:
    """Bring artifacts from the store, all of them where none is named; None where all came."""
    _protect_objects()
    words = ["pull", "--verbose", *(["--force"] if force else []), *paths]
    answer = dvc.run(*words)
    return None if answer.returncode == 0 else _fault_of_pull(answer, paths)


def _protect_objects() -> None:
    """Keep DVC from removing from a folder what is damaged there.

    It looks at objects that are not write-protected, and removes those of other bytes; the others
    it compares when they have arrived, where the option ``verify`` is set.
    """
    remote = configured()[1]
    url = str(remote.get("url", ""))
    if "://" in url or not remote.get("verify"):
        return
    for place in place_of(url).glob("files/md5/*/*"):
        if place.stat().st_mode & 0o777 != _PROTECTED:
            with suppress(OSError):
                place.chmod(_PROTECTED)


def _fault_of_pull(answer: subprocess.CompletedProcess[str], paths: Iterable[str]) -> Fault:
    said = f"{answer.stdout or ''}\n{answer.stderr or ''}"
    if not configured()[1].get("url"):
        return look() or Fault("none", "no store is set up", f"{_ADDRESS} does it")
    wanted, folder, rotten = objects_of(paths), dvc.cache_folder(), rotten_in(said)
    lost = {
        path
        for md5, path in wanted.items()
        if md5 not in rotten and not dvc.cached_file(md5, folder).is_file()
    }
    if rotten:
        return _damaged(rotten, wanted, lost)
    if fault := look() or meaning(_without_own_cache(errors_in(said))):
        if fault.kind == "full":
            return Fault("full", "no room here for what it gives", "make room on this machine")
        return fault
    if not lost:
        return Fault("other", dvc.reason(answer), "`dvc pull --verbose` tells more")
    return Fault(
        "missing",
        f"it lacks {listed(lost)}",
        "where they are: `python -m snakemake_dvc --push`; or have them made again: "
        f"`{VARIABLE}=none snakemake --cores all`",
        tuple(sorted(lost)),
    )


def _without_own_cache(errors: str) -> str:
    """Leave out what DVC says of its own cache, which is what the store did not give."""
    own = ("/.dvc/cache", str(dvc.cache_folder()))
    return "\n".join(line for line in errors.splitlines() if not any(o in line for o in own))


def _damaged(rotten: dict[str, str], wanted: dict[str, str], lost: Iterable[str]) -> Fault:
    names = sorted({wanted.get(md5, f"object {md5}") for md5 in rotten})
    cache = str(dvc.cache_folder())
    removed = [place for place in rotten.values() if not place.startswith(cache)]
    gone = "; DVC has removed it there" if removed else ""
    again = f"`python -m snakemake_dvc --push --again {' '.join(names[:5])}`"
    lacking = f"; it lacks {listed(lost)}" if lost else ""
    return Fault(
        "damaged",
        f"damaged there, not the bytes that are recorded: {listed(names)}{gone}{lacking}",
        f"in a checkout that has it: {again}; then the same command here",
        tuple(names),
    )


def objects_of(paths: Iterable[str] = ()) -> dict[str, str]:
    """Give what is recorded of the store's objects: the MD5 of each, with the file it is of.

    What is recorded stands in ``dvc.lock`` and in ``*.dvc`` files.

    Parameters
    ----------
    paths : iterable of str
        Artifacts, files of folders, or .dvc files; none for all.
    """
    chosen = [path.rstrip("/") for path in paths]
    return {
        md5: path
        for out in (*dvc.tracked_outs(), *dvc.outs_of_files())
        for path, md5 in _files_of(out).items()
        if md5
        and (
            not chosen
            or any(name in (path, out.stage) or path.startswith(f"{name}/") for name in chosen)
        )
    }


def _files_of(out: dvc.TrackedOut) -> dict[str, str]:
    """Give path -> MD5 of an artifact, and of the files of a folder whose list the cache has."""
    files = {out.path: out.md5}
    listing = dvc.cached_file(out.md5, dvc.cache_folder())
    if out.md5.endswith(".dir") and listing.is_file():
        entries = json.loads(listing.read_text(encoding="utf-8"))
        files |= {f"{out.path}/{entry['relpath']}": entry["md5"] for entry in entries}
    return files


def push(again: Iterable[str] = ()) -> Fault | None:
    """Bring to the store what it lacks of what is recorded; None where all is there.

    Parameters
    ----------
    again : iterable of str
        Files that are sent whatever lies there, for what lies there is damaged.
    """
    named = list(again)
    wanted = objects_of(named) if named else {}
    if named and not wanted:
        return Fault(
            "other",
            f"nothing of that name is recorded in dvc.lock: {listed(named)}",
            "`dvc list . --dvc-only --recursive` lists what is",
            tuple(named),
        )
    answer = dvc.run("push", "--verbose")
    if answer.returncode != 0:
        said = f"{answer.stdout or ''}\n{answer.stderr or ''}"
        # Of a disk that is full most servers say only that they failed.
        unknown = Fault(
            "full",
            f"it answers, and did not take everything: it is full most likely, or a file is over "
            f"its limit ({dvc.reason(answer)})",
            "make room there, then the same command again; `dvc push --verbose` tells more",
        )
        # In the other order: what a server refuses, DVC may say of many files in many words.
        return _of_writing(meaning(errors_in(said))) or look() or unknown
    try:
        store = _objects()
        there = set(store.list_oids_exists(sorted(objects_of())))
        lacking = {md5: path for md5, path in objects_of().items() if md5 not in there}
        return _send(store, lacking | wanted)
    except Exception as error:
        # Each kind of store raises what its own library raises.
        return _of_writing(meaning_of(error))


def _of_writing(fault: Fault | None) -> Fault | None:
    """Give what a fault means of a store that was written to: who may read need not may write."""
    if fault is None or fault.kind != "credentials" or look() is not None:
        return fault
    return Fault(
        "read-only",
        "it may be read, and it may not be written by this user",
        f"ask who keeps the store for the right to write, or name another: {_ADDRESS}",
    )


def _send(store: Any, objects: dict[str, str]) -> Fault | None:
    """Write objects of the cache to the store, over what lies there; folders' lists last."""
    from dvc_objects.fs.local import localfs

    cache = dvc.cache_folder()
    not_here = {}
    for md5, path in sorted(objects.items(), key=lambda item: item[0].endswith(".dir")):
        place = dvc.cached_file(md5, cache)
        if not place.is_file() or dvc.file_md5(place) != md5.removesuffix(".dir"):
            not_here[md5] = path
            continue
        store.add(str(place), localfs, md5, check_exists=False, verify=False)
    if not not_here:
        return None
    return Fault(
        "missing",
        f"it lacks {listed(not_here.values())}, and so does the cache here",
        "push from a checkout that has them, or have them made again: `snakemake --cores all`",
        tuple(sorted(not_here.values())),
    )
