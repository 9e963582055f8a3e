"""The variant ``paper``: all originals and all generated images, and the table that counts them.

Follows Piat et al. (DGM4MICCAI 2025), who raise the two rare grades to 400 images each. It has no
parts; which generated images would leak under the parts of the other variants is told beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from acne04.core.findings import Finding
from acne04.core.grades import GRADE_NAMES, GRADES
from acne04.core.variants import repeat_of
from acne04.relations.leakage import held_out_order, sides_of
from acne04.split import catalogue
from acne04.split.balance import parent_known
from acne04.split.manifest import UNVERIFIED, Variant, blank_manifest
from acne04.split.published import undecodable_placed

_COUNTS = ("original", "generated", "total")


def paper(images: pd.DataFrame, promised: list[dict[str, Any]] | None) -> Variant:
    """Take every image that has a grade.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.collection.join_images`.
    promised : list of dict or None
        The table as the paper has it, one mapping a row; None where it is not known.
    """
    manifest = blank_manifest(images)
    graded = manifest["grade"].notna()
    manifest.loc[~graded, "excluded"] = "no-grade"
    manifest.loc[graded, "split"] = "all"
    synthetic = graded & (manifest["origin"] == "synthetic")
    unknown = synthetic & ~parent_known(images)
    manifest.loc[unknown, "mark"] = UNVERIFIED
    findings = [
        _without_parts(int(synthetic.sum()), int(unknown.sum())),
        *undecodable_placed("paper", manifest.assign(decodable=images["decodable"])),
        *_differences(paper_table(manifest), promised or []),
    ]
    return Variant("paper", manifest, findings, None, {})


def paper_table(manifest: pd.DataFrame) -> pd.DataFrame:
    """Count originals and generated images of each grade; table ``paper_table`` but its dataset."""
    placed = manifest[manifest["split"] == "all"]
    counts = pd.crosstab(placed["grade"].astype("int64"), placed["origin"])
    counts = counts.reindex(index=list(GRADES), columns=["real", "synthetic"], fill_value=0)
    return pd.DataFrame(
        {
            "grade": [name.title() for name in GRADE_NAMES],
            "label": [f"levle{grade}" for grade in GRADES],
            "original": counts["real"].to_numpy(),
            "generated": counts["synthetic"].to_numpy(),
            "total": counts.sum(axis=1).to_numpy(),
        }
    )


def paper_leaks(images: pd.DataFrame, variants: list[Variant]) -> pd.DataFrame:
    """Say of each synthetic image whether it would leak under each variant, were it trained on.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.collection.join_images`.
    variants : list of Variant
        Those without parts, and repeats, say nothing.

    Returns
    -------
    pandas.DataFrame
        Table ``paper_leaks`` without the column dataset; by variant, fold and image_id.
    """
    group_of = images.set_index("image_id")["group"]
    synthetic = images.loc[
        images["origin"] == "synthetic", ["image_id", "parent", "parent_status", "group"]
    ]
    known = parent_known(synthetic)
    tables = []
    for variant in variants:
        sides = sides_of(variant.name, variant.manifest)
        if variant.name == "paper" or repeat_of(variant.name) > 1 or sides.empty:
            continue
        sides = sides.assign(
            group=sides["image_id"].map(group_of),
            order=[held_out_order(part) for part in sides["part"]],
        )
        for fold, of_fold in sides.groupby("fold", dropna=False):
            most_held_out = of_fold.sort_values("order").groupby("group")["part"].first()
            part = synthetic["group"].map(most_held_out).fillna("").mask(~known, "")
            leaks = part.isin(["test", "val"]).astype("boolean").mask(~known)
            rows = synthetic[["image_id", "parent"]].assign(part=part, leaks=leaks)
            tables.append(rows.assign(variant=variant.name, fold=fold))
    columns = ["image_id", "parent", "variant", "fold", "part", "leaks"]
    made = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)
    return made.astype({"fold": "Int64", "leaks": "boolean"})[columns]


def paper_findings(table: pd.DataFrame) -> Iterator[Finding]:
    """Say how many synthetic images of `paper` would leak; `table` as of `paper_leaks`."""
    for variant, rows in table.groupby("variant", sort=False):
        folds = rows["leaks"].fillna(value=False).groupby(rows["fold"], dropna=False).sum()
        images = rows.drop_duplicates("image_id")
        unknown = int(images["leaks"].isna().sum())
        figures = [str(int(figure)) for figure in sorted({folds.min(), folds.max()})]
        if folds.max() or unknown:
            yield catalogue.PAPER_WOULD_LEAK.at(
                "paper.csv",
                expected=f"no synthetic image whose parent's group is held out in {variant}",
                found=f"{' to '.join(figures)} of {len(images)}, and {unknown} of unknown parent",
                done="kept in paper, which has no parts; paper_leaks.csv names them",
                variant=variant,
            )


def _without_parts(synthetic: int, unknown: int) -> Finding:
    return catalogue.PAPER_WITHOUT_PARTS.at(
        "paper.csv",
        expected="parts that share no copy, no person and no parent",
        found=f"no parts; {synthetic} synthetic images, {unknown} of unknown parent",
        done="marked those of unknown parent parents-unverified" if unknown else "left as it is",
    )


def _differences(table: pd.DataFrame, promised: list[dict[str, Any]]) -> Iterator[Finding]:
    found = {row["label"]: row for row in table.to_dict("records")}
    for row in promised:
        for count in _COUNTS:
            if found[row["label"]][count] != row[count]:
                yield catalogue.PAPER_TABLE_DIFFERS.at(
                    "paper_table.csv",
                    expected=f"{row[count]} {count} images of {row['grade']} ({row['label']})",
                    found=str(found[row["label"]][count]),
                    done="counted what is there",
                )
