"""From the inventory and the subject table to names, relations and groups, in memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pandas as pd

from acne04.dedupe.copies import copy_findings, find_copies
from acne04.dedupe.grouping import connected_groups, merged_subjects
from acne04.dedupe.names import canonical_names, natural_key
from acne04.dedupe.relations import exact_relations, subject_relations
from acne04.dedupe.subject_lines import SubjectLine
from acne04.dedupe.subjects import assign_subjects
from acne04.findings import Finding
from acne04.naming import COLLISIONS

_GROUP_COLUMNS = (
    "dataset",
    "image_id",
    "path",
    "group",
    "subject",
    "canonical",
    "conflict",
    "conflict_grades",
    "conflict_counts",
)


@dataclass(frozen=True)
class Grouping:
    """What ``dedupe`` makes: three tables of these names, and the findings."""

    names: pd.DataFrame
    relations: pd.DataFrame
    groups: pd.DataFrame
    findings: list[Finding]


def group_images(dataset: str, inventory: pd.DataFrame, lines: list[SubjectLine]) -> Grouping:
    """Name the images, relate them and group them.

    Parameters
    ----------
    dataset : str
        Goes into every row.
    inventory : pandas.DataFrame
        Table ``inventory``, in any order.
    lines : list of SubjectLine
        The subject table.

    Returns
    -------
    Grouping
        Depends on the content of the tables, not on the order of their rows.
    """
    names, collisions = canonical_names(inventory)
    images = _in_precedence(inventory.merge(names[["path", "image_id"]], on="path"))
    subjects, disagreements = assign_subjects(images, lines)
    images = images.join(find_copies(images))
    images["subject"] = [subjects.get(i, [""])[0] for i in images["image_id"]]
    order = images["image_id"].tolist()
    edges = pd.concat(
        [exact_relations(images), subject_relations(order, subjects)], ignore_index=True
    )
    images["group"] = connected_groups(order, edges)
    findings = [
        *collisions,
        *disagreements,
        *copy_findings(images),
        *merged_subjects(images),
    ]
    relations = edges.assign(dataset=dataset)
    return Grouping(names, relations, images[list(_GROUP_COLUMNS)], findings)


def metrics(dataset: str, made: Grouping, counts: dict[str, int]) -> dict[str, Any]:
    """Count what was made; `counts` says how many findings there are of each check."""
    kinds = Counter(kind for kind in made.names["collision"] if kind)
    return {
        "dataset": dataset,
        "images": len(made.groups),
        "groups": int(made.groups["group"].nunique()),
        "subjects": len(set(made.groups["subject"]) - {""}),
        "largest_group": int(made.groups["group"].value_counts().max()) if len(made.groups) else 0,
        "identical_pairs": counts.get("identical-bytes", 0),
        "copies_disagree": {
            "grade": counts.get("copies-disagree-on-grade", 0),
            "count": counts.get("copies-disagree-on-count", 0),
        },
        "name_collisions": {kind: kinds[kind] for kind in COLLISIONS},
        "relations": dict(sorted(Counter(made.relations["kind"]).items())),
        "findings": counts,
    }


def _in_precedence(images: pd.DataFrame) -> pd.DataFrame:
    """Sort: real before synthetic, then by image_id in natural order."""
    keys = [
        (origin, natural_key(image_id))
        for origin, image_id in zip(images["origin"], images["image_id"], strict=True)
    ]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return images.iloc[order].reset_index(drop=True)
