"""What somebody may have meant by a word that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable

#: Words that are offered at most; and how alike a word must be (`difflib`, 0 to 1).
MOST, ALIKE = 3, 0.7


def close_to(word: str, known: Iterable[str], most: int = MOST) -> list[str]:
    """Give the known words that are spelt most like a word, the nearest first.

    Upper and lower case count as one; each word is given as it is known.

    >>> close_to("Leeks", ["trace", "leaks"])
    ['leaks']
    """
    # Only here: most calls are spelt right.
    import difflib

    by_fold: dict[str, str] = {}
    for name in sorted(known):
        by_fold.setdefault(name.casefold(), name)
    near = difflib.get_close_matches(word.casefold(), by_fold, n=most, cutoff=ALIKE)
    return [by_fold[name] for name in near]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Ask for the known words that are most like a word; empty where none is.

    >>> did_you_mean("adit", ["audit", "diff"])
    'did you mean audit?'
    """
    near = close_to(word, known)
    return f"did you mean {' or '.join(near)}?" if near else ""
