"""Photographs: what is placed once and has one grade, however many files show it.

Files show one photograph where they have the same bytes, and where somebody or the check said that
their bytes are one photograph in other encodings. A retake is another photograph.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from acne04.dedupe.groups import Components
from acne04.dedupe.identical_bytes import Content, Copies
from acne04.relations.decisions import Decision


@dataclass(frozen=True)
class Photograph(Copies):
    """The contents that show one photograph (or one synthetic picture).

    Attributes
    ----------
    contents : tuple of Content
        In the order of precedence.
    members, canonical
        As of `Copies`.
    scores : tuple of float
        Of the verdicts by which the contents are one, ascending; empty where the bytes are.
    """

    contents: tuple[Content, ...]
    members: tuple[Any, ...]
    canonical: Any
    scores: tuple[float, ...]

    @property
    def sha256(self) -> str:
        """The bytes of its first content, by which it is known."""
        return self.contents[0].sha256


def gather_photographs(
    contents: Mapping[str, Content],
    verdicts: pd.DataFrame | None,
    decided: Mapping[tuple[str, str], Decision],
) -> dict[str, Photograph]:
    """Gather the contents by the photograph that they show.

    Parameters
    ----------
    contents : mapping of str to Content
        By SHA-256, in the order of precedence.
    verdicts : pandas.DataFrame or None
        Table ``verdicts``, in any order; None where nobody looked.
    decided : mapping of (str, str) to Decision
        Decisions of kind relation, which outweigh verdicts.

    Returns
    -------
    dict of str to Photograph
        By the SHA-256 of each content.
    """
    rows = [] if verdicts is None else verdicts.itertuples()
    same: dict[tuple[str, str], float | None] = {
        (row.sha256_a, row.sha256_b): None if pd.isna(row.score) else float(row.score)
        for row in rows
        if row.verdict == "same" and (row.sha256_a, row.sha256_b) not in decided
    }
    same |= {pair: None for pair, decision in decided.items() if decision.decision == "same"}
    pairs = {
        pair: score
        for pair, score in same.items()
        if set(pair) <= contents.keys() and _are_alike(*(contents[digest] for digest in pair))
    }
    # By precedence: of synthetic images and photographs the photographs come first.
    order = sorted(contents, key=lambda digest: contents[digest].members[0].Index)
    components = Components(order)
    for a, b in pairs:
        components.join(a, b)
    of_first: dict[str, list[Content]] = {}
    for digest in order:
        of_first.setdefault(components.first(digest), []).append(contents[digest])
    scores: dict[str, list[float]] = {}
    for (a, _), score in pairs.items():
        if score is not None:
            scores.setdefault(components.first(a), []).append(score)
    made = {
        first: Photograph(
            tuple(several),
            tuple(sorted((r for c in several for r in c.members), key=lambda row: row.Index)),
            several[0].members[0],
            tuple(sorted(scores.get(first, ()))),
        )
        for first, several in of_first.items()
    }
    return {digest: made[components.first(digest)] for digest in contents}


def _are_alike(one: Content, other: Content) -> bool:
    """Whether both are photographs or both synthetic: of parents another table tells."""
    return one.is_real == other.is_real


def keep_copies(
    contents: Mapping[str, Content],
    photographs: Mapping[str, Photograph],
    kept: Mapping[str, Decision],
) -> tuple[dict[str, Content], dict[str, Photograph]]:
    """Let the copies that were decided on stand for the others.

    Parameters
    ----------
    kept : mapping of str to Decision
        By SHA-256.
    """
    paths = {decision.decision for decision in kept.values()}
    new_contents = {
        digest: dataclasses.replace(content, canonical=row) if row is not None else content
        for digest, content in contents.items()
        for row in [_at(paths, content.members)]
    }
    made: dict[str, Photograph] = {}
    for photograph in distinct(photographs):
        row = _at(paths, photograph.members)
        made[photograph.sha256] = dataclasses.replace(
            photograph,
            contents=tuple(new_contents[content.sha256] for content in photograph.contents),
            canonical=photograph.canonical if row is None else row,
        )
    return new_contents, {digest: made[known.sha256] for digest, known in photographs.items()}


def distinct(photographs: Mapping[str, Photograph]) -> Iterable[Photograph]:
    """Give each photograph once, in the order of its first content."""
    return {photograph.sha256: photograph for photograph in photographs.values()}.values()


def _at(paths: set[str], members: Iterable[Any]) -> Any:
    return next((row for row in members if row.path in paths), None)
