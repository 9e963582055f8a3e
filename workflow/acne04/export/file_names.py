"""Names of exported images: unique in every folder, for every reader, and of the right kind."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from acne04.core.naming import collision_key

#: Kind of image by its first bytes.
_MAGIC = (
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"BM", ".bmp"),
    (b"GIF8", ".gif"),
    (b"II*\0", ".tif"),
    (b"MM\0*", ".tif"),
)
#: Bytes that tell the kind.
MAGIC_BYTES = 12


def extension_of(start: bytes) -> str:
    r"""Give the extension that goes with the first bytes of an image; empty for no image.

    >>> extension_of(b"\xff\xd8\xff\xe0"), extension_of(b"RIFF....WEBP"), extension_of(b"<html>")
    ('.jpg', '.webp', '')
    """
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return ".webp"
    return next((extension for magic, extension in _MAGIC if start.startswith(magic)), "")


def stems(image_ids: Iterable[str]) -> dict[str, str]:
    """Give each image a name without an extension: its own, as far as every reader can take it.

    Letters, digits and ``_``, ``-``, ``~`` stay, everything else becomes ``_``: label lines end a
    name at a blank, WebDataset at a dot, and patterns of files have brackets. What is then one
    name for a file system or a reader that looks at stems gets a part of its digest.

    Parameters
    ----------
    image_ids : iterable of str
        All images of a manifest, so that a name does not depend on what else is exported.

    Examples
    --------
    >>> stems(["levle0_1.jpg", "a b.jpg", "x.png", "x.jpg"])
    {'a b.jpg': 'a_b', 'levle0_1.jpg': 'levle0_1', 'x.jpg': 'x~8f3c0b84', 'x.png': 'x~3910c650'}
    """
    alike: dict[str, list[str]] = defaultdict(list)
    plain = {image_id: _plain(image_id) for image_id in sorted(set(image_ids))}
    for image_id, stem in plain.items():
        alike[collision_key(stem)].append(image_id)
    names = {}
    for image_id, stem in plain.items():
        is_alone = len(alike[collision_key(stem)]) == 1
        names[image_id] = stem if is_alone else f"{stem}~{_digest(image_id)}"
    return names


def _plain(image_id: str) -> str:
    stem, dot, _ = unicodedata.normalize("NFC", image_id).rpartition(".")
    stem = stem if dot and stem else image_id
    return "".join(c if c.isalnum() or c in "_-~" else "_" for c in stem)


def _digest(image_id: str) -> str:
    return hashlib.sha256(image_id.encode("utf-8", "surrogateescape")).hexdigest()[:8]
