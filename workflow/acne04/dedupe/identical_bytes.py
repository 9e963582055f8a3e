"""Images of identical bytes: what verdicts and decisions are bound to, not to file names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from acne04.dedupe.image_subjects import Subjects


class Copies:
    """Images of which one stands for all: what a subclass's `members` and `canonical` tell.

    Attributes
    ----------
    members : tuple
        Rows of the images, in the order of precedence.
    canonical : row
        The member that stands for all: the first, unless a decision keeps another.
    """

    members: tuple[Any, ...]
    canonical: Any

    @property
    def image_id(self) -> str:
        """Image_id of the canonical member."""
        return str(self.canonical.image_id)

    @property
    def path(self) -> str:
        """Path of the canonical member."""
        return str(self.canonical.path)

    @property
    def place(self) -> int:
        """Place of the canonical member in the order of precedence."""
        return int(self.canonical.Index)

    @property
    def is_real(self) -> bool:
        """Whether one of the images is a photograph: then so are all."""
        # Photographs come first.
        return bool(self.members[0].origin == "real")

    @property
    def candidates(self) -> tuple[Any, ...]:
        """Members that can stand for all: where there is a photograph, photographs only."""
        return tuple(row for row in self.members if row.origin == self.members[0].origin)

    def labels(self, field: str) -> list[int]:
        """All values of a label among the members, ascending, each once."""
        values = (getattr(row, field) for row in self.members)
        return sorted({int(value) for value in values if pd.notna(value)})


@dataclass(frozen=True)
class Content(Copies):
    """The images that are the same bytes.

    Attributes
    ----------
    sha256 : str
        The bytes.
    members, canonical
        As of `Copies`.
    persons : frozenset of str
        All persons that the subject table gives to any of them.
    """

    sha256: str
    members: tuple[Any, ...]
    canonical: Any
    persons: frozenset[str]


def gather_contents(images: pd.DataFrame, subjects: Subjects) -> dict[str, Content]:
    """Gather the images by their bytes.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns image_id, path, origin, sha256, decodable, grade, lesions_v1, in the order of
        precedence, numbered from 0.
    subjects : dict of str to list of str
        Image_id to the persons it shows.

    Returns
    -------
    dict of str to Content
        By SHA-256. A file that does not decode shows nothing, and is none of them.
    """
    members: dict[str, list[Any]] = {}
    for row in images[images["decodable"].astype(bool)].itertuples():
        members.setdefault(row.sha256, []).append(row)
    return {
        digest: Content(
            digest,
            tuple(rows),
            rows[0],
            frozenset(person for row in rows for person in subjects.get(row.image_id, ())),
        )
        for digest, rows in members.items()
    }


def by_path(contents: Mapping[str, Content]) -> dict[str, Content]:
    """Find the content at each path."""
    return {row.path: content for content in contents.values() for row in content.members}
