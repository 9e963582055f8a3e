"""Groups: the connected components of the relation graph.

Near-duplicate is not transitive: with a threshold too low for faces in one pose, links between
strangers grow into a component that swallows the corpus, and with it every split. So a component
of near relations alone that is too large is refused (`check_components`).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from acne04.core.errors import Acne04Error
from acne04.dedupe.edges import Relation

#: Images that near relations alone may join, whatever the corpus: the person with the most
#: photographs in ACNE04 has 22, and they are not copies of one another.
LARGEST_COMPONENT = 25
#: Or one image in so many of the corpus (5 %), where that is more.
LARGEST_SHARE = 20
#: Links of the chain that are shown.
LINKS_SHOWN = 5


class GroupingError(Acne04Error):
    """No grouping can be trusted that these relations make."""


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


def check_components(order: Sequence[str], near: Iterable[Relation]) -> int:
    """Check that no component of `near` relations alone is too large.

    Parameters
    ----------
    order : sequence of str
        Every image_id once, in the order of precedence.
    near : iterable of Relation
        The relations of this kind, accepted and decided.

    Returns
    -------
    int
        Images in the largest component; 1 where there is no relation, 0 where there is no image.

    Raises
    ------
    GroupingError
        If that is more than `LARGEST_COMPONENT` images and more than one in `LARGEST_SHARE`.
    """
    near = list(near)
    members: dict[str, list[str]] = defaultdict(list)
    for image_id, name in zip(order, connected_groups(order, near).names, strict=True):
        members[name].append(image_id)
    largest = max(members.values(), key=len, default=[])
    if len(largest) > LARGEST_COMPONENT and len(largest) * LARGEST_SHARE > len(order):
        inside = set(largest)
        tree = strongest_forest(order, [edge for edge in near if edge.a in inside])
        raise _refusal(largest, tree, len(order))
    return len(largest)


def _refusal(members: list[str], tree: list[Relation], images: int) -> GroupingError:
    one, other, chain = longest_chain(members[0], tree)
    weakest = sorted(chain, key=lambda edge: edge.certainty)[:LINKS_SHOWN]
    return GroupingError(
        "near relations",
        "near-duplicates alone chain a large part of the images into one component",
        expected=f"at most {max(LARGEST_COMPONENT, images // LARGEST_SHARE)} of {images} images",
        found=f"{len(members)} images; {one} and {other} are {len(chain)} links apart, "
        f"the weakest of these: {'; '.join(map(str, weakest))}",
        done="nothing written",
        remedy="look at these pairs: where they are different photographs, raise the threshold of "
        "the verification, or record for each a decision of kind relation, `different`",
    )


def longest_chain(start: str, tree: Iterable[Relation]) -> tuple[str, str, list[Relation]]:
    """Give the two most distant images of a tree and the relations between them, in their order.

    Parameters
    ----------
    start : str
        Any image of the tree.
    tree : iterable of Relation
        Relations without a circle.
    """
    links: dict[str, list[tuple[str, Relation]]] = defaultdict(list)
    for edge in tree:
        links[edge.a].append((edge.b, edge))
        links[edge.b].append((edge.a, edge))
    # The image farthest from anywhere is one end of a longest path.
    end, _ = _farthest(start, links)
    return end, *_farthest(end, links)


def _farthest(
    start: str, links: dict[str, list[tuple[str, Relation]]]
) -> tuple[str, list[Relation]]:
    """Give the image with the most relations between it and `start`, and these."""
    way: dict[str, tuple[str, Relation] | None] = {start: None}
    waiting = deque([start])
    end = start
    while waiting:
        end = waiting.popleft()
        for other, edge in links[end]:
            if other not in way:
                way[other] = (end, edge)
                waiting.append(other)
    path, step = [], way[end]
    while step is not None:
        path.append(step[1])
        step = way[step[0]]
    return end, path[::-1]
