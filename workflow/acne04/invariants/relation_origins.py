"""Where the columns of relations, groups, verdicts and parents come from.

=========  ================================================================================
table      column: its second home
=========  ================================================================================
relations  a, b: groups; of kind exact: equal sha256 in the inventory; near, retake: the
           verdict on the two contents (method, score, threshold, evidence), but for a decision;
           derived-from: table parents, but for a decision
groups     parent: the relation of kind derived-from of its bytes, or equal bytes; parent_status:
           table parents; canonical, conflict, conflict_grades, conflict_counts: the files of
           its photograph, which relations of kind exact and near tell, and their labels;
           subject: the relations of that kind; weakest_link: a relation within the group
verdicts   path and sha256: the inventory; method, threshold: calibration.json
parents    path and sha256: the inventory; method, threshold: calibration.json
=========  ================================================================================

No second home in any table: what was measured of two pictures (form, score, steadiness, candidates
of verdicts and parents), and what a person decided (decided_grade, a decision's evidence).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from acne04.inspection.checks import Mismatch
from acne04.invariants.comparing import looked_up, unlike
from acne04.invariants.components import components
from acne04.invariants.dataset import (
    CALIBRATION,
    FINDINGS,
    GROUPS,
    PARENTS,
    RELATIONS,
    VERDICTS,
    findings_of,
)
from acne04.invariants.dataset_tables import Tables

_DECISION = "decision"
#: Kind of relation to the verdict on two contents that it rests on.
_VERDICTS = {"near": "same", "retake": "retake"}
#: Findings of `dedupe` where a photograph may name another person, or another canonical member.
_TWO_SUBJECTS, _APPLIED = "image-in-two-subjects", "decision-applied"


def problems(tables: Tables) -> Iterator[Mismatch]:
    """Yield what the tables say otherwise than their origins."""
    verdicts = tables.dataset.table_of(VERDICTS, "verdicts")
    parents = tables.dataset.table_of(PARENTS, "parents")
    yield from _compared(tables, VERDICTS, verdicts, {"path_a": "sha256_a", "path_b": "sha256_b"})
    yield from _compared(
        tables, PARENTS, parents, {"path": "sha256", "parent_path": "parent_sha256"}
    )
    yield from _steadiness(tables, verdicts)
    yield from _relations(tables, verdicts, parents)
    yield from _parents(tables, parents)
    yield from _photographs(tables)
    yield from _subjects(tables)
    yield from _weakest_links(tables)


def _compared(
    tables: Tables, artifact: str, table: pd.DataFrame, names: dict[str, str]
) -> Iterator[Mismatch]:
    """Compare bytes, threshold and method of what `near` says of two pictures."""
    file = tables.dataset.file_of(artifact)
    known = tables.inventory.set_index("path")["sha256"]
    for path, digest in names.items():
        rows = table[table[path] != ""]
        yield from unlike(file, rows, digest, rows[path].map(known), path)
    first = next(iter(names))
    calibration = tables.dataset.document_of(CALIBRATION, "calibration.schema.json")
    for column in ("method", "threshold"):
        expected = pd.Series(calibration[column], index=table.index)
        yield from unlike(file, table, column, expected, first)
    verdict = "verdict" if "verdict" in table else "status"
    least = table[verdict].map(
        dict.fromkeys(("same", "verified"), calibration["threshold"])
        | dict.fromkeys(("retake", "review"), calibration["review_from"])
    )
    low = least.notna() & (table["score"].fillna(-1).astype(float) < least.astype(float))
    for row in table[low].itertuples():
        expected_score = f"a score of {least[row.Index]:g} or more, to be {getattr(row, verdict)}"
        found = "none" if pd.isna(row.score) else f"{row.score:g}"
        yield Mismatch(file, expected_score, found, int(row.Index) + 2, getattr(row, first))


def _steadiness(tables: Tables, verdicts: pd.DataFrame) -> Iterator[Mismatch]:
    """Check that copies lie steadier than any retake: that is what tells the one from the other."""
    retakes = verdicts.loc[verdicts["verdict"] == "retake", "steadiness"]
    most = -1.0 if retakes.dropna().empty else float(retakes.max())
    steady = verdicts["steadiness"].fillna(-1).astype(float)
    for row in verdicts[(verdicts["verdict"] == "same") & (steady <= most)].itertuples():
        expected = f"steadiness above {most:g}, the most of a retake"
        found = "none" if pd.isna(row.steadiness) else f"{row.steadiness:g}"
        file = tables.dataset.file_of(VERDICTS)
        yield Mismatch(file, expected, found, int(row.Index) + 2, row.path_a)


def _relations(tables: Tables, verdicts: pd.DataFrame, parents: pd.DataFrame) -> Iterator[Mismatch]:
    relations, file = tables.relations, tables.dataset.file_of(RELATIONS)
    digest = tables.images["sha256"]
    rows = relations.assign(
        sha256_a=looked_up(relations["a"], digest),
        sha256_b=looked_up(relations["b"], digest),
    )
    for side in "ab":
        for row in rows[rows[f"sha256_{side}"] == ""].itertuples():
            yield Mismatch(file, "images of the groups", getattr(row, side), int(row.Index) + 2)
    exact = rows[rows["kind"] == "exact"]
    yield from unlike(file, exact, "evidence", exact["sha256_a"], "a")
    yield from unlike(file, exact, "evidence", exact["sha256_b"], "a")
    found = rows[rows["method"] != _DECISION]
    pairs = verdicts.set_index(["sha256_a", "sha256_b"])
    for kind, verdict in _VERDICTS.items():
        own = found[found["kind"] == kind]
        swapped = own["sha256_a"] > own["sha256_b"]
        first = own["sha256_a"].mask(swapped, own["sha256_b"])
        second = own["sha256_b"].mask(swapped, own["sha256_a"])
        told = pairs.reindex(pd.MultiIndex.from_arrays([first, second])).set_index(own.index)
        told["evidence"] = (first + ":" + second + " " + told["form"].fillna("")).str.rstrip()
        yield from _borne_out(file, own, told, told["verdict"] == verdict, f"a verdict {verdict}")
    own = found[found["kind"] == "derived-from"]
    by_digest = parents.drop_duplicates("sha256").set_index("sha256")
    told = by_digest.reindex(own["sha256_a"]).set_index(own.index)
    digests = own["sha256_a"] + ":" + told["parent_sha256"].fillna("")
    told["evidence"] = digests + " of " + told["candidates"].astype("str") + " photographs"
    yield from _borne_out(file, own, told, told["status"] == "verified", "a verified parent")
    canonical = tables.images.assign(image_id=tables.images.index).drop_duplicates("sha256")
    of_parent = told["parent_sha256"].map(canonical.set_index("sha256")["canonical"])
    yield from unlike(file, own, "b", of_parent, "a")
    yield from _methods(file, rows)


def _borne_out(
    file: str, rows: pd.DataFrame, told: pd.DataFrame, holds: pd.Series, what: str
) -> Iterator[Mismatch]:
    holds = holds.fillna(value=False).astype(bool)
    for row in rows[~holds].itertuples():
        yield Mismatch(file, f"{what} on {row.a} and {row.b}", "none", int(row.Index) + 2, row.a)
    for column in ("method", "score", "threshold", "evidence"):
        yield from unlike(file, rows[holds], column, told.loc[holds, column], "a")


def _methods(file: str, rows: pd.DataFrame) -> Iterator[Mismatch]:
    """Check method, score and threshold of relations that nothing was measured for."""
    for kind, method in (("exact", "sha256"), ("subject", "subject-table")):
        own = rows[rows["kind"] == kind]
        yield from unlike(file, own, "method", pd.Series(method, index=own.index), "a")
    plain = rows[rows["kind"].isin(("exact", "subject")) | (rows["method"] == _DECISION)]
    for column in ("score", "threshold"):
        nothing = pd.Series(pd.NA, index=plain.index, dtype="Float64")
        yield from unlike(file, plain, column, nothing, "a")


def _parents(tables: Tables, parents: pd.DataFrame) -> Iterator[Mismatch]:
    """Compare parents in groups with relations, and what is said of them with table parents."""
    images, groups, file = tables.images, tables.groups, tables.dataset.file_of(GROUPS)
    of = images.loc[groups["image_id"].where(groups["image_id"].isin(images.index)).dropna()]
    rows = groups[groups["image_id"].isin(of.index)]
    of = of.set_axis(rows.index)
    synthetic = of["origin"] == "synthetic"
    shown = of["decodable"]
    edges = tables.relations[tables.relations["kind"] == "derived-from"]
    edges = edges.assign(sha256=edges["a"].map(images["sha256"])).drop_duplicates("sha256")
    edge = edges.set_index("sha256").reindex(of["sha256"]).set_axis(rows.index)
    is_photograph = of["sha256"].isin(images.loc[images["origin"] == "real", "sha256"])
    is_photograph &= synthetic & shown
    parent = edge["b"].mask(is_photograph, of["canonical"]).where(synthetic & shown, "")
    yield from unlike(file, rows, "parent", parent.fillna(""))
    sought = parents.drop_duplicates("sha256").set_index("sha256")["status"]
    status = looked_up(of["sha256"], sought).replace("", "unknown")
    by_person = (edge["method"] == _DECISION) | (
        (rows["parent_status"] == "decided") & (rows["parent"] == "")
    )
    # A parent that is no photograph that decodes is none.
    refused = (rows["parent_status"] == "unknown") & (status != "unknown") & (rows["parent"] == "")
    status = status.mask(refused & ~edge["b"].notna(), "unknown").mask(by_person, "decided")
    status = status.mask(is_photograph, "verified").mask(~shown, "unknown").where(synthetic, "")
    yield from unlike(file, rows, "parent_status", status)


def _photographs(tables: Tables) -> Iterator[Mismatch]:
    """Compare canonical members and conflicts with the labels of each photograph's files."""
    images, file = tables.images, tables.dataset.file_of(GROUPS)
    groups = tables.groups[tables.groups["image_id"].isin(images.index)]
    of = images.loc[groups["image_id"]].set_axis(groups.index)
    edges = tables.relations[tables.relations["kind"].isin(("exact", "near"))]
    number = components(groups["image_id"], edges).set_axis(groups.index)
    # A file that does not decode shows nothing: it is a copy of nothing.
    photograph = number.where(of["decodable"], -1 - pd.Series(range(len(of)), index=of.index))
    decided = _counts(tables).get(_APPLIED, 0)
    later = set(edges.loc[(edges["kind"] == "exact") | (not decided), "a"])
    home = groups.set_index("image_id").assign(photograph=photograph.to_numpy())["photograph"]
    for row in groups.assign(photograph=photograph).itertuples():
        if home.get(row.canonical, None) != row.photograph or row.canonical in later:
            expected = "the file of this photograph that stands for the others"
            yield Mismatch(file, expected, row.canonical, int(row.Index) + 2, row.image_id)
    one = groups.groupby(photograph)["canonical"].transform("first")
    yield from unlike(file, groups, "canonical", one)
    grades, counts = (of[label].groupby(photograph) for label in ("label", "lesions_v1"))
    torn_grade, torn_count = (found.transform("nunique") > 1 for found in (grades, counts))
    for column, label in (("conflict_grades", "label"), ("conflict_counts", "lesions_v1")):
        texts = {
            key: "/".join(map(str, sorted(set(values.dropna().astype(int)))))
            for key, values in of.loc[torn_grade | torn_count, label].groupby(photograph)
        }
        yield from unlike(file, groups, column, looked_up(photograph, texts))
    conflict = pd.Series("", index=groups.index, dtype="str").mask(torn_count, "count")
    conflict = conflict.mask(torn_grade, "grade").mask(groups["decided_grade"].notna(), "")
    if decided:
        # Somebody may have said which copy's count counts.
        conflict = conflict.mask((conflict == "count") & (groups["conflict"] == ""), "")
    yield from unlike(file, groups, "conflict", conflict)


def _counts(tables: Tables) -> dict[str, int]:
    """Give the number of findings of `dedupe`, by check."""
    counts: dict[str, int] = tables.dataset.document_of(findings_of("groups"), FINDINGS)["counts"]
    return counts


def _subjects(tables: Tables) -> Iterator[Mismatch]:
    """Compare the person of an image with the relations that tie it to others of that person."""
    edges = tables.relations[tables.relations["kind"] == "subject"]
    if _counts(tables).get(_TWO_SUBJECTS, 0):
        return
    ends = pd.concat([edges[[side, "evidence"]].set_axis(["image_id", "person"], axis=1)
                      for side in "ab"])  # fmt: skip
    person = ends.drop_duplicates("image_id").set_index("image_id")["person"]
    groups = tables.groups[tables.groups["image_id"].isin(person.index)]
    file = tables.dataset.file_of(GROUPS)
    yield from unlike(file, groups, "subject", groups["image_id"].map(person))


def _weakest_links(tables: Tables) -> Iterator[Mismatch]:
    """Check that a group of several hangs on a relation between its images, and no other group."""
    groups, file = tables.groups, tables.dataset.file_of(GROUPS)
    of_image = groups.set_index("image_id")["group"]
    relations = tables.relations
    score = [
        "" if pd.isna(value) else " " + f"{value:.6f}".rstrip("0").rstrip(".")
        for value in relations["score"]
    ]
    told = relations["kind"] + " " + relations["a"] + " " + relations["b"] + pd.Series(score)
    known = dict(zip(told, relations["a"].map(of_image), strict=True))
    sizes = groups["group"].map(groups["group"].value_counts())
    links = groups["weakest_link"]
    sound = (links.map(known) == groups["group"]).where(sizes > 1, links == "")
    for row in groups[~sound].itertuples():
        expected = f"a relation within group {row.group}" if sizes[row.Index] > 1 else "none"
        found = row.weakest_link or "none"
        yield Mismatch(file, expected, found, int(row.Index) + 2, row.image_id)
