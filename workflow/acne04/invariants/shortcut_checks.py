"""Check that what is said of shortcuts follows from the features and the manifests.

Counted again: which features each variant has figures of, by how many images and persons; chance;
the balanced accuracy from the recalls, and each recall as a share of so many photographs; what
exceeds chance; the synthetic images that their bytes betray; findings and figures of the stage. Of
the learners' answers themselves only their bounds: `stages-remade` makes them again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from acne04.core.grades import GRADES
from acne04.core.variants import base_of
from acne04.inspection.checks import Check, Evidence, Mismatch, NothingYet
from acne04.invariants.comparing import unlike, unlike_figures, unlike_rows
from acne04.invariants.dataset import (
    BETRAYED,
    FEATURES,
    FINDINGS,
    SHORTCUTS,
    Dataset,
    findings_of,
    metrics_of,
)
from acne04.invariants.dataset_tables import Tables, tables_of

#: Feature -> columns of table ``features`` that it needs; of the others every image has one.
_NEEDED: dict[str, tuple[str, ...]] = {
    "size": ("width",),
    "bytes": (),
    "bytes per pixel": ("width",),
    "jpeg tables": (),
    "camera": (),
    "luminance": ("luminance",),
    "contrast": ("luminance",),
    "colour cast": ("luminance",),
    "sharpness": ("luminance",),
    "background": ("luminance",),
}
_NUMBER, _TOGETHER = "file number", "together"
_OF_NAMES = (_NUMBER, "in v2", "source")
_TRAINED = {"holdout": ("train",), "kfold": ("test", "train-only"), "paper": ("all",)}
#: Finding of a variant -> the features that it tells of, by their task.
_TOLD = {
    "file-tells-grade": ("grade", ("size", "bytes", "bytes per pixel", "jpeg tables", "camera")),
    "picture-tells-grade": (
        "grade",
        ("luminance", "contrast", "colour cast", "sharpness", "background"),
    ),
    "name-tells-grade": ("grade", _OF_NAMES),
    "trivia-tell-grade": ("grade", (_TOGETHER,)),
    "synthetic-told-apart": ("synthetic", (_TOGETHER,)),
}
#: Of fewer images a fold of five may have none to learn a class from.
_FEW = 50
#: Half of the last decimal of a figure, and a little.
_ROUNDED = 5.1e-5


def _shortcuts(dataset: Dataset) -> Evidence:
    if not {SHORTCUTS, FEATURES} & set(dataset.ledger.files):
        raise NothingYet("its run was before there was a stage `shortcuts`")
    tables = tables_of(dataset)
    features, told = (
        dataset.table_of(artifact, name)
        for artifact, name in ((FEATURES, "features"), (SHORTCUTS, "shortcuts"))
    )
    problems = [*_features(tables, features), *_sound(dataset.file_of(SHORTCUTS), told)]
    counted = [row for variant in tables.variants for row in _counted(tables, variant, features)]
    columns = ["variant", "task", "grade", "feature", "images", "persons", "chance"]
    expected = _but_for_few(pd.DataFrame(counted, columns=columns), told)
    types = {"grade": "Int64", "images": "Int64", "persons": "Int64", "chance": "Float64"}
    file = dataset.file_of(SHORTCUTS)
    problems += unlike_rows(file, told[columns], expected.astype(types), columns[:4])
    betrayed = _betrayed(tables, features)
    marked = dataset.table_of(BETRAYED, "betrayed")
    file = dataset.file_of(BETRAYED)
    problems += unlike_rows(file, marked[[*betrayed.columns]], betrayed, ["image_id"])
    problems += _findings(tables, told, set(betrayed["path"]))
    problems += _metrics(tables, told, len(betrayed))
    return Evidence(
        f"{len(features):,} rows of features; {len(told)} figures of {len(tables.variants)} "
        f"variants; {len(betrayed):,} images marked; not the learners' answers (level full)",
        tuple(problems),
    )


def _features(tables: Tables, features: pd.DataFrame) -> Iterator[Mismatch]:
    """Hold the features against the inventory, and against one another."""
    file = tables.dataset.file_of(FEATURES)
    inventory = tables.inventory.set_index("path")
    if set(features["path"]) != set(inventory.index):
        found = f"{len(features)} rows"
        yield Mismatch(file, f"the {len(inventory)} images of the inventory", found)
        return
    for column in ("width", "height", "size", "exif_make"):
        yield from unlike(file, features, column, features["path"].map(inventory[column]), "path")
    share = features["size"] / (features["width"] * features["height"])
    yield from unlike(file, features, "bytes_per_pixel", share.astype("Float64"), "path")
    digest = features["path"].map(inventory["sha256"])
    for column in ("quantization", "luminance", "contrast", "cast_blue", "cast_red", "sharpness",
                   "background"):  # fmt: skip
        first = features.groupby(digest)[column].transform("first")
        yield from unlike(file, features, column, first, "path")
    decodable = features["path"].map(inventory["decodable"]).astype(bool)
    for row in features[decodable != features["luminance"].notna()].itertuples():
        expected = "a look at an image that decodes, and at no other"
        found = "none" if pd.isna(row.luminance) else str(row.luminance)
        yield Mismatch(file, expected, found, int(row.Index) + 2, row.path)
    # A part of the detail cannot be more than all of it.
    for row in features[features["sharpness"] > features["contrast"] + 1].itertuples():
        expected = f"sharpness up to the contrast, {row.contrast}"
        yield Mismatch(file, expected, str(row.sharpness), int(row.Index) + 2, row.path)


def _sound(file: str, told: pd.DataFrame) -> Iterator[Mismatch]:
    """Hold the figures of a row against one another."""
    for row in told.itertuples():
        line, name = int(row.Index) + 2, f"{row.variant} {row.feature}"
        exceeds = bool(pd.notna(row.low) and row.low > row.chance)
        if bool(row.exceeds_chance) != exceeds:
            expected = f"exceeds_chance {str(exceeds).lower()}"
            yield Mismatch(file, expected, str(bool(row.exceeds_chance)).lower(), line, name)
        if pd.notna(row.low) and not row.low - _ROUNDED <= row.value <= row.high + _ROUNDED:
            yield Mismatch(file, f"{row.low} to {row.high}", str(row.value), line, name)
        recalls = [r for r in (getattr(row, f"recall_{g}") for g in GRADES) if pd.notna(r)]
        if recalls and abs(np.mean(recalls) - row.value) > 2 * _ROUNDED:
            expected = f"value {np.mean(recalls):.4f}, the mean of the recalls"
            yield Mismatch(file, expected, str(row.value), line, name)


def _is_trained_on(tables: Tables, variant: str, rows: pd.DataFrame) -> pd.Series:
    """Tell which rows of a manifest are trained on: in ``kfold``, by any of its folds."""
    trained = rows["split"].isin(_TRAINED.get(base_of(variant), ("trainval",)))
    if base_of(variant) != "kfold":
        return trained
    validates = rows["validates"].str.split("/").map(lambda folds: len(set(folds) - {""}))
    return trained & (validates + rows["fold"].notna() < tables.fold_count)


def _counted(
    tables: Tables, variant: str, features: pd.DataFrame
) -> Iterator[tuple[str, str, int | None, str, int, int, float]]:
    """Count by what each figure of a variant was judged."""
    manifest = tables.manifest(variant)
    known = features.set_index("path")
    graded = manifest[manifest["grade"].notna()]
    part = ("all",) if variant == "paper" else ("test",)
    tested = graded[graded["split"].isin(part) & (graded["origin"] == "real")]
    tested = tested.drop_duplicates("image_id")
    person = tested["subject"].where(tested["subject"] != "", "group " + tested["group"])
    for feature in (*_NEEDED, *_OF_NAMES, _TOGETHER):
        has = _has(tested, known, feature)
        rows = tested[has]
        chance = round(1 / max(rows["grade"].nunique(), 1), 4)
        if len(rows):
            persons = int(person[has].nunique())
            yield variant, "grade", None, feature, len(rows), persons, chance
    trained = graded[_is_trained_on(tables, variant, graded)].drop_duplicates("image_id")
    for grade in GRADES:
        rows = trained[trained["grade"] == grade]
        if rows["origin"].nunique() < 2:
            continue
        for feature in (*_NEEDED, _TOGETHER):
            own = rows[_has(rows, known, feature)]
            yield variant, "synthetic", grade, feature, len(own), own["group"].nunique(), 0.5


def _but_for_few(expected: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Take over how many of few images were judged: who has none to learn from judges none."""
    key = ["variant", "task", "grade", "feature"]
    expected["grade"] = expected["grade"].astype("Int64")
    both = expected.merge(told, on=key, how="left", suffixes=("", "_told"))
    few = (both["images"] < _FEW) & (both["images_told"] < both["images"])
    few = few.fillna(value=False).astype(bool)
    for column in ("images", "persons", "chance"):
        expected[column] = both[column].astype("Float64").mask(few, both[f"{column}_told"])
    return expected


def _has(rows: pd.DataFrame, known: pd.DataFrame, feature: str) -> pd.Series:
    if feature == _NUMBER:
        return rows["path"].map(lambda path: bool(re.search(r"\d\.[^./]*$", path))).astype(bool)
    needed = _NEEDED.get(feature, ())
    here = pd.Series(True, index=rows.index)
    for column in needed:
        here &= rows["path"].map(known[column]).notna()
    return here


def _betrayed(tables: Tables, features: pd.DataFrame) -> pd.DataFrame:
    """Mark again the synthetic images whose JPEG tables or size no photograph has."""
    images = tables.images.rename_axis("image_id").reset_index()
    images = images.merge(features[["path", "quantization"]], on="path")
    real = images[images["origin"] == "real"]
    sizes = set(zip(real["width"], real["height"], strict=True))
    written_by = set(real["quantization"])
    rows = []
    for row in images[images["origin"] == "synthetic"].itertuples():
        by = ["jpeg tables"] if row.quantization and row.quantization not in written_by else []
        if pd.notna(row.width) and (row.width, row.height) not in sizes:
            by.append("size")
        if by:
            rows.append((row.image_id, row.path, row.label, "|".join(by)))
    marked = pd.DataFrame(rows, columns=["image_id", "path", "grade", "by"])
    return marked.astype({"image_id": "str", "path": "str", "grade": "Int64", "by": "str"})


def _findings(tables: Tables, told: pd.DataFrame, betrayed: set[str]) -> Iterator[Mismatch]:
    """Count again what the findings tell: kind, and the manifests that it is found in."""
    over = told[told["exceeds_chance"].fillna(value=False).astype(bool)]
    expected = Counter[str]()
    for check, (task, features) in _TOLD.items():
        rows = over[(over["task"] == task) & over["feature"].isin(features)]
        expected[check] = rows["variant"].nunique()
    for variant in tables.variants:
        manifest = tables.manifest(variant)
        trained = _is_trained_on(tables, variant, manifest)
        expected["balanced-by-betrayed"] += bool((trained & manifest["path"].isin(betrayed)).any())
    expected["synthetic-betrayed"] = int(bool(betrayed))
    document = tables.dataset.document_of(findings_of("shortcuts"), FINDINGS)
    file = tables.dataset.file_of(findings_of("shortcuts"))
    counts = {check: number for check, number in expected.items() if number}
    yield from unlike_figures(file, document["counts"], counts, "/counts")


def _metrics(tables: Tables, told: pd.DataFrame, betrayed: int) -> Iterator[Mismatch]:
    figures = tables.dataset.document_of(metrics_of("shortcuts"))
    counted: dict[str, Any] = {}
    for variant in tables.variants:
        own = told[told["variant"] == variant]
        graded = own[own["task"] == "grade"]
        single = graded[graded["feature"] != _TOGETHER]
        together = graded.loc[graded["feature"] == _TOGETHER, "value"]
        apart = own[(own["task"] == "synthetic") & (own["feature"] == _TOGETHER)]
        counted[variant] = {
            "together": float(together.iloc[0]) if together.notna().any() else None,
            "above_chance": int(single["exceeds_chance"].sum()),
            "synthetic_told_apart": {
                str(row.grade): None if pd.isna(row.value) else float(row.value)
                for row in apart.itertuples()
            },
        }
    file = tables.dataset.file_of(metrics_of("shortcuts"))
    if isinstance(figures, dict):
        yield from unlike_figures(file, figures.get("shortcuts"), counted, "/shortcuts")
        yield from unlike_figures(
            file, {"betrayed": figures.get("betrayed")}, {"betrayed": betrayed}
        )


CHECKS: tuple[Check[Dataset], ...] = (
    Check(
        "shortcuts-agree",
        "What a model could cheat with is said to be less than it is, or synthetic images that "
        "their bytes betray are not marked.",
        True,
        "quick",
        "run `snakemake --cores all`, or ask the publisher for a release of an untouched run",
        _shortcuts,
    ),
)
