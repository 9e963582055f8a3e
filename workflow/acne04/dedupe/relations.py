"""List the relations between images: the edges of the graph whose components are the groups.

Each kind of relation is a function that gives edges with its method and evidence. A set of images
that belong together is told as a star: each member is tied to the first one, so that a large set
costs no more edges than it has members.
"""

from __future__ import annotations

import pandas as pd

from acne04.dedupe.subjects import Subjects

COLUMNS = ["kind", "a", "b", "method", "evidence"]


def exact_relations(images: pd.DataFrame) -> pd.DataFrame:
    """Tie every copy to its canonical member.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns image_id, canonical, sha256.
    """
    copies = images[images["image_id"] != images["canonical"]]
    return pd.DataFrame(
        {
            "kind": "exact",
            "a": copies["image_id"],
            "b": copies["canonical"],
            "method": "sha256",
            "evidence": copies["sha256"],
        },
        columns=COLUMNS,
        dtype="str",
    )


def subject_relations(order: list[str], subjects: Subjects) -> pd.DataFrame:
    """Tie every image of a person to that person's first one.

    Parameters
    ----------
    order : list of str
        Every image_id, in the order of precedence.
    subjects : dict of str to list of str
        Image_id to the persons it shows.
    """
    first: dict[str, str] = {}
    edges = []
    for image_id in order:
        for subject in subjects.get(image_id, ()):
            centre = first.setdefault(subject, image_id)
            if centre != image_id:
                edges.append(("subject", image_id, centre, "subject-table", subject))
    table = pd.DataFrame(edges, columns=COLUMNS, dtype="str")
    # Two persons who share two images would tie these twice.
    return table.drop_duplicates(["kind", "a", "b"], ignore_index=True)
