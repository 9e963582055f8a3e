"""Candidates: the pairs that are worth a close look, each picture's nearest photographs.

Likeness here is the correlation of 16 x 16 luminances. Every picture is compared whole, in eight
forms, with 64 parts of every other one (eight intervals a side, from all of it down to 17
twentieths), and the other way round, so that crops and mirrored or turned copies are near. Vectors
are integers of a length near 4,000: single precision holds their products and sums (below 2**24)
exactly, in any order, on any machine.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from acne04.core.progress import Progress
from acne04.near.blocks import Flags, Floats
from acne04.near.frames import SIDES, Bytes
from acne04.near.registration import FORMS, Guess, in_form

#: Side of the luminance squares that are compared.
CELLS = 16
#: Length of a vector before it is rounded.
LENGTH = 4000
#: Parts of a side, in twentieths of it, halves allowed. The last is where a picture lies in a
#: screenshot, between the bars of a phone: without it 21 of 60 real screenshots are not proposed.
INTERVALS = ((0, 20), (0, 19), (0.5, 19.5), (1, 20), (0, 18), (1, 19), (2, 20), (1, 18))
PARTS = len(INTERVALS) ** 2
#: Pictures whose parts are held at once, and pictures compared with them at once.
_PARTS_AT_ONCE, _WHOLES_AT_ONCE = 1024, 32
#: Pictures whose parts a product of matrices has, so that it stays in the processor's cache.
_FEW = 16
#: Pictures whose vectors a `Guesser` keeps, 74 kB each.
_REMEMBERED = 4096
_NUMBER_BITS = 32
_LAST_NUMBER = (1 << _NUMBER_BITS) - 1
_NOBODY = np.int64(-(1 << 62))


@dataclass(frozen=True)
class Nearest:
    """The nearest photographs of each picture, the nearest first.

    Attributes
    ----------
    others : array of int, shape (pictures, depth)
        Numbers of photographs, never the picture itself; -1 where there are no more.
    likeness : array of float32, shape (pictures, depth)
        -1 to 1; the greater of both directions.
    """

    others: NDArray[np.int64]
    likeness: Floats


def find_nearest(thumbnails: Bytes, is_real: Flags, depth: int, threads: int) -> Nearest:
    """Find the `depth` nearest photographs of each picture.

    Parameters
    ----------
    thumbnails : array of uint8, shape (pictures, 64, 64)
        Upright luminance.
    is_real : array of bool, shape (pictures,)
        Which pictures are photographs. However many synthetic images were made from one, they
        crowd none out.
    threads : int
        The result does not depend on it.

    Returns
    -------
    Nearest
        Of equally near ones the first comes first. A uniform picture is near to none.
    """
    number = len(thumbnails)
    wholes = whole_vectors(thumbnails)
    lists = _Lists(is_real, depth)
    starts = range(0, number, _WHOLES_AT_ONCE)
    with (
        ThreadPoolExecutor(threads) as pool,
        Progress("compare", number * number, "pairs") as progress,
    ):
        for first in range(0, number, _PARTS_AT_ONCE):
            parts = _part_vectors(thumbnails[first : first + _PARTS_AT_ONCE], pool)
            blocks = (wholes[start : start + _WHOLES_AT_ONCE] for start in starts)
            for start, nearest in zip(
                starts, pool.map(_products, blocks, repeat(parts)), strict=True
            ):
                lists.add(start, first, nearest)
                progress.add(nearest.size)
    return lists.sorted()


def _products(wholes: Floats, parts: Floats) -> Floats:
    """Greatest product of any form of each whole with any part of each other picture."""
    flat = wholes.reshape(len(wholes) * len(FORMS), -1)
    by_form = np.empty((len(flat), len(parts)), dtype=np.float32)
    for first in range(0, len(parts), _FEW):
        few = parts[first : first + _FEW]
        products = flat @ few.reshape(len(few) * PARTS, -1).T
        products.reshape(-1, len(few), PARTS).max(axis=2, out=by_form[:, first : first + _FEW])
    nearest: Floats = by_form.reshape(len(wholes), len(FORMS), len(parts)).max(axis=1)
    return nearest


def _part_vectors(thumbnails: Bytes, pool: ThreadPoolExecutor) -> Floats:
    starts = range(0, len(thumbnails), _FEW)
    few = (thumbnails[start : start + _FEW] for start in starts)
    return np.concatenate(list(pool.map(part_vectors, few)))


class _Lists:
    """Lists of the nearest so far: for each picture as the whole, and as the part.

    An entry is one integer, the product above the picture's number counted down: a greater one is
    nearer or, equally near, comes first.
    """

    def __init__(self, is_real: Flags, depth: int) -> None:
        number = len(is_real)
        self._is_real = is_real
        self.depth = min(depth, max(number - 1, 1))
        self.kept = [np.full((number, self.depth), _NOBODY, dtype=np.int64) for _ in range(2)]

    def add(self, start: int, first: int, nearest: Floats) -> None:
        """Take in a block: products of wholes from `start` with parts of pictures from `first`."""
        wholes = np.arange(start, start + nearest.shape[0])
        parts = np.arange(first, first + nearest.shape[1])
        products = nearest.astype(np.int64) << _NUMBER_BITS
        products[wholes[:, None] == parts] = _NOBODY
        photographs = self._is_real[parts], self._is_real[wholes]
        self._merge(0, wholes, np.where(photographs[0], products + (_LAST_NUMBER - parts), _NOBODY))
        products = products.T
        self._merge(1, parts, np.where(photographs[1], products + (_LAST_NUMBER - wholes), _NOBODY))

    def _merge(self, side: int, mine: NDArray[np.int64], entries: NDArray[np.int64]) -> None:
        together = np.concatenate([self.kept[side][mine], entries], axis=1)
        self.kept[side][mine] = np.partition(together, -self.depth, axis=1)[:, -self.depth :]

    def sorted(self) -> Nearest:
        """Join both sides; a pair that is in both counts once, with its greater product."""
        entries = np.concatenate(self.kept, axis=1)
        names = _LAST_NUMBER - (entries & _LAST_NUMBER)
        order = np.lexsort((-entries, names), axis=1)
        names, entries = (np.take_along_axis(a, order, axis=1) for a in (names, entries))
        # A product of 0 or less is no likeness at all.
        entries[entries < 1 << _NUMBER_BITS] = _NOBODY
        entries[:, 1:][names[:, 1:] == names[:, :-1]] = _NOBODY
        entries = -np.sort(-entries, axis=1)[:, : self.depth]
        found = entries > _NOBODY
        likeness = (entries >> _NUMBER_BITS).astype(np.float32) / np.float32(LENGTH**2)
        return Nearest(
            np.where(found, _LAST_NUMBER - (entries & _LAST_NUMBER), -1),
            np.where(found, likeness, np.float32(0)),
        )


class Guesser:
    """Says how one of two pictures lies in the other: the start of their registration."""

    def __init__(self, thumbnails: Bytes) -> None:
        self._thumbnails = thumbnails
        self._vectors = lru_cache(_REMEMBERED)(self._vectors_of)

    def __call__(self, a: int, b: int) -> Guess:
        """Guess the form and the part, whichever of the two is whole in the other."""
        (whole_a, parts_a), (whole_b, parts_b) = self._vectors(a), self._vectors(b)
        forth, back = whole_a @ parts_b.T, whole_b @ parts_a.T
        if forth.max() >= back.max():
            return self._guess(a, b, int(forth.argmax()))
        return self._guess(b, a, int(back.argmax()))

    def _vectors_of(self, number: int) -> tuple[Floats, Floats]:
        thumbnail = self._thumbnails[number : number + 1]
        return whole_vectors(thumbnail)[0], part_vectors(thumbnail)[0]

    @staticmethod
    def _guess(whole: int, part: int, place: int) -> Guess:
        form, box = divmod(place, PARTS)
        down, across = divmod(box, len(INTERVALS))
        (left, right), (top, bottom) = INTERVALS[across], INTERVALS[down]
        return Guess(whole, part, form, (left / 20, top / 20, right / 20, bottom / 20))


def whole_vectors(thumbnails: Bytes) -> Floats:
    """Vectors of the whole pictures in all `FORMS`, shape (pictures, forms, 256)."""
    whole = _squares(thumbnails, INTERVALS[:1])[:, 0]
    vectors = _vectors(whole).reshape(-1, CELLS, CELLS)
    turned = [[in_form(vector, form).ravel() for form in range(len(FORMS))] for vector in vectors]
    return np.array(turned, dtype=np.float32).reshape(-1, len(FORMS), CELLS * CELLS)


def part_vectors(thumbnails: Bytes) -> Floats:
    """Vectors of the parts of each picture, shape (pictures, `PARTS`, 256)."""
    return _vectors(_squares(thumbnails, INTERVALS))


def _squares(thumbnails: Bytes, intervals: tuple[tuple[float, float], ...]) -> Floats:
    """Luminance of parts, shape (pictures, intervals squared, 256), times a constant."""
    weights = np.concatenate([_weights(low, high) for low, high in intervals])
    sums = weights @ thumbnails.astype(np.float32) @ weights.T
    number = len(intervals)
    cells: Floats = sums.reshape(-1, number, CELLS, number, CELLS).transpose(0, 1, 3, 2, 4)
    squares: Floats = cells.reshape(len(thumbnails), number * number, CELLS * CELLS)
    return squares


@lru_cache
def _weights(low: float, high: float) -> Floats:
    """Share of each pixel in each cell of an interval in twentieths, in fifths; integers."""
    side = SIDES[0]
    edges = np.rint(np.linspace(low, high, CELLS + 1) * side / 20 * 5).astype(np.int64)
    pixels = np.arange(side)
    start = np.maximum(edges[:-1, None], 5 * pixels)
    stop = np.minimum(edges[1:, None], 5 * pixels + 5)
    weights: Floats = np.maximum(stop - start, 0).astype(np.float32)
    return weights


def _vectors(squares: Floats) -> Floats:
    """Subtract the mean, give all the same length, and round; uniform squares become 0."""
    # Sixteenths, so that all is integers below 2**53 up to the root.
    wide = np.floor(squares.astype(np.float64) / 16)
    centred = wide * (CELLS * CELLS) - wide.sum(axis=-1, keepdims=True)
    length = np.sqrt((centred * centred).sum(axis=-1, keepdims=True))
    vectors: Floats = np.rint(centred * LENGTH / np.maximum(length, 1.0)).astype(np.float32)
    return vectors
