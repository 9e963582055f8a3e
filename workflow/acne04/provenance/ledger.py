"""The ledger: for every artifact the stage, code, parameters and inputs it is made of, hashed."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acne04.core import documents
from acne04.core.sources import Licence, Source

SCHEMA = "ledger.schema.json"
#: Moves when a reader of older ledgers could no longer read this one.
FORMAT = 1


@dataclass(frozen=True)
class RecordedFile:
    """Size in bytes and SHA-256 in hexadecimal of a file as the ledger found it."""

    size: int
    sha256: str


@dataclass(frozen=True)
class RecordedSource:
    """A source as ``workflow/sources.yaml`` describes it, and what was delivered.

    Attributes
    ----------
    version : str
        Version of the delivery, as the publisher counts.
    pins : str
        Table in git with the SHA-256 of each delivered file.
    pins_version : str
        Version under which the pins hold; for the stand-in it says how it is drawn, too.
    folder, listing : str
        Where its files lie, and the table that stands for the folder.
    files, bytes : int
        How many files the listing names, and their size in bytes.
    """

    key: str
    title: str
    producer: str
    citation: str
    described_at: str
    date_published: str
    version: str
    licence: Licence
    pins: str
    pins_version: str
    folder: str
    listing: str
    files: int
    bytes: int

    @classmethod
    def of(
        cls, source: Source, sizes: Collection[int], *, pins: str, pins_version: str
    ) -> RecordedSource:
        """Record a source whose listing has files of these sizes in bytes."""
        folder = f"data/raw/{source.key}"
        return cls(
            key=source.key,
            title=source.title,
            producer=source.producer,
            citation=source.citation,
            described_at=source.described_at,
            date_published=source.date_published,
            version=source.delivery.version,
            licence=source.licence,
            pins=pins,
            pins_version=pins_version,
            folder=folder,
            listing=f"{folder}.csv",
            files=len(sizes),
            bytes=sum(sizes),
        )


@dataclass(frozen=True)
class RecordedStage:
    """A stage of ``dvc.yaml`` with every path and value that it depends on.

    Attributes
    ----------
    name : str
        Name in DVC: the rule, for a job of several with what it is for (``fetch@v2``).
    command : str
        What `dvc repro` would call.
    code : tuple of str
        Modules, schemas and the rule's own file.
    parameters : dict
        Name -> resolved value; ``workflow/sources.yaml:...`` names a fact about a source.
    inputs, outputs : tuple of str
        Files read and made.
    folders : tuple of str
        Folders made; each stands in the outputs with its listing.
    """

    name: str
    rule: str
    command: str
    code: tuple[str, ...]
    parameters: dict[str, Any]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    folders: tuple[str, ...]


@dataclass(frozen=True)
class Environment:
    """What the stages ran with.

    Attributes
    ----------
    lock : str
        The file that pins all packages.
    packages : dict
        Package -> version, of those that decide about bytes.
    decoder, solver : str
        Libraries inside the packages that decide about pixels and about placements.
    """

    lock: str
    packages: dict[str, str]
    decoder: str
    solver: str


@dataclass(frozen=True)
class Ledger:
    """Everything that the artifacts of one run were made of, stages in workflow order."""

    dataset: str
    parameters: dict[str, Any]
    environment: Environment
    sources: tuple[RecordedSource, ...]
    stages: tuple[RecordedStage, ...]
    files: dict[str, RecordedFile]

    def maker(self, path: str) -> RecordedStage | None:
        """Give the stage that makes a file or a folder, None for what lies in git."""
        made = (stage for stage in self.stages if path in (*stage.outputs, *stage.folders))
        return next(made, None)

    def readers(self, path: str) -> tuple[RecordedStage, ...]:
        """Give the stages that read a file, be it as data or as code."""
        return tuple(s for s in self.stages if path in s.inputs or path in s.code)


def read(path: Path) -> Ledger:
    """Read a ledger.

    Raises
    ------
    UnavailableError
        If there is no such file.
    SchemaError
        If it does not follow ``schemas/ledger.schema.json``.
    """
    return from_document(documents.read(path, SCHEMA))


def from_document(document: dict[str, Any]) -> Ledger:
    """Take a document that follows the schema apart."""
    lists = ("code", "inputs", "outputs", "folders")
    return Ledger(
        dataset=document["dataset"],
        parameters=document["parameters"],
        environment=Environment(**document["environment"]),
        sources=tuple(
            RecordedSource(**{**source, "licence": Licence(**source["licence"])})
            for source in document["sources"]
        ),
        stages=tuple(
            RecordedStage(**{**stage, **{name: tuple(stage[name]) for name in lists}})
            for stage in document["stages"]
        ),
        files={path: RecordedFile(**file) for path, file in document["files"].items()},
    )


def to_document(ledger: Ledger) -> dict[str, Any]:
    """Give the ledger as the document of ``schemas/ledger.schema.json``; files by path."""
    # Through text: what is written is what is checked and compared, lists included.
    document = json.loads(json.dumps(dataclasses.asdict(ledger)))
    files = dict(sorted(document.pop("files").items()))
    return {"dataset": document.pop("dataset"), "format": FORMAT, **document, "files": files}
