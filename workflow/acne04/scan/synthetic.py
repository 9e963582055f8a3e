"""Grade the synthetic images by their folder; find names that the real images have, too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from acne04.core.findings import Finding
from acne04.core.naming import COLLISIONS, collision_key, collision_kind


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
    ranks = list(COLLISIONS)
    by_key: dict[str, list[str]] = defaultdict(list)
    for path in real:
        by_key[collision_key(_name(path))].append(path)
    findings = []
    for path in synthetic:
        namesakes = by_key.get(collision_key(_name(path)), [])
        if namesakes:
            # The most alike: an exact namesake says more than one by case.
            ways = {other: collision_kind(_name(path), _name(other)) for other in namesakes}
            other = min(ways, key=lambda path: (ranks.index(ways[path]), path))
            findings.append(_overlap(path, other, ways[other], len(namesakes)))
    return findings


def _name(path: str) -> str:
    return path.rpartition("/")[2]


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


def _overlap(path: str, other: str, kind: str, namesakes: int) -> Finding:
    more = f"; {namesakes - 1} more collide with it" if namesakes > 1 else ""
    return Finding(
        check="name-overlap",
        severity="warning",
        file=path,
        pointer="",
        line=None,
        expected="a name that no real image has",
        found=f"{other} has {COLLISIONS[kind]}{more}",
        done="both kept under their paths",
        remedy="join tables by path or image_id, never by file name",
    )
