"""From the inventory, what was found out and what was decided to the groups, in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from acne04.core import review, tables
from acne04.core.findings import Finding
from acne04.dedupe.answers import (
    FILE_OF_KIND,
    AppliedDecision,
    copy_questions,
    decided_relations,
    judge_decisions,
)
from acne04.dedupe.copies import copy_answers, copy_findings, find_copies, merged_subjects
from acne04.dedupe.edges import as_table, exact_relations, subject_relations
from acne04.dedupe.groups import check_components, connected_groups
from acne04.dedupe.identical_bytes import Content, gather_contents
from acne04.dedupe.image_names import canonical_names, natural_key
from acne04.dedupe.image_subjects import assign_subjects
from acne04.dedupe.near_relations import matches_outside, near_relations
from acne04.dedupe.parent_relations import parent_relations
from acne04.dedupe.photographs import gather_photographs, keep_copies
from acne04.dedupe.results import Grouping, KnownParent, StepItems
from acne04.relations.decisions import Decision, unapplied
from acne04.relations.decisions import applied as decided
from acne04.relations.subjects import SubjectLine


@dataclass(frozen=True)
class Evidence:
    """What is known beside the inventory; order does not matter.

    Attributes
    ----------
    lines : list of SubjectLine
        The subject table.
    verdicts, parents : pandas.DataFrame or None
        Tables of these names; None where nobody looked.
    decisions : list of Decision
        Of kinds grade, keep, relation and parent.
    """

    lines: list[SubjectLine]
    verdicts: pd.DataFrame | None = None
    parents: pd.DataFrame | None = None
    decisions: list[Decision] = field(default_factory=list)


def group_images(dataset: str, inventory: pd.DataFrame, evidence: Evidence) -> Grouping:
    """Name the images, relate them and group them.

    Parameters
    ----------
    dataset : str
        Goes into every row.
    inventory : pandas.DataFrame
        Table ``inventory``, in any order.
    evidence : Evidence
        What relates the images.

    Returns
    -------
    Grouping
        Depends on the content of the tables, not on the order of their rows.

    Raises
    ------
    GroupingError
        If near relations chain too many images.
    """
    made = StepItems()
    names, collisions = canonical_names(inventory)
    images = _in_precedence(inventory.merge(names[["path", "image_id"]], on="path"))
    subjects, disagreements = assign_subjects(images, evidence.lines)
    made.add([*collisions, *disagreements])

    contents = gather_contents(images, subjects)
    undecodable = set(images["sha256"]) - contents.keys()
    related = decided_relations(evidence.decisions, contents)
    photographs = gather_photographs(contents, evidence.verdicts, related)
    answers, impossible = judge_decisions(evidence.decisions, contents, photographs, undecodable)
    contents, photographs = keep_copies(contents, photographs, answers.kept)
    images = images.join(find_copies(images, photographs, answers))
    images["subject"] = [subjects.get(i, [""])[0] for i in images["image_id"]]
    made.add([*impossible, *_of_other_bytes(evidence.decisions, inventory)])
    made.add(
        [*copy_findings(images, contents, photographs, answers), *merged_subjects(images, contents)]
    )
    made.add([*copy_answers(photographs, answers), *copy_questions(photographs, answers)])

    order = images["image_id"].tolist()
    made.add([*exact_relations(contents.values()), *subject_relations(order, subjects)])
    made.add(near_relations(evidence.verdicts, contents, answers, undecodable))
    made.add(parent_relations(evidence.parents, contents, photographs, answers, undecodable))
    largest_near = check_components(order, [r for r in made.relations if r.kind == "near"])
    images = _with_groups(images, made)
    made.add(_findings_on_groups(images, contents, evidence.verdicts, made.applied))
    return Grouping(
        names,
        as_table(dataset, made.relations),
        images[list(tables.empty("groups").columns)],
        review.to_table(dataset, made.questions),
        made.findings,
        largest_near,
        made.applied,
    )


def _in_precedence(images: pd.DataFrame) -> pd.DataFrame:
    """Sort: real before synthetic, then by image_id in natural order."""
    keys = [
        (origin, natural_key(image_id))
        for origin, image_id in zip(images["origin"], images["image_id"], strict=True)
    ]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return images.iloc[order].reset_index(drop=True)


def _of_other_bytes(decisions: list[Decision], inventory: pd.DataFrame) -> Iterator[Finding]:
    """Report the decisions on bytes that are not here."""
    known = {path: {d} for path, d in zip(inventory["path"], inventory["sha256"], strict=True)}
    for file in sorted(set(FILE_OF_KIND.values())):
        yield from unapplied([d for d in decisions if FILE_OF_KIND[d.kind] == file], known, file)


def _with_groups(images: pd.DataFrame, made: StepItems) -> pd.DataFrame:
    """Add the columns group, weakest_link, parent and parent_status."""
    groups = connected_groups(images["image_id"].tolist(), made.relations)
    parents = {parent.sha256: parent for parent in made.parents}
    unknown = KnownParent("", "", "unknown")
    of_image = [
        parents.get(digest, unknown) if origin == "synthetic" else KnownParent("", "", "")
        for origin, digest in zip(images["origin"], images["sha256"], strict=True)
    ]
    return images.assign(
        group=groups.names,
        weakest_link=[str(groups.weakest.get(name, "")) for name in groups.names],
        parent=[parent.image_id for parent in of_image],
        parent_status=[parent.status for parent in of_image],
    )


def _findings_on_groups(
    images: pd.DataFrame,
    contents: Mapping[str, Content],
    verdicts: pd.DataFrame | None,
    applied: list[AppliedDecision],
) -> Iterator[Finding]:
    """Tell what shows only once the groups are known."""
    orphan = images["parent_status"].isin(["review", "unknown"])
    in_group = images[~orphan].set_index("image_id")["group"].to_dict()
    if verdicts is not None:
        yield from matches_outside(verdicts, contents, in_group)
    group_of = images.set_index("image_id")["group"].to_dict()
    for decision, found, done in applied:
        ends = {group_of[contents[digest].image_id] for digest, _ in decision.contents}
        if decision.decision == "different" and len(ends) == 1:
            done += "; other relations keep both in one group"
        yield decided(decision, FILE_OF_KIND[decision.kind], found, done)
