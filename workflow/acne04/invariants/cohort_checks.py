"""Check that the tables of the cohort are what is counted in the tables that they sum up.

Counted again: the flow from the delivered images on, what is missing, sizes and cameras, links
between persons, pairs of copies; the draws of torn persons and the intervals of the agreement are
made again with the stated seed. Not told by any table: what the sources promise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from acne04.core.grades import GRADES
from acne04.inference.agreement import agreement_of
from acne04.inference.sensitivity import DRAWS, sensitivity
from acne04.inspection.checks import Check, Evidence, Mismatch, NothingYet
from acne04.invariants.comparing import Partly, unlike_figures, unlike_rows
from acne04.invariants.components import components
from acne04.invariants.dataset import (
    COHORT_AGREEMENT,
    COHORT_TABLES,
    ECHOES,
    Dataset,
    cohort_of,
    metrics_of,
)
from acne04.invariants.dataset_tables import Tables, tables_of
from acne04.relations.persons import plain_subject

_FLOW = ["variant", "step", "detail", "fold", "origin", "grade"]
_KEYS = {
    "flow": _FLOW,
    "missingness": ["item", "grade"],
    "mix": ["variant", "part", "fold", "origin", "feature", "value"],
    "sensitivity": ["variant", "share"],
    "person_links": ["kind", "a", "b"],
    "agreement": ["kind", "a", "b"],
}
_FIGURES = ("agreement", "kappa", "quadratic_kappa", "ceiling")
_SIZES = (0, 1000, 2000, 3000)
_SIZE_NAMES = ("below 1000", "1000 to 1999", "2000 to 2999", "3000 and more")


def _cohort(dataset: Dataset) -> Evidence:
    tables = tables_of(dataset)
    if cohort_of("flow") not in dataset.ledger.files:
        raise NothingYet("this dataset was made before the stage cohort was there")
    images = _images(tables)
    pairs = _pairs(tables, images)
    counted = {
        "flow": _flow(tables, images),
        "missingness": _missing(tables, images),
        "mix": _mix(tables, images),
        "sensitivity": _torn(tables, images),
        "person_links": _links(tables, images),
        "agreement": pairs,
    }
    problems: list[Mismatch] = []
    rows = 0
    for name in COHORT_TABLES:
        told = dataset.table_of(cohort_of(name), name)
        rows += len(told)
        if name == "flow":
            told = told[told["step"] != "promised"]
        file, key = dataset.file_of(cohort_of(name)), _KEYS[name]
        problems += unlike_rows(file, told, counted[name], key)
    problems += _agreement(tables, pairs)
    real = images[images["origin"] == "real"]
    figures = Partly(
        photographs=len(real),
        persons=int(real["person"].nunique()),
        persons_unknown=int((real["subject"] == "").sum()),
        links_across_persons=len(counted["person_links"]),
        graded_twice=len(pairs),
    )
    metrics = dataset.document_of(metrics_of("cohort"))
    problems += unlike_figures(dataset.file_of(metrics_of("cohort")), metrics, figures)
    return Evidence(f"{rows:,} rows of {len(COHORT_TABLES)} tables; not promises", tuple(problems))


def _images(tables: Tables) -> pd.DataFrame:
    """Join inventory and groups, with the person of each image."""
    images = tables.inventory.merge(
        tables.groups[["path", "image_id", "subject", "group", "canonical"]], on="path"
    )
    names = images["subject"].map(plain_subject)
    person = np.where(images["subject"] == "", "group " + images["group"], "subject " + names)
    return images.assign(person=pd.Series(person, index=images.index, dtype="str"))


def _graded(rows: pd.DataFrame) -> pd.DataFrame:
    """Give each row twice: under its grade, if it has one, and under all."""
    grades = rows["grade"].astype("Int64").astype("str")
    known = rows["grade"].notna()
    return pd.concat([rows[known].assign(grade=grades[known]), rows.assign(grade="all")])


def _flow(tables: Tables, images: pd.DataFrame) -> pd.DataFrame:
    decoded = images[images["decodable"].fillna(value=False).astype(bool)]
    distinct = decoded[decoded["image_id"] == decoded["canonical"]]
    known = distinct[(distinct["subject"] != "") & (distinct["origin"] == "real")]
    steps = {"delivered": images, "decoded": decoded, "distinct": distinct, "known-person": known}
    frames = [
        rows.assign(variant="", step=step, detail="", fold=pd.NA) for step, rows in steps.items()
    ]
    person = images.set_index("image_id")["person"]
    for variant in tables.variants:
        rows = tables.manifest(variant)
        placed = rows["split"] != ""
        why = rows["excluded"].str.split(":").str[0]
        step = pd.Series("excluded", index=rows.index, dtype="str").mask(placed, "placed")
        detail = why.mask(placed, rows["split"])
        told = rows.assign(variant=variant, step=step, detail=detail)
        frames.append(told.assign(person=told["image_id"].map(person)))
    columns = [*_FLOW, "person"]
    every = pd.concat([frame[columns].astype({"fold": "Int64"}) for frame in frames])
    outer = every[_FLOW[:-1]].drop_duplicates()
    zeros = outer.merge(pd.DataFrame({"grade": [*map(str, GRADES), "all"]}), how="cross")
    # Where nothing is, nothing was delivered of the origin either.
    steps_of_all = pd.DataFrame(
        [
            ("", step, "", pd.NA, origin, grade)
            for step in steps
            for origin in ("real", "synthetic")
            if step != "known-person" or origin == "real"
            for grade in (*map(str, GRADES), "all")
        ],
        columns=_FLOW,
    ).astype({"fold": "Int64"})
    counts = _graded(every).groupby(_FLOW, dropna=False)["person"].agg(["size", "nunique"])
    told = pd.concat([zeros, steps_of_all]).drop_duplicates()
    counts = told.merge(counts.reset_index().astype({"fold": "Int64"}), on=_FLOW, how="left")
    numbers = counts[["size", "nunique"]].fillna(0).astype("Int64")
    persons = numbers["nunique"].mask(counts["origin"] != "real")
    return counts[_FLOW].assign(images=numbers["size"], persons=persons)


def _missing(tables: Tables, images: pd.DataFrame) -> pd.DataFrame:
    real = images[images["origin"] == "real"]
    sound = tables.annotated[tables.annotated["quarantined_by"] == ""]
    sizes = {row.file_name: (row.width, row.height) for row in sound[::-1].itertuples()}
    stated = [sizes.get(name) for name in real["name"]]
    own = list(zip(real["width"], real["height"], strict=True))
    lacking = {
        "grade": real["grade"].isna(),
        "count": real["lesions_v1"].isna(),
        "boxes": real["boxes"].isna(),
        "v2": pd.Series([size is None for size in stated], index=real.index),
        "person": real["subject"] == "",
        "camera": real["exif_make"] == "",
    }
    frames = [
        real[["grade"]].assign(item=item, missing=lacks.astype(bool))
        for item, lacks in lacking.items()
    ]
    both = [size is not None and pd.notna(mine[0]) for size, mine in zip(stated, own, strict=True)]
    unlike = pd.Series([a != b for a, b in zip(stated, own, strict=True)], index=real.index)
    frames.append(real[["grade"]].assign(item="size-of-v2", missing=unlike)[both])
    counts = _graded(pd.concat(frames)).groupby(["item", "grade"])["missing"].agg(["size", "sum"])
    places = pd.MultiIndex.from_product(
        [[*lacking, "size-of-v2"], [*map(str, GRADES), "all"]], names=["item", "grade"]
    )
    counts = counts.reindex(places).fillna(0).astype("int64").reset_index()
    return counts.rename(columns={"size": "images", "sum": "missing"})


def _mix(tables: Tables, images: pd.DataFrame) -> pd.DataFrame:
    longer = images[["width", "height"]].max(axis=1, skipna=False)
    number = np.searchsorted(_SIZES, longer.fillna(0).to_numpy(dtype=np.int64), side="right") - 1
    size = pd.Series([_SIZE_NAMES[n] for n in number], index=images.index, dtype="str")
    size = size.mask(longer.isna(), "unknown")
    camera = images["exif_make"].where(images["exif_make"] != "", "none")
    features = pd.concat(
        [
            images[["image_id"]].assign(feature=feature, value=value)
            for feature, value in (("size", size), ("camera", camera))
        ]
    )
    part = ["variant", "part", "fold", "origin"]
    frames = []
    for variant in tables.variants:
        rows = tables.manifest(variant)
        rows = rows[rows["split"] != ""].rename(columns={"split": "part"})
        frames.append(rows[["image_id", "part", "fold", "origin"]].assign(variant=variant))
    placed = pd.concat(frames).merge(features, on="image_id")
    counts = placed.groupby([*part, "feature", "value"], dropna=False).size()
    of = placed[placed["feature"] == "size"].groupby(part, dropna=False).size()
    made = counts.rename("images").reset_index().astype({"fold": "Int64"})
    return made.merge(of.rename("of").reset_index().astype({"fold": "Int64"}), on=part, how="left")


def _torn(tables: Tables, images: pd.DataFrame) -> pd.DataFrame:
    real = images[images["origin"] == "real"]
    edges = tables.relations[tables.relations["kind"].isin(["exact", "near", "retake"])]
    known = set(real["image_id"])
    edges = edges[edges["a"].isin(known) & edges["b"].isin(known)]
    unit = components(real["image_id"], edges).to_numpy()
    people = real[["image_id", "person"]].assign(unit=unit)
    first = people.groupby("unit")["image_id"].transform("min")
    people = people.assign(unit=first).sort_values("image_id", ignore_index=True)
    rows = []
    for variant in tables.variants:
        if variant == "paper":
            continue
        manifest, published = tables.manifest(variant), tables.manifest("published")
        for told in sensitivity(variant, manifest, people, published):
            rows.append({"variant": variant, **vars(told), "draws": DRAWS})
    return pd.DataFrame(rows)


def _pairs(tables: Tables, images: pd.DataFrame) -> pd.DataFrame:
    about = images[(images["origin"] == "real") & images["grade"].notna()].set_index("image_id")
    edges = tables.relations[tables.relations["kind"].isin(["exact", "near"])]
    edges = edges[edges["a"].isin(about.index) & edges["b"].isin(about.index)]
    pairs = edges[["kind", "a", "b"]].sort_values(["kind", "a", "b"], ignore_index=True)
    for side in "ab":
        pairs[f"grade_{side}"] = about["grade"].reindex(pairs[side]).to_numpy()
    return pairs.assign(person=about["person"].reindex(pairs["a"]).to_numpy())


def _links(tables: Tables, images: pd.DataFrame) -> pd.DataFrame:
    real = images[images["origin"] == "real"]
    subject = dict(zip(real["image_id"], real["subject"], strict=True))
    image_of = dict(zip(real["name"][::-1], real["image_id"][::-1], strict=True))
    echoes = tables.dataset.table_of(ECHOES, "echoes")
    ties = [
        *tables.relations.loc[
            tables.relations["kind"].isin(["exact", "near", "retake"]), ["kind", "a", "b"]
        ].itertuples(index=False, name=None),
        *(
            ("echo", image_of.get(a), image_of.get(b))
            for a, b in zip(echoes["name_a"], echoes["name_b"], strict=True)
        ),
    ]
    rows = [(*tie, subject.get(tie[1], ""), subject.get(tie[2], "")) for tie in dict.fromkeys(ties)]
    rows = [row for row in rows if row[3] and row[4] and _other_person(row[3], row[4])]
    return pd.DataFrame(rows, columns=["kind", "a", "b", "subject_a", "subject_b"], dtype="str")


def _other_person(one: str, other: str) -> bool:
    return plain_subject(one) != plain_subject(other)


def _agreement(tables: Tables, pairs: pd.DataFrame) -> Iterator[Mismatch]:
    told = tables.dataset.document_of(COHORT_AGREEMENT, "agreement.schema.json")
    counted: dict[str, dict[str, Any]] = {}
    for kind in ("all", "exact", "near"):
        some = pairs if kind == "all" else pairs[pairs["kind"] == kind]
        if some.empty:
            continue
        made = agreement_of(some)
        counted[kind] = {"pairs": made.pairs, "persons": made.persons}
        for name in _FIGURES:
            one = getattr(made, name)
            values = {"value": one.value, "low": one.low, "high": one.high}
            counted[kind][name] = {k: v if v is None else round(v, 6) for k, v in values.items()}
    file = tables.dataset.file_of(COHORT_AGREEMENT)
    yield from unlike_figures(file, told["kinds"], counted, "/kinds")


CHECKS: tuple[Check[Dataset], ...] = (
    Check(
        "cohort-agrees",
        "What is said of persons, of what is missing or of how labels agree is another number than "
        "there is: a reviewer is told of another cohort.",
        True,
        "quick",
        "run `snakemake --cores all`, or ask the publisher for a release of an untouched run",
        _cohort,
    ),
)
