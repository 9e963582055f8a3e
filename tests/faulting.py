"""Tools of those who tamper: change bytes so that no time tells of it, and records to match."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from project import Project

from acne04.core import documents

#: Two contents of one MD5 (X. Wang and H. Yu, EUROCRYPT 2005): six bits differ.
ONE = bytes.fromhex(
    "d131dd02c5e6eec4693d9a0698aff95c2fcab58712467eab4004583eb8fb7f89"
    "55ad340609f4b30283e488832571415a085125e8f7cdc99fd91dbdf280373c5b"
    "d8823e3156348f5bae6dacd436c919c6dd53e2b487da03fd02396306d248cda0"
    "e99f33420f577ee8ce54b67080a80d1ec69821bcb6a8839396f9652b6ff72a70"
)
OTHER = bytes(
    byte ^ 0x80 if place in (19, 45, 59, 83, 109, 123) else byte for place, byte in enumerate(ONE)
)
LEDGER = "data/ledger/ledger.json"
Rows = list[dict[str, str]]


@contextmanager
def times_kept(path: Path) -> Iterator[None]:
    """Change a file so that neither its times nor its mode tell of it."""
    before = path.stat()
    path.chmod(0o644)
    yield
    path.chmod(before.st_mode)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def put(path: Path, content: bytes) -> None:
    """Give a file another content, everything else as it was."""
    with times_kept(path):
        path.write_bytes(content)


def flip(path: Path, place: int = -20) -> None:
    """Turn one bit of a file, everything else as it was."""
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    put(path, bytes(data))


def edit(path: Path, change: Callable[[Rows], None]) -> None:
    """Change the rows of a CSV file, in its own form."""
    with path.open(newline="") as stream:
        reader = csv.DictReader(stream)
        rows, columns = list(reader), reader.fieldnames or []
    change(rows)
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def replace(path: Path, old: str, new: str) -> None:
    """Replace the first occurrence of a text, which must be there."""
    text = path.read_text()
    assert old in text, (path, old)
    path.write_text(text.replace(old, new, 1))


def commit(project: Project, *words: str) -> None:
    """Commit everything, as somebody would who has nothing to hide."""
    project.git("add", "--all")
    project.git("commit", "--quiet", "--allow-empty", "--message", "a change", *words)


def an_image(project: Project) -> Path:
    """Find a photograph."""
    return min((project.path / "data/raw/classification").rglob("*.jpg"))


def cached(project: Project, name: str) -> Path:
    """Place of an object in DVC's cache."""
    return project.path / ".dvc/cache/files/md5" / name[:2] / name[2:]


def stored(project: Project, name: str) -> Path:
    """Place of an object in the store."""
    return project.path.parent / "acne04-store/files/md5" / name[:2] / name[2:]


def locked(project: Project, path: str) -> str:
    """Look up the MD5 of an artifact in dvc.lock."""
    stages = yaml.load(project.read("dvc.lock"), yaml.CSafeLoader)["stages"]
    return next(o["md5"] for s in stages.values() for o in s["outs"] if o["path"] == path)


def member(project: Project, folder: str) -> str:
    """Look up the object of the first file inside a folder, by the folder's own object."""
    return str(json.loads(cached(project, locked(project, folder)).read_text())[0]["md5"])


def record_again(project: Project, *paths: str) -> None:
    """Make ledger and snakemake.lock agree with artifacts that were altered."""
    ledger = json.loads(project.read(LEDGER))
    digests = {}
    for path in paths:
        content = (project.path / path).read_bytes()
        digests[path] = hashlib.sha256(content).hexdigest()
        ledger["files"][path] = {"size": len(content), "sha256": digests[path]}
    documents.write(project.path / LEDGER, ledger)
    digests[LEDGER] = hashlib.sha256((project.path / LEDGER).read_bytes()).hexdigest()
    records = json.loads(project.read("snakemake.lock"))
    for job in records["jobs"]:
        job["outputs"] |= {path: digests[path] for path in job["outputs"] if path in digests}
        read = job["input_checksums"]
        read |= {path: f"sha256:{digests[path]}" for path in read if path in digests}
    (project.path / "snakemake.lock").write_text(json.dumps(records, indent=2) + "\n")


def dvc(project: Project, *words: str) -> None:
    """Run a DVC command that must succeed, in this process, which has it loaded already."""
    from dvc.cli import main

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.path)
        assert main([*words, "--quiet"]) == 0, words


def make_consistent(project: Project, *paths: str) -> None:
    """Let ledger, both locks, cache, store and git tell one story, as one with all rights could."""
    record_again(project, *paths)
    # All stages: those that read what was altered have its MD5 in the lock, too.
    dvc(project, "commit", "--force", "dvc.yaml")
    commit(project)
    dvc(project, "push")
