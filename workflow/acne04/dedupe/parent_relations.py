"""Derived-from relations: each synthetic image and the photograph that it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

import pandas as pd

from acne04.core.findings import Finding
from acne04.dedupe import catalogue
from acne04.dedupe.answers import Answers, AppliedDecision, parent_question
from acne04.dedupe.edges import DECISION, Relation
from acne04.dedupe.identical_bytes import Content, by_path
from acne04.dedupe.near_relations import unknown_bytes
from acne04.dedupe.photographs import Photograph
from acne04.dedupe.results import Item, KnownParent
from acne04.relations.decisions import Decision

KIND = "derived-from"


def parent_relations(
    parents: pd.DataFrame | None,
    contents: Mapping[str, Content],
    photographs: Mapping[str, Photograph],
    answers: Answers,
    undecodable: Set[str],
) -> Iterator[Item]:
    """Relate every synthetic image to its parent, where it is known.

    Parameters
    ----------
    parents : pandas.DataFrame or None
        Table ``parents``, in any order; None where nobody looked.
    contents, photographs : mapping of str to Content, of str to Photograph
        By SHA-256.
    answers : Answers
        A decision outweighs the table.
    undecodable : set of str
        SHA-256 of the files that do not decode.

    Yields
    ------
    KnownParent
        One for the bytes of each synthetic image that decodes. Where they are those of a
        photograph, too, it is the parent.
    Relation
        Between the image that stands for the synthetic bytes and the parent, which is the canonical
        member of the photograph: the one that splits place.
    Finding, ReviewItem, AppliedDecision
        What is wrong with a row, what a person has to answer, which answers were applied.
    """
    ordered = [] if parents is None else parents.sort_values("path").itertuples()
    rows = {row.sha256: row for row in ordered}
    for row in rows.values():
        if row.sha256 not in contents and row.sha256 not in undecodable:
            yield unknown_bytes(row.path, "parents", row.sha256)
    places = by_path(contents)
    for digest, content in contents.items():
        if content.members[-1].origin == "real":
            continue
        if content.is_real:
            yield KnownParent(digest, photographs[digest].image_id, "verified")
        elif digest in answers.parents:
            yield from _from_decision(content, answers.parents[digest], places, photographs)
        elif digest in rows:
            yield from _from_row(content, rows[digest], photographs)
        else:
            yield KnownParent(digest, "", "unknown")
            if parents is not None:
                yield _without_row(content)


def _from_decision(
    content: Content,
    decision: Decision,
    places: Mapping[str, Content],
    photographs: Mapping[str, Photograph],
) -> Iterator[Item]:
    if decision.decision == "none":
        yield KnownParent(content.sha256, "", "decided")
        yield AppliedDecision(decision, content.path, "no photograph here is its parent")
        return
    parent = photographs[places[decision.decision].sha256]
    evidence = f"{decision.who}, {decision.when}: {decision.reason}"
    yield Relation(KIND, content.image_id, parent.image_id, DECISION, evidence)
    yield KnownParent(content.sha256, parent.image_id, "decided")
    yield AppliedDecision(decision, content.path, f"{decision.decision} is its parent")


def _from_row(content: Content, row: Any, photographs: Mapping[str, Photograph]) -> Iterator[Item]:
    photograph = photographs.get(row.parent_sha256)
    if row.status == "unknown":
        yield KnownParent(content.sha256, "", row.status)
        yield parent_question(content, row, None)
    elif not (photograph and photograph.is_real):
        yield KnownParent(content.sha256, "", "unknown")
        yield _no_photograph(row)
    elif row.status == "review":
        yield KnownParent(content.sha256, "", row.status)
        yield parent_question(content, row, photograph)
    else:
        evidence = f"{row.sha256}:{row.parent_sha256} of {row.candidates} photographs"
        score = None if pd.isna(row.score) else float(row.score)
        names = (content.image_id, photograph.image_id, row.method)
        yield Relation(KIND, *names, evidence, score, float(row.threshold))
        yield KnownParent(content.sha256, photograph.image_id, row.status)


def _without_row(content: Content) -> Finding:
    return catalogue.PARENT_NOT_SOUGHT.at(
        content.path,
        expected="a row in table parents",
        found="none",
        done="its parent is unknown",
    )


def _no_photograph(row: Any) -> Finding:
    return catalogue.PARENT_NOT_A_PHOTOGRAPH.at(
        row.path,
        expected=f"a photograph that decodes for its parent ({row.status})",
        found=f"{row.parent_path or 'nothing'} (sha256 {row.parent_sha256 or 'not given'})",
        done="its parent is unknown",
    )
