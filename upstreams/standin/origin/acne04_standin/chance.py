"""Repeatable chance: integers drawn from a name, the same on every machine.

Every decision has a stream of its own, addressed by words, so that drawing one image more or in
another order changes nothing elsewhere.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


class Chance:
    """A stream of integers that belongs to its address.

    Only `random.Random.getrandbits` and `randbytes` of an integer seed are used: the Mersenne
    Twister in whole words, without any floating point.

    Parameters
    ----------
    *address : int or str
        What the numbers are for, beginning with the seed of the corpus.

    Examples
    --------
    >>> Chance(0, "face").below(1000) == Chance(0, "face").below(1000)
    True
    """

    def __init__(self, *address: int | str) -> None:
        name = "\x1f".join(map(str, address)).encode()
        digest = hashlib.blake2b(name, digest_size=16).digest()
        self._source = random.Random(int.from_bytes(digest, "big"))

    def below(self, limit: int) -> int:
        """Integer from 0 to `limit` - 1; the bias of the multiplication is under 2**-32."""
        return self._source.getrandbits(48) * limit >> 48

    def between(self, low: int, high: int) -> int:
        """Integer from `low` to `high`, both possible."""
        return low + self.below(high - low + 1)

    def bell(self, low: int, high: int) -> int:
        """Integer from `low` to `high`, the middle more often (mean of three draws)."""
        return (self.between(low, high) + self.between(low, high) + self.between(low, high)) // 3

    def pick(self, items: Sequence[Item]) -> Item:
        """One of `items`."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """`items` in another order (Fisher-Yates)."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order

    def noise(self, length: int) -> bytes:
        """`length` bytes."""
        return self._source.randbytes(length)
