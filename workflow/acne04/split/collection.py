"""The collection: what the earlier stages know of each image, and why some cannot be placed.

The lesion counts of Acne04-v2 belong to the bytes of a photograph, not to its name.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from acne04.core.errors import SchemaError
from acne04.core.findings import Finding
from acne04.relations.persons import plain_subject
from acne04.split import catalogue

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
_COUNTS = ["lesions_v2", "quarantined_v2"]


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
        What there is to say about the annotated images.

    Raises
    ------
    SchemaError
        If inventory and groups do not tell of the same images, a synthetic image is not in the
        group of its parent, or a person is in two groups.
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
    _refuse_torn_persons(images)
    images["label"] = images["grade"]
    images["grade"] = images["decided_grade"].fillna(images["label"])
    return _join_annotated(images, annotated)


def as_labelled(images: pd.DataFrame) -> pd.DataFrame:
    """Give the images with the grades that the dataset has, whatever was decided since."""
    return images.assign(grade=images["label"])


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
        Reasons as in ``schemas/splits.table.json``. Of the images that show one photograph one at
        most has none: the canonical member, or where that one cannot be placed (v2 may annotate
        another) the first that can, real before synthetic, by image_id.
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
        yield catalogue.GRADE_CONFLICT_EXCLUDED.at(
            rows["path"].iloc[0],
            expected="one grade for one photograph",
            found=f"{grades}; lesion counts {rows['conflict_counts'].iloc[0]}",
            done="left out of holdout and kfold, with all its copies",
        )
    for _, rows in images[images["decided_grade"].notna()].groupby("canonical"):
        labels = ", ".join(f"{_or_none(row.label)} of {row.image_id}" for row in rows.itertuples())
        yield catalogue.GRADE_DECIDED.at(
            rows["path"].iloc[0],
            expected=f"grade {rows['grade'].iloc[0]}, by a decision",
            found=labels,
            done="took the decided grade in holdout and kfold; the other variants show the labels",
        )
    for row in images[(reasons == "") & (images["conflict"] == "count")].itertuples():
        yield catalogue.COUNT_CONFLICT_PLACED.at(
            row.path,
            expected="one lesion count for one photograph",
            found=f"counts {row.conflict_counts}",
            done=f"placed with count {row.lesions_v1}; all are in conflict_counts",
        )


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


def _refuse_torn_persons(images: pd.DataFrame) -> None:
    """Refuse groups that a split could part although they show one person."""
    known = images[images["subject"] != ""]
    person = known["subject"].map(plain_subject)
    torn = known[known.groupby(person)["group"].transform("nunique") > 1]
    if not torn.empty:
        subject = person[torn.index].min()
        ends = torn[person[torn.index] == subject].drop_duplicates("group")
        told = [f"{row.image_id} in group {row.group}" for row in ends.itertuples()]
        number = person[torn.index].nunique()
        raise SchemaError(
            "groups",
            "images of one person are in two groups, which a split may part",
            expected=f"one group for all images of {ends['subject'].iloc[0]}",
            found=f"{', '.join(told[:3])}{' ...' if len(told) > 3 else ''}"
            + (f"; {number} persons in all" if number > 1 else ""),
            done="nothing written",
            remedy="run `acne04 dedupe` again, and take all tables from it",
        )


def _join_annotated(
    images: pd.DataFrame, annotated: pd.DataFrame
) -> tuple[pd.DataFrame, list[Finding]]:
    """Give each photograph its counts; a canonical member without any takes those of a copy.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns image_id, path, name, origin, canonical; by image_id.
    annotated : pandas.DataFrame
        Table ``annotated``.

    Returns
    -------
    pandas.DataFrame
        Also lesions_v2 (missing where no circle is clean, or the record of the image itself is in
        quarantine: that is not a count of 0), quarantined_v2, conflict_counts_v2, annotated
        (bool: v2 has the image by its name), and quarantined_by (checks by which its record is in
        quarantine; empty where it is sound, or there is none).
    list of Finding
        What there is to say about the annotated images.
    """
    # Of several records of one name a sound one counts, where there is one.
    circles = annotated.sort_values(["quarantined_by", "v2_image_id"], kind="stable")
    circles = circles.drop_duplicates("file_name")
    circles = circles.rename(columns={"file_name": "name", "quarantined": "quarantined_v2"})
    apart = (circles["quarantined_v2"] > 0) | (circles["quarantined_by"] != "")
    none_clean = (circles["lesions_v2"] == 0) & apart
    circles["lesions_v2"] = circles["lesions_v2"].mask(none_clean)
    images = images.merge(circles[["name", *_COUNTS, "quarantined_by"]], on="name", how="left")
    synthetic = images["origin"] == "synthetic"
    # A synthetic image may bear the name of an annotated photograph: those are not its circles.
    images.loc[synthetic, _COUNTS] = pd.NA
    images["quarantined_by"] = images["quarantined_by"].fillna("").mask(synthetic, "")
    images["annotated"] = images["quarantined_v2"].notna()
    images["conflict_counts_v2"] = _disagreements(images)
    # Of a record that is in quarantine validate has said why, and that the image is not there.
    speaking = circles.loc[circles["quarantined_by"] == "", "name"]
    absent = set(speaking) - set(images.loc[~synthetic, "name"])
    findings = [
        *map(_without_photograph, sorted(absent)),
        *_quarantined(images),
        *_disagree(images),
    ]
    return images, [*findings, *_take_from_copies(images)]


def _disagreements(images: pd.DataFrame) -> pd.Series:
    """Join the different counts of one photograph by /, ascending; empty where there are not two.

    Returns
    -------
    pandas.Series of str
        Indexed as `images`.
    """
    known = images[images["lesions_v2"].notna()]
    counts = known.groupby("canonical")["lesions_v2"].unique()
    joined = {
        canonical: "/".join(str(count) for count in sorted(different))
        for canonical, different in counts.items()
        if len(different) > 1
    }
    texts = [joined.get(canonical, "") for canonical in images["canonical"]]
    return pd.Series(texts, index=images.index, dtype="str")


def _take_from_copies(images: pd.DataFrame) -> Iterator[Finding]:
    """Fill the counts of canonical members in place, from the first annotated copy by image_id."""
    usable = images["annotated"] & (images["quarantined_by"] == "")
    copies = images[usable].drop_duplicates("canonical").set_index("canonical")
    alone = images[(images["image_id"] == images["canonical"]) & ~usable]
    for row in alone[alone["canonical"].isin(copies.index)].itertuples():
        copy = copies.loc[row.canonical]
        for column in (*_COUNTS, "quarantined_by"):
            images.loc[row.Index, column] = copy[column]
        yield catalogue.COPY_ANNOTATED_INSTEAD.at(
            row.path,
            expected="circles under the name that stands for the copies",
            found=f"circles only under {copy['image_id']}, the same photograph",
            done="took the counts of that copy",
        )


def _disagree(images: pd.DataFrame) -> Iterator[Finding]:
    torn = images[(images["conflict_counts_v2"] != "") & images["lesions_v2"].notna()]
    for _, rows in torn.groupby("canonical"):
        yield catalogue.V2_COUNTS_DISAGREE.at(
            rows["path"].iloc[0],
            expected="one number of circles for one photograph",
            found=", ".join(f"{row.lesions_v2} in {row.image_id}" for row in rows.itertuples()),
            done="kept the count of each name in lesions_v2; all are in conflict_counts_v2",
        )


def _without_photograph(name: str) -> Finding:
    return catalogue.V2_IMAGE_WITHOUT_PHOTOGRAPH.at(
        name,
        expected="a photograph of this name in the inventory",
        found="none",
        done="its circles are in no manifest",
    )


def _quarantined(images: pd.DataFrame) -> Iterator[Finding]:
    records = images[images["quarantined_by"] != ""]
    for checks, rows in records.groupby("quarantined_by"):
        yield catalogue.V2_RECORDS_QUARANTINED.at(
            rows["path"].iloc[0],
            found=f"{len(rows):,} photographs whose record is in quarantine ({checks}), of which "
            "this is the first",
            done="marked v2-incomplete in every manifest; lesions_v2 is empty, quarantined_v2 "
            "counts their circles",
        )
    alone = images["quarantined_by"] == ""
    for row in images[alone & (images["quarantined_v2"].fillna(0) > 0)].itertuples():
        none_clean = pd.isna(row.lesions_v2)
        yield catalogue.V2_CIRCLES_QUARANTINED.at(
            row.path,
            expected="all its circles clean",
            found=f"{row.quarantined_v2} broken beside {0 if none_clean else row.lesions_v2} clean",
            done="marked v2-incomplete; "
            + ("lesions_v2 is empty" if none_clean else "lesions_v2 counts the clean ones")
            + ", quarantined_v2 the broken",
        )


def _or_none(grade: object) -> str:
    return "none" if pd.isna(grade) else f"grade {grade}"
