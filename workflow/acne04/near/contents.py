"""The different pictures of an inventory."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

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
    found = []
    for digest, copies in rows.groupby("sha256", sort=True):
        real = copies[copies["origin"] == "real"]
        names = [unicodedata.normalize("NFC", name) for name in real["name"]]
        known = sorted({subjects[name] for name in names if name in subjects})
        found.append(
            Content(str(digest), copies["path"].iloc[0], len(real) > 0, known[0] if known else "")
        )
    return found
