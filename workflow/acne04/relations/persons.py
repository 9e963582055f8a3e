"""Whom an image shows, by a column ``subject``: a relation like those of table ``relations``.

Groups and relations may have been edited, or be of two runs; the column says who is who all the
same. A person is spelt as people spell: ``S 01``, ``s  01`` and ``S 01 `` are one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def plain_subject(subject: str) -> str:
    """Spell a person so that case, blanks and forms of letters make no other one.

    >>> plain_subject("Sub  01 ") == plain_subject("sub 01")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", subject).casefold().split())


def with_persons(relations: pd.DataFrame, persons: pd.DataFrame) -> pd.DataFrame:
    """Add the relations of kind ``subject`` that a column says and no row does.

    Parameters
    ----------
    relations : pandas.DataFrame
        Columns kind, a, b; in any order.
    persons : pandas.DataFrame
        Columns image_id, subject (empty where unknown). An image may have several rows, and show
        several persons.

    Returns
    -------
    pandas.DataFrame
        Columns kind, a, b: the given rows and, after them, those that tie the images of a person
        together where no path of subject relations does.

    Examples
    --------
    >>> edges = pd.DataFrame({"kind": ["subject"], "a": ["b"], "b": ["a"]})
    >>> persons = pd.DataFrame({"image_id": ["a", "b", "c"], "subject": ["s1", "s1", "S1"]})
    >>> with_persons(edges, persons)["a"].tolist()
    ['b', 'c']
    """
    given = relations[["kind", "a", "b"]]
    told = persons[["image_id", "subject"]].fillna("").drop_duplicates()
    told = told.assign(subject=[plain_subject(text) for text in told["subject"]])
    told = told[told["subject"] != ""].sort_values(["subject", "image_id"])
    rows = list(_missing(told, given[given["kind"] == "subject"]))
    if not rows:
        return given
    added = pd.DataFrame(rows, columns=["kind", "a", "b"], dtype="str")
    return pd.concat([given, added], ignore_index=True)


def _missing(told: pd.DataFrame, edges: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    """Tie to the first image of each person one of every component that lies apart from it."""
    images = pd.Index(sorted({*told["image_id"], *edges["a"], *edges["b"]}), dtype="object")
    ends = [images.get_indexer(pd.Index(edges[end], dtype="object")) for end in "ab"]
    graph = coo_array((np.ones(len(edges), dtype=np.int8), ends), shape=(len(images),) * 2)
    component = connected_components(graph, directed=False)[1]
    apart = told.assign(component=component[images.get_indexer(told["image_id"])])
    apart = apart.drop_duplicates(["subject", "component"])
    first = apart.groupby("subject")["image_id"].transform("first")
    for image, centre in zip(apart["image_id"], first, strict=True):
        if image != centre:
            yield "subject", image, centre
