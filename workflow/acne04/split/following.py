"""Synthetic images follow the photograph that they were made from.

A synthetic image belongs to the group of its parent. It trains where that group trains: in
``holdout`` only if the group is in train; in ``kfold`` in every fold but the one that tests on the
group. A group without any placeable photograph is held out nowhere, so its synthetic images may
train: a parent that is itself left out (its copies disagree on the grade, say) is in no test. So
may those of which a person said that the collection does not hold their parent.

With an unknown parent nobody can tell what is held out: the image is left out, or kept by choice
with the mark ``parents-unverified``.
"""

from __future__ import annotations

import pandas as pd


def parent_known(images: pd.DataFrame) -> pd.Series:
    """Tell of each image whether its parent is known, or known not to be in the collection.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns parent, parent_status.

    Returns
    -------
    pandas.Series of bool
        False for real images.
    """
    verified = (images["parent_status"] == "verified") & (images["parent"] != "")
    return verified | (images["parent_status"] == "decided")


def why_left_out(
    images: pd.DataFrame, place: pd.Series, trained: tuple[str, ...], unknown: str
) -> pd.Series:
    """Say of each synthetic image why it may not train; empty where it may.

    Parameters
    ----------
    images : pandas.DataFrame
        Synthetic images: columns parent, parent_status.
    place : pandas.Series of str
        Part of each one's group; empty where no photograph of it is placed.
    trained : tuple of str
        Parts that are trained on.
    unknown : {"exclude", "keep"}
        What becomes of those with an unknown parent.
    """
    held_out = (place != "") & ~place.isin(trained)
    reasons = pd.Series("", index=images.index, dtype="str").mask(held_out, "parent-held-out")
    return reasons.mask(~parent_known(images) & (unknown == "exclude"), "parent-unknown")
