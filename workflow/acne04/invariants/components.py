"""Images that relations hang together."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def components(image_ids: pd.Series, relations: pd.DataFrame) -> pd.Series:
    """Number the connected component of each image; relations of unknown images join nothing.

    >>> edges = pd.DataFrame({"a": ["c", "x"], "b": ["a", "a"]})
    >>> components(pd.Series(["a", "b", "c"]), edges).tolist()
    [0, 1, 0]
    """
    images = pd.Index(image_ids, dtype="object")
    a, b = (images.get_indexer(pd.Index(relations[side], dtype="object")) for side in "ab")
    known = (a >= 0) & (b >= 0)
    ends = (a[known], b[known])
    size = (len(images), len(images))
    graph = coo_array((np.ones(int(known.sum()), dtype=np.int8), ends), shape=size)
    return pd.Series(connected_components(graph, directed=False)[1], index=images)
