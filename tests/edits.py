"""Single changes of what is tracked, drawn by a seed, with every record made to agree."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from faulting import LEDGER
from project import Project

from acne04.core import documents

#: Tables in git that stages read, or that an audit compares with.
IN_GIT = ("decisions/*.csv", "upstreams/standin/pins/*.csv", "workflow/expectations/standin.csv")


@dataclass(frozen=True)
class Edit:
    """A change of one file.

    Attributes
    ----------
    path : str
        File, relative to the checkout; of the store: relative to the folder around it.
    what : str
        What was changed, for the report of a test.
    after : bytes
        Its new content.
    row : str
        Of a table: the row that was changed, as it was.
    """

    path: str
    what: str
    after: bytes
    row: str = ""


def tracked(project: Project) -> list[str]:
    """List the tables and documents that DVC or git tracks, sorted."""
    stages = yaml.load(project.read("dvc.lock"), yaml.CSafeLoader)["stages"]
    made = {out["path"] for stage in stages.values() for out in stage["outs"]}
    in_git = {str(p.relative_to(project.path)) for g in IN_GIT for p in project.path.glob(g)}
    files = {*made, *in_git, "snakemake.lock"}
    return sorted(name for name in files if name.endswith((".csv", ".json", ".lock")))


def draw(project: Project, chance: random.Random) -> Edit:
    """Draw one change that changes something.

    Files are drawn by their name, not by their size: else nearly all draws would be of lesions.
    """
    while True:
        if chance.random() < 0.1:
            yield_of = _in_the_store(project, chance)
        else:
            path = chance.choice(tracked(project))
            before = (project.path / path).read_bytes()
            change = _in_a_table if path.endswith(".csv") else _in_a_document
            yield_of = change(path, before.decode(), chance)
            if yield_of and yield_of.after == before:
                yield_of = None
        if yield_of is not None:
            return yield_of


def _in_the_store(project: Project, chance: random.Random) -> Edit:
    root = project.path.parent
    path = chance.choice(sorted(p for p in (root / "acne04-store").rglob("*") if p.is_file()))
    content = bytearray(path.read_bytes())
    place = chance.randrange(len(content))
    content[place] ^= 1 << chance.randrange(8)
    return Edit(str(path.relative_to(root)), f"byte {place}", bytes(content))


def _in_a_table(path: str, before: str, chance: random.Random) -> Edit | None:
    header, *rows = list(csv.reader(io.StringIO(before)))
    if not rows:
        return None
    row = chance.randrange(len(rows))
    before_row = ",".join(rows[row])
    how = chance.choice(["cell", "cell", "cell", "added", "removed", "swapped"])
    if how == "cell":
        column = chance.randrange(len(header))
        old = rows[row][column]
        rows[row][column] = _another(old, [other[column] for other in rows], chance)
        what = f"line {row + 2}, {header[column]}: {old!r} to {rows[row][column]!r}"
    elif how == "added":
        rows.insert(chance.randrange(len(rows) + 1), list(rows[row]))
        what = f"line {row + 2} again"
    elif how == "removed":
        what = f"line {row + 2} removed"
        del rows[row]
    else:
        other = chance.randrange(len(rows))
        rows[row], rows[other] = rows[other], rows[row]
        what = f"lines {row + 2} and {other + 2} swapped"
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    return Edit(path, what, stream.getvalue().encode(), before_row)


def _in_a_document(path: str, before: str, chance: random.Random) -> Edit | None:
    document = json.loads(before)
    places = list(_places(document))
    holder, key, pointer = chance.choice(places)
    old = holder[key]
    same_kind = [h[k] for h, k, _ in places if type(h[k]) is type(old)]
    if isinstance(old, bool):
        new: Any = not old
    elif isinstance(old, int | float):
        new = old + chance.choice([1, -1, 7])
    else:
        new = _another(old, same_kind, chance)
    holder[key] = new
    after = documents.to_text(document) if path != "snakemake.lock" else _as_lock(document)
    return Edit(path, f"{pointer}: {str(old)[:60]!r} to {str(new)[:60]!r}", after.encode())


def _as_lock(document: Any) -> str:
    return json.dumps(document, indent=2) + "\n"


def _places(value: Any, pointer: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Give every value that is no container: what holds it, by which key, its JSON Pointer."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in entries:
        if isinstance(inner, dict | list):
            yield from _places(inner, f"{pointer}/{key}")
        elif inner is not None:
            yield value, key, f"{pointer}/{key}"


def _another(old: str, others: list[str], chance: random.Random) -> str:
    """Give another value that the column could have, so that it looks right by itself."""
    known = sorted({other for other in others if other != old})
    if known and chance.random() < 0.7:
        return chance.choice(known)
    if old.lstrip("-").isdigit():
        return str(int(old) + chance.choice([1, -1, 10]))
    if not old:
        return "1"
    place = chance.randrange(len(old))
    return old[:place] + chance.choice("0123456789abcdef") + old[place + 1 :]


class Lab:
    """A checkout, cache and store in which one change after another is made and taken back."""

    def __init__(self, base: Project, place: Path) -> None:
        shutil.copytree(base.path.parent, place, symlinks=True)
        self.project = Project(place / base.path.name)
        self._kept: dict[Path, bytes] = {}
        self._made: list[Path] = []
        self._head = self.project.git("rev-parse", "HEAD").strip()

    def make(self, edit: Edit) -> None:
        """Change the file, and let ledger, locks, cache, store and git agree with it."""
        if edit.path.startswith("acne04-store/"):
            self._write(self.project.path.parent / edit.path, edit.after)
            return
        self._write(self.project.path / edit.path, edit.after)
        if edit.path != "snakemake.lock":
            if edit.path != LEDGER:
                self._change(LEDGER, lambda text: _ledger(text, edit))
                self._record(edit.path, edit.after)
            self._record(LEDGER, (self.project.path / LEDGER).read_bytes())
        self.project.git("commit", "--quiet", "--all", "--allow-empty", "--message", "a change")

    def take_back(self) -> None:
        """Put everything back as it was."""
        for path, content in self._kept.items():
            path.chmod(0o644)
            path.write_bytes(content)
        for path in self._made:
            path.unlink()
        self._kept.clear()
        self._made.clear()
        self.project.git("reset", "--quiet", "--hard", self._head)

    def _record(self, path: str, content: bytes) -> None:
        sha256 = hashlib.sha256(content).hexdigest()
        md5 = hashlib.md5(content).hexdigest()
        self._change("snakemake.lock", lambda text: _records(text, path, sha256))
        self._change("dvc.lock", lambda text: _lock(text, path, md5, len(content)))
        stores = (self.project.path / ".dvc/cache", self.project.path.parent / "acne04-store")
        if path.startswith("data/"):
            for store in stores:
                place = store / "files/md5" / md5[:2] / md5[2:]
                if not place.exists():
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(content)
                    self._made.append(place)

    def _change(self, name: str, change: Callable[[str], str]) -> None:
        self._write(self.project.path / name, change(self.project.read(name)).encode())

    def _write(self, path: Path, content: bytes) -> None:
        self._kept.setdefault(path, path.read_bytes())
        path.chmod(0o644)
        path.write_bytes(content)


def _ledger(text: str, edit: Edit) -> str:
    ledger = json.loads(text)
    if edit.path in ledger["files"]:
        digest = hashlib.sha256(edit.after).hexdigest()
        ledger["files"][edit.path] = {"size": len(edit.after), "sha256": digest}
    return documents.to_text(ledger)


def _records(text: str, path: str, sha256: str) -> str:
    records = json.loads(text)
    for job in records["jobs"]:
        if path in job["outputs"]:
            job["outputs"][path] = sha256
        if path in job.get("input_checksums", {}):
            job["input_checksums"][path] = f"sha256:{sha256}"
    return _as_lock(records)


def _lock(text: str, path: str, md5: str, size: int) -> str:
    lock = yaml.load(text, yaml.CSafeLoader)
    for stage in lock["stages"].values():
        for item in (*stage.get("deps", []), *stage.get("outs", [])):
            if item["path"] == path:
                item |= {"md5": md5, "size": size}
    return yaml.safe_dump(lock, sort_keys=False, width=10**6)
