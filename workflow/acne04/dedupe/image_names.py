"""Canonical names of the images: no two share one, however they are spelt."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pandas as pd

from acne04.core.findings import Finding
from acne04.core.naming import COLLISIONS, collision_key, collision_kind, plain_name
from acne04.dedupe import catalogue

#: Lengths, in hexadecimal digits, of the mark that tells colliding names apart; the first that
#: serves is taken.
MARK_LENGTHS = (8, 16, 32, 64)
_DIGITS = re.compile(r"([0-9]+)")


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key in which the numbers inside a name count as numbers.

    >>> sorted(["levle0_10.jpg", "levle0_9.jpg"], key=natural_key)
    ['levle0_9.jpg', 'levle0_10.jpg']
    """
    # "01" and "1" are equal as numbers: the text itself comes last and decides.
    steps = [
        (0, int(step), "") if step.isdecimal() else (1, 0, step)
        for step in _DIGITS.split(name)
        if step
    ]
    return (*steps, (2, 0, name))


def canonical_names(inventory: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Name every image.

    Of names that collide, the first image (real before synthetic, then by path) keeps the plain
    name; each other one is marked with a digest of its own path, so that its name does not depend
    on how many there are.

    Parameters
    ----------
    inventory : pandas.DataFrame
        Table ``inventory``.

    Returns
    -------
    pandas.DataFrame
        Table ``names``, one row an image, rows by path.
    list of Finding
        One for each image that could not keep its plain name.
    """
    # "real" < "synthetic".
    ordered = inventory.sort_values(["origin", "path"])
    keys = [collision_key(name) for name in ordered["name"]]
    taken = set(keys)
    keepers: dict[str, tuple[str, str]] = {}
    rows: list[dict[str, Any]] = []
    findings = []
    for key, row in zip(keys, ordered.itertuples(index=False), strict=True):
        keeper = keepers.setdefault(key, (row.path, row.name))
        kind, image_id = "", plain_name(row.name)
        if keeper[0] != row.path:
            kind = collision_kind(row.name, keeper[1])
            image_id = _marked(image_id, row.path, taken)
            findings.append(_collision(row.path, keeper[0], kind, image_id))
        rows.append(
            {
                "dataset": row.dataset,
                "path": row.path,
                "name": row.name,
                "image_id": image_id,
                "collision": kind,
            }
        )
    columns = ["dataset", "path", "name", "image_id", "collision"]
    table = pd.DataFrame(rows, columns=columns, dtype="str")
    return table.sort_values("path", ignore_index=True), findings


def _marked(name: str, path: str, taken: set[str]) -> str:
    digest = hashlib.sha256(path.encode("utf-8")).hexdigest()
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = extension, ""
    for length in MARK_LENGTHS:
        marked = f"{stem}~{digest[:length]}{dot}{extension}"
        if collision_key(marked) not in taken:
            break
    taken.add(collision_key(marked))
    return marked


def _collision(path: str, keeper: str, kind: str, image_id: str) -> Finding:
    return catalogue.NAME_COLLISION.at(
        path,
        expected="a name that no other image has",
        found=f"{keeper} has {COLLISIONS[kind]}",
        done=f"called {image_id} from here on",
    )
