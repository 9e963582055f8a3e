"""Find byte-identical images, choose who stands for them, and compare their labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from acne04.findings import Finding


def find_copies(images: pd.DataFrame) -> pd.DataFrame:
    """Give each image its canonical member, and what its copies disagree on.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns image_id, origin, sha256, decodable, grade, lesions_v1; rows in the order of
        precedence: the first of several copies is their canonical member.

    Returns
    -------
    pandas.DataFrame
        Indexed as `images`: canonical, conflict, conflict_grades, conflict_counts, as in table
        ``groups``. A file that does not decode shows nothing, so it is a copy of nothing.
    """
    # A file that does not decode stands alone, under a key that no digest has.
    key = images["sha256"].where(images["decodable"].astype(bool), "~" + images["image_id"])
    by_bytes = images.groupby(key, sort=False)
    grades = by_bytes["grade"].transform("nunique") > 1
    counts = by_bytes["lesions_v1"].transform("nunique") > 1
    found = pd.DataFrame(
        {
            "canonical": by_bytes["image_id"].transform("first"),
            "conflict": "",
            "conflict_grades": "",
            "conflict_counts": "",
        },
        index=images.index,
        dtype="str",
    )
    found.loc[counts, "conflict"] = "count"
    found.loc[grades, "conflict"] = "grade"
    for column, field in (("grade", "conflict_grades"), ("lesions_v1", "conflict_counts")):
        for _, rows in images[grades | counts].groupby(key):
            found.loc[rows.index, field] = "/".join(map(str, sorted(set(rows[column].dropna()))))
    return found


def copy_findings(images: pd.DataFrame) -> Iterator[Finding]:
    """Report every copy, and every label on which it disagrees with its canonical member.

    Parameters
    ----------
    images : pandas.DataFrame
        As in `find_copies`, with the columns path and canonical.
    """
    by_id = images.set_index("image_id", drop=False)
    for copy in images[images["canonical"] != images["image_id"]].itertuples(index=False):
        kept = by_id.loc[copy.canonical]
        yield Finding(
            check="identical-bytes",
            severity="info",
            file=copy.path,
            pointer="",
            line=None,
            expected="bytes that no other image has",
            found=f"the bytes of {kept.path} (sha256 {copy.sha256})",
            done=f"{kept.image_id} stands for both; splits leave this one out as its copy",
            remedy="nothing; the file stays where it is",
        )
        yield from _disagreements(copy, kept)
    yield from _undecodable_copies(images)


def _disagreements(copy: Any, kept: Any) -> Iterator[Finding]:
    if copy.origin != kept.origin:
        yield Finding(
            check="copies-real-and-synthetic",
            severity="warning",
            file=copy.path,
            pointer="",
            line=None,
            expected="a synthetic image that differs from every photograph",
            found=f"the bytes of the photograph {kept.path}",
            done="treated as a copy of the photograph",
            remedy="report it to the publisher of the synthetic images",
        )
    for check, severity, what, field, done, remedy in (
        (
            "copies-disagree-on-grade",
            "error",
            "grade",
            "grade",
            "both left out of holdout and kfold until somebody decides",
            "look at the photograph and decide which grade is right",
        ),
        (
            "copies-disagree-on-count",
            "warning",
            "lesion count",
            "lesions_v1",
            "both counts kept beside the image (conflict_counts)",
            "do not train a counter on this image before somebody has counted again",
        ),
    ):
        one, other = getattr(kept, field), getattr(copy, field)
        if pd.notna(one) and pd.notna(other) and one != other:
            yield Finding(
                check=check,
                severity=severity,  # type: ignore[arg-type]
                file=copy.path,
                pointer="",
                line=None,
                expected=f"{what} {one}, as {kept.path} has with the same bytes",
                found=f"{what} {other}",
                done=done,
                remedy=remedy,
            )


def _undecodable_copies(images: pd.DataFrame) -> Iterator[Finding]:
    broken = images[~images["decodable"].astype(bool)]
    for row in broken[broken.duplicated("sha256")].itertuples(index=False):
        yield Finding(
            check="copies-undecodable",
            severity="error",
            file=row.path,
            pointer="",
            line=None,
            expected="bytes that no other image has, or an image that decodes",
            found="the bytes of another file that does not decode either",
            done="not taken for a copy: nobody can say what it shows",
            remedy="fetch the source again",
        )
