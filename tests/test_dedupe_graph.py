"""The relation graph of `acne04 dedupe`: what must hold for any images, verdicts and decisions."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable
from itertools import combinations, pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acne04.core import tables
from acne04.core.naming import collision_key, plain_name
from acne04.core.schemas import load_schema
from acne04.dedupe.edges import Relation
from acne04.dedupe.groups import (
    GroupingError,
    check_components,
    connected_groups,
    longest_chain,
)
from acne04.dedupe.image_names import canonical_names
from acne04.dedupe.results import Grouping
from acne04.dedupe.stage import Evidence, group_images
from acne04.relations.decisions import Decision
from acne04.relations.subjects import SubjectLine

TABLES = ("names", "relations", "groups", "review")
# Near enough to each other to collide in every way.
NAMES = ["a.jpg", "A.jpg", "a.JPG", "a.jpeg", "é.jpg", "e\u0301.jpg", "É.jpeg", "a~1.jpg", "b"]
#: Contents of the images drawn; those of 0 and 1 do not decode, and 8 is in no image.
CONTENTS, UNDECODABLE, ELSEWHERE = range(8), (0, 1), 8
PAIRS = [f"{a:064x}:{b:064x}" for a, b in combinations([*CONTENTS, ELSEWHERE], 2)]
SCORES = st.sampled_from([0.5, 0.6, 0.61, 0.9, 1.0])


def _record(table: str, **values: Any) -> dict[str, Any]:
    return dict.fromkeys(tables.empty(table).columns) | {"dataset": "standin"} | values


@st.composite
def inventories(draw: st.DrawFn) -> pd.DataFrame:
    """Draw images of hostile names and shared bytes."""
    paths = st.tuples(st.sampled_from("xyz"), st.sampled_from(NAMES))
    records = []
    for folder, name in draw(st.lists(paths, min_size=1, max_size=12, unique=True)):
        content = draw(st.sampled_from(CONTENTS))
        records.append(
            _record(
                "inventory",
                path=f"{folder}/{name}",
                name=name,
                size=1,
                origin=draw(st.sampled_from(["real", "real", "synthetic"])),
                grade=draw(st.sampled_from([None, 0, 1, 2, 3])),
                lesions_v1=draw(st.sampled_from([None, 3, 7])),
                sha256=f"{content:064x}",
                md5=f"{content:032x}",
                decoder="none",
                decodable=content not in UNDECODABLE,
            )
        )
    return tables.from_records("inventory", records)


@st.composite
def verdicts(draw: st.DrawFn) -> pd.DataFrame:
    records = []
    for pair in draw(st.lists(st.sampled_from(PAIRS), max_size=8, unique=True)):
        a, b = pair.split(":")
        verdict = draw(st.sampled_from(["same", "same", "retake", "review", "undecidable"]))
        records.append(
            _record(
                "verdicts",
                sha256_a=a,
                sha256_b=b,
                path_a="first",
                path_b="second",
                method="blocks",
                score=None if verdict == "undecidable" else draw(SCORES),
                steadiness={"same": 0.9, "retake": 0.2, "review": 0.45}.get(verdict),
                threshold=0.6,
                verdict=verdict,
            )
        )
    return tables.from_records("verdicts", records)


@st.composite
def parents(draw: st.DrawFn, inventory: pd.DataFrame) -> pd.DataFrame:
    rows = [
        _record(
            "parents",
            path=row.path,
            sha256=row.sha256,
            parent_path="somewhere",
            parent_sha256=f"{draw(st.sampled_from([*CONTENTS, ELSEWHERE])):064x}",
            score=draw(SCORES),
            threshold=0.6,
            status=draw(st.sampled_from(["verified", "verified", "review", "unknown"])),
            candidates=20,
            method="blocks",
        )
        for row in inventory[inventory["origin"] == "synthetic"].itertuples()
        if draw(st.integers(0, 4))
    ]
    return tables.from_records("parents", rows)


@st.composite
def decision_lists(draw: st.DrawFn, inventory: pd.DataFrame) -> list[Decision]:
    paths = st.sampled_from([*inventory["path"]])
    answers = {
        "grade": st.sampled_from("0123"),
        "keep": paths,
        "relation": st.sampled_from(["same", "retake", "different"]),
        "parent": paths | st.just("none"),
    }
    single = st.sampled_from([f"{content:064x}" for content in [*CONTENTS, ELSEWHERE]])
    subjects = st.tuples(st.sampled_from(["grade", "keep", "parent"]), single) | st.tuples(
        st.just("relation"), st.sampled_from(PAIRS)
    )
    return [
        Decision(
            "standin",
            kind,
            subject,
            "nowhere|nowhere" if kind == "relation" else "nowhere",
            "",
            draw(answers[kind]),
            "looked at it",
            "somebody",
            "2026-01-01",
            line,
        )
        for line, (kind, subject) in enumerate(
            draw(st.lists(subjects, max_size=8, unique=True)), start=2
        )
    ]


@st.composite
def collections(draw: st.DrawFn) -> tuple[pd.DataFrame, Evidence]:
    """Draw an inventory and everything else that is known of it."""
    inventory = draw(inventories())
    told = st.tuples(st.sampled_from(NAMES), st.sampled_from(["s1", "s2", "s10"]))
    lines = [
        SubjectLine("train.jsonl", number, "train", plain_name(name), subject, 0)
        for number, (name, subject) in enumerate(draw(st.lists(told, max_size=8)), start=1)
    ]
    return inventory, Evidence(
        lines,
        draw(st.none() | verdicts()),
        draw(st.none() | parents(inventory)),
        draw(decision_lists(inventory)),
    )


def _closure(order: list[str], edges: Iterable[tuple[str, str]]) -> list[str]:
    """Name groups by definition: merge the sets of both ends, edge by edge."""
    sets = {image: {image} for image in order}
    for a, b in edges:
        merged = sets[a] | sets[b]
        for member in merged:
            sets[member] = merged
    return [min(sets[image], key=order.index) for image in order]


@settings(max_examples=500, deadline=None)
@given(collections(), st.randoms(use_true_random=False))
def test_what_holds_for_any_collection(
    drawn: tuple[pd.DataFrame, Evidence], chance: random.Random
) -> None:
    made = group_images("standin", *drawn)
    _groups_are_the_components(drawn[0], made)
    _near_relations_are_the_verdicts_that_nobody_overruled(*drawn, made)
    _every_synthetic_image_has_a_parent_or_none(*drawn, made)
    _every_decision_is_applied_or_reported(*drawn, made)
    # What is written must have its primary key once.
    for name in TABLES:
        key = load_schema(f"{name}.table.json")["primaryKey"]
        assert not getattr(made, name).duplicated(key).any()
    # The order of rows changes nothing.
    other = group_images("standin", *_shuffled(*drawn, chance))
    for name in TABLES:
        assert _rows(getattr(made, name)) == _rows(getattr(other, name))
    assert set(made.findings) == set(other.findings)


def _rows(table: pd.DataFrame) -> list[tuple[str, ...]]:
    return sorted(zip(*(map(str, table[column]) for column in sorted(table)), strict=True))


def _groups_are_the_components(inventory: pd.DataFrame, made: Grouping) -> None:
    groups = made.groups
    ids = made.names["image_id"]
    assert len({collision_key(i) for i in ids}) == len(inventory) == len(groups)
    assert set(made.names["path"]) == set(inventory["path"])
    # Copies are in one group, and so are photographs of one person.
    rows = groups.merge(inventory[["path", "origin", "sha256", "decodable"]], on="path")
    sound = rows[rows["decodable"]]
    for key in ("sha256", "subject"):
        known = sound[sound[key] != ""]
        assert (known.groupby(key)["group"].nunique() <= 1).all()
    assert (sound.groupby("sha256")["canonical"].nunique() == 1).all()
    # Groups are the components of the relations, each named after its first member.
    order = groups["image_id"].tolist()
    edges = list(zip(made.relations["a"], made.relations["b"], strict=True))
    assert all(a != b for a, b in edges)
    assert groups["group"].tolist() == _closure(order, edges)
    members = groups["group"].map(groups["group"].value_counts())
    assert ((groups["weakest_link"] == "") == (members == 1)).all()


def _shuffled(
    inventory: pd.DataFrame, evidence: Evidence, chance: random.Random
) -> tuple[pd.DataFrame, Evidence]:
    def mixed(table: pd.DataFrame | None) -> pd.DataFrame | None:
        if table is None:
            return None
        return table.iloc[chance.sample(range(len(table)), len(table))].reset_index(drop=True)

    decisions = chance.sample(evidence.decisions, len(evidence.decisions))
    tables_ = {name: mixed(getattr(evidence, name)) for name in ("verdicts", "parents")}
    return mixed(inventory), dataclasses.replace(evidence, decisions=decisions, **tables_)


def _near_relations_are_the_verdicts_that_nobody_overruled(
    inventory: pd.DataFrame, evidence: Evidence, made: Grouping
) -> None:
    stands, real = _contents(inventory, made)
    answered = {
        tuple(d.subject.split(":")): d.decision for d in evidence.decisions if d.kind == "relation"
    }
    told = _told(evidence.verdicts)
    place = {image_id: number for number, image_id in enumerate(made.groups["image_id"])}
    photograph = dict(zip(made.groups["image_id"], made.groups["canonical"], strict=True))
    for kind, word in (("near", "same"), ("retake", "retake")):
        expected = set()
        for pair in {*told, *answered}:
            both_known = set(pair) <= stands.keys()
            one_kind = both_known and len({digest in real for digest in pair}) == 1
            if both_known and answered.get(pair, told.get(pair) if one_kind else "") == word:
                expected.add(frozenset(stands[digest] for digest in pair))
        edges = made.relations[made.relations["kind"] == kind]
        assert {frozenset(pair) for pair in zip(edges["a"], edges["b"], strict=True)} == expected
        assert all(place[a] > place[b] for a, b in zip(edges["a"], edges["b"], strict=True))
        if kind == "near":
            # One photograph, of which one stands for all; a decision may join unlike kinds.
            alike = [
                pair
                for pair in expected
                if len({i in _ids(inventory, made, real) for i in pair}) == 1
            ]
            assert all(len({photograph[i] for i in pair}) == 1 for pair in alike)
    # Of every pair a person has to look at: a question, an answer, or a finding.
    asked = set(made.review.loc[made.review["kind"] == "relation", "subject"])
    assert not asked & {":".join(pair) for pair in answered}


def _told(given: pd.DataFrame | None) -> dict[tuple[str, str], str]:
    if given is None:
        return {}
    return {(row.sha256_a, row.sha256_b): row.verdict for row in given.itertuples()}


def _contents(inventory: pd.DataFrame, made: Grouping) -> tuple[dict[str, str], set[str]]:
    """Give the image that stands for each content that decodes, and which are photographs."""
    rows = made.groups.merge(inventory[["path", "origin", "sha256", "decodable"]], on="path")
    sound = rows[rows["decodable"]]
    kept = {item.decision.decision for item in made.applied if item.decision.kind == "keep"}
    stands = {}
    for digest, members in sound.groupby("sha256"):
        chosen = members[members["path"].isin(kept)]
        stands[digest] = (chosen if len(chosen) else members)["image_id"].iloc[0]
    return stands, set(sound.loc[sound["origin"] == "real", "sha256"])


def _ids(inventory: pd.DataFrame, made: Grouping, real: set[str]) -> set[str]:
    rows = made.groups.merge(inventory[["path", "sha256"]], on="path")
    return set(rows.loc[rows["sha256"].isin(real), "image_id"])


def _every_synthetic_image_has_a_parent_or_none(
    inventory: pd.DataFrame, evidence: Evidence, made: Grouping
) -> None:
    rows = made.groups.merge(inventory[["path", "origin", "sha256", "decodable"]], on="path")
    by_id = rows.set_index("image_id")
    synthetic = rows["origin"] == "synthetic"
    assert ((rows["parent_status"] == "") == ~synthetic).all()
    assert (rows.loc[rows["parent_status"].isin(["", "review", "unknown"]), "parent"] == "").all()
    for row in rows[rows["parent"] != ""].itertuples():
        parent = by_id.loc[row.parent]
        assert parent.origin == "real"
        assert parent.canonical == row.parent
        assert parent.group == row.group
    derived = made.relations[made.relations["kind"] == "derived-from"]
    stands, _ = _contents(inventory, made)
    mine = [stands.get(digest, "") for digest in rows.loc[synthetic, "sha256"]]
    told = set(zip(mine, rows.loc[synthetic, "parent"], strict=True))
    assert set(zip(derived["a"], derived["b"], strict=True)) <= told
    if evidence.parents is None:
        assert not (derived["method"] != "decision").any()


def _every_decision_is_applied_or_reported(
    inventory: pd.DataFrame, evidence: Evidence, made: Grouping
) -> None:
    told = [f.line for f in made.findings if f.check.startswith("decision-")]
    assert sorted(told) == sorted(decision.line for decision in evidence.decisions)
    applied = [item.decision for item in made.applied]
    rows = made.groups.merge(inventory[["path", "sha256", "decodable"]], on="path")
    # A grade is that of the photograph, whichever of its files was looked at.
    photograph = dict(zip(rows["sha256"], rows["canonical"], strict=True))
    grades = {photograph[d.subject]: int(d.decision) for d in applied if d.kind == "grade"}
    expected = [grades.get(row.canonical) if row.decodable else None for row in rows.itertuples()]
    assert [None if pd.isna(g) else g for g in rows["decided_grade"]] == expected
    assert (rows.loc[rows["decided_grade"].notna(), "conflict"] == "").all()
    kept = {d.decision for d in applied if d.kind == "keep"}
    assert kept <= set(rows.loc[rows["image_id"] == rows["canonical"], "path"])


@settings(max_examples=100, deadline=None)
@given(inventories())
def test_names_stay_when_synthetic_images_are_added(inventory: pd.DataFrame) -> None:
    real = inventory[inventory["origin"] == "real"]
    before, _ = canonical_names(real)
    after, _ = canonical_names(inventory)
    kept = after.set_index("path").loc[before["path"], "image_id"]
    marked = before["image_id"].str.contains("~")
    # A mark may grow where a synthetic image bears it as its own name.
    assert (kept.to_numpy() == before["image_id"].to_numpy())[~marked].all()


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[str], list[Relation]]:
    """Draw a small graph with relations of all kinds, several between two images among them."""
    order = [f"i{number}" for number in range(draw(st.integers(1, 8)))]
    ends = st.tuples(st.sampled_from(order), st.sampled_from(order)).filter(lambda e: e[0] != e[1])
    ways = st.sampled_from(
        [
            ("exact", "sha256"),
            ("subject", "subject-table"),
            ("near", "decision"),
            ("near", "blocks"),
            ("derived-from", "blocks"),
        ]
    )
    pairs = draw(st.lists(ends, max_size=14)) if len(order) > 1 else []
    relations = {}
    for a, b in pairs:
        kind, method = draw(ways)
        score = draw(SCORES) if method == "blocks" else None
        relations[kind, a, b] = Relation(kind, a, b, method, "evidence", score)
    return order, list(relations.values())


@settings(max_examples=1000, deadline=None)
@given(graphs(), st.randoms(use_true_random=False))
def test_groups_are_the_components_of_the_graph_and_hang_on_their_bottleneck(
    drawn: tuple[list[str], list[Relation]], chance: random.Random
) -> None:
    order, relations = drawn
    groups = connected_groups(order, relations)
    assert groups.names == _closure(order, ((r.a, r.b) for r in relations))
    assert connected_groups(order, chance.sample(relations, len(relations))) == groups
    for name in set(groups.names):
        members = [i for i, group in zip(order, groups.names, strict=True) if group == name]
        if len(members) == 1:
            assert name not in groups.weakest
            continue
        link = groups.weakest[name]
        assert {link.a, link.b} <= set(members)
        assert link in relations
        # By definition: it takes relations of this certainty to hold the group, and no others do.
        for floor, holds in ((link.certainty, True), ((*link.certainty, "more"), False)):
            strong = [(r.a, r.b) for r in relations if (*r.certainty,) >= floor]
            together = len({_closure(order, strong)[order.index(i)] for i in members}) == 1
            assert together == holds


def _chain(order: list[str], weak: int) -> list[Relation]:
    """Chain images one by one; the link `weak` is the weakest."""
    return [
        Relation("near", b, a, "blocks", "evidence", 0.61 if n == weak else 0.9, 0.6)
        for n, (a, b) in enumerate(pairwise(order))
    ]


@pytest.mark.parametrize(
    ("images", "chained", "fine"),
    [
        (0, 0, True),
        (1, 1, True),
        (26, 25, True),
        (26, 26, False),
        (519, 26, False),
        (520, 26, True),
        (600, 30, True),
        (600, 31, False),
    ],
)
def test_near_relations_alone_may_join_25_images_or_a_twentieth(
    images: int, chained: int, fine: bool
) -> None:
    order = [f"i{number}" for number in range(images)]
    near = _chain(order[:chained], weak=7)
    if fine:
        assert check_components(order, near) == chained
        return
    with pytest.raises(GroupingError) as refusal:
        check_components(order, near)
    assert f"{chained} images; " in refusal.value.found
    assert f"i{chained - 1} and i0 are {chained - 1} links apart" in refusal.value.found
    assert "the weakest of these: near i8 i7 0.61; near" in refusal.value.found
    assert refusal.value.exit_code == 1


def test_other_relations_than_near_may_join_any_number_of_images() -> None:
    names = [f"a{number}.jpg" for number in range(40)]
    inventory = tables.from_records(
        "inventory",
        [
            _record(
                "inventory",
                path=name,
                name=name,
                size=1,
                origin="real",
                sha256=f"{number:064x}",
                md5=f"{number:032x}",
                decoder="none",
                decodable=True,
            )
            for number, name in enumerate(names)
        ],
    )
    lines = [SubjectLine("train.jsonl", 1, "train", name, "s1", 0) for name in names]
    made = group_images("standin", inventory, Evidence(lines))
    assert made.groups["group"].nunique() == 1
    assert made.largest_near == 1


@settings(max_examples=500, deadline=None)
@given(st.lists(st.integers(0, 100), max_size=12), st.randoms(use_true_random=False))
def test_the_chain_shown_is_a_longest_one(draws: list[int], chance: random.Random) -> None:
    # Each image hangs on an earlier one: a tree.
    tree = [
        Relation("near", f"i{n}", f"i{above % n}", "blocks", "evidence", 0.7)
        for n, above in enumerate(draws, start=1)
    ]
    distance = {(f"i{n}", f"i{n}"): 0 for n in range(len(draws) + 1)}
    for edge in tree:
        known = [(end, steps) for (end, other), steps in distance.items() if other == edge.b]
        for end, steps in known:
            if end != edge.a:
                distance[end, edge.a] = distance[edge.a, end] = steps + 1
    one, other, chain = longest_chain("i0", chance.sample(tree, len(tree)))
    assert len(chain) == distance[one, other] == max(distance.values())
    place = one
    for edge in chain:
        (place,) = {edge.a, edge.b} - {place}
    assert place == other
