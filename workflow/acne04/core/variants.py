"""Names of the variants of the split, and of the repeats of those that place whole groups.

``split.repeats`` asks for several ``holdout`` and ``kfold``, each with other test persons. The
first is called as ever; the second ``holdout-2``, ``kfold-2``, and so on.
"""

from __future__ import annotations

import re

VARIANTS = ("published", "published-clean", "published-matched", "paper", "holdout", "kfold")
#: Variants that place whole groups, and keep places when the collection grows.
GROUPED = ("holdout", "kfold")
#: Variants with one row an image and fold.
BY_FOLD = ("published", "published-clean", "published-matched")
#: As many as ``split.repeats`` may ask for.
MOST_REPEATS = 100
_REPEAT = re.compile(r"(holdout|kfold)-([2-9]|[1-9][0-9]{1,2})")


def base_of(variant: str) -> str:
    """Name the variant that another one repeats, or the variant itself.

    >>> base_of("kfold-12"), base_of("kfold"), base_of("published-clean")
    ('kfold', 'kfold', 'published-clean')
    """
    found = _REPEAT.fullmatch(variant)
    return found[1] if found else variant


def repeat_of(variant: str) -> int:
    """Number a repeat; the first one, and what is not repeated, is 1.

    >>> repeat_of("holdout-3"), repeat_of("holdout"), repeat_of("paper")
    (3, 1, 1)
    """
    found = _REPEAT.fullmatch(variant)
    return int(found[2]) if found else 1


def named(base: str, repeat: int) -> str:
    """Name a repeat, from 1.

    >>> named("holdout", 1), named("holdout", 2)
    ('holdout', 'holdout-2')
    """
    return base if repeat == 1 else f"{base}-{repeat}"


def with_repeats(variants: tuple[str, ...], repeats: int) -> tuple[str, ...]:
    """Give variants, and after all of them the repeats of those that are repeated.

    >>> with_repeats(("paper", "holdout", "kfold"), 2)
    ('paper', 'holdout', 'kfold', 'holdout-2', 'kfold-2')
    """
    more = [named(v, n) for n in range(2, repeats + 1) for v in variants if v in GROUPED]
    return (*variants, *more)
