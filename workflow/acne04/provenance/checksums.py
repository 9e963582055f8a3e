"""The files of a release's folder against what is attested of them."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from acne04.core.hashing import digest_file

#: The attestation, which cannot be a subject of itself.
ATTESTATION = "attestation.dsse.json"
SUMS = "SHA256SUMS"
_SHA256 = re.compile(r"[0-9a-f]{64}")


def present_files(folder: Path) -> dict[str, str]:
    """Hash all that lies in a folder, whatever it is.

    Returns
    -------
    dict of str to str
        Path with forward slashes -> SHA-256; what is no file (a link to a folder, a pipe, a link
        to nowhere) has the reason in its place, which is no hash.
    """
    return {name: _digest(folder / name) for name in sorted(_names(os.fspath(folder)))}


def is_hash(found: str) -> bool:
    """Tell a SHA-256 from the reason why there is none."""
    return bool(_SHA256.fullmatch(found))


def differences(
    expected: Mapping[str, str], present: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Give file, what is expected of it, and what was found; by file.

    Examples
    --------
    >>> list(differences({"a": "1"}, {"a": "2", "b": "3"}))
    [('a', 'sha256 1', '2'), ('b', 'no such file', 'a file, sha256 3')]
    """
    for name in sorted({*expected, *present}):
        wanted, found = expected.get(name), present.get(name)
        if wanted is None:
            yield name, "no such file", f"a file, sha256 {found}"
        elif found != wanted:
            yield name, f"sha256 {wanted}", "no such file" if found is None else found


def to_sums(files: Mapping[str, str]) -> str:
    r"""Give the text of ``SHA256SUMS``, which ``sha256sum --check`` reads.

    >>> to_sums({"b": "2", "a": "1"})
    '1  a\n2  b\n'
    """
    return "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(files.items()))


def from_sums(text: str) -> tuple[dict[str, str], list[tuple[int, str]]]:
    r"""Read ``SHA256SUMS``.

    Returns
    -------
    tuple of dict and list
        File -> SHA-256, and what is wrong with the text itself: line, from 1, and what it is. A
        file that is named twice has the first sum; which one counts is nobody's guess to make.

    Examples
    --------
    >>> from_sums("0" * 64 + "  a\n\n" + "1" * 64 + "  a\n")[1]
    [(2, 'a blank line'), (3, 'a second line for a')]
    """
    listed: dict[str, str] = {}
    wrong = []
    # At line feeds alone: names may hold what else ends a line of Unicode.
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else [], 1):
        sha256, _, name = line.partition("  ")
        if not line.strip():
            wrong.append((number, "a blank line"))
        elif not name or not is_hash(sha256):
            wrong.append((number, "no SHA-256, two spaces and a name"))
        elif name in listed:
            wrong.append((number, f"a second line for {name}"))
        else:
            listed[name] = sha256
    return listed, wrong


def _names(root: str) -> Iterator[str]:
    start = len(root.rstrip("/")) + 1
    for parent, folders, names in os.walk(root):
        links = [name for name in folders if os.path.islink(f"{parent}/{name}")]  # noqa: PTH114
        for name in (*names, *links):
            yield f"{parent}/{name}"[start:].replace(os.sep, "/")


def _digest(path: Path) -> str:
    try:
        if stat.S_ISREG(path.stat().st_mode):
            return digest_file(path).sha256
    except OSError as error:
        return f"nothing that can be read ({error.strerror})"
    return "no plain file"
