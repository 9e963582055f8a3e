"""When two file names are one, and in which way.

File systems and tools differ in whether ``A.jpg`` and ``a.jpg``, two Unicode forms of one name or
``a.jpg`` and ``a.jpeg`` are one file: names that only differ so silently merge somewhere.
"""

from __future__ import annotations

import unicodedata

#: Spellings of the extension of a JPEG file, in lower case.
JPEG_EXTENSIONS = (".jpg", ".jpeg", ".jpe", ".jfif")
#: The ways in which two names collide, the most alike first, and how to say it.
COLLISIONS = {
    "exact": "the same name",
    "unicode": "the same name in another Unicode normal form",
    "extension": "the same name with another spelling of the extension",
    "case": "the same name in another case",
}


def plain_name(name: str) -> str:
    """Spell a file name in Unicode normal form C, with its extension in lower case and ``.jpg``.

    >>> plain_name("Levle0_1.JPEG"), plain_name("e\u0301.png"), plain_name("notes")
    ('Levle0_1.jpg', 'é.png', 'notes')
    """
    stem, dot, extension = unicodedata.normalize("NFC", name).rpartition(".")
    if not dot or not stem:
        return stem + dot + extension
    suffix = dot + extension.lower()
    return stem + (".jpg" if suffix in JPEG_EXTENSIONS else suffix)


def collision_key(name: str) -> str:
    """Give what is equal for names that collide: Unicode's canonical caseless form (D145).

    >>> collision_key("LEVLE0_1.jpeg") == collision_key("levle0_1.JPG")
    True
    """
    decomposed = unicodedata.normalize("NFD", plain_name(name)).casefold()
    return unicodedata.normalize("NFC", decomposed)


def collision_kind(name: str, keeper: str) -> str:
    """Say how two colliding names differ: the last of the steps that it takes to make them equal.

    >>> collision_kind("a.jpg", "a.jpg"), collision_kind("a.JPG", "a.jpg")
    ('exact', 'extension')
    >>> collision_kind("e\u0301.jpg", "é.jpg"), collision_kind("E\u0301.jpg", "é.jpg")
    ('unicode', 'case')
    """
    if name == keeper:
        return "exact"
    if unicodedata.normalize("NFC", name) == unicodedata.normalize("NFC", keeper):
        return "unicode"
    return "extension" if plain_name(name) == plain_name(keeper) else "case"
