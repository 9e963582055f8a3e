"""Groups: the connected components of the relation graph, and what each hangs on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from acne04.dedupe.relations import Relation


class Components:
    """Sets of images that grow together: each is called by its first image.

    Parameters
    ----------
    order : sequence of str
        Every image_id once, in the order of precedence.
    """

    def __init__(self, order: Sequence[str]) -> None:
        self.position = {image_id: place for place, image_id in enumerate(order)}
        self._above = {image_id: image_id for image_id in order}

    def first(self, image_id: str) -> str:
        """Give the first image of the set that this one is in."""
        while (above := self._above[image_id]) != image_id:
            # Halving the way up keeps the next one short.
            self._above[image_id] = image_id = self._above[above]
        return image_id

    def join(self, one: str, other: str) -> bool:
        """Make one set of two; False where they are one already."""
        early, late = sorted((self.first(one), self.first(other)), key=self.position.__getitem__)
        self._above[late] = early
        return early != late


class Groups(NamedTuple):
    """The groups of all images.

    Attributes
    ----------
    names : list of str
        For each image, in the order of precedence, the first image of its group.
    weakest : dict of str to Relation
        Name of a group to the relation it hangs on; none for a group of one image.
    """

    names: list[str]
    weakest: dict[str, Relation]


def strongest_forest(order: Sequence[str], relations: Iterable[Relation]) -> list[Relation]:
    """Give a maximum spanning forest, by certainty, the most certain relations first (Kruskal).

    Relations of one certainty are taken in the order of their kind and of the precedence of their
    images, so that the outcome does not depend on the order they are given in.
    """
    components = Components(order)
    place = components.position

    def key(relation: Relation) -> tuple[int, float, str, int, int]:
        rank, score = relation.certainty
        return -rank, -score, relation.kind, place[relation.a], place[relation.b]

    return [edge for edge in sorted(relations, key=key) if components.join(edge.a, edge.b)]


def connected_groups(order: Sequence[str], relations: Iterable[Relation]) -> Groups:
    """Give the group of each image, and the relation that each group hangs on.

    That is the least certain relation of the group's maximum spanning tree: without it, and all
    that are less certain, the group would fall apart.

    Parameters
    ----------
    order : sequence of str
        Every image_id once, in the order of precedence.
    relations : iterable of Relation
        In any order.

    Examples
    --------
    >>> edges = [Relation("near", "c", "b", "m", "", 0.7), Relation("near", "b", "a", "m", "", 0.9)]
    >>> groups = connected_groups(["a", "b", "c", "d"], edges)
    >>> groups.names, {name: str(edge) for name, edge in groups.weakest.items()}
    (['a', 'a', 'a', 'd'], {'a': 'near c b 0.7'})
    """
    forest = strongest_forest(order, relations)
    components = Components(order)
    for edge in forest:
        components.join(edge.a, edge.b)
    # The forest is in falling order of certainty: the last one of each group stays.
    weakest = {components.first(edge.a): edge for edge in forest}
    return Groups([components.first(image_id) for image_id in order], weakest)
