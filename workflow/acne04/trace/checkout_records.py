"""What lies in a checkout, read once, each file held against its recorded hash."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Container, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from acne04.core.checkout import not_here
from acne04.core.errors import SchemaError, UnavailableError
from acne04.core.findings import unfold
from acne04.core.hashing import digest_file
from acne04.core.rows import read_rows
from acne04.core.variants import VARIANTS, with_repeats
from acne04.provenance.ledger import Ledger, read

LEDGER = "data/ledger/ledger.json"
#: Folders of ``data/`` whose stage reports findings, in workflow order.
WITH_FINDINGS = ("inventory", "annotations", "near", "groups", "splits", "cohort", "shortcuts")
DECISIONS = ("annotations", "images", "relations", "places")
V2 = "Acne04-v2_annotations.json"


class Records:
    """The ledger, tables and documents of a checkout.

    Parameters
    ----------
    data : pathlib.Path
        Its folder ``data``; what lies in git is looked for beside it.
    """

    def __init__(self, data: Path) -> None:
        self.data = data
        self._read: set[str] = set()

    def place(self, path: str) -> Path:
        """Where a path of the ledger lies here."""
        if path.startswith("data/"):
            return self.data / path.removeprefix("data/")
        return self.data.absolute().parent / path

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger, without which nothing can be told."""
        try:
            return read(self.place(LEDGER))
        except UnavailableError:
            raise not_here(self.data, self.place(LEDGER), "--data names another") from None

    @property
    def manifests(self) -> tuple[str, ...]:
        """All variants of the split, with their repeats."""
        return with_repeats(VARIANTS, int(self.ledger.parameters["split"]["repeats"]))

    @cache  # noqa: B019 - as short-lived as the process
    def table(self, path: str, name: str) -> list[dict[str, str]]:
        """All rows of a table."""
        self._read.add(path)
        return list(read_rows(self.place(path), name))

    def rows(
        self, path: str, name: str, column: str, wanted: Container[str]
    ) -> list[dict[str, str]]:
        """Rows of a table with certain values in a column."""
        self._read.add(path)
        return list(read_rows(self.place(path), name, column, wanted))

    @cache  # noqa: B019 - as short-lived as the process
    def document(self, path: str) -> Any:
        """A JSON document that a stage has checked when it wrote it."""
        self._read.add(path)
        try:
            return json.loads(self.place(path).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise not_here(self.data, self.place(path)) from None
        except ValueError as error:
            raise SchemaError(str(self.place(path)), f"not JSON in UTF-8 ({error})") from None

    @property
    def inventory(self) -> list[dict[str, str]]:
        """The images, one a row."""
        return self.table("data/inventory/images.csv", "inventory")

    @property
    def groups(self) -> list[dict[str, str]]:
        """The images with their canonical names and groups, one a row."""
        return self.table("data/groups/groups.csv", "groups")

    @cached_property
    def annotations(self) -> dict[str, list[Any]] | None:
        """The arrays of the Acne04-v2 file as it was delivered; None where it is not here."""
        place = self.place(f"data/raw/v2/{V2}")
        if not place.is_file():
            return None
        try:
            document = json.loads(place.read_bytes())
        except ValueError as error:
            raise SchemaError(str(place), f"not JSON in UTF-8 ({error})") from None
        entries = document if isinstance(document, dict) else {}
        arrays = {name: entries.get(name) for name in ("images", "annotations")}
        return {name: a if isinstance(a, list) else [] for name, a in arrays.items()}

    def state(self, path: str, sha256: str) -> str:
        """Say whether a file is here and holds the recorded bytes."""
        place = self.place(path)
        if not place.is_file():
            return "absent"
        return "as recorded" if digest_file(place).sha256 == sha256 else "altered"

    def altered(self) -> list[str]:
        """List what was read for the answer and is not what the ledger recorded."""
        return [
            path
            for path in sorted(self._read)
            if path in self.ledger.files
            and digest_file(self.place(path)).sha256 != self.ledger.files[path].sha256
        ]

    def findings_on(
        self,
        files: Collection[str],
        words: Collection[str] = (),
        pointers: Collection[str] = (),
        decisions: Collection[dict[str, Any]] = (),
    ) -> list[dict[str, Any]]:
        """List the findings of all stages that name a thing.

        Parameters
        ----------
        files : collection of str
            The thing's names where a finding is on it as a file.
        words : collection of str
            Its names where a finding on something else mentions it.
        pointers : collection of str
            Its places in the Acne04-v2 file; what lies below them is its own, too.
        decisions : collection of dict
            Decisions on it, as of `decisions_on`: a finding on one of their rows is on it, too.

        Returns
        -------
        list of dict
            The findings with their stage, in workflow order.
        """
        mention = _mention(words)
        rows = {(decision["file"], decision["line"]) for decision in decisions}
        return [
            {"stage": document["stage"], **finding}
            for folder in WITH_FINDINGS
            for document in [self.document(f"data/{folder}/findings.json")]
            for finding in self._each_finding(folder, document)
            if finding["file"] in files
            or (finding["file"], finding["line"]) in rows
            or (finding["file"] == V2 and _within(finding["pointer"], pointers))
            or any(mention.search(finding[text]) for text in ("expected", "found", "done"))
        ]

    def _each_finding(self, folder: str, document: dict[str, Any]) -> list[dict[str, Any]]:
        """Give what one finding tells of many as one finding each, by the list beside it."""
        findings: list[dict[str, Any]] = document["findings"]
        if not any("count" in finding for finding in findings):
            return findings
        listed = f"data/{folder}/problems.csv"
        return unfold(findings, self.table(listed, "problems"))

    def decisions_on(
        self, sha256s: Collection[str], paths: Collection[str]
    ) -> list[dict[str, Any]]:
        """List the decisions bound to some bytes, or taken on what lay at a path."""
        return [
            decision
            for decision in self._decisions()
            if set(decision["subject"].split(":")) & set(sha256s)
            or {*decision["path"].split("|"), decision["decision"]} & set(paths)
        ]

    def circle_decisions(self, sha256: str, circle_id: int) -> list[dict[str, Any]]:
        """List the decisions on a circle of the annotation file with these bytes."""
        return [
            decision
            for decision in self._decisions()
            if decision["kind"] == "circles"
            and decision["subject"] == sha256
            and any(
                int(first) <= circle_id <= int(last or first)
                for first, last in re.findall(r"(\d+)(?:-(\d+))?", decision["target"])
            )
        ]

    def resizing_decisions(self, sha256: str) -> list[dict[str, Any]]:
        """List the decisions on photographs that are not of the sizes which this file states."""
        return [
            decision
            for decision in self._decisions()
            if decision["kind"] == "resized" and decision["subject"] == sha256
        ]

    def _decisions(self) -> Iterator[dict[str, Any]]:
        for name in DECISIONS:
            file = f"decisions/{name}.csv"
            for line, row in enumerate(self.table(file, "decisions"), start=2):
                if row["dataset"] == self.ledger.dataset:
                    without_dataset = {k: value for k, value in row.items() if k != "dataset"}
                    yield {"file": file, "line": line, **without_dataset}


def _mention(words: Collection[str]) -> re.Pattern[str]:
    """Match a name as a whole: not inside a longer name or path.

    >>> bool(_mention(["a_1.jpg"]).search("the bytes of x/a_1.jpg (sha256 00)"))
    False
    >>> bool(_mention(["a_1.jpg"]).search("as a_1.jpg, which stands for both"))
    True
    """
    if not words:
        return re.compile(r"(?!)")
    names = "|".join(re.escape(word) for word in sorted(words))
    return re.compile(rf"(?<![\w/~-])(?<!\w\.)(?:{names})(?![\w~/-]|\.\w)")


def _within(pointer: str, pointers: Collection[str]) -> bool:
    steps = pointer.split("/")
    return any("/".join(steps[:depth]) in pointers for depth in range(3, len(steps) + 1))
