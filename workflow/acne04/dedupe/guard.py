"""Refuse a grouping in which near-duplicates chain strangers into one cluster.

Near-duplicate is not transitive: with a threshold too low for faces in one pose, links between
strangers grow into a cluster that swallows the corpus, and with it every split.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

from acne04.core.errors import Acne04Error
from acne04.dedupe.grouping import connected_groups, strongest_forest
from acne04.dedupe.relations import Relation

#: Images that near relations alone may join, whatever the corpus.
LARGEST_COMPONENT = 25
#: Or one image in so many of the corpus (5 %), where that is more.
LARGEST_SHARE = 20
#: Links of the chain that are shown.
LINKS_SHOWN = 5


class GroupingError(Acne04Error):
    """No grouping can be trusted that these relations make."""


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
