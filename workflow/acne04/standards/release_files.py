"""The files of a release: what they are called, and what their findings and metrics say."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acne04.core import documents, tables
from acne04.core.errors import SchemaError, UnavailableError
from acne04.core.hashing import digest_file, files_below
from acne04.standards.upstream import media_type

#: Written after the facts are gathered, from them: no document says anything of itself.
DOCUMENTS = (
    "README.md",
    "CITATION.cff",
    "SHA256SUMS",
    "attestation.dsse.json",
    "croissant.json",
    "ro-crate-metadata.json",
)


@dataclass(frozen=True)
class ReleaseFile:
    """One file of the release.

    Attributes
    ----------
    path : str
        Below the release's folder, with forward slashes.
    size : int
        Bytes.
    sha256 : str
        Hexadecimal.
    media_type : str
        ``text/csv``, ``application/json`` or ``application/octet-stream``.
    """

    path: str
    size: int
    sha256: str
    media_type: str


def places(artifact: str) -> tuple[str, ...]:
    """Tell where in a release an artifact of the workflow may lie.

    >>> places("data/splits/holdout.csv")
    ('manifests/holdout.csv', 'tables/splits/holdout.csv')
    """
    parts = artifact.split("/")
    if len(parts) != 3 or parts[0] != "data":
        return ()
    _, noun, name = parts
    manifests = (f"manifests/{name}",) if noun == "splits" else ()
    return (*manifests, f"tables/{noun}/{name}")


def hash_files(release: Path) -> tuple[ReleaseFile, ...]:
    """Hash every file that is there before the documents are, by path."""
    return tuple(
        ReleaseFile(name, *digest_file(release / name), media_type(name))
        for name in files_below(release)
        if name not in DOCUMENTS
    )


def read_counts(release: Path, files: tuple[ReleaseFile, ...]) -> dict[str, int]:
    """Add the findings of all stages up, by check."""
    counts: Counter[str] = Counter()
    for file in files:
        if file.path.endswith("/findings.json"):
            counts.update(documents.read(release / file.path, "findings.schema.json")["counts"])
    return dict(sorted(counts.items()))


def read_metrics(release: Path, files: tuple[ReleaseFile, ...]) -> dict[str, Any]:
    """Read the metrics of all stages, by noun."""
    metrics = {}
    for file in files:
        folder, _, name = file.path.rpartition("/")
        if name == "metrics.json":
            noun = "splits" if folder == "manifests" else folder.rpartition("/")[2]
            metrics[noun] = read_json(release / file.path)
    return metrics


def read_precision(release: Path) -> dict[str, Any]:
    """Read what the certificates say of the precision of each part."""
    path = release / "manifests/certificates.json"
    document = documents.read(path, "certificates.schema.json")
    found: dict[str, Any] = document["precision"]
    return found


def read_leaks(release: Path) -> dict[str, tuple[int, int]]:
    """Read what the published folds leak.

    Returns
    -------
    dict of str to (int, int)
        Kind of relation to how many test images have one in training, of how many; over all folds.
    """
    table = tables.read(release / "manifests/published_leaks.csv", "leaks")
    rows = table[(table["variant"] == "published") & (table["grade"] == "all")]
    sums = rows.groupby("kind")[["images", "of"]].sum()
    return {str(kind): (int(row["images"]), int(row["of"])) for kind, row in sums.iterrows()}


def read_json(path: Path) -> Any:
    """Read a JSON document that has no schema here.

    Raises
    ------
    UnavailableError
        If there is no such file.
    SchemaError
        If it is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UnavailableError(str(path), "no such file") from None
    except ValueError as error:
        raise SchemaError(str(path), f"not JSON in UTF-8 ({error})") from None
