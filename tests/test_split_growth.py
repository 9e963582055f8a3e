"""`acne04 split --previous`: a grown collection keeps its places, and says what changed."""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest
from corpora import THREE, Collection, Image, collections, options
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from acne04.core.errors import SplitError, UsageError
from acne04.relations.decisions import Decision
from acne04.split.grouped import fold_names, holdout, kfold
from acne04.split.growth import Growth, grow
from acne04.split.manifest import SplitParameters, Variant, refuse_losses
from acne04.split.previous import by_bytes, churn, places

FOLDS = 3
PARTS = {"holdout": tuple(THREE), "kfold": fold_names(FOLDS)}
MAKERS: dict[str, Callable[..., Variant]] = {"holdout": holdout, "kfold": kfold}
ANSWERS = ("leave-out", "hold-out")
VARIANTS = st.sampled_from(["holdout", "kfold", "kfold"])


def knobs(**others: object) -> SplitParameters:
    return options("synthetic", target=5, fold_count=FOLDS, **others)


@st.composite
def releases(draw: st.DrawFn) -> tuple[Collection, Collection]:
    """Draw a collection and an earlier state: fewer images, fewer relations, other grades."""
    later = draw(collections())
    names = [image.name for image in later.members]
    there = draw(st.sets(st.sampled_from(names), min_size=len(names) // 2))
    unknown = draw(st.sets(st.sampled_from(later.near))) if later.near else set()
    earlier = later.only(there, frozenset(unknown))
    nameless = draw(st.sets(st.sampled_from(names), max_size=2))
    regraded = draw(st.sets(st.sampled_from(names), max_size=2))
    members = tuple(
        dataclasses.replace(
            image,
            subject="" if image.name in nameless else image.subject,
            grade=3 if image.name in regraded else image.grade,
        )
        for image in earlier.members
    )
    return Collection(members, earlier.near), later


def first_release(name: str, collection: Collection) -> pd.DataFrame:
    """Split for the first time, where that is possible; the images have other names then."""
    assume(sum(image.origin == "real" for image in collection.members) >= FOLDS)
    try:
        made = MAKERS[name](collection.images, knobs())
    except (SplitError, UsageError):
        assume(False)
    previous = by_bytes(made.manifest)
    return previous.assign(image_id="old_" + previous["image_id"])


def grown(
    name: str,
    collection: Collection,
    previous: pd.DataFrame,
    decisions: Sequence[Decision] = (),
    order: random.Random | None = None,
) -> tuple[Growth, Variant]:
    """Split again, with the rows of all tables in some order."""
    images, relations = collection.images, collection.relations
    if order:
        rows, edges = list(images.index), list(relations.index)
        order.shuffle(rows)
        order.shuffle(edges)
        images, relations = (
            images.loc[rows].reset_index(drop=True),
            relations.loc[edges].reset_index(drop=True),
        )
    growth = grow(images, relations, previous, PARTS[name], name, decisions)
    try:
        return growth, MAKERS[name](images, knobs(), growth)
    except (SplitError, UsageError):
        # What was placed is gone, or cannot be placed any more.
        assume(False)
        raise


def sides(made: Variant) -> dict[str, str]:
    """Place of each image that has one; a synthetic image is told from training by no fold."""
    placed = made.manifest[made.manifest["split"] != ""]
    told = places(placed).str.replace("train-only-", "fold-")
    return dict(zip(placed["image_id"], told, strict=True))


def related(collection: Collection) -> set[tuple[str, str]]:
    """All pairs that are related directly: also two images of one person, and of the same bytes."""
    pairs = set(collection.near)
    for key in ("subject", "bytes"):
        alike: dict[object, list[str]] = defaultdict(list)
        for image in collection.members:
            if getattr(image, key) != "":
                alike[getattr(image, key)].append(image.name)
        pairs |= {pair for names in alike.values() for pair in itertools.combinations(names, 2)}
    return pairs | {(i.name, i.parent) for i in collection.members if i.parent}


def parted(collection: Collection, made: Variant) -> set[tuple[str, str]]:
    """Related pairs on two sides; what is trained on in all folds is on the side of none."""
    side = sides(made)
    return {
        (a, b)
        for a, b in related(collection)
        if a in side and b in side and len({side[a], side[b]}) > 1
    }


@settings(max_examples=500, deadline=None)
@given(releases(), VARIANTS, st.randoms(use_true_random=False))
def test_growth_moves_nothing(
    pair: tuple[Collection, Collection], name: str, chance: random.Random
) -> None:
    earlier, later = pair
    previous = first_release(name, earlier)
    growth, made = grown(name, later, previous)
    refuse_losses(name, made.manifest, later.images)
    now = by_bytes(made.manifest)
    stayed = previous.index.intersection(now.index)
    before, after = previous.loc[stayed], now.loc[stayed]
    both = (before["excluded"] == "") & (after["excluded"] == "")
    real = both & (before["origin"] == "real")
    assert (before["place"] == after["place"])[real].all()
    # A synthetic image stays in training, and there is no other part for it.
    assert after["place"][both & ~real].str.startswith("train").all()
    if name == "holdout":
        tested = previous.index[previous["place"] == "test"]
        assert set(now.index[now["place"] == "test"]) <= set(tested)

    # What leaks was there before, and is told; all else of a group is on one side.
    settled = previous.index[(previous["excluded"] == "") & (previous["origin"] == "real")]
    old = {image.name for image in later.members if image.sha256 in settled}
    leaks = parted(later, made)
    assert set().union(*leaks) <= old
    told = {finding.file for finding in growth.findings if "leak" in finding.done}
    assert all({a, b} & told for a, b in leaks)
    side = sides(made)
    for members in by_group(later.groups):
        if len({side[image] for image in members if image in side}) > 1:
            assert len({previous.at[sha, "place"] for sha in shas(later, members, settled)}) > 1

    # The report names every change, and no other.
    report = churn(name, previous, made.manifest)
    changed = {
        sha
        for sha in previous.index.union(now.index)
        if sha not in stayed
        or previous.at[sha, "place"] != now.at[sha, "place"]
        or str(previous.at[sha, "grade"]) != str(now.at[sha, "grade"])
    }
    assert set(report["sha256"]) == changed
    assert (report["cause"] != "").all()

    _, again = grown(name, later, previous, order=chance)
    columns = ["fold", "split", "weight", "mark", "excluded"]
    mine, yours = (m.manifest.set_index("image_id")[columns].sort_index() for m in (made, again))
    pd.testing.assert_frame_equal(mine, yours)


def by_group(group: dict[str, str]) -> list[list[str]]:
    members: dict[str, list[str]] = defaultdict(list)
    for image, name in sorted(group.items()):
        members[name].append(image)
    return list(members.values())


def shas(collection: Collection, names: list[str], known: pd.Index) -> set[str]:
    return {i.sha256 for i in collection.members if i.name in names} & set(known)


@settings(max_examples=100, deadline=None)
@given(releases(), VARIANTS)
def test_the_same_collection_again_changes_nothing(
    pair: tuple[Collection, Collection], name: str
) -> None:
    previous = first_release(name, pair[0])
    # An image that cannot be placed any more binds its group once more, and then no longer.
    for _ in range(2):
        _, made = grown(name, pair[1], previous)
        previous = by_bytes(made.manifest)
    _, again = grown(name, pair[1], previous)
    report = churn(name, previous, again.manifest)
    assert report.empty, report.to_string()


@settings(max_examples=200, deadline=None)
@given(releases(), VARIANTS, st.sampled_from([("hold-out",), ("leave-out",), ANSWERS]))
def test_decisions_leave_no_conflict(
    pair: tuple[Collection, Collection], name: str, answers: tuple[str, ...]
) -> None:
    earlier, later = pair
    previous = first_release(name, earlier)
    given_answers: list[Decision] = []
    for _ in range(len(later.members)):
        growth, made = grown(name, later, previous, given_answers)
        if not growth.review:
            break
        given_answers += [
            Decision("standin", "place", item.subject, item.path, name, answer, "seen", "me", "", n)
            for n, (item, answer) in enumerate(
                zip(growth.review, itertools.cycle(answers), strict=False)
            )
        ]
    assert growth.findings == growth.review == []
    assert parted(later, made) == set()
    refuse_losses(name, made.manifest, later.images)
    if answers == ("hold-out",):
        # Not even by a chain of relations.
        side = sides(made)
        for members in by_group(later.groups):
            assert len({side[i] for i in members if i in side}) <= 1


@pytest.mark.parametrize("name", MAKERS)
def test_chosen_synthetic_images_stay_when_the_target_is_reached(name: str) -> None:
    photographs = [Image(f"r{n:04}.jpg", n % 4, n) for n in range(40)]
    edits = [Image(f"s{n:04}.jpg", 3, 100 + n, status="decided") for n in range(20)]
    more = [Image(f"t{n:04}.jpg", 3, 200 + n) for n in range(40)]
    knobs = options("synthetic", target=16)
    first = MAKERS[name](Collection((*photographs, *edits)).images, knobs)
    later = Collection((*photographs, *edits, *more))
    parts = tuple(THREE) if name == "holdout" else fold_names(5)
    growth = grow(later.images, later.relations, by_bytes(first.manifest), parts, name)
    made = MAKERS[name](later.images, knobs, growth)
    anew = MAKERS[name](later.images, knobs)
    before, after, without = (
        set(
            m.manifest.loc[
                (m.manifest["split"] != "") & (m.manifest["origin"] == "synthetic"), "image_id"
            ]
        )
        for m in (first, made, anew)
    )
    assert before == after != set()
    assert without == set()


@pytest.mark.reference
def test_the_real_subjects_grow_by_a_tenth(reference: Path) -> None:
    real = pd.read_csv(reference / "acne04_subjects.csv")
    members = tuple(
        Image(row.file_name, int(row.label), n, subject=row.subject)
        for n, row in enumerate(real.itertuples())
    )
    later = Collection(members)
    # Every tenth person is new, and of every eleventh person one photograph.
    persons = sorted(set(real["subject"]))
    new, growing = set(persons[::10]), set(persons[::11])
    firsts = set(real.drop_duplicates("subject")["file_name"])
    earlier = later.only(
        {
            image.name
            for image in members
            if image.subject not in new and not (image.subject in growing and image.name in firsts)
        }
    )
    for name in MAKERS:
        first = MAKERS[name](earlier.images, options())
        previous = by_bytes(first.manifest)
        parts = tuple(THREE) if name == "holdout" else fold_names(5)
        growth = grow(later.images, later.relations, previous, parts, name)
        made = MAKERS[name](later.images, options(), growth)
        report = churn(name, previous, made.manifest)
        assert set(report["cause"]) == {"added"}
        assert len(report) == len(members) - len(earlier.members)
        assert set(report["after"]) <= {*parts, "test-frozen"}
        assert growth.findings == []
        assert made.certificate is not None
        assert made.certificate.optimal
        placed = made.manifest[made.manifest["split"] != ""]
        side = places(placed)
        assert (side.groupby(placed["group"]).nunique() == 1).all()
