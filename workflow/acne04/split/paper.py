"""The variant ``paper``: all originals and all generated images, and the table that counts them.

Follows Piat et al. (DGM4MICCAI 2025), who raise the two rare grades to 400 images each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from acne04.findings import Finding
from acne04.grades import GRADE_NAMES, GRADES
from acne04.split.manifest import UNVERIFIED, Variant, blank_manifest, variant_finding
from acne04.split.published import undecodable_placed

_COUNTS = ("original", "generated", "total")


def paper(images: pd.DataFrame, promised: list[dict[str, Any]] | None) -> Variant:
    """Take every image that has a grade.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.images.join_images`.
    promised : list of dict or None
        The table as the paper has it, one mapping a row; None where it is not known.
    """
    manifest = blank_manifest(images)
    graded = manifest["grade"].notna()
    manifest.loc[~graded, "excluded"] = "no-grade"
    manifest.loc[graded, "split"] = "all"
    synthetic = graded & (manifest["origin"] == "synthetic")
    manifest.loc[synthetic, "mark"] = UNVERIFIED
    findings = [
        _without_parts(int(synthetic.sum())),
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


def _without_parts(synthetic: int) -> Finding:
    return variant_finding(
        "paper-without-parts",
        "warning",
        "paper",
        expected="parts that share no copy, no person and no parent",
        found=f"no parts; {synthetic} synthetic images of unknown origin",
        done="marked the synthetic images parents-unverified",
        remedy="do not split it at random: copies, persons and parents would leak into the test; "
        "holdout and kfold have parts",
    )


def _differences(table: pd.DataFrame, promised: list[dict[str, Any]]) -> Iterator[Finding]:
    found = {row["label"]: row for row in table.to_dict("records")}
    for row in promised:
        for count in _COUNTS:
            if found[row["label"]][count] != row[count]:
                yield variant_finding(
                    "paper-table-differs",
                    "warning",
                    "paper_table",
                    expected=f"{row[count]} {count} images of {row['grade']} ({row['label']})",
                    found=str(found[row["label"]][count]),
                    done="counted what is there",
                    remedy="see whether the scan's findings explain it",
                )
