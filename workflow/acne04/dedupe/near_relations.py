"""Near relations: pairs of images that were verified to be one photograph in other bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

import pandas as pd

from acne04.core.findings import Finding
from acne04.dedupe import catalogue
from acne04.dedupe.answers import (
    Answers,
    AppliedDecision,
    across_subjects_question,
    not_applicable,
    relation_question,
    retake_question,
    score_of,
)
from acne04.dedupe.edges import DECISION, Relation
from acne04.dedupe.identical_bytes import Content
from acne04.dedupe.results import Item
from acne04.relations.catalogue import NEAR_UNDECIDABLE
from acne04.relations.decisions import Decision

Pair = tuple[str, str]


def near_relations(
    verdicts: pd.DataFrame | None,
    contents: Mapping[str, Content],
    answers: Answers,
    undecodable: Set[str],
) -> Iterator[Item]:
    """Relate the images that show one photograph.

    A verdict on a synthetic image and a photograph is passed over: table ``parents`` tells which
    photograph it was made from.

    Parameters
    ----------
    verdicts : pandas.DataFrame or None
        Table ``verdicts``, in any order; None where nobody looked.
    contents : mapping of str to Content
        By SHA-256.
    answers : Answers
        A decision outweighs a verdict.
    undecodable : set of str
        SHA-256 of the files that do not decode.

    Yields
    ------
    Relation
        Between the canonical members, told of the later one in the order of precedence.
    Finding, ReviewItem, AppliedDecision
        What is wrong with a verdict, what a person has to answer, which answers were applied.
    """
    rows = [] if verdicts is None else verdicts.itertuples()
    given = {(row.sha256_a, row.sha256_b): row for row in rows}
    for pair, verdict in given.items():
        missing = [digest for digest in pair if digest not in contents]
        if not set(missing) <= (undecodable if verdict.verdict == "undecidable" else set()):
            yield unknown_bytes(verdict.path_a, "verdicts", missing[0])
        elif pair not in answers.relations:
            yield from _from_verdict(verdict, contents)
    for pair, decision in answers.relations.items():
        yield from _from_decision(decision, *_by_precedence(pair, contents), given.get(pair))


def matches_outside(
    verdicts: pd.DataFrame, contents: Mapping[str, Content], group_of: Mapping[str, str]
) -> Iterator[Finding]:
    """Report synthetic images with a parent that coincide with a photograph of another group.

    Parameters
    ----------
    verdicts : pandas.DataFrame
        Table ``verdicts``.
    contents : mapping of str to Content
        By SHA-256.
    group_of : mapping of str to str
        Image_id to group, without the synthetic images that have no parent.
    """
    for row in verdicts[verdicts["verdict"] == "same"].itertuples():
        pair = (row.sha256_a, row.sha256_b)
        if not set(pair) <= contents.keys():
            continue
        real, other = _by_precedence(pair, contents)
        groups = {group_of.get(content.image_id) for content in (real, other)}
        if real.is_real and not other.is_real and None not in groups and len(groups) > 1:
            yield catalogue.SYNTHETIC_MATCHES_OUTSIDE.at(
                other.path,
                expected="every photograph that it coincides with in the group of its parent",
                found=f"{real.path} in another ({score_of(row)})",
                done="not related: the parent alone counts",
            )


def unknown_bytes(path: str, table: str, digest: str) -> Finding:
    """Report a row about bytes that no image here has that decodes."""
    return catalogue.VERDICT_OF_UNKNOWN_BYTES.at(
        path,
        expected=f"the bytes of an image of the inventory that decodes, in table {table}",
        found=f"sha256 {digest}, which none has",
        done="row left out: its images may be related",
    )


def _by_precedence(pair: Pair, contents: Mapping[str, Content]) -> tuple[Content, Content]:
    first, second = sorted((contents[d] for d in pair), key=lambda content: content.place)
    return first, second


def _from_verdict(verdict: Any, contents: Mapping[str, Content]) -> Iterator[Item]:
    if verdict.verdict == "undecidable":
        yield _undecidable(verdict)
        return
    first, second = _by_precedence((verdict.sha256_a, verdict.sha256_b), contents)
    if first.is_real != second.is_real:
        return
    if verdict.verdict == "review":
        yield relation_question(first, second, verdict)
        return
    score = None if pd.isna(verdict.score) else float(verdict.score)
    evidence = f"{verdict.sha256_a}:{verdict.sha256_b} {verdict.form}".rstrip()
    is_retake = verdict.verdict == "retake"
    yield Relation(
        "retake" if is_retake else "near",
        second.image_id,
        first.image_id,
        verdict.method,
        evidence,
        score,
        float(verdict.threshold),
    )
    if _are_two_persons(first, second) and is_retake:
        yield _retake_across_subjects(first, second)
        yield retake_question(first, second, verdict)
    elif _are_two_persons(first, second):
        yield _across_subjects(first, second)
        yield across_subjects_question(first, second, verdict)


def _from_decision(
    decision: Decision, first: Content, second: Content, verdict: Any | None
) -> Iterator[Item]:
    both = f"{second.path} and {first.path}"
    if decision.decision in ("same", "retake"):
        evidence = f"{decision.who}, {decision.when}: {decision.reason}"
        kind = "near" if decision.decision == "same" else "retake"
        yield Relation(kind, second.image_id, first.image_id, DECISION, evidence)
        done = f"related as {kind}"
        if _are_two_persons(first, second):
            done += f", and with them subjects {' and '.join(_persons(first, second))}"
        yield AppliedDecision(decision, both, done)
    elif first.is_real == second.is_real:
        told = f"verdict {verdict.verdict}" if verdict else "no verdict"
        yield AppliedDecision(decision, f"{both}; {told}", "not related as near")
    else:
        expected = "two photographs or two synthetic images: of parents kind parent decides"
        yield not_applicable(decision, expected, both)


def _are_two_persons(first: Content, second: Content) -> bool:
    return bool(first.persons and second.persons and not first.persons & second.persons)


def _persons(*contents: Content) -> list[str]:
    return [", ".join(sorted(content.persons)) for content in contents]


def _across_subjects(first: Content, second: Content) -> Finding:
    one, other = _persons(first, second)
    return catalogue.NEAR_ACROSS_SUBJECTS.at(
        second.path,
        expected=f"subject {one}, as {first.path} has, which is the same photograph",
        found=f"subject {other}",
        done="both subjects joined in one group: one photograph shows one person",
    )


def _retake_across_subjects(first: Content, second: Content) -> Finding:
    one, other = _persons(first, second)
    return catalogue.RETAKE_ACROSS_SUBJECTS.at(
        second.path,
        expected=f"subject {one}, as {first.path} has, taken within moments of it",
        found=f"subject {other}",
        done="both subjects joined in one group: such photographs show one person",
    )


def _undecidable(verdict: Any) -> Finding:
    return NEAR_UNDECIDABLE.at(
        verdict.path_a,
        expected=f"texture to compare with {verdict.path_b}",
        found="too little: one of them is uniform, or does not decode",
        done="not related",
    )
