"""What the audit looks at: a checkout; each file of it is read once, and hashed once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from acne04.core import documents, tables, yaml_files
from acne04.core.addresses import bare
from acne04.core.errors import Acne04Error, SchemaError, UnavailableError
from acne04.core.files import open_regular, read_bytes
from acne04.core.hashing import CHUNK_BYTES
from acne04.core.processes import available_processors
from acne04.core.sources import Source, load_sources
from acne04.inspection.checks import Impossible
from acne04.invariants.dataset import Delivered
from acne04.provenance import ledger
from acne04.provenance.ledger import Ledger

SOURCES = Path("workflow/sources.yaml")
RAW, LEDGER = Path("data/raw"), Path("data/ledger/ledger.json")
#: Files that a thread takes at once: handing over one by one costs more than hashing a small file.
_BATCH = 64


class FileDigests(NamedTuple):
    """Size in bytes, and both digests of a file, in hexadecimal."""

    size: int
    sha256: str
    md5: str


@dataclass(frozen=True, eq=False)
class AuditedCheckout:
    """A checkout in the working directory, and what the auditor brings along.

    Attributes
    ----------
    is_full : bool
        Whether everything is read again, the images too.
    release : pathlib.Path or None
        Folder of a release to compare with.
    trusted_keys : tuple of pathlib.Path
        Public keys from outside the repository.
    serial : int or None
        Serial that the release must have.
    contexts : pathlib.Path or None
        Folder of the JSON-LD contexts that validating a run crate needs; None: already cached.
    """

    is_full: bool = False
    release: Path | None = None
    trusted_keys: tuple[Path, ...] = field(default=())
    serial: int | None = None
    contexts: Path | None = None

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """Content of ``params.yaml``."""
        return _mapping(Path("params.yaml"))

    @property
    def dataset(self) -> str:
        """Which upstream the checkout holds."""
        return str(self.parameters.get("dataset", ""))

    @cached_property
    def sources(self) -> dict[str, Source]:
        """Sources of the dataset, by key."""
        return load_sources(SOURCES, self.dataset)

    @cached_property
    def ledger(self) -> Ledger:
        """What the last run recorded of itself."""
        return ledger.read(LEDGER)

    @cached_property
    def locked(self) -> dict[str, Any]:
        """Stages of ``dvc.lock``, by name."""
        return _stages_of(Path("dvc.lock"))

    @cached_property
    def declared(self) -> dict[str, Any]:
        """Stages of ``dvc.yaml``, as they stand there."""
        return _stages_of(Path("dvc.yaml"))

    @cached_property
    def run_records(self) -> Any:
        """Content of ``snakemake.lock``, as it stands there."""
        return _json(Path("snakemake.lock"))

    @cached_property
    def recorded(self) -> dict[str, str]:
        """Output -> SHA-256 of ``snakemake.lock``."""
        path = Path("snakemake.lock")
        try:
            jobs = self.run_records["jobs"]
            return {name: sha for job in jobs for name, sha in job["outputs"].items()}
        except (KeyError, TypeError, AttributeError) as error:
            raise SchemaError(str(path), f"not a digest of records ({error})") from None

    @property
    def named_dataset(self) -> str:
        """The same for a report: ``unknown`` where ``params.yaml`` does not say it."""
        try:
            return self.dataset if self.dataset in ("standin", "acne04") else "unknown"
        except Acne04Error:
            # What is wrong with that file, the checks that read it say.
            return "unknown"

    @property
    def is_unpulled(self) -> bool:
        """Whether the locks record artifacts, and none of them lies in the checkout."""
        try:
            outs = [out["path"] for entry in self.locked.values() for out in entry.get("outs", [])]
        except (Acne04Error, KeyError, TypeError):
            # What the lock is, its own checks say.
            return False
        return bool(outs) and not any(os.path.lexists(out) for out in outs)

    @cached_property
    def dvc(self) -> Any:
        """DVC's own view of this checkout."""
        # Imported here: it takes two seconds, and most audits are quick ones.
        from dvc.exceptions import DvcException
        from dvc.repo import Repo

        try:
            return Repo()
        except DvcException as error:
            raise Impossible(f"DVC cannot read this checkout: {bare(str(error))}") from None

    @property
    def cache_folder(self) -> Path:
        """Where DVC keeps its cache."""
        return Path(self.dvc.cache.local.path)

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def _documents(self) -> dict[tuple[str, str], Any]:
        return {}

    @cached_property
    def _hashed(self) -> dict[Path, FileDigests | None]:
        return {}

    def digests(self, paths: Iterable[Path]) -> dict[Path, FileDigests | None]:
        """Hash files from disk, each once; None where there is no file that can be read.

        No database of digests is asked: it would go by times, which can be set.
        """
        wanted = list(paths)
        missing = [path for path in dict.fromkeys(wanted) if path not in self._hashed]
        self._hashed.update(zip(missing, hash_files(missing), strict=True))
        return {path: self._hashed[path] for path in wanted}

    def file_of(self, artifact: str) -> str:
        """Name an artifact in reports: as it is called."""
        return artifact

    def table_of(self, artifact: str, name: str) -> pd.DataFrame:
        """Read an artifact that is a table; several checks look at the same ones."""
        if artifact not in self._tables:
            self._tables[artifact] = tables.read_made(Path(artifact), name, self.dataset)
        return self._tables[artifact]

    def table(self, path: str, name: str) -> pd.DataFrame:
        """Read a table of the dataset below ``data/``."""
        return self.table_of(f"data/{path}", name)

    def document_of(self, artifact: str, schema: str = "") -> Any:
        """Read an artifact that is a JSON document, and check it against a schema, if any."""
        if (artifact, schema) not in self._documents:
            document = _json(Path(artifact))
            if schema:
                documents.check(document, schema, artifact)
            self._documents[artifact, schema] = document
        return self._documents[artifact, schema]

    @cached_property
    def delivered(self) -> Delivered:
        """What listings, subject files and the tables of ``near`` say."""
        # Here, since that module reads this one's tables.
        from acne04.audit.own_graph import edges, listed

        return Delivered(listed(self), edges(self))

    @cached_property
    def known(self) -> dict[str, str]:
        """Path -> SHA-256 of all that the ledger and the listings tell of."""
        known = {path: file.sha256 for path, file in self.ledger.files.items()}
        for source in self.ledger.sources:
            listed = self.listing(source.key)
            paths = f"{source.folder}/" + listed["path"]
            known |= dict(zip(paths, listed["sha256"], strict=True))
        return known

    def listing(self, source: str) -> pd.DataFrame:
        """Listing of a source's folder."""
        return self.table(f"raw/{source}.csv", "listing")


def hash_files(paths: Sequence[Path]) -> list[FileDigests | None]:
    """Hash files with as many threads as there are processors; each file is read once.

    Returns
    -------
    list of FileDigests or None
        In the order of `paths`; None where there is no file that can be read.
    """
    batches = [paths[start : start + _BATCH] for start in range(0, len(paths), _BATCH)]
    with ThreadPoolExecutor(available_processors()) as pool:
        return [found for batch in pool.map(_hash_batch, batches) for found in batch]


def digest_of(read: Callable[[int], bytes]) -> FileDigests:
    """Hash what a function gives, in pieces of so many bytes, up to an empty one."""
    sha256, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    while chunk := read(CHUNK_BYTES):
        sha256.update(chunk)
        md5.update(chunk)
        size += len(chunk)
    return FileDigests(size, sha256.hexdigest(), md5.hexdigest())


def _hash_batch(paths: Sequence[Path]) -> list[FileDigests | None]:
    return [_hash_file(path) for path in paths]


def _hash_file(path: Path) -> FileDigests | None:
    try:
        # Without the layers of open(), which take longer than a small file.
        descriptor = open_regular(path)
        try:
            return digest_of(lambda size: os.read(descriptor, size))
        finally:
            os.close(descriptor)
    except (OSError, UnavailableError):
        return None


def _stages_of(path: Path) -> dict[str, Any]:
    stages = _mapping(path).get("stages") or {}
    if not isinstance(stages, dict):
        raise SchemaError(str(path), "stages is no mapping")
    if odd := [str(name) for name, entry in stages.items() if not isinstance(entry, dict)]:
        raise SchemaError(f"{path}#/stages/{odd[0]}", "no mapping")
    return dict(stages)


def _json(path: Path) -> Any:
    try:
        return documents.parse(read_bytes(path), str(path))
    except FileNotFoundError:
        raise UnavailableError(str(path), "no such file") from None


def _mapping(path: Path) -> dict[str, Any]:
    document = yaml_files.read(path)
    if not isinstance(document, dict):
        raise SchemaError(str(path), "not a mapping")
    return document
