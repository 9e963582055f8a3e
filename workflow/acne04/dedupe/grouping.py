"""Groups: the connected components of the relation graph."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from acne04.findings import Finding


def connected_groups(order: list[str], relations: pd.DataFrame) -> list[str]:
    """Give the group of each image.

    Parameters
    ----------
    order : list of str
        Every image_id once, in the order of precedence.
    relations : pandas.DataFrame
        Columns a and b: image_ids that belong together, in any order.

    Returns
    -------
    list of str
        For each image of `order` the name of its group: the first member's image_id. Images of
        one group are connected by relations, images of two are not.

    Examples
    --------
    >>> edges = pd.DataFrame({"a": ["c", "b"], "b": ["b", "a"]})
    >>> connected_groups(["a", "b", "c", "d"], edges)
    ['a', 'a', 'a', 'd']
    """
    position = pd.Series(np.arange(len(order)), index=order)
    a, b = position.loc[relations["a"]], position.loc[relations["b"]]
    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(len(order), len(order)))
    _, component = connected_components(graph, directed=False)
    _, first = np.unique(component, return_index=True)
    return [order[first[number]] for number in component]


def merged_subjects(images: pd.DataFrame) -> Iterator[Finding]:
    """Report every copy whose subject is not that of its canonical member.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns image_id, path, canonical, subject.
    """
    by_id = images.set_index("image_id")
    for row in images[images["image_id"] != images["canonical"]].itertuples(index=False):
        kept = by_id.loc[row.canonical]
        if row.subject and kept.subject and row.subject != kept.subject:
            yield Finding(
                check="copies-across-subjects",
                severity="error",
                file=row.path,
                pointer="",
                line=None,
                expected=f"subject {kept.subject}, as {kept.path} has with the same bytes",
                found=f"subject {row.subject}",
                done="both subjects joined in one group: they are one person",
                remedy="report it to the publisher of the subject table",
            )
