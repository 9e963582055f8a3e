"""What is verified: a release, read once, with what is expected of it from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]

from acne04.core import documents, tables
from acne04.core.errors import Acne04Error, SchemaError, UnavailableError
from acne04.inspection.checks import Impossible, Mismatch
from acne04.invariants.dataset import Delivered
from acne04.provenance import ledger
from acne04.provenance.checksums import ATTESTATION, is_hash, present_files
from acne04.provenance.envelope import Opened, open_envelope, parse_json
from acne04.provenance.ledger import Ledger
from acne04.provenance.statement import Attested, from_bytes
from acne04.standards.release_files import places

#: Documents and tables have some megabytes; a larger one is hashed, but not read into memory.
LARGEST = 1 << 28
UNTRUSTED = "nothing is attested until signature and statement hold"
INVENTORY = "tables/inventory/images.csv"
CROISSANT, CRATE, LEDGER = "croissant.json", "ro-crate-metadata.json", "ledger.json"


@dataclass(frozen=True, eq=False)
class PublishedRelease:
    """A release in the working folder, and what whoever verifies it knows from elsewhere.

    Attributes
    ----------
    keys : tuple of SSlibKey
        Public keys that are trusted.
    version : str or None
        Version that it must be.
    serial : int or None
        Serial that it must have.
    commit : str or None
        Commit that it must be of.
    images : pathlib.Path or None
        Folder of the images, laid out as ``data/raw`` is.
    """

    keys: tuple[SSlibKey, ...]
    version: str | None = None
    serial: int | None = None
    commit: str | None = None
    images: Path | None = None

    @cached_property
    def opened(self) -> Opened:
        """The attestation's payload; raises where no trusted key has signed it."""
        return open_envelope(Path(ATTESTATION), self.keys)

    @cached_property
    def attested(self) -> Attested:
        """What is attested; raises where that is no statement of a release."""
        return from_bytes(self.opened.payload, f"{ATTESTATION}#/payload")

    @property
    def is_signed(self) -> bool:
        """Whether a trusted key has signed the attestation."""
        try:
            return bool(self.opened)
        except Acne04Error:
            return False

    @property
    def trusted(self) -> Attested:
        """What is attested, for checks that are not about the signature itself.

        Raises
        ------
        Impossible
            If nothing is: what an untrusted attestation says is not even compared.
        """
        try:
            return self.attested
        except Acne04Error:
            raise Impossible(UNTRUSTED) from None

    @cached_property
    def present(self) -> dict[str, str]:
        """All that lies in the folder, hashed from disk."""
        return present_files(Path())

    @property
    def dataset(self) -> str:
        """Which upstream the release is made from, as is attested; ``unknown`` if nothing is."""
        try:
            return self.attested.dataset
        except Acne04Error:
            return "unknown"

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger in the release."""
        document = self.json(LEDGER)
        documents.check(document, ledger.SCHEMA, LEDGER)
        return ledger.from_document(document)

    def json(self, name: str) -> Any:
        """Read a JSON document of the release."""
        return parse_json(self.bytes(name), name)

    def entries(self, document: str, name: str) -> Iterator[dict[str, Any]]:
        """Give the mappings in a list of a JSON document."""
        content = self.json(document)
        entries = content.get(name) if isinstance(content, dict) else None
        if not isinstance(entries, list):
            raise SchemaError(document, f"no list {name}")
        yield from (entry for entry in entries if isinstance(entry, dict))

    def bytes(self, name: str) -> bytes:
        """Read a document of the release."""
        self._refuse_what_is_no_file(name)
        return Path(name).read_bytes()

    @cached_property
    def _documents(self) -> dict[tuple[str, str], Any]:
        return {}

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        return {}

    def table(self, path: str, name: str) -> pd.DataFrame:
        """Read a table of the release; several checks look at the same ones."""
        self._refuse_what_is_no_file(path)
        if path not in self._tables:
            self._tables[path] = tables.read_made(Path(path), name, self.ledger.dataset)
        return self._tables[path]

    @property
    def delivered(self) -> Delivered | None:
        """What the delivered files say: a release has none of them."""
        return None

    def file_of(self, artifact: str) -> str:
        """Name an artifact by its place in the release."""
        found = [place for place in places(artifact) if place in self.present]
        return (found or places(artifact) or (artifact.rpartition("/")[2],))[0]

    def table_of(self, artifact: str, name: str) -> pd.DataFrame:
        """Read the table that an artifact has become."""
        return self.table(self.file_of(artifact), name)

    def document_of(self, artifact: str, schema: str = "") -> Any:
        """Read the JSON document that an artifact has become, and check it against a schema."""
        if (artifact, schema) not in self._documents:
            place = self.file_of(artifact)
            document = self.json(place)
            if schema:
                documents.check(document, schema, place)
            self._documents[artifact, schema] = document
        return self._documents[artifact, schema]

    def _refuse_what_is_no_file(self, name: str) -> None:
        """Before anything is opened: a pipe never ends, and a sparse file fills the memory."""
        found = self.present.get(name)
        if found is None:
            raise UnavailableError(name, "no such file in the release")
        if not is_hash(found):
            raise SchemaError(name, found)
        if (size := Path(name).stat().st_size) > LARGEST:
            raise SchemaError(
                name,
                "too large for a document of a release",
                expected=f"at most {LARGEST:,} bytes",
                found=f"{size:,} bytes",
                done="not read",
            )


def problems_of(differing: Iterable[tuple[str, str, str]]) -> tuple[Mismatch, ...]:
    """Make problems of (file, expected, found)."""
    return tuple(Mismatch(name, expected, found) for name, expected, found in differing)
