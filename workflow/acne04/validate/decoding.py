"""A JSON decoder that notices what the standard one lets pass."""

from __future__ import annotations

import json
from typing import Any

#: Digits that always fit into 64 bits; a longer integer is read as a float, so that no number,
#: however long, can stop the parser (Python refuses integers above 4,300 digits).
INTEGER_DIGITS = 18


class Decoder:
    """Decode JSON, and notice a key given twice, NaN and Infinity."""

    def __init__(self) -> None:
        self._odd = False
        self._json = json.JSONDecoder(
            object_pairs_hook=self._object, parse_constant=self._constant, parse_int=_integer
        )

    def document(self, text: str) -> tuple[Any, bool]:
        """Decode a whole text; give the value and whether something in it is odd.

        Raises
        ------
        json.JSONDecodeError
            If the text is not JSON.
        """
        self._odd = False
        return self._json.decode(text), self._odd

    def value_at(self, text: str, offset: int) -> tuple[Any, int, bool]:
        """Decode the value at an offset; give it, where it ends, whether something is odd."""
        self._odd = False
        value, end = self._json.raw_decode(text, offset)
        return value, end, self._odd

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        mapping = dict(pairs)
        if len(mapping) != len(pairs):
            self._odd = True
        return mapping

    def _constant(self, name: str) -> float:
        self._odd = True
        return float(name)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= INTEGER_DIGITS else float(digits)
