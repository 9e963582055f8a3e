"""What the tables of the earlier stages say of each image that a manifest repeats.

The lesion counts of Acne04-v2 belong to a photograph: where the image that stands for its copies
has none of its own, those of the first copy that has count.
"""

from __future__ import annotations

import pandas as pd

from acne04.invariants.comparing import looked_up

#: Columns of a manifest that inventory and groups have under the same name.
OF_INVENTORY = ("origin", "lesions_v1", "width", "height", "size", "sha256")
OF_GROUPS = ("path", "conflict_counts", "subject", "group")
#: Columns of a manifest that Acne04-v2's table is the origin of, by way of the file's name.
OF_ANNOTATED = ("lesions_v2", "quarantined_v2", "conflict_counts_v2")
#: All columns that say the same of an image in every variant, but its grade.
COLUMNS = (*OF_GROUPS, *OF_INVENTORY, *OF_ANNOTATED)
UNVERIFIED, INCOMPLETE = "parents-unverified", "v2-incomplete"


def image_facts(
    inventory: pd.DataFrame, groups: pd.DataFrame, annotated: pd.DataFrame
) -> pd.DataFrame:
    """Join what is known of the images that are in both inventory and groups.

    Returns
    -------
    pandas.DataFrame
        By image_id, which is the index: `COLUMNS`; name, decodable, canonical, parent,
        parent_status, conflict; label (grade as labelled), decided_grade, annotated (bool: v2 has
        the image by its name), incomplete (bool: some of its circles are in quarantine, or its
        record is), parent_known (bool).
    """
    of_inventory = ["path", "name", "decodable", "grade", *OF_INVENTORY]
    of_groups = [
        *("image_id", "canonical", "parent", "parent_status", "conflict", "decided_grade"),
        *OF_GROUPS,
    ]
    images = groups[of_groups].merge(inventory[of_inventory], on="path")
    images = images.rename(columns={"grade": "label"}).sort_values("image_id", ignore_index=True)
    images["decodable"] = images["decodable"].fillna(value=False).astype(bool)
    verified = (images["parent_status"] == "verified") & (images["parent"] != "")
    images["parent_known"] = verified | (images["parent_status"] == "decided")
    return _with_circles(images, annotated).set_index("image_id").rename_axis(None)


def _with_circles(images: pd.DataFrame, annotated: pd.DataFrame) -> pd.DataFrame:
    # Of several records of one name a sound one counts, where there is one.
    records = annotated.sort_values(["quarantined_by", "v2_image_id"], kind="stable")
    records = records.drop_duplicates("file_name").set_index("file_name")
    apart = (records["quarantined"] > 0) | (records["quarantined_by"] != "")
    is_photograph = images["origin"] == "real"
    counts = {
        "lesions_v2": records["lesions_v2"].mask((records["lesions_v2"] == 0) & apart),
        "quarantined_v2": records["quarantined"],
    }
    for column, values in counts.items():
        # A synthetic image may bear the name of an annotated photograph: not its circles.
        own = images["name"].map(values).astype("Int64")
        images[column] = own.where(is_photograph)
    by = looked_up(images["name"], records["quarantined_by"]).where(is_photograph, "")
    images["annotated"] = images["quarantined_v2"].notna()
    images["conflict_counts_v2"] = _disagreements(images)
    images["quarantined_by"] = by
    _take_from_copies(images)
    broken = images["quarantined_v2"].fillna(0) > 0
    images["incomplete"] = broken | (images["quarantined_by"] != "")
    return images


def _disagreements(images: pd.DataFrame) -> pd.Series:
    known = images[images["lesions_v2"].notna()]
    counts = known.groupby("canonical")["lesions_v2"].unique()
    joined = {
        canonical: "/".join(map(str, sorted(different)))
        for canonical, different in counts.items()
        if len(different) > 1
    }
    return looked_up(images["canonical"], joined)


def _take_from_copies(images: pd.DataFrame) -> None:
    usable = images["annotated"] & (images["quarantined_by"] == "")
    copies = images[usable].drop_duplicates("canonical").set_index("canonical")
    takes = (images["image_id"] == images["canonical"]) & ~usable
    takes &= images["canonical"].isin(copies.index)
    for column in ("lesions_v2", "quarantined_v2", "quarantined_by"):
        images.loc[takes, column] = images.loc[takes, "canonical"].map(copies[column])


def standing(images: pd.DataFrame, grade: pd.Series, restrict: str) -> pd.Series:
    """Say of each image why no whole group may place it; empty where one may.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `image_facts`.
    grade : pandas.Series
        Grade that counts, indexed as `images`.
    restrict : {"none", "v2"}
        ``v2``: only what Acne04-v2 annotates may be placed.

    Returns
    -------
    pandas.Series of str
        The first of undecodable, no-grade, grade-conflict, not-in-v2 and copy-of:IMAGE_ID that the
        tables bear out. Of one photograph one image at most has none.
    """
    reason = pd.Series("", index=images.index, dtype="str")
    rules = {
        "undecodable": ~images["decodable"],
        "no-grade": grade.isna(),
        "grade-conflict": images["conflict"] == "grade",
        "not-in-v2": ~images["annotated"] & (restrict == "v2"),
    }
    for name, holds in rules.items():
        reason = reason.mask((reason == "") & holds, name)
    left = images.loc[reason == "", ["canonical", "origin"]]
    left = left.assign(is_copy=left.index != left["canonical"], image_id=left.index)
    order = left.sort_values(["is_copy", "origin", "image_id"])
    first = order.groupby("canonical")["image_id"].transform("first")
    copies = first.index[first.to_numpy() != first.index.to_numpy()]
    reason.loc[copies] = "copy-of:" + first.loc[copies]
    return reason
