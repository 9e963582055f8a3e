"""What the release is made from, as others can fetch it and check it: addresses and hashes."""

from __future__ import annotations

import glob
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from acne04.core.errors import UnavailableError
from acne04.core.hashing import Digest
from acne04.core.sources import Source
from acne04.fetch import pins
from acne04.standards import tarball

_MEDIA_TYPES = {
    "cff": "text/yaml",
    "csv": "text/csv",
    "json": "application/json",
    "jsonl": "application/jsonlines",
    "md": "text/markdown",
    "snakefile": "text/plain",
    "tar": "application/x-tar",
    "xml": "application/xml",
    "zip": "application/zip",
}


@dataclass(frozen=True)
class UpstreamFile:
    """One file that images or annotations come from; not in the release.

    Attributes
    ----------
    id : str
        ``<source>/<name>``: what a loader maps to a copy on its own machine.
    source : str
        Key of its source.
    size : int
        Bytes.
    sha256 : str
        Hexadecimal.
    media_type : str
        By its extension.
    url : str
        Address; ``hash://sha256/...`` where it has none that a stranger could use.
    repacked : bool
        Whether it is the archive that `tarball` makes of the source's images.
    """

    id: str
    source: str
    size: int
    sha256: str
    media_type: str
    url: str
    repacked: bool = False


@dataclass(frozen=True)
class SourceImages:
    """Images of one source: where they lie.

    Attributes
    ----------
    source : str
        Key of the source.
    count : int
        How many images.
    containers : tuple of str
        `UpstreamFile.id` of the archives that hold them.
    patterns : tuple of str
        Globs of their paths in these.
    """

    source: str
    count: int
    containers: tuple[str, ...]
    patterns: tuple[str, ...]


def media_type(name: str) -> str:
    """Give the media type of a file by its extension.

    >>> media_type("subjects/train.jsonl")
    'application/jsonlines'
    """
    extension = name.lower().rpartition(".")[2]
    return _MEDIA_TYPES.get(extension, "application/octet-stream")


def read_pins(path: Path, source: Source, version: str) -> dict[str, Digest]:
    """Read what a source must deliver: its pins of one version, or what its entry itself says.

    Raises
    ------
    SchemaError
        If the table of pins does not follow its schema.
    UnavailableError
        If neither knows the hash of every file.
    """
    known = pins.read_pins(path, source, version)
    for file in source.delivery.files:
        if file.size is not None and file.sha256 is not None:
            known.setdefault(file.path, Digest(file.size, file.sha256))
    if pins.unpinned(source, known):
        raise UnavailableError(
            str(path),
            "no pins of the version that the ledger speaks of",
            expected=f"rows of version {version}",
            remedy="`snakemake --cores all`, and commit the pins",
        )
    return known


def describe(
    sources: Mapping[str, Source],
    delivered: Mapping[str, Mapping[str, Digest]],
    names: pd.DataFrame,
    sha256: Mapping[str, str],
    raw: Path,
) -> tuple[tuple[UpstreamFile, ...], tuple[SourceImages, ...]]:
    """Describe the files of every source, and where the images lie in them.

    Parameters
    ----------
    sources : mapping of str to Source
        By key.
    delivered : mapping of str to mapping of str to Digest
        Key of the source to what it delivers, by path; see `read_pins`.
    names : pandas.DataFrame
        Table ``names``.
    sha256 : mapping of str to str
        Path of an image to its SHA-256 in the inventory.
    raw : pathlib.Path
        The folder ``data/raw``; read only where images have to be repacked.
    """
    files: list[UpstreamFile] = []
    images: list[SourceImages] = []
    for key, source in sources.items():
        own = names[names["path"].str.startswith(f"{key}/")]
        paths = dict(zip(own["path"], own["image_id"], strict=True))
        if _must_be_repacked(source, paths):
            own_files = [_repacked(key, tarball.digest(raw, paths, sha256))]
            members = [tarball.member_name(*item) for item in paths.items()]
        else:
            own_files = [_delivered(source, *item) for item in delivered[key].items()]
            members = [path.partition("/")[2] for path in paths]
        files += own_files
        if paths:
            folders = sorted({member.rpartition("/")[0] for member in members})
            patterns = tuple(f"{glob.escape(folder)}/*" if folder else "*" for folder in folders)
            holders = tuple(file.id for file in own_files)
            images.append(SourceImages(key, len(paths), holders, patterns))
    return tuple(files), tuple(images)


def _must_be_repacked(source: Source, paths: Mapping[str, str]) -> bool:
    """Tell whether no archive of the upstream holds these images under their canonical names."""
    if not paths:
        return False
    renamed = any(path.rpartition("/")[2] != image_id for path, image_id in paths.items())
    return source.delivery.kind != "archive" or renamed


def _repacked(key: str, made: Digest) -> UpstreamFile:
    url = f"hash://sha256/{made.sha256}"
    return UpstreamFile(f"{key}/{key}.tar", key, *made, media_type("tar"), url, repacked=True)


def _delivered(source: Source, path: str, digest: Digest) -> UpstreamFile:
    address = next((f.urls[0] for f in source.delivery.files if f.path == path), "")
    name = path.rpartition("/")[2]
    url = web_address(address, digest.sha256)
    return UpstreamFile(f"{source.key}/{name}", source.key, *digest, media_type(name), url)


def web_address(address: str, sha256: str) -> str:
    """Give an address of ``sources.yaml`` as a URL; the hash alone where it is no web address.

    The hash is part of either: loaders that keep downloads by their URL never mix two versions up.

    >>> web_address("gdrive-folder:1A4b#ACNE.tar", "ab")
    'https://drive.google.com/drive/folders/1A4b#sha256=ab'
    >>> web_address("file:upstream/standin/Classification.tar", "ab")
    'hash://sha256/ab'
    """
    scheme, _, rest = address.partition(":")
    plain = rest.partition("#")[0]
    if scheme == "gdrive":
        return f"https://drive.google.com/file/d/{plain}/view#sha256={sha256}"
    if scheme == "gdrive-folder":
        return f"https://drive.google.com/drive/folders/{plain}#sha256={sha256}"
    if scheme in ("http", "https"):
        return f"{scheme}:{plain}#sha256={sha256}"
    return f"hash://sha256/{sha256}"
