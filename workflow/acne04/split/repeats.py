"""Whether the repeats of a split are what they are for: each with other test persons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from acne04.core.findings import Finding
from acne04.core.variants import repeat_of
from acne04.split import catalogue
from acne04.split.manifest import Variant

Tested = frozenset[frozenset[str]]


def repeat_findings(variants: Sequence[Variant]) -> Iterator[Finding]:
    """Report each repeat that tests on the groups of an earlier one, in the same folds."""
    known: dict[tuple[str, Tested], str] = {}
    for variant in variants:
        if variant.certificate is None:
            continue
        first = known.setdefault((variant.base, groups_tested(variant)), variant.name)
        if first != variant.name and repeat_of(variant.name) > 1:
            yield catalogue.REPEAT_ALIKE.at(
                f"{variant.name}.csv",
                expected=f"other test persons than in {first}.csv",
                found="the same",
                done="kept as it is",
            )


def groups_tested(variant: Variant) -> Tested:
    """Give the groups that are tested on together; what a fold is called does not matter."""
    rows = variant.manifest
    rows = rows[(rows["split"] == "test") & (rows["origin"] == "real")]
    folds = rows["fold"].fillna(0)
    return frozenset(frozenset(groups) for _, groups in rows["group"].groupby(folds))
