"""The different pictures of an inventory."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from unicodedata import normalize

import pandas as pd


@dataclass(frozen=True)
class Content:
    """Bytes that decode, whatever number of files has them.

    Attributes
    ----------
    sha256 : str
        Their digest, hexadecimal.
    path : str
        First path below the folder of images.
    is_real : bool
        Whether one of the files is a photograph.
    subject : str
        The person; empty where unknown.
    """

    sha256: str
    path: str
    is_real: bool
    subject: str


def distinct_contents(inventory: pd.DataFrame, subjects: dict[str, str]) -> list[Content]:
    """List the contents that decode, by digest.

    Parameters
    ----------
    inventory : pandas.DataFrame
        Table ``inventory``, in any order.
    subjects : dict of str to str
        File name of a photograph, Unicode normal form C, to its subject.
    """
    rows = inventory[inventory["decodable"].astype(bool)]
    # "real" < "synthetic".
    rows = rows.sort_values(["sha256", "origin", "path"])
    # Plain tuples: a table for each content would take a hundred times as long.
    columns = (rows[name].tolist() for name in ("sha256", "origin", "path", "name"))
    found = []
    for digest, group in groupby(zip(*columns, strict=True), key=itemgetter(0)):
        copies = list(group)
        real = [normalize("NFC", name) for _, origin, _, name in copies if origin == "real"]
        known = sorted(subjects[name] for name in real if name in subjects)
        found.append(Content(digest, copies[0][2], bool(real), known[0] if known else ""))
    return found
