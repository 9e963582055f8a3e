"""Questions for the review queue: what the data cannot settle, and what holds until then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from acne04.core.grades import GRADES
from acne04.core.review import ReviewItem, pair
from acne04.dedupe.answers import Answers
from acne04.dedupe.contents import Content
from acne04.dedupe.relations import score_text

#: Stands, among the options, for an answer that names any photograph.
ANY_PATH = "PATH"


def copy_questions(contents: Mapping[str, Content], answers: Answers) -> Iterator[ReviewItem]:
    """Ask which label holds where copies disagree and nobody has decided."""
    for digest, content in contents.items():
        if len(content.labels("grade")) > 1 and digest not in answers.grades:
            yield ReviewItem(
                kind="grade",
                subject=digest,
                path=content.path,
                question="Which grade is right? Copies of this image disagree.",
                evidence=_labels(content),
                options=tuple(map(str, GRADES)),
                default="left out of holdout and kfold",
            )
        if len(content.labels("lesions_v1")) > 1 and digest not in answers.kept:
            yield ReviewItem(
                kind="keep",
                subject=digest,
                path=content.path,
                question="Which copy is to stand for all, with its lesion count? They disagree.",
                evidence=_labels(content),
                options=tuple(row.path for row in content.candidates),
                default=f"{content.path} stands for all",
            )


def relation_question(one: Content, other: Content, verdict: Any) -> ReviewItem:
    """Ask whether two images are one photograph: their score lies between the thresholds."""
    return _about_two(one, other, verdict, "Are these two the same photograph?", "not related")


def across_subjects_question(one: Content, other: Content, verdict: Any) -> ReviewItem:
    """Ask whether two images are one photograph that the subject table gives to two persons."""
    question = "Are these two the same photograph? The subject table says two persons."
    return _about_two(one, other, verdict, question, "related: both persons in one group")


def parent_question(synthetic: Content, row: Any, candidate: Content | None) -> ReviewItem:
    """Ask which photograph a synthetic image was made from."""
    compared = f"{row.candidates} photographs compared"
    if candidate:
        evidence = f"{candidate.path} comes nearest: {score_of(row)}; {compared}"
    else:
        evidence = f"{compared}, and none coincides"
    return ReviewItem(
        kind="parent",
        subject=synthetic.sha256,
        path=synthetic.path,
        question="Which photograph was this image made from?",
        evidence=evidence,
        options=(*((candidate.path,) if candidate else ()), ANY_PATH, "none"),
        default="unknown: left out of splits",
    )


def _about_two(
    one: Content, other: Content, verdict: Any, question: str, default: str
) -> ReviewItem:
    subject, path = pair((one.sha256, one.path), (other.sha256, other.path))
    persons = " and ".join(_persons(content) for content in (one, other))
    return ReviewItem(
        kind="relation",
        subject=subject,
        path=path,
        question=question,
        evidence=f"form {verdict.form or 'unknown'}, {score_of(verdict)}; subjects {persons}",
        options=("same", "different"),
        default=default,
    )


def score_of(row: Any) -> str:
    """Tell the score of a verdict or a parent, and what it was held against."""
    score = "no score" if pd.isna(row.score) else f"score {score_text(row.score)}"
    return f"{score} (accepted from {score_text(row.threshold)})"


def _persons(content: Content) -> str:
    return ", ".join(sorted(content.persons)) or "unknown"


def _labels(content: Content) -> str:
    return "; ".join(
        f"{row.path}: grade {_known(row.grade)}, {_known(row.lesions_v1)} lesions"
        for row in content.members
    )


def _known(value: Any) -> str:
    return "unknown" if pd.isna(value) else str(value)
