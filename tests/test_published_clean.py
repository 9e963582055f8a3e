"""The variant `published-clean`, the leaks of `published`, and `paper` under the other splits."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acne04.core import tables
from acne04.relations.kinship import KINDS, Kinship
from acne04.relations.leakage import leak_table, sides_of
from acne04.split.collection import join_images
from acne04.split.manifest import SplitParameters, refuse_losses
from acne04.split.matched import published_matched
from acne04.split.paper import paper_findings, paper_leaks
from acne04.split.published import published, published_clean
from acne04.split.solver import Limits
from acne04.split.tally import leak_figures, leak_findings, leaks_of

REAL = [f"levle{n % 4}_{n}.jpg" for n in range(8)]
SYNTHETIC = [f"s{n}.jpg" for n in range(4)]
FOLDS = range(2)
MANY = settings(max_examples=500, deadline=None)
Edge = tuple[str, str, str]


@cache
def all_images(grades: int) -> pd.DataFrame:
    """Make the joined table of images of which nothing is known but their grades."""
    blank = {name: dict.fromkeys(tables.empty(name).columns) for name in ("inventory", "groups")}
    names = [(name, "real") for name in REAL] + [(name, "synthetic") for name in SYNTHETIC]
    inventory = [
        blank["inventory"]
        | {"dataset": "standin", "path": name, "name": name, "origin": origin}
        | {"grade": number % grades, "size": 1, "decodable": True, "decoder": "none"}
        | {"md5": "0" * 32, "sha256": f"{(number * 7919) % 10007:064x}"}
        for number, (name, origin) in enumerate(names)
    ]
    groups = [
        blank["groups"]
        | {"dataset": "standin", "image_id": name, "path": name, "canonical": name, "group": name}
        | {"parent_status": "unknown" if origin == "synthetic" else ""}
        for name, origin in names
    ]
    made = tables.from_records("inventory", inventory), tables.from_records("groups", groups)
    return join_images(*made, tables.empty("annotated"))[0]


def joined(
    parents: dict[str, str], statuses: dict[str, str] | None = None, grades: int = 4
) -> pd.DataFrame:
    """Make the joined table of all images; `parents` of synthetic images that have a known one."""
    images = all_images(grades)
    status = dict.fromkeys(parents, "verified") | (statuses or {})
    return images.assign(
        parent=[parents.get(name, "") for name in images["image_id"]],
        parent_status=[
            status.get(name, before)
            for name, before in zip(images["image_id"], images["parent_status"], strict=True)
        ],
    )


def fold_lines(tests: list[set[str]]) -> pd.DataFrame:
    """Make the label lines of folds that test on these images and train on the others."""
    rows = [
        {"dataset": "standin", "fold": fold, "part": "test" if name in test else "trainval"}
        | {"name": name, "grade": 0, "lesions_v1": 1, "line": 1}
        for fold, test in enumerate(tests)
        for name in REAL
    ]
    return tables.from_records("folds", rows)


def relations(rows: list[Edge], parents: dict[str, str]) -> pd.DataFrame:
    edges = [*rows, *(("derived-from", child, parent) for child, parent in parents.items())]
    return pd.DataFrame(edges, columns=["kind", "a", "b"], dtype="str")


def options(
    balance: str = "synthetic", target: int = 3, unknown: str = "exclude"
) -> SplitParameters:
    return SplitParameters(
        ratios={"train": 65, "val": 15, "test": 20},
        fold_count=5,
        restrict="none",
        balance=balance,
        target=target,
        unknown_parent=unknown,
        least_persons=5,
        limits=Limits(100, 0.0),
    )


edges = st.lists(
    st.tuples(
        st.sampled_from(["exact", "near", "subject"]),
        st.sampled_from(REAL),
        st.sampled_from(REAL),
    ).filter(lambda edge: edge[1] != edge[2]),
    max_size=6,
    unique=True,
)
families = st.dictionaries(st.sampled_from(SYNTHETIC), st.sampled_from(REAL))
tested_images = st.sets(st.sampled_from(REAL), max_size=5)


def component(image: str, table: pd.DataFrame) -> set[str]:
    """Follow all relations, one after another."""
    seen, waiting = {image}, [image]
    pairs = list(zip(table["a"], table["b"], strict=True))
    while waiting:
        here = waiting.pop()
        for there in [b for a, b in pairs if a == here] + [a for a, b in pairs if b == here]:
            if there not in seen:
                seen.add(there)
                waiting.append(there)
    return seen


@MANY
@given(edges, families, tested_images, st.integers(1, 4), st.randoms(use_true_random=False))
def test_no_training_image_knows_a_test_image_whatever_the_order_of_the_rows(
    rows: list[Edge], parents: dict[str, str], tested: set[str], target: int, chance: Any
) -> None:
    images, table, lines = joined(parents), relations(rows, parents), fold_lines([tested])
    kinship = Kinship(images["image_id"], table)
    made = published_clean(images, lines, kinship, options(target=target))
    refuse_losses("published-clean", made.manifest, images)
    leaks = leak_table(sides_of("published-clean", made.manifest), kinship)
    assert not leaks["pairs"].any()
    for row in made.manifest.itertuples():
        related = bool(component(row.image_id, table) & tested)
        if row.image_id in tested:
            assert row.split == "test"
        elif row.image_id in REAL:
            assert row.split == ("" if related else "trainval"), (
                "removed for a reason, and no other"
            )
        elif row.split:
            assert row.image_id in parents
            assert not related
        else:
            reason = "parent-held-out" if related else "target-reached"
            assert row.excluded == (reason if row.image_id in parents else "parent-unknown")
    mixed = [t.iloc[chance.sample(range(len(t)), len(t))] for t in (images, table, lines)]
    kinship = Kinship(mixed[0]["image_id"], mixed[1])
    shuffled = mixed[0].reset_index(drop=True)
    again = published_clean(shuffled, mixed[2], kinship, options(target=target))
    pd.testing.assert_frame_equal(
        again.manifest.sort_values("image_id", ignore_index=True),
        made.manifest.sort_values("image_id", ignore_index=True),
    )
    assert set(again.findings) == set(made.findings)


def reasons(manifest: pd.DataFrame, fold: int = 0) -> dict[str, str]:
    rows = manifest[(manifest["fold"] == fold) & (manifest["excluded"] != "")]
    return dict(zip(rows["image_id"], rows["excluded"], strict=True))


def test_a_removed_image_says_what_it_shares_with_the_first_such_test_image() -> None:
    tested, other = REAL[0], REAL[1]
    rows = [
        ("exact", REAL[2], tested),
        ("subject", REAL[2], tested),
        ("near", REAL[3], other),
        ("near", tested, other),
        ("subject", REAL[4], other),
        ("near", REAL[5], REAL[4]),
    ]
    images = joined({})
    images.loc[images["image_id"].isin([other, REAL[4]]), "subject"] = "sub_000007"
    kinship = Kinship(images["image_id"], relations(rows, {}))
    made = published_clean(images, fold_lines([{tested, other}]), kinship, options("none"))
    assert reasons(made.manifest) == {
        REAL[2]: f"shares-photograph:{tested}",
        REAL[3]: f"shares-near-duplicate:{tested}",
        REAL[4]: "shares-subject:sub_000007",
        REAL[5]: f"related:{tested}",
        **dict.fromkeys(SYNTHETIC, "not-used"),
    }
    assert [f.found for f in made.findings if f.check == "training-images-removed"] == [
        "4 of 6: 1 shares-photograph, 1 shares-near-duplicate, 1 shares-subject, 1 related"
    ]


def test_copies_and_conflicts_of_one_side_stay_as_they_were_published() -> None:
    images = joined({})
    images.loc[images["image_id"].isin(REAL[2:4]), "conflict"] = "grade"
    images.loc[images["image_id"] == REAL[0], ["label", "grade"]] = [1, 2]
    rows = [("exact", REAL[3], REAL[2]), ("exact", REAL[1], REAL[0])]
    kinship = Kinship(images["image_id"], relations(rows, {}))
    made = published_clean(images, fold_lines([set(REAL[:2])]), kinship, options("none")).manifest
    split = made.set_index("image_id")["split"]
    assert split[REAL].tolist() == ["test"] * 2 + ["trainval"] * 6
    assert made.set_index("image_id").loc[REAL[0], "grade"] == 1, "the label, not the decision"


def test_synthetic_images_fill_each_fold_up_to_the_target() -> None:
    parents = {SYNTHETIC[0]: REAL[0], SYNTHETIC[1]: REAL[1], SYNTHETIC[2]: REAL[1]}
    images = joined(parents, {SYNTHETIC[3]: "review"}, grades=1)
    kinship = Kinship(images["image_id"], relations([], parents))
    lines = fold_lines([{REAL[0]}, {REAL[1]}])
    made = published_clean(images, lines, kinship, options(target=8))
    # Seven photographs train; the first free synthetic image by its hash makes it eight.
    assert {k: v for k, v in reasons(made.manifest).items() if k in SYNTHETIC} == {
        SYNTHETIC[0]: "parent-held-out",
        SYNTHETIC[2]: "target-reached",
        SYNTHETIC[3]: "parent-unknown",
    }
    assert {k: v for k, v in reasons(made.manifest, 1).items() if k in SYNTHETIC} == {
        SYNTHETIC[1]: "parent-held-out",
        SYNTHETIC[2]: "parent-held-out",
        SYNTHETIC[3]: "parent-unknown",
    }
    assert made.shortfall == {0: 0, 1: 8, 2: 8, 3: 8}
    placed = made.manifest[made.manifest["split"] != ""]
    synthetic = placed[placed["origin"] == "synthetic"]
    assert synthetic["weight"].tolist() == [1.0, 1.0]
    assert set(synthetic["mark"]) == {""}


def test_unknown_parents_are_kept_only_when_asked_for_and_marked() -> None:
    images = joined({}, grades=1)
    kinship = Kinship(images["image_id"], relations([], {}))
    lines = fold_lines([{REAL[0]}])
    made = published_clean(images, lines, kinship, options(target=99, unknown="keep")).manifest
    synthetic = made[made["origin"] == "synthetic"]
    assert set(synthetic["split"]) == {"trainval"}
    assert set(synthetic["mark"]) == {"parents-unverified"}


@pytest.mark.parametrize("balance", ["weights", "repetition"])
def test_weights_bring_each_fold_to_the_target(balance: str) -> None:
    images = joined({})
    kinship = Kinship(images["image_id"], relations([("subject", REAL[4], REAL[0])], {}))
    made = published_clean(images, fold_lines([{REAL[0]}]), kinship, options(balance, 6))
    shown = made.manifest.groupby("grade")["weight"].sum()
    # Of grade 0 one is tested and the other knows it.
    assert shown.tolist() == [0, 6, 6, 6]
    assert made.shortfall[0] == 6


def test_published_says_what_it_leaks() -> None:
    rows = [
        ("exact", REAL[1], REAL[0]),
        ("near", REAL[2], REAL[0]),
        ("subject", REAL[3], REAL[0]),
        ("subject", REAL[5], REAL[4]),
    ]
    images = joined({})
    kinship = Kinship(images["image_id"], relations(rows, {}))
    lines = fold_lines([{REAL[0], REAL[4]}, {REAL[7]}])
    made = [published(images, lines), published_clean(images, lines, kinship, options("none"))]
    leaks = leaks_of(made, kinship)
    assert [(f.check, f.pointer, f.severity) for f in leak_findings(leaks)] == [
        ("copies-straddle", "fold 0", "warning"),
        ("near-duplicates-straddle", "fold 0", "warning"),
        ("persons-straddle", "fold 0", "warning"),
    ]
    assert leak_figures("published", leaks["published"])["leaks"]["0"] == {
        "copies": 1,
        "near_duplicates": 1,
        "parents": 0,
        "retakes": 0,
        "persons": 2,
        "persons_percent": 100.0,
        "relatives": 0,
        "images": 2,
        "images_percent": 100.0,
    }
    assert leak_figures("published-clean", leaks["published-clean"]) == {"leaking_pairs": 0}


def test_a_leak_of_any_other_variant_is_an_error() -> None:
    images = joined({})
    kinship = Kinship(images["image_id"], relations([("near", REAL[1], REAL[0])], {}))
    made = published(images, fold_lines([{REAL[0]}]))
    table = leaks_of([made], kinship)["published"]
    (finding,) = leak_findings({"holdout": table})
    assert (finding.check, finding.severity) == ("related-across-parts", "error")
    assert finding.found == f"1 pairs; the first {REAL[0]} and {REAL[1]}, by near"


def test_paper_says_which_of_its_images_would_leak() -> None:
    parents = {SYNTHETIC[0]: REAL[0], SYNTHETIC[1]: REAL[1]}
    statuses = {SYNTHETIC[2]: "decided"}
    images = joined(parents, statuses)
    images["group"] = [parents.get(i, i) if i != REAL[2] else REAL[1] for i in images["image_id"]]
    made = published(images, fold_lines([{REAL[0]}, {REAL[2]}]))
    table = paper_leaks(images, [made])
    told = {
        (row.image_id, row.fold): (row.part, None if pd.isna(row.leaks) else row.leaks)
        for row in table.itertuples()
    }
    assert told == {
        (SYNTHETIC[0], 0): ("test", True),
        (SYNTHETIC[0], 1): ("trainval", False),
        (SYNTHETIC[1], 0): ("trainval", False),
        # One of the group is tested in this fold.
        (SYNTHETIC[1], 1): ("test", True),
        **{(SYNTHETIC[2], fold): ("", False) for fold in FOLDS},
        **{(SYNTHETIC[3], fold): ("", None) for fold in FOLDS},
    }
    (finding,) = paper_findings(table)
    assert finding.found == "1 of 4, and 1 of unknown parent"


def test_the_tables_of_leaks_follow_their_schemas(tmp_path: Any) -> None:
    images = joined({SYNTHETIC[0]: REAL[0]})
    kinship = Kinship(images["image_id"], relations([("near", REAL[1], REAL[0])], {}))
    made = published(images, fold_lines([{REAL[0]}, {REAL[1]}]))
    leaks = leaks_of([made], kinship)["published"].assign(dataset="standin", variant="published")
    tables.write(tmp_path / "leaks.csv", "leaks", leaks)
    read = tables.read(tmp_path / "leaks.csv", "leaks")
    # Two folds; the grade of the one image that each tests, and all; every kind, and any.
    assert len(read) == 2 * 2 * len((*KINDS, "any"))
    of_paper = paper_leaks(images, [made]).assign(dataset="standin")
    tables.write(tmp_path / "paper_leaks.csv", "paper_leaks", of_paper)
    assert len(tables.read(tmp_path / "paper_leaks.csv", "paper_leaks")) == 8


@settings(max_examples=60, deadline=None)
@given(
    edges,
    families,
    st.lists(tested_images, min_size=1, max_size=2),
    st.sampled_from(["synthetic", "weights", "repetition", "none"]),
    st.randoms(use_true_random=False),
)
def test_the_control_has_as_many_of_each_grade_and_draws_them_from_the_published_part(
    rows: list[Edge], parents: dict[str, str], tests: list[set[str]], balance: str, chance: Any
) -> None:
    images, table, lines = joined(parents), relations(rows, parents), fold_lines(tests)
    kinship = Kinship(images["image_id"], table)
    parameters = options(balance, target=3)
    clean = published_clean(images, lines, kinship, parameters)
    matched = published_matched(images, lines, clean, parameters)
    refuse_losses("published-matched", matched.manifest, images)
    sizes = [
        made.manifest[made.manifest["split"] != ""]
        .groupby(["fold", "split", "origin", "grade"])["image_id"]
        .size()
        for made in (clean, matched)
    ]
    pd.testing.assert_series_equal(*sizes)
    shown = [
        made.manifest.assign(weight=made.manifest["weight"].astype(float))
        .groupby(["fold", "grade"])["weight"]
        .sum()
        for made in (clean, matched)
    ]
    pd.testing.assert_series_equal(*shown)
    before = published(images, lines).manifest.set_index(["fold", "image_id"])["split"]
    for row in matched.manifest[matched.manifest["origin"] == "real"].itertuples():
        was = before[row.fold, row.image_id]
        assert row.split == was or (was, row.excluded) == ("trainval", "not-drawn")
    order = chance.sample(range(len(images)), len(images))
    mixed = images.iloc[order].reset_index(drop=True)
    clean = published_clean(mixed, lines, Kinship(mixed["image_id"], table), parameters)
    again = published_matched(mixed, lines, clean, parameters)
    pd.testing.assert_frame_equal(
        again.manifest.sort_values(["fold", "image_id"], ignore_index=True),
        matched.manifest.sort_values(["fold", "image_id"], ignore_index=True),
    )


def test_the_control_leaks_where_clean_does_not() -> None:
    rows = [("subject", REAL[n], REAL[n + 4]) for n in range(3)]
    images, lines = joined({}), fold_lines([{REAL[0], REAL[1]}])
    kinship = Kinship(images["image_id"], relations(rows, {}))
    clean = published_clean(images, lines, kinship, options("none"))
    matched = published_matched(images, lines, clean, options("none"))
    leaks = leaks_of([clean, matched], kinship)
    assert leak_figures("published-clean", leaks["published-clean"]) == {"leaking_pairs": 0}
    told = leak_figures("published-matched", leaks["published-matched"])["leaks"]["0"]
    assert 0 <= told["images"] <= 2, "by chance of the draw, and told in the figures"
    assert not list(leak_findings(leaks)), "it leaks on purpose: published says by what"
