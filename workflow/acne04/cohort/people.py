"""Whom each image shows, by the subject table, and what ties images whatever the table says."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from acne04.core.grades import GRADES
from acne04.relations.persons import plain_subject

#: Relations that tie photographs of one person whatever the subject table says.
TYING = ("exact", "near", "retake")
#: All grades together, and images without one.
ALL = "all"


def join_cohort(inventory: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Join the tables of those names.

    Returns
    -------
    pandas.DataFrame
        The inventory by image_id, and subject, group, canonical; person: the subject as it is
        compared, or the group where nobody is known.
    """
    columns = ["path", "image_id", "subject", "group", "canonical"]
    images = inventory.merge(groups[columns], on="path").sort_values("image_id", ignore_index=True)
    known = images["subject"] != ""
    person = "subject " + images["subject"].map(plain_subject)
    return images.assign(person=person.where(known, "group " + images["group"]))


def with_units(images: pd.DataFrame, relations: pd.DataFrame) -> pd.DataFrame:
    """Give the photographs with the column unit: a photograph with its copies and retakes.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `join_cohort`.
    relations : pandas.DataFrame
        Table ``relations``.
    """
    real = images[images["origin"] == "real"].reset_index(drop=True)
    names = pd.Index(real["image_id"], dtype="object")
    edges = relations[relations["kind"].isin(TYING)]
    ends = [names.get_indexer(pd.Index(edges[side], dtype="object")) for side in "ab"]
    known = (ends[0] >= 0) & (ends[1] >= 0)
    graph = coo_array(
        (np.ones(int(known.sum()), dtype=np.int8), (ends[0][known], ends[1][known])),
        shape=(len(names), len(names)),
    )
    label = pd.Series(connected_components(graph, directed=False)[1])
    return real.assign(unit=real["image_id"].groupby(label).transform("min"))


def by_grade(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Give the rows of each grade, and all of them; `rows` has a column grade."""
    return {
        **{str(grade): rows[(rows["grade"] == grade).fillna(value=False)] for grade in GRADES},
        ALL: rows,
    }
