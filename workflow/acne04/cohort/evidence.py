"""Pairs of images that say something of the tables: graded twice, or linked across two persons."""

from __future__ import annotations

from typing import Any

import pandas as pd

from acne04.relations.persons import plain_subject

#: Relations by which two images are one photograph.
COPIES = ("exact", "near")
#: Those that tie two images of one person.
LINKS = (*COPIES, "retake")
ECHO = "echo"


def graded_pairs(images: pd.DataFrame, relations: pd.DataFrame) -> pd.DataFrame:
    """Give the pairs of copies that both have a grade of their own.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.cohort.people.join_cohort`.
    relations : pandas.DataFrame
        Table ``relations``.

    Returns
    -------
    pandas.DataFrame
        Columns kind, a, b, grade_a, grade_b, person: that of a.
    """
    real = images[(images["origin"] == "real") & images["grade"].notna()].set_index("image_id")
    edges = relations[relations["kind"].isin(COPIES)]
    edges = edges[edges["a"].isin(real.index) & edges["b"].isin(real.index)]
    pairs = edges[["kind", "a", "b"]].drop_duplicates().sort_values(["kind", "a", "b"])
    return pairs.assign(
        grade_a=pairs["a"].map(real["grade"]).astype("Int64"),
        grade_b=pairs["b"].map(real["grade"]).astype("Int64"),
        person=pairs["a"].map(real["person"]),
    ).reset_index(drop=True)


def links_across_persons(
    images: pd.DataFrame, relations: pd.DataFrame, echoes: pd.DataFrame
) -> list[dict[str, Any]]:
    """Give what ties two images of which the subject table says that they show two persons.

    Parameters
    ----------
    images, relations : pandas.DataFrame
        As in `graded_pairs`.
    echoes : pandas.DataFrame
        Table ``echoes``: photographs whose circles coincide.

    Returns
    -------
    list of dict
        Rows of table ``person_links``, without the column dataset.
    """
    real = images[images["origin"] == "real"]
    by_id = real.set_index("image_id")["subject"]
    by_name = real.drop_duplicates("name").set_index("name")["image_id"]
    tied = relations.loc[relations["kind"].isin(LINKS), ["kind", "a", "b"]]
    told = echoes.assign(
        kind=ECHO, a=echoes["name_a"].map(by_name), b=echoes["name_b"].map(by_name)
    )[["kind", "a", "b"]].dropna()
    rows = []
    for kind, a, b in pd.concat([tied, told]).drop_duplicates().itertuples(index=False):
        subjects = [by_id.get(image, "") for image in (a, b)]
        if all(subjects) and plain_subject(subjects[0]) != plain_subject(subjects[1]):
            row = {"kind": kind, "a": a, "b": b, "subject_a": subjects[0], "subject_b": subjects[1]}
            rows.append(row)
    return rows
