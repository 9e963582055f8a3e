"""How images are related: the relation graph, ready to be asked about many pairs at once.

Kinds of relation between two images, the nearest first:

``exact``
    The same bytes: connected by exact edges.
``near``
    The same photograph in other bytes: connected by near and exact edges.
``derived-from``
    One made from the other, or both from one photograph, copies included: connected by derived-from
    and exact edges; not the same bytes.
``retake``
    Photographs of one person within moments, or copies of these: connected by retake, near and
    exact edges; not the same photograph.
``subject``
    The same person: connected by subject edges.
``chain``
    Connected by edges of several kinds, and by none of the above.

All but the last are connected components, so pairs are counted by the sizes of components, and
never listed: time grows with the images, not with the pairs.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Integers = NDArray[np.int64]

KINDS = ("exact", "near", "derived-from", "retake", "subject", "chain")
#: The edges that make up each kind.
EDGES = {
    "exact": ("exact",),
    "near": ("exact", "near"),
    "derived-from": ("exact", "derived-from"),
    "retake": ("exact", "near", "retake"),
    "subject": ("subject",),
    "chain": ("exact", "near", "derived-from", "retake", "subject"),
}
#: The kinds whose components lie within those of another: what they connect that connects, too.
_WITHIN = {"exact": ("near", "derived-from", "retake"), "near": ("retake",)}
#: Relations of these kinds are handed on: a path along them is one step.
_TRANSITIVE = ("exact", "subject")


class Kinship:
    """The components of every kind.

    Parameters
    ----------
    image_ids : iterable of str
        All images, also those without any relation.
    relations : pandas.DataFrame
        Edges: columns kind, a, b; in any order.

    Attributes
    ----------
    images : pandas.Index of str
        Every image once, by code point; the methods speak of images by their position in it.
    """

    def __init__(self, image_ids: Iterable[str], relations: pd.DataFrame) -> None:
        self.images = pd.Index(
            sorted({*image_ids, *relations["a"], *relations["b"]}), dtype="object"
        )
        self._edges = relations[["kind", "a", "b"]]
        self._ways: dict[str, dict[str, list[tuple[str, str]]]] = {}
        self._labels = {kind: self._components(edges) for kind, edges in EDGES.items()}
        self._joint: dict[frozenset[str], Integers] = {}

    def _components(self, kinds: tuple[str, ...]) -> Integers:
        edges = self._edges[self._edges["kind"].isin(kinds)]
        a, b = self.positions(edges["a"]), self.positions(edges["b"])
        size = len(self.images)
        graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(size, size))
        labels: Integers = connected_components(graph, directed=False)[1].astype(np.int64)
        return labels

    def positions(self, image_ids: pd.Series) -> Integers:
        """Give the positions of some images in `images`; all of them must be known."""
        found = self.images.get_indexer(pd.Index(image_ids, dtype="object"))
        if (found < 0).any():
            raise KeyError(f"no image {image_ids.to_numpy()[found < 0][0]}")
        positions: Integers = found.astype(np.int64)
        return positions

    def counts(self, images: Integers, others: Integers) -> tuple[Integers, Integers]:
        """Count, for each of some images, how many of the others are related to it.

        Returns
        -------
        array of int, shape (images, kinds)
            Of each of `KINDS`; another image may be counted under several.
        array of int, shape (images, kinds)
            The same, each related image under its first kind alone. An image that is among the
            others is a copy of itself.
        """

        def same(label: Integers) -> Integers:
            return np.bincount(label[others], minlength=len(self.images))[label[images]]

        def either(kinds: tuple[str, ...]) -> Integers:
            """Count those related by any of some kinds: inclusion and exclusion."""
            outer = [k for k in kinds if not set(_WITHIN.get(k, ())) & set(kinds)]
            count = np.zeros(len(images), dtype=np.int64)
            for size in range(1, len(outer) + 1):
                for several in combinations(outer, size):
                    count += (-1) ** (size + 1) * same(self._both(frozenset(several)))
            return count

        copies, near, derived, retake, subject, whole = (same(self._labels[k]) for k in KINDS)
        before = [either(KINDS[:number]) for number in range(1, len(KINDS))]
        chain = whole - before[-1]
        every = (copies, near - copies, derived - copies, retake - near, subject, chain)
        first = [copies, *(more - less for less, more in pairwise([*before, whole]))]
        return np.stack(every, axis=1), np.stack(first, axis=1)

    def _both(self, kinds: frozenset[str]) -> Integers:
        """Label alike what is alike under all of some kinds."""
        if kinds not in self._joint:
            first, *others = (self._labels[kind] for kind in sorted(kinds))
            for other in others:
                joint = first * (int(other.max(initial=0)) + 1) + other
                first = np.unique(joint, return_inverse=True)[1].ravel().astype(np.int64)
            self._joint[kinds] = first
        return self._joint[kinds]

    def nearest(self, images: Integers, others: Integers) -> tuple[Integers, Integers]:
        """Find for each of some images the nearest relative among the others.

        Returns
        -------
        array of int, shape (images,)
            Index in `KINDS` of the first kind that holds with any of the others; -1 for none.
        array of int, shape (images,)
            The first image by code point that is so related; -1 for none.
        """
        kinds = np.full(len(images), -1)
        relatives = np.full(len(images), -1)
        nobody = len(self.images)
        for number, kind in enumerate(KINDS):
            label = self._labels[kind]
            first = np.full(nobody, nobody)
            np.minimum.at(first, label[others], others)
            found = first[label[images]]
            # Whoever has an earlier kind is settled, so what shares the component is of this one.
            new = (kinds < 0) & (found < nobody)
            kinds[new], relatives[new] = number, found[new]
        return kinds, relatives

    def kinds(self, image: int, others: Integers) -> NDArray[np.bool_]:
        """Say by which kinds each of the others is related to one image.

        Returns
        -------
        array of bool, shape (kinds, others)
            In the order of `KINDS`.
        """
        alike = [label[others] == label[image] for label in self._labels.values()]
        copies, near, derived, retake, subject, whole = alike
        chain = whole & ~(near | derived | retake | subject)
        parts = [copies, near & ~copies, derived & ~copies, retake & ~near, subject, chain]
        return np.stack(parts)

    def path(self, image: int, other: int, kind: str) -> str:
        """Tell by which relations one leads to the other, as ``near, IMAGE_ID, subject``.

        The shortest way along the edges of `kind`; of several, the one by the first image_ids.

        Examples
        --------
        >>> edges = pd.DataFrame({"kind": ["near", "subject"], "a": ["b", "c"], "b": ["a", "b"]})
        >>> Kinship([], edges).path(0, 2, "chain")
        'near, b, subject'
        """
        if image == other:
            return "the same image"
        start, goal = self.images[image], self.images[other]
        neighbours = self._neighbours(kind)
        came: dict[str, tuple[str, str]] = {}
        waiting = deque([start])
        while goal not in came:
            here = waiting.popleft()
            for there, edge in neighbours.get(here, ()):
                if there not in came and there != start:
                    came[there] = (here, edge)
                    waiting.append(there)
        steps: list[str] = []
        here = goal
        while here != start:
            before, edge = came[here]
            if not (steps and steps[-1] == edge and edge in _TRANSITIVE):
                steps += [here, edge] if steps else [edge]
            here = before
        return ", ".join(reversed(steps))

    def _neighbours(self, kind: str) -> dict[str, list[tuple[str, str]]]:
        """Where the edges of a kind lead from each image, whatever the order of the rows."""
        if kind not in self._ways:
            ways = defaultdict(list)
            edges = self._edges[self._edges["kind"].isin(EDGES[kind])]
            for edge, a, b in edges.itertuples(index=False):
                ways[a].append((b, edge))
                ways[b].append((a, edge))
            for leads in ways.values():
                leads.sort(key=lambda way: (way[0], EDGES["chain"].index(way[1])))
            self._ways[kind] = ways
        return self._ways[kind]
