"""What lies in a checkout, read once, each file held against its recorded hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from acne04.core.errors import SchemaError, UnavailableError
from acne04.core.rows import read_rows
from acne04.provenance import ledger as ledger_
from acne04.provenance.ledger import Ledger

LEDGER = "data/ledger/ledger.json"
#: Folders of ``data/`` whose stage reports findings, in workflow order.
WITH_FINDINGS = ("inventory", "annotations", "near", "groups", "splits")
MANIFESTS = ("published", "published-clean", "paper", "holdout", "kfold")
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
            return ledger_.read(self.place(LEDGER))
        except UnavailableError:
            raise UnavailableError(
                str(self.place(LEDGER)),
                "there is no ledger",
                remedy="`dvc pull` brings it if it is recorded, `snakemake --cores all` makes it",
            ) from None

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
            raise UnavailableError(
                str(self.place(path)), "no such file", remedy="`dvc pull`, or run the stage"
            ) from None
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
        return "as recorded" if digest(place) == sha256 else "altered"

    def altered(self) -> list[str]:
        """List what was read for the answer and is not what the ledger recorded."""
        return [
            path
            for path in sorted(self._read)
            if path in self.ledger.files
            and digest(self.place(path)) != self.ledger.files[path].sha256
        ]


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
