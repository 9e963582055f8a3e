"""Grade the synthetic images by their folder; find names that the real images have, too."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from acne04.findings import Finding

#: Spellings of the JPEG extension that name the same file to a human.
_JPEG_SUFFIXES = (".jpeg", ".jpe", ".jfif")


def grade_by_folder(
    paths: Iterable[str], grades: dict[str, int]
) -> tuple[dict[str, int], list[Finding]]:
    """Give each synthetic image the grade that its folder promises.

    Parameters
    ----------
    paths : iterable of str
        Paths of the synthetic images.
    grades : dict
        Folder name to the grade 0 to 3 of its images.

    Returns
    -------
    dict of str to int
        Path to grade; a path in no such folder is missing.
    list of Finding
        One for each of those.
    """
    found: dict[str, int] = {}
    findings = []
    for path in paths:
        folders = [step for step in path.split("/")[:-1] if step in grades]
        if folders:
            found[path] = grades[folders[-1]]
        else:
            findings.append(_outside(path, sorted(grades)))
    return found, findings


def check_names(synthetic: Iterable[str], real: Iterable[str]) -> list[Finding]:
    """Compare the names of synthetic and real images, given by their paths."""
    by_key: dict[str, list[str]] = defaultdict(list)
    for path in real:
        by_key[_key(_name(path))].append(path)
    findings = []
    for path in synthetic:
        namesakes = by_key.get(_key(_name(path)), [])
        # The most alike first: an exact namesake says more than one by case.
        ranked = sorted((*likeness(_name(path), _name(other)), other) for other in namesakes)
        for _, way, other in ranked[:1]:
            findings.append(_overlap(path, other, way, len(ranked)))
    return findings


def likeness(a: str, b: str) -> tuple[int, str]:
    """Rank (0 is most alike) and name of the way in which two names are one.

    >>> likeness("a.jpg", "A.jpg"), likeness("a.jpg", "a.jpeg")
    ((1, 'by case'), (3, 'by extension spelling'))
    """
    ways: list[tuple[str, Callable[[str], str]]] = [
        ("exactly", str),
        ("by case", str.casefold),
        ("by Unicode normal form", _normal_form),
        ("by extension spelling", _one_extension),
    ]
    for rank, (way, normal) in enumerate(ways):
        if normal(a) == normal(b):
            return rank, way
    return len(ways), "by several of case, Unicode normal form, extension spelling"


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _normal_form(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _one_extension(name: str) -> str:
    path = PurePosixPath(name)
    return f"{path.stem}.jpg" if path.suffix in _JPEG_SUFFIXES else name


def _key(name: str) -> str:
    return _one_extension(_normal_form(_normal_form(name).casefold()))


def _outside(path: str, folders: list[str]) -> Finding:
    return Finding(
        check="folder-unexpected",
        severity="error",
        file=path,
        pointer="",
        line=None,
        expected=f"a folder of known grade: {', '.join(folders)}",
        found=f"folder {path.rpartition('/')[0]}",
        done="grade left empty",
        remedy="move it to the folder of its grade if the upstream has it there, or remove it",
    )


def _overlap(path: str, other: str, way: str, namesakes: int) -> Finding:
    more = f" and {namesakes - 1} more" if namesakes > 1 else ""
    return Finding(
        check="name-overlap",
        severity="warning",
        file=path,
        pointer="",
        line=None,
        expected="a name that no real image has",
        found=f"the name of {other}{more}, {way}",
        done="both kept under their paths",
        remedy="join tables by path or image_id, never by file name",
    )
