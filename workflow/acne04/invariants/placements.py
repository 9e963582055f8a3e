"""What each row of a manifest must say, told from the other tables.

The variants that follow the published folds, and ``paper``, follow from the tables altogether. In
those that place whole groups one thing is free: in which part a photograph lies that can be placed.
All else follows from it: what is left out and why, which synthetic images train, every weight. How
many images train is taken from the certificate there, which `quotas-agree` counts again.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

import pandas as pd

from acne04.core.grades import GRADES
from acne04.core.variants import BY_FOLD, base_of
from acne04.invariants.dataset import MATCHED
from acne04.invariants.dataset_tables import Tables
from acne04.invariants.image_facts import COLUMNS, INCOMPLETE, UNVERIFIED, standing
from acne04.relations.kinship import KINDS

TRAIN, TRAIN_ONLY = "train", "train-only"
#: Reasons that only an earlier release can give.
FROZEN = "test-frozen"
GROWN = ("joins-parts", "held-out-by-decision", FROZEN)
#: Why published-clean leaves a training image out, by the nearest relation to a test image.
RELATED = {
    "exact": "shares-photograph",
    "near": "shares-near-duplicate",
    "derived-from": "shares-parent",
    "retake": "shares-retake",
    "subject": "shares-subject",
    "chain": "related",
}
#: Of the draw of published-matched.
DRAW_SEED = 0
Counts = Mapping[int, Fraction]


@lru_cache(maxsize=16)
def expected_rows(tables: Tables, variant: str) -> pd.DataFrame:
    """Give what the rows of a manifest must say, for those of known images (and folds).

    Returns
    -------
    pandas.DataFrame
        Indexed by the number of the row in the manifest: `COLUMNS`, grade, fold, validates, split,
        weight, mark, excluded.
    """
    make = {
        "published": _published,
        "published-clean": _published_clean,
        MATCHED: _published_matched,
        "paper": _paper,
    }
    made = make[variant](tables) if variant in make else _grouped(tables, variant)
    key = ["image_id", "fold"] if variant in BY_FOLD else ["image_id"]
    rows = tables.manifest(variant)[key].rename_axis("row").reset_index()
    joined: pd.DataFrame = rows.merge(made, on=key, how="inner").set_index("row")
    return joined


def _blank(tables: Tables, grade: pd.Series) -> pd.DataFrame:
    """Give rows in which nothing is placed or left out yet, one an image."""
    images = tables.images
    return images[list(COLUMNS)].assign(
        image_id=images.index,
        grade=grade,
        fold=pd.Series(pd.NA, index=images.index, dtype="Int64"),
        validates=_texts(images),
        split=_texts(images),
        weight=pd.Series(pd.NA, index=images.index, dtype="Float64"),
        mark=_texts(images).mask(images["incomplete"], INCOMPLETE),
        excluded=_texts(images),
        parent_known=images["parent_known"],
        name=images["name"],
    )


def _texts(rows: pd.DataFrame) -> pd.Series:
    """Give an empty text for each row."""
    return pd.Series("", index=rows.index, dtype="str")


def _paper(tables: Tables) -> pd.DataFrame:
    rows = _blank(tables, tables.images["label"])
    graded = rows["grade"].notna()
    rows.loc[~graded, "excluded"] = "no-grade"
    rows.loc[graded, "split"] = "all"
    _mark_unverified(rows)
    return rows.reset_index(drop=True)


def _published(tables: Tables) -> pd.DataFrame:
    places = tables.folds.groupby(["fold", "name"], as_index=False).agg(
        part=("part", "first"), parts=("part", "nunique")
    )
    folds = pd.DataFrame({"fold": pd.Series(sorted(places["fold"].unique()), dtype="Int64")})
    blank = _blank(tables, tables.images["label"])
    if folds.empty:
        return blank.assign(excluded=_not_in_fold(blank)).reset_index(drop=True)
    rows = folds.merge(blank.drop(columns="fold"), how="cross")
    rows = rows.merge(places, on=["fold", "name"], how="left")
    reason = _not_in_fold(rows).where((rows["origin"] == "synthetic") | rows["part"].isna(), "")
    twice = (reason == "") & (rows["parts"].fillna(0) > 1)
    rows["excluded"] = reason.mask(twice, "in-both-parts")
    rows["split"] = rows["part"].where(rows["excluded"] == "", "").fillna("")
    rows.loc[rows["split"] == "trainval", "weight"] = 1.0
    return rows.drop(columns=["part", "parts"])


def _not_in_fold(rows: pd.DataFrame) -> pd.Series:
    return _texts(rows).replace("", "not-in-fold").mask(rows["origin"] == "synthetic", "not-used")


def _published_clean(tables: Tables) -> pd.DataFrame:
    rows = _published(tables)
    if rows["fold"].isna().all():
        return rows
    reserve = _reserve(tables)
    return pd.concat(
        [_cleaned(tables, of_fold.copy(), reserve) for _, of_fold in rows.groupby("fold")]
    )


def _cleaned(tables: Tables, rows: pd.DataFrame, reserve: pd.Series) -> pd.DataFrame:
    """Clean one published fold, and balance its training part."""
    kinship = tables.kinship
    position = kinship.positions(rows["image_id"])
    is_test = (rows["split"] == "test").to_numpy()
    kinds, relatives = kinship.nearest(position, position[is_test])
    related = (rows["split"] == "trainval").to_numpy() & (kinds >= 0)
    subjects = tables.images["subject"]
    reasons = []
    for kind, relative in zip(kinds[related].tolist(), relatives[related].tolist(), strict=True):
        name = kinship.images[relative]
        ends = subjects[name] if KINDS[kind] == "subject" else name
        reasons.append(f"{RELATED[KINDS[kind]]}:{ends}")
    rows.loc[related, "excluded"] = reasons
    rows.loc[related, "split"] = ""
    rows.loc[related, "weight"] = pd.NA
    training = rows["split"] == "trainval"
    trained = {g: Fraction(int((rows.loc[training, "grade"] == g).sum())) for g in GRADES}
    rows.loc[training, "weight"] = _weights(rows[training], trained, tables)
    synthetic = rows["origin"] == "synthetic"
    reason = rows.loc[synthetic, "image_id"].map(reserve)
    held_out = pd.Series(kinds >= 0, index=rows.index)[synthetic]
    rows.loc[synthetic, "excluded"] = reason.mask((reason == "") & held_out, "parent-held-out")
    free = rows[synthetic & (rows["excluded"] == "")]
    whole = pd.Series(1, index=free.index, dtype="object")
    _train(rows, _chosen(free, trained, tables, whole), free.index, "trainval")
    return rows


def _published_matched(tables: Tables) -> pd.DataFrame:
    rows = _published(tables)
    if rows["fold"].isna().all():
        return rows
    clean = _published_clean(tables).set_index(["fold", "image_id"])
    return pd.concat(
        [_drawn(tables, of_fold.copy(), clean.loc[fold]) for fold, of_fold in rows.groupby("fold")]
    )


def _drawn(tables: Tables, rows: pd.DataFrame, clean: pd.DataFrame) -> pd.DataFrame:
    """Draw of one published fold as many photographs of each grade as its clean rows keep."""
    training = rows[rows["split"] == "trainval"]
    kept = clean.loc[(clean["split"] == "trainval") & (clean["origin"] == "real"), "grade"]
    trained = {grade: Fraction(int((kept == grade).sum())) for grade in GRADES}
    turn = [
        hashlib.sha256(f"{MATCHED}:{DRAW_SEED}:{row.fold}:{row.image_id}".encode()).hexdigest()
        for row in training.itertuples()
    ]
    ordered = training.assign(turn=turn).sort_values("turn")
    beyond = ordered.groupby("grade").cumcount() >= ordered["grade"].map(trained)
    left = ordered.index[beyond]
    rows.loc[left, ["split", "excluded", "weight"]] = ["", "not-drawn", pd.NA]
    drawn = rows["split"] == "trainval"
    rows.loc[drawn, "weight"] = _weights(rows[drawn], trained, tables)
    synthetic = rows["origin"] == "synthetic"
    same = clean.loc[rows.loc[synthetic, "image_id"]]
    for column in ("split", "weight", "mark", "excluded"):
        rows.loc[synthetic, column] = same[column].to_numpy()
    return rows


def _reserve(tables: Tables) -> pd.Series:
    """Say of each synthetic image why no published fold may train on it; empty where one may."""
    images = tables.images
    images = images.assign(reason=standing(images, images["label"], "none"))
    images = images[images["origin"] == "synthetic"]
    reason = images["reason"]
    rules = {
        "not-used": pd.Series(tables.parameters["balance"] != "synthetic", index=images.index),
        "parent-unknown": ~images["parent_known"]
        & (tables.parameters["unknown_parent"] == "exclude"),
    }
    for name, holds in rules.items():
        reason = reason.mask((reason == "") & holds, name)
    return reason


def _grouped(tables: Tables, variant: str) -> pd.DataFrame:
    """Give the rows of ``holdout`` or ``kfold``, with the parts that the manifest has."""
    images, is_holdout = tables.images, base_of(variant) == "holdout"
    rows = _blank(tables, images["decided_grade"].fillna(images["label"]))
    manifest = tables.manifest(variant).drop_duplicates("image_id").set_index("image_id")
    said = manifest[["split", "fold", "validates", "excluded"]].reindex(rows.index)
    said = said.fillna({"split": "", "validates": "", "excluded": ""})
    placed = (said["split"] != "") & (rows["origin"] == "real")
    home = (said["split"] if is_holdout else said["fold"])[placed].groupby(rows["group"]).first()
    place = rows["group"].map(home)
    validates = said["validates"][placed].groupby(rows["group"]).first()
    validates = rows["group"].map(validates).fillna("").astype("str")
    rows["excluded"] = _reasons(tables, rows, said, place, is_holdout)
    free, synthetic = rows["excluded"] == "", rows["origin"] == "synthetic"
    real, reserve = free & ~synthetic, free & synthetic
    rows["fold"] = rows["fold"] if is_holdout else said["fold"].where(real, place).where(free)
    rows["split"] = said["split"].where(real, "") if is_holdout else _texts(rows).mask(real, "test")
    rows["validates"] = (said["validates"].where(real, validates)).where(free, "")
    training = real & (rows["split"] == TRAIN) if is_holdout else real
    shares = _shares(rows, tables.fold_count)
    trained = _certified(tables, variant, rows[training], shares)
    rows.loc[training, "weight"] = _weights(rows[training], trained, tables)
    candidates = rows[reserve]
    chosen = (
        _kept(candidates, trained, tables, shares[reserve], said)
        if tables.is_grown
        else _chosen(candidates, trained, tables, shares[reserve])
    )
    _train(rows, chosen, candidates.index, TRAIN if is_holdout else TRAIN_ONLY)
    rows["fold"] = rows["fold"].mask(rows["excluded"] != "")
    rows["validates"] = rows["validates"].mask(rows["excluded"] != "", "")
    return rows.reset_index(drop=True)


def _shares(rows: pd.DataFrame, fold_count: int) -> pd.Series:
    """Say in how many folds an image trains, of all: those that do not test on or validate with it.

    Where there are no folds, it is one of one.
    """
    validated = [len(folds.split("/")) if folds else 0 for folds in rows["validates"]]
    held_out = rows["fold"].notna().astype(int) + pd.Series(validated, rows.index, dtype=int)
    shares = [Fraction(fold_count - number, fold_count) for number in held_out]
    return pd.Series(shares, index=rows.index, dtype="object")


def _reasons(
    tables: Tables, rows: pd.DataFrame, said: pd.DataFrame, place: pd.Series, is_holdout: bool
) -> pd.Series:
    """Say why an image is left out; empty for photographs to place and a reserve to train on."""
    parameters = tables.parameters
    reason = standing(tables.images, rows["grade"], str(parameters["restrict"]))
    if tables.is_grown:
        # The earlier release is not at hand; its test part takes nothing of a group, and so has it.
        frozen = said["excluded"] == FROZEN
        plausible = said["excluded"].isin(GROWN) & ~(frozen & place.notna() & (place != "test"))
        reason = reason.mask((reason == "") & plausible, said["excluded"])
    synthetic = rows["origin"] == "synthetic"
    if parameters["balance"] != "synthetic":
        return reason.mask((reason == "") & synthetic, "not-used")
    held_out = place.notna() & (place != TRAIN) & is_holdout
    if tables.is_grown:
        held_out |= place.isna() & (said["excluded"] == "parent-held-out") & is_holdout
    why = _texts(rows).mask(held_out, "parent-held-out")
    unknown = ~rows["parent_known"] & (parameters["unknown_parent"] == "exclude")
    return reason.mask((reason == "") & synthetic, why.mask(unknown, "parent-unknown"))


def _certified(
    tables: Tables, variant: str, training: pd.DataFrame, shares: pd.Series
) -> dict[int, Fraction]:
    """Give the training images of each grade by the certificate, or by the rows without one.

    In ``kfold`` their mean over the folds.
    """
    certificate = tables.certificates.get(variant, {})
    of_folds = certificate.get("validation", {})
    names = [f"fold-{number}" for number in range(tables.fold_count)]
    found = (
        [certificate]
        if base_of(variant) == "holdout"
        else [of_folds.get(name, {}) for name in names]
    )
    cells = [entry.get("parts", {}).get(TRAIN, {}).get("grades", {}) for entry in found]
    if all(set(map(str, GRADES)) <= cell.keys() for cell in cells):
        return {
            g: Fraction(sum(int(cell[str(g)]["placed"]) for cell in cells), len(cells))
            for g in GRADES
        }
    grades = training["grade"]
    return {g: sum(shares[training.index][grades == g], Fraction(0)) for g in GRADES}


def _weights(training: pd.DataFrame, trained: Counts, tables: Tables) -> pd.Series:
    """Say how often an epoch shows each real training image."""
    weights = pd.Series(1.0, index=training.index, dtype="Float64")
    balance, target = tables.parameters["balance"], int(tables.parameters["target"])
    for grade, rows in training.groupby("grade"):
        factor = target / trained[int(grade)] if trained[int(grade)] else Fraction(0)
        if balance == "weights":
            weights.loc[rows.index] = float(factor)
        elif balance == "repetition":
            weights.loc[rows.index] = _repetitions(rows, factor)
    return weights


def _repetitions(rows: pd.DataFrame, factor: Fraction) -> pd.Series:
    """Show each image a whole number of times; the first by hash, fold by fold, once more."""
    showings = max(len(rows), math.floor(len(rows) * factor + Fraction(1, 2)))
    base, extra = divmod(showings, len(rows))
    ordered = rows.sort_values(["fold", "sha256", "image_id"])[["fold"]]
    turn = ordered.groupby("fold", dropna=False).cumcount()
    ordered = ordered.assign(turn=turn).sort_values(["turn", "fold"], kind="stable")
    counts = pd.Series(float(base), index=ordered.index)
    counts.iloc[:extra] += 1
    return counts.loc[rows.index]


def _chosen(reserve: pd.DataFrame, trained: Counts, tables: Tables, shares: pd.Series) -> pd.Index:
    """Choose in the order of their hashes the synthetic images that each grade needs."""
    missing = {g: int(tables.parameters["target"]) - n for g, n in trained.items()}
    ordered = reserve.sort_values(["sha256", "image_id"])
    chosen = []
    for row, grade in ordered["grade"].items():
        if missing[int(grade)] > 0:
            missing[int(grade)] -= shares[row]
            chosen.append(row)
    return pd.Index(chosen, dtype=reserve.index.dtype)


def _kept(
    reserve: pd.DataFrame,
    trained: Counts,
    tables: Tables,
    shares: pd.Series,
    said: pd.DataFrame,
) -> pd.Index:
    """Take the choice that the manifest made, which an earlier release had a say in.

    Where that leaves a grade below its target, all that may train should.
    """
    chosen = said.loc[reserve.index, "split"] != ""
    for grade, rows in reserve.groupby("grade"):
        reached = trained[int(grade)] + sum(shares[rows.index][chosen[rows.index]], Fraction(0))
        if reached < int(tables.parameters["target"]):
            chosen.loc[rows.index] = True
    return reserve.index[chosen]


def _train(rows: pd.DataFrame, chosen: pd.Index, reserve: pd.Index, part: str) -> None:
    rows.loc[chosen, "split"] = part
    rows.loc[chosen, "weight"] = 1.0
    rows.loc[reserve.difference(chosen), "excluded"] = "target-reached"
    _mark_unverified(rows)


def _mark_unverified(rows: pd.DataFrame) -> None:
    unknown = (rows["split"] != "") & (rows["origin"] == "synthetic") & ~rows["parent_known"]
    rows.loc[unknown, "mark"] = UNVERIFIED
