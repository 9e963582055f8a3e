"""DVC: what its lock records, what its cache holds, its commands."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from snakemake_dvc.addresses import bare
from snakemake_dvc.code_folders import code_files
from snakemake_dvc.errors import BridgeError
from snakemake_dvc.files import open_regular, write_text

DVC_LOCK, DVC_YAML = Path("dvc.lock"), Path("dvc.yaml")
#: What the system said, as Python spells it.
_SYSTEM = re.compile(r"\[Errno \d+\] ([^:\n\]]+)")
#: What to do when a merge left a lock in pieces: a run makes both anew.
AFTER_MERGE = "`git checkout --ours dvc.lock snakemake.lock`, then run again"


@dataclass(frozen=True)
class TrackedOut:
    """One output of a DVC stage as ``dvc.lock`` records it; `md5` ends in ``.dir`` for a folder."""

    stage: str
    path: str
    md5: str


def nested_stage() -> str | None:
    """Name of the stage when this process runs below ``dvc repro``, else None."""
    if "DVC_ROOT" not in os.environ:
        return None
    return os.environ.get("DVC_STAGE", "").rpartition(":")[2] or None


def tracked_outs() -> list[TrackedOut]:
    """Read the outputs that ``dvc.lock`` records, by path."""
    outs = [
        TrackedOut(stage, out["path"], out["md5"])
        for stage, entry in lock_entries().items()
        for out in entry.get("outs", [])
    ]
    return sorted(outs, key=lambda out: out.path)


def lock_entries() -> dict[str, Any]:
    """Read the stages of ``dvc.lock``.

    Raises
    ------
    BridgeError
        If the file cannot be understood, after a merge for instance.
    """
    if not DVC_LOCK.is_file():
        return {}
    try:
        return stages_in(DVC_LOCK.read_text(encoding="utf-8"))
    except (yaml.YAMLError, AttributeError, TypeError) as error:
        raise BridgeError(
            str(DVC_LOCK),
            f"not a lock of DVC ({type(error).__name__})",
            done="nothing ran",
            remedy=AFTER_MERGE,
        ) from None


@cache
def stages_in(text: str) -> dict[str, Any]:
    """Read the stages in the text of a ``dvc.lock``."""
    document = yaml.load(text, yaml.CSafeLoader) or {}
    return dict(document.get("stages") or {})


def declared_outs() -> dict[str, set[str]]:
    """Name of each stage of ``dvc.yaml`` -> the paths of its outputs; nothing without the file."""
    return _declared_in(DVC_YAML.read_text(encoding="utf-8")) if DVC_YAML.is_file() else {}


def is_yaml() -> bool:
    """Whether there is a ``dvc.yaml`` that can be read: after a merge it may hold both sides."""
    try:
        declared_outs()
    except BridgeError:
        return False
    return DVC_YAML.is_file()


@cache
def _declared_in(text: str) -> dict[str, set[str]]:
    try:
        document = yaml.load(text, yaml.CSafeLoader) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BridgeError(
            f"{DVC_YAML} (line {line})",
            f"no YAML: {error.problem}",
            done="nothing run",
            remedy="`python -m snakemake_dvc` makes it anew from the rules",
        ) from None
    declared = {}
    for name, entry in (document.get("stages") or {}).items():
        items = entry.get("foreach")
        if items is None:
            declared[name] = _outs(entry, {})
            continue
        # A list of values, or a mapping from names to the values of several wildcards.
        named = items if isinstance(items, dict) else {item: item for item in items}
        for item, values in named.items():
            filled = values if isinstance(values, dict) else {"": values}
            declared[f"{name}@{item}"] = _outs(entry["do"], filled)
    return declared


def _outs(entry: dict[str, Any], values: Mapping[str, str]) -> set[str]:
    outs = [*entry.get("outs", []), *entry.get("metrics", [])]
    paths = {path for out in outs for path in ([out] if isinstance(out, str) else out)}
    for name, value in values.items():
        variable = f"${{item.{name}}}" if name else "${item}"
        paths = {path.replace(variable, str(value)) for path in paths}
    return paths


def file_md5(path: Path) -> str:
    """Digest by which DVC knows a file: the MD5 of its bytes."""
    with open_regular(path) as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def code_md5(path: Path) -> str | None:
    """Digest by which DVC knows a dependency on code, be it file or folder; None without it."""
    if path.is_dir():
        files = code_files(path.as_posix())
        start = len(path.as_posix()) + 1
        return folder_md5({file[start:]: file_md5(Path(file)) for file in files})
    return file_md5(path) if path.is_file() else None


def folder_md5(files: Mapping[str, str]) -> str:
    """Digest by which DVC knows a folder: the MD5 of the list of its files, and ``.dir``.

    Parameters
    ----------
    files : mapping of str to str
        POSIX path relative to the folder -> MD5 of the file.
    """
    # By the text of the path, so that `a.py` stands before `a/b.py`.
    text = json.dumps([{"md5": files[path], "relpath": path} for path in sorted(files)])
    return hashlib.md5(text.encode("utf-8"), usedforsecurity=False).hexdigest() + ".dir"


def run(*words: str, quiet: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a DVC command of this environment and give what it said."""
    # -P: a file of the working directory is no module, whatever its name.
    command = [sys.executable, "-P", "-m", "dvc", *words]
    return subprocess.run(command, capture_output=quiet, text=True, check=False)


def reason(done: subprocess.CompletedProcess[str]) -> str:
    """Say why a command failed: in the system's words where it has some, else in DVC's.

    DVC names the files that it could not bring, and asks whether the cache is up to date; that the
    disk is full stands only in what it writes under ``--verbose``. Of addresses only host and path
    are told.
    """
    text = f"{done.stdout or ''}\n{done.stderr or ''}"
    told = dict.fromkeys(match[1].strip() for match in _SYSTEM.finditer(text))
    if not told:
        lines = [line.strip() for line in (done.stderr or "").splitlines()]
        lines = [line for line in lines if line and "Having any troubles?" not in line]
        errors = [line for line in lines if line.startswith("ERROR: ")] or lines[-1:]
        told = dict.fromkeys(line.removeprefix("ERROR: ") for line in errors)
    words = "; ".join(told) or f"exit code {done.returncode}, without a word"
    return bare(words)


def outs_by_name() -> list[str]:
    """List the places of all outputs, those of ``dvc.lock`` and those of ``*.dvc`` files."""
    return [out.path for out in (*tracked_outs(), *outs_of_files())]


def outs_of_files() -> list[TrackedOut]:
    """Read what ``*.dvc`` files record, by file: the file's path stands for the stage."""
    outs = []
    for file in sorted(Path().rglob("*.dvc")):
        if file.is_file():
            document = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader) or {}
            for out in document.get("outs", []):
                path = (file.parent / out["path"]).as_posix()
                outs.append(TrackedOut(file.as_posix(), path, out.get("md5", "")))
    return outs


def cached_file(md5: str, folder: Path) -> Path:
    """Where the local cache keeps an object."""
    return folder / "files" / "md5" / md5[:2] / md5[2:]


def is_rotten(md5: str, folder: Path) -> bool:
    """Tell whether the cache's copy of a file has other bytes than its name says."""
    place = cached_file(md5, folder)
    return not md5.endswith(".dir") and place.is_file() and file_md5(place) != md5


def cached(md5: str, folder: Path) -> bool:
    """Tell whether the local cache holds an object, for a folder with all its files."""
    name = cached_file(md5, folder)
    if not name.is_file():
        return False
    if not md5.endswith(".dir"):
        return True
    entries = json.loads(name.read_text(encoding="utf-8"))
    return all(cached(entry["md5"], folder) for entry in entries)


@cache
def cache_folder() -> Path:
    """Where DVC keeps its cache in this checkout."""
    answer = run("cache", "dir")
    if answer.returncode != 0:
        raise BridgeError("dvc cache dir", reason(answer), exit_code=2)
    return Path(answer.stdout.strip())


def at_hand(outs: Iterable[TrackedOut]) -> list[str]:
    """List the paths of those outputs that the local cache holds, sorted."""
    wanted = list(outs)
    return sorted(out.path for out in wanted if cached(out.md5, cache_folder()))


def restore(outs: Iterable[TrackedOut]) -> list[str]:
    """Bring outputs back from the local cache, where it holds them; never from elsewhere.

    Returns
    -------
    list of str
        Paths brought back, sorted.
    """
    paths = at_hand(outs)
    if paths:
        answer = run("checkout", "--verbose", "--force", *paths)
        if answer.returncode != 0:
            raise BridgeError(
                "dvc checkout",
                reason(answer),
                found=f"the cache holds {len(paths)} artifacts that are missed, {paths[0]} for one",
                done="nothing ran; they are not all there",
                remedy="make room or mend what it says, and run the same command again",
                exit_code=2,
            )
    return paths


def uncached_stages() -> set[str]:
    """Stages with an output that the local cache does not hold, after it was lost for instance."""
    return {out.stage for out in tracked_outs() if not cached(out.md5, cache_folder())}


def commit(stages: Iterable[str], lock_before: Path) -> None:
    """Record the outputs of stages that a run has just proved to be current.

    DVC rewrites ``dvc.lock`` in place. So that a kill in the middle costs nothing, the file as it
    was is kept at `lock_before` until the commit has ended.
    """
    names = sorted(stages)
    if not names:
        return
    write_text(lock_before, DVC_LOCK.read_text(encoding="utf-8") if DVC_LOCK.is_file() else "")
    # For every target DVC reads and writes its lock anew, in a second or two.
    targets = [str(DVC_YAML)] if set(names) == declared_outs().keys() else names
    answer = run("commit", "--verbose", "--force", *targets)
    if answer.returncode != 0:
        undo_interrupted_commit(lock_before)
        busy = "Unable to acquire lock" in answer.stderr
        raise BridgeError(
            "dvc commit",
            "another DVC command is at work" if busy else reason(answer),
            done="the run's outputs are there, but dvc.lock does not hold them yet",
            remedy="mend what it says, and run the same command again: it goes on from here",
            exit_code=2 if busy else 1,
        )
    _sort_lock()
    lock_before.unlink()


def _sort_lock() -> None:
    """Put the stages of ``dvc.lock`` in the order of ``dvc.yaml``.

    DVC keeps the order that it finds, and appends: without this the bytes of a lock would tell
    which stage was recorded first.
    """
    text = DVC_LOCK.read_text(encoding="utf-8")
    head, *entries = re.split(r"^(?=  \S)", text, flags=re.MULTILINE)
    order = {stage: place for place, stage in enumerate(declared_outs())}
    named = {entry.strip().partition(":")[0].strip("'\""): entry for entry in entries}
    stages = sorted(named, key=lambda name: (order.get(name, len(order)), name))
    ordered = head + "".join(named[stage] for stage in stages)
    if ordered != text:
        write_text(DVC_LOCK, ordered)


def undo_interrupted_commit(lock_before: Path) -> None:
    """Put ``dvc.lock`` back as it was before a commit that did not end."""
    if lock_before.is_file():
        text = lock_before.read_text(encoding="utf-8")
        if text:
            write_text(DVC_LOCK, text)
        else:
            DVC_LOCK.unlink(missing_ok=True)
        lock_before.unlink()
