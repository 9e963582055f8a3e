"""Find images whose circles coincide: two of one size that do are the same photograph."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from acne04.validate import catalogue
from acne04.validate.problems import PlacedProblem, printable

#: Circles match whose centres are at most so far apart in an image with a longer side of
#: `FULL_SIDE`, as three of four published images have; in a smaller image in proportion, in a
#: larger one no further.
REACH_PIXELS, FULL_SIDE = 15, 3456
#: Matches that make an echo: so many percent of the smaller set of circles, and at least so many.
#: In the published file 33 of 598,119 pairs of one size echo so, each of them within one subject.
LEAST_PERCENT, LEAST_MATCHES = 60, 3
#: With fewer matches chance may have done it: the echo is probable only.
SURE_MATCHES = 5
#: Pairs of circles that are looked at in one go: bounds the memory, not the result.
BLOCK_PAIRS = 4_000_000
COLUMNS = ("name_a", "name_b", "matches", "circles_a", "circles_b")


def find_echoes(images: pd.DataFrame, circles: pd.DataFrame) -> pd.DataFrame:
    """Find every pair of images of one size whose circles coincide.

    They do where the largest one-to-one matching of centres within reach covers at least
    `LEAST_PERCENT` of the smaller set of circles, and at least `LEAST_MATCHES`.

    Parameters
    ----------
    images : pandas.DataFrame
        Sound images: columns id, file_name, width, height (px).
    circles : pandas.DataFrame
        Sound circles: columns image_id, x, y (px, whole numbers).

    Returns
    -------
    pandas.DataFrame
        Columns name_a < name_b, matches, circles_a, circles_b; rows by the names, whatever the
        order of images and circles.
    """
    ordered = images.sort_values("file_name").reset_index(drop=True)
    rank = pd.Series(ordered.index, index=ordered["id"])
    places = circles.assign(image=circles["image_id"].map(rank)).sort_values("image")
    found: list[tuple[int, ...]] = []
    for (width, height), same in ordered.groupby(["width", "height"]):
        own = places.loc[places["image"].isin(same.index), ["image", "x", "y"]]
        square = squared_reach(int(width), int(height))
        found += _echoes_of_one_size(own.to_numpy(np.int64), square)
    names = ordered["file_name"]
    rows = [(names[a], names[b], *numbers) for a, b, *numbers in sorted(found)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def echo_problems(echoes: pd.DataFrame, images: pd.DataFrame) -> Iterator[PlacedProblem]:
    """Say of each echo where it is, at the second of its images.

    Parameters
    ----------
    echoes : pandas.DataFrame
        As `find_echoes` gives them.
    images : pandas.DataFrame
        Sound images: column file_name; row = position in the array.
    """
    position = pd.Series(images.index, index=images["file_name"])
    for echo in echoes.itertuples():
        smaller = min(echo.circles_a, echo.circles_b)
        probable = " (probable only: so few may be chance)" if echo.matches < SURE_MATCHES else ""
        found = (
            f"{printable(echo.name_b)} with {echo.circles_b} circles and "
            f"{printable(echo.name_a)} with {echo.circles_a}: {echo.matches} of {smaller} "
            f"coincide{probable}"
        )
        yield PlacedProblem(
            catalogue.ANNOTATION_ECHO, ("images", int(position[echo.name_b])), found
        )


def squared_reach(width: int, height: int) -> int:
    """Give the largest square of a distance (px) at which circles of such an image match.

    >>> squared_reach(3112, 3456), squared_reach(4912, 3264), squared_reach(389, 432)
    (225, 225, 3)
    """
    side = min(max(width, height), FULL_SIDE)
    return (REACH_PIXELS * side) ** 2 // FULL_SIDE**2


def least_matches(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Give the matches that sets of circles of such sizes need to echo each other.

    >>> least_matches(np.array([4, 10]), np.array([100, 11])).tolist()
    [3, 6]
    """
    share: np.ndarray = -(-np.minimum(first, second) * LEAST_PERCENT // 100)
    return share.clip(LEAST_MATCHES)


def _echoes_of_one_size(circles: np.ndarray, square: int) -> Iterator[tuple[int, ...]]:
    """Give image, other image, matches, and both numbers of circles, of each echo.

    `circles` are rows of image, x and y, sorted by image.
    """
    numbers = np.bincount(circles[:, 0])
    for one, other in _pairs_within_reach(circles, square):
        key = circles[one, 0] * len(numbers) + circles[other, 0]
        order = np.argsort(key, kind="stable")
        pairs, starts, edges = np.unique(key[order], return_index=True, return_counts=True)
        first, second = np.divmod(pairs, len(numbers))
        least = least_matches(numbers[first], numbers[second])
        # No matching is larger than the number of its edges: nearly all pairs are settled here.
        for at in np.flatnonzero(edges >= least):
            chosen = order[starts[at] : starts[at] + edges[at]]
            matches = largest_matching(one[chosen], other[chosen])
            if matches >= least[at]:
                a, b = int(first[at]), int(second[at])
                yield a, b, matches, int(numbers[a]), int(numbers[b])


def largest_matching(one: np.ndarray, other: np.ndarray) -> int:
    """Give the size of a largest one-to-one matching.

    Parameters
    ----------
    one, other : numpy.ndarray of int
        Ends of each edge; what is joined to nothing is not in them.

    Examples
    --------
    >>> largest_matching(np.array([0, 0, 1]), np.array([5, 6, 5]))
    2
    """
    left, row = np.unique(one, return_inverse=True)
    right, column = np.unique(other, return_inverse=True)
    edges = (np.ones(len(row), dtype=np.int8), (row, column))
    graph = csr_array(edges, shape=(len(left), len(right)))
    return int((maximum_bipartite_matching(graph) >= 0).sum())


def _pairs_within_reach(
    circles: np.ndarray, square: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give the rows of all pairs of circles within reach, of an earlier and a later image.

    All pairs of one earlier image come in one block.
    """
    if not len(circles):
        return
    # In a grid of cells no smaller than the reach, they lie in the same cell or in adjacent ones.
    cells = circles[:, 1:] // (isqrt(square) + 1) + 1
    height = int(cells[:, 1].max()) + 2
    cell = cells[:, 0] * height + cells[:, 1]
    by_cell = np.argsort(cell, kind="stable")
    columns = cell[:, None] + height * np.array([-1, 0, 1])
    low = np.searchsorted(cell[by_cell], columns - 1, "left")
    high = np.searchsorted(cell[by_cell], columns + 1, "right")
    _, starts = np.unique(circles[:, 0], return_index=True)
    load = np.add.reduceat((high - low).sum(axis=1), starts)
    block_of_image = (np.cumsum(load) - load) // BLOCK_PAIRS
    ends = np.append(starts[1:], len(circles))
    for block in np.unique(block_of_image):
        images = np.flatnonzero(block_of_image == block)
        rows = np.arange(starts[images[0]], ends[images[-1]])
        lengths = (high - low)[rows].ravel()
        one = np.repeat(np.repeat(rows, 3), lengths)
        offset = np.arange(len(one)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        other = by_cell[np.repeat(low[rows].ravel(), lengths) + offset]
        later = circles[one, 0] < circles[other, 0]
        one, other = one[later], other[later]
        near = ((circles[one, 1:] - circles[other, 1:]) ** 2).sum(axis=1) <= square
        yield one[near], other[near]
