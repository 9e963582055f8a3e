"""Checks of what is forbidden: images in a release, parts without terms, other images with it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

from acne04.core.hashing import CHUNK_BYTES, digest_file
from acne04.core.processes import available_processors
from acne04.inspection.checks import Check, Evidence, Mismatch, NotAsked
from acne04.provenance.checksums import ATTESTATION, is_hash
from acne04.verify.published_release import CROISSANT, INVENTORY, PublishedRelease

_FORMS = {
    b"\xff\xd8\xff": "a JPEG image",
    b"\x89PNG": "a PNG image",
    b"GIF8": "a GIF image",
    b"RIFF": "a WebP image",
    b"II*\x00": "a TIFF image",
    b"MM\x00*": "a TIFF image",
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
}
#: Text without a gap that is longer than any hash, name or address: bytes in disguise.
_LONG = 1000
_PACKED = re.compile(rb"[A-Za-z0-9+/=_-]{%d,}" % _LONG)
_ENDING = re.compile(rb"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/=_-]+\Z")


def _no_images(release: PublishedRelease) -> Evidence:
    known = dict.fromkeys(release.table(INVENTORY, "inventory")["sha256"])
    problems = []
    # What is no file at all is told by `subjects`.
    files = {name: sha256 for name, sha256 in release.present.items() if is_hash(sha256)}
    for name, sha256 in files.items():
        found = "an image of the dataset" if sha256 in known else _not_text(name)
        if found:
            problems.append(Mismatch(name, "text, and no image in it", found))
    return Evidence(f"{len(files):,} files", tuple(problems))


def _not_text(name: str) -> str:
    """Say what a file holds that is not text; nothing for text. Read up to the first such place."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    packed, rest, is_first = 0, b"", True
    for piece in _pieces(name):
        if is_first and (form := next((f for s, f in _FORMS.items() if piece.startswith(s)), "")):
            return form
        is_first = False
        try:
            decoder.decode(piece)
        except UnicodeDecodeError:
            return "bytes that are not UTF-8"
        if b"\0" in piece:
            return "bytes that are not text"
        text = rest + piece
        ending = _ENDING.search(text)
        start = ending.start() if ending else len(text)
        packed += len(_PACKED.findall(text, 0, start))
        # What may go on in the next piece: as much of it as makes it long.
        rest = text[start : start + _LONG]
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "bytes that are not UTF-8"
    packed += len(rest) >= _LONG
    # The attestation holds its statement in base64: one such run, and no other.
    return "bytes written as text (base64 or the like)" if packed > (name == ATTESTATION) else ""


def _pieces(name: str) -> Iterator[bytes]:
    with Path(name).open("rb") as stream:
        while piece := stream.read(CHUNK_BYTES):
            yield piece


def _licences(release: PublishedRelease) -> Evidence:
    sources = release.ledger.sources
    card = release.bytes("README.md").decode("utf-8", errors="replace")
    described = {str(entry.get("name")) for entry in release.entries(CROISSANT, "license")}
    problems = []
    for source in sources:
        name = source.licence.name
        if not name.strip() or not source.licence.stated_at.strip():
            problems.append(Mismatch("ledger.json", "terms, and where they are stated", "none",
                                    pointer=source.key))  # fmt: skip
        elif f"{source.key}: {name}" not in described:
            problems.append(Mismatch(CROISSANT, f"the terms of {source.key}: {name}", "others"))
        elif name not in card:
            problems.append(Mismatch("README.md", f"the terms of {source.key}: {name}", "others"))
    return Evidence(f"terms of {len(sources)} sources in three documents", tuple(problems))


def _images(release: PublishedRelease) -> Evidence:
    if release.images is None:
        raise NotAsked("no --images: the images were not looked at")
    table = release.table(INVENTORY, "inventory")
    expected = dict(zip(table["path"], table["sha256"], strict=True))
    with ThreadPoolExecutor(available_processors()) as pool:
        found = pool.map(lambda name: _digest(release.images or Path(), name), expected)
        digests = dict(zip(expected, found, strict=True))
    problems = tuple(
        Mismatch(name, f"sha256 {sha256}", digests[name])
        for name, sha256 in expected.items()
        if digests[name] != sha256
    )
    return Evidence(f"{len(expected):,} images of the inventory, hashed", problems)


def _digest(folder: Path, name: str) -> str:
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        return "a path that leads out of the folder"
    try:
        return digest_file(folder / name).sha256 if (folder / name).is_file() else "no such file"
    except OSError as error:
        return f"nothing that can be read ({error.strerror})"


CHECKS: tuple[Check[PublishedRelease], ...] = (
    Check(
        "no-images",
        "Images of people that may not be passed on are passed on inside a release.",
        True,
        "quick",
        "delete the release wherever it was put, and tell the publisher",
        _no_images,
    ),
    Check(
        "licences",
        "Nobody can tell under which terms a part of the release stands.",
        True,
        "quick",
        "ask the publisher",
        _licences,
    ),
    Check(
        "images",
        "The manifests are used with images that they were not made for.",
        True,
        "full",
        "`dvc pull`, or fetch the images again from their publishers",
        _images,
    ),
)
