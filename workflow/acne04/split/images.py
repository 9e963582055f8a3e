"""Join what the earlier stages know of each image, and say which images can be placed."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from acne04.core.errors import SchemaError
from acne04.core.findings import Finding
from acne04.split.annotated import join_annotated

_INVENTORY = [
    "path",
    "name",
    "origin",
    "grade",
    "lesions_v1",
    "width",
    "height",
    "size",
    "sha256",
    "decodable",
]
_GROUPS = [
    "image_id",
    "path",
    "subject",
    "group",
    "canonical",
    "parent",
    "parent_status",
    "conflict",
    "conflict_counts",
    "decided_grade",
]


def join_images(
    inventory: pd.DataFrame, groups: pd.DataFrame, annotated: pd.DataFrame
) -> tuple[pd.DataFrame, list[Finding]]:
    """Join the tables of those names.

    Returns
    -------
    pandas.DataFrame
        One row an image, by image_id: the columns of a manifest that do not depend on the
        variant, and name, canonical, parent, parent_status, conflict, decodable, annotated,
        decided_grade. A decided grade stands in ``grade``, too; ``label`` is the grade as the
        dataset has it.
    list of Finding
        What `acne04.split.annotated.join_annotated` has to say.

    Raises
    ------
    SchemaError
        If inventory and groups do not tell of the same images, or a synthetic image is not in the
        group of its parent.
    """
    strangers = set(inventory["path"]) ^ set(groups["path"])
    strangers |= set(groups.loc[groups["path"].duplicated(), "path"])
    if strangers:
        raise SchemaError(
            "groups",
            "inventory and groups are not about the same images",
            expected="each image once in both",
            found=f"{len(strangers)} that are not, first {min(strangers)}",
            done="nothing written",
            remedy="run `acne04 dedupe` on this inventory",
        )
    images = inventory[_INVENTORY].merge(groups[_GROUPS], on="path")
    images = images.sort_values("image_id", ignore_index=True)
    _refuse_orphans(images)
    images["label"] = images["grade"]
    images["grade"] = images["decided_grade"].fillna(images["label"])
    return join_annotated(images, annotated)


def as_labelled(images: pd.DataFrame) -> pd.DataFrame:
    """Give the images with the grades that the dataset has, whatever was decided since."""
    return images.assign(grade=images["label"])


def _refuse_orphans(images: pd.DataFrame) -> None:
    group = images.set_index("image_id")["group"]
    children = images[images["parent"] != ""]
    orphans = children[children["parent"].map(group) != children["group"]]
    if not orphans.empty:
        raise SchemaError(
            "groups",
            "a synthetic image is not in the group of its parent",
            expected="one group for both",
            found=f"{len(orphans)} that are not, first {orphans['path'].min()}",
            done="nothing written",
            remedy="run `acne04 dedupe` again",
        )


def standing(images: pd.DataFrame, restrict: str) -> pd.Series:
    """Say of each image why it cannot be placed in a split of whole groups; empty where it can.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `join_images`.
    restrict : {"none", "v2"}
        ``v2`` keeps only images that Acne04-v2 annotates.

    Returns
    -------
    pandas.Series
        Reasons as in ``schemas/splits.table.json``. Of byte-identical images one at most has
        none: the canonical member, or where that one cannot be placed (v2 may annotate another)
        the first that can, real before synthetic, by image_id.
    """
    reason = pd.Series("", index=images.index, dtype="str")
    rules = [
        ("undecodable", ~images["decodable"].astype(bool)),
        ("no-grade", images["grade"].isna()),
        ("grade-conflict", images["conflict"] == "grade"),
    ]
    if restrict == "v2":
        rules.append(("not-in-v2", ~images["annotated"]))
    for name, holds in rules:
        reason = reason.mask((reason == "") & holds, name)
    left = images[reason == ""]
    is_copy = left["image_id"] != left["canonical"]
    order = left.assign(is_copy=is_copy).sort_values(["is_copy", "origin", "image_id"])
    stands_for_all = order.groupby("canonical")["image_id"].transform("first")
    copies = stands_for_all.index[stands_for_all != order["image_id"]]
    reason.loc[copies] = "copy-of:" + stands_for_all.loc[copies]
    return reason


def grade_findings(images: pd.DataFrame, reasons: pd.Series) -> Iterator[Finding]:
    """Report the images whose labels disagree or were decided on, with what became of them."""
    for _, rows in images[reasons == "grade-conflict"].groupby("canonical"):
        grades = ", ".join(f"grade {row.grade} of {row.image_id}" for row in rows.itertuples())
        yield Finding(
            check="grade-conflict-excluded",
            severity="warning",
            file=rows["path"].iloc[0],
            pointer="",
            line=None,
            expected="one grade for the same bytes",
            found=f"{grades}; lesion counts {rows['conflict_counts'].iloc[0]}",
            done="left out of holdout and kfold, with all its copies",
            remedy="look at it and record the grade with `acne04 decide` (kind grade)",
        )
    for _, rows in images[images["decided_grade"].notna()].groupby("canonical"):
        labels = ", ".join(f"{_or_none(row.label)} of {row.image_id}" for row in rows.itertuples())
        yield Finding(
            check="grade-decided",
            severity="info",
            file=rows["path"].iloc[0],
            pointer="",
            line=None,
            expected=f"grade {rows['grade'].iloc[0]}, by a decision",
            found=labels,
            done="took the decided grade in holdout and kfold; the other variants show the labels",
            remedy="nothing",
        )
    for row in images[(reasons == "") & (images["conflict"] == "count")].itertuples():
        yield Finding(
            check="count-conflict-placed",
            severity="warning",
            file=row.path,
            pointer="",
            line=None,
            expected="one lesion count for the same bytes",
            found=f"counts {row.conflict_counts}",
            done=f"placed with count {row.lesions_v1}; all are in conflict_counts",
            remedy="do not train a counter on it before somebody has counted again",
        )


def _or_none(grade: object) -> str:
    return "none" if pd.isna(grade) else f"grade {grade}"
