"""Copies of a photograph: which one stands for all, on what their labels disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from acne04.core.findings import Finding
from acne04.dedupe import catalogue
from acne04.dedupe.answers import Answers, AppliedDecision, decision_on
from acne04.dedupe.identical_bytes import Content
from acne04.dedupe.photographs import Photograph, distinct


def find_copies(
    images: pd.DataFrame, photographs: Mapping[str, Photograph], answers: Answers
) -> pd.DataFrame:
    """Give each image its canonical member, and what its copies disagree on.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns image_id, origin, sha256, decodable, grade, lesions_v1; rows in the order of
        precedence.
    photographs : mapping of str to Photograph
        By SHA-256.
    answers : Answers
        What has been decided on grades and copies.

    Returns
    -------
    pandas.DataFrame
        Indexed as `images`: canonical, conflict, conflict_grades, conflict_counts, decided_grade,
        as in table ``groups``. A file that does not decode shows nothing, so it is a copy of
        nothing.
    """
    keys = {digest: photograph.sha256 for digest, photograph in photographs.items()}
    graded, kept = (
        {
            photograph.sha256: found.decision
            for photograph in distinct(photographs)
            if (found := decision_on(photograph, table))
        }
        for table in (answers.grades, answers.kept)
    )
    # A file that does not decode stands alone, under a key that no digest has.
    shown = images["sha256"].map(keys)
    key = shown.where(images["decodable"].astype(bool), "~" + images["image_id"])
    by_photograph = images.groupby(key, sort=False)
    grades = by_photograph["grade"].transform("nunique") > 1
    counts = by_photograph["lesions_v1"].transform("nunique") > 1
    found = pd.DataFrame(
        {
            "canonical": [
                photographs[digest].image_id if digest in photographs else image_id
                for digest, image_id in zip(images["sha256"], images["image_id"], strict=True)
            ],
            "conflict": "",
            "conflict_grades": "",
            "conflict_counts": "",
        },
        index=images.index,
        dtype="str",
    )
    found["decided_grade"] = key.map({known: int(grade) for known, grade in graded.items()}).astype(
        "Int64"
    )
    found.loc[counts & ~key.isin(kept), "conflict"] = "count"
    found.loc[grades, "conflict"] = "grade"
    found.loc[key.isin(graded), "conflict"] = ""
    for column, field in (("grade", "conflict_grades"), ("lesions_v1", "conflict_counts")):
        for _, rows in images[grades | counts].groupby(key):
            found.loc[rows.index, field] = "/".join(map(str, sorted(set(rows[column].dropna()))))
    return found


def copy_answers(
    photographs: Mapping[str, Photograph], answers: Answers
) -> Iterator[AppliedDecision]:
    """Tell what the decisions on grades and copies did."""
    for digest, decision in answers.grades.items():
        labels = " and ".join(map(str, photographs[digest].labels("grade"))) or "none"
        done = f"grade {decision.decision} holds, in place of {labels}"
        yield AppliedDecision(decision, photographs[digest].path, done)
    for digest, decision in answers.kept.items():
        others = len(photographs[digest].members) - 1
        copies = f"{others} other cop{'y' if others == 1 else 'ies'}"
        yield AppliedDecision(decision, photographs[digest].path, f"it stands for {copies}, too")


def copy_findings(
    images: pd.DataFrame,
    contents: Mapping[str, Content],
    photographs: Mapping[str, Photograph],
    answers: Answers,
) -> Iterator[Finding]:
    """Report every copy, and every label on which it disagrees with its canonical member.

    Parameters
    ----------
    images : pandas.DataFrame
        As in `find_copies`, with the columns path and canonical.
    contents, photographs : mapping of str to Content, of str to Photograph
        By SHA-256.
    answers : Answers
        What has been decided is no disagreement any more.
    """
    settled = {"grade": answers.grades, "lesions_v1": answers.kept}
    by_id = images.set_index("image_id", drop=False)
    for copy in images[images["canonical"] != images["image_id"]].itertuples(index=False):
        kept = by_id.loc[copy.canonical]
        twin = by_id.loc[contents[copy.sha256].image_id]
        if copy.image_id != twin.image_id:
            yield catalogue.IDENTICAL_BYTES.at(
                copy.path,
                expected="bytes that no other image has",
                found=f"the bytes of {twin.path} (sha256 {copy.sha256})",
                done=f"{kept.image_id} stands for both; splits leave this one out as its copy",
            )
        else:
            yield catalogue.NEAR_COPY.at(
                copy.path,
                expected="a photograph that no other file shows",
                found=f"the photograph of {kept.path}, in other bytes",
                done=f"{kept.image_id} stands for both; splits leave this one out as its copy",
            )
        photograph = photographs[copy.sha256]
        fields = [field for field, table in settled.items() if not decision_on(photograph, table)]
        yield from _disagreements(copy, kept, fields)
    yield from _undecodable_copies(images)


def _disagreements(copy: Any, kept: Any, fields: list[str]) -> Iterator[Finding]:
    if copy.origin != kept.origin:
        yield catalogue.COPIES_REAL_AND_SYNTHETIC.at(
            copy.path,
            expected="a synthetic image that differs from every photograph",
            found=f"the bytes of the photograph {kept.path}",
            done="treated as a copy of the photograph",
        )
    for kind, what, field, done in (
        (
            catalogue.COPIES_DISAGREE_ON_GRADE,
            "grade",
            "grade",
            "both left out of holdout and kfold until somebody decides",
        ),
        (
            catalogue.COPIES_DISAGREE_ON_COUNT,
            "lesion count",
            "lesions_v1",
            "both counts kept beside the image (conflict_counts)",
        ),
    ):
        one, other = getattr(kept, field), getattr(copy, field)
        if field in fields and pd.notna(one) and pd.notna(other) and one != other:
            yield kind.at(
                copy.path,
                expected=f"{what} {one}, as {kept.path} has {_alike(copy, kept)}",
                found=f"{what} {other}",
                done=done,
            )


def _alike(copy: Any, kept: Any) -> str:
    """Say by what one image is a copy of another."""
    return "with the same bytes" if copy.sha256 == kept.sha256 else "of the same photograph"


def _undecodable_copies(images: pd.DataFrame) -> Iterator[Finding]:
    broken = images[~images["decodable"].astype(bool)]
    for row in broken[broken.duplicated("sha256")].itertuples(index=False):
        yield catalogue.COPIES_UNDECODABLE.at(
            row.path,
            expected="bytes that no other image has, or an image that decodes",
            found="the bytes of another file that does not decode either",
            done="not taken for a copy: nobody can say what it shows",
        )


def merged_subjects(images: pd.DataFrame, contents: Mapping[str, Content]) -> Iterator[Finding]:
    """Report every copy whose subject is not that of the image that stands for its bytes.

    Two subjects of one photograph in other bytes are reported with the relation.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns image_id, path, sha256, subject.
    """
    by_id = images.set_index("image_id")
    for row in images[images["sha256"].isin(contents)].itertuples(index=False):
        kept = by_id.loc[contents[row.sha256].image_id]
        if row.subject and kept.subject and row.subject != kept.subject:
            yield catalogue.COPIES_ACROSS_SUBJECTS.at(
                row.path,
                expected=f"subject {kept.subject}, as {kept.path} has with the same bytes",
                found=f"subject {row.subject}",
                done="both subjects joined in one group: they are one person",
            )
