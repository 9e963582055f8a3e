"""The variant ``published``: ACNE04's own folds exactly as their files say, copies and all.

It is there for comparison with published results. Its test parts share photographs and persons
with its training parts: `acne04.split.leaking` counts them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from acne04.core.findings import Finding
from acne04.split.manifest import Variant, blank_manifest, variant_finding


def published(images: pd.DataFrame, folds: pd.DataFrame) -> Variant:
    """Give each image its part in each published fold.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.images.join_images`.
    folds : pandas.DataFrame
        Table ``folds``.
    """
    places = folds.groupby(["fold", "name"], as_index=False).agg(
        part=("part", "first"), parts=("part", "nunique")
    )
    numbers = sorted(places["fold"].unique())
    blank = blank_manifest(images).drop(columns=["fold", "split"]).assign(name=images["name"])
    each = pd.DataFrame({"fold": pd.Series(numbers or [pd.NA], dtype="Int64")})
    manifest = each.merge(blank, how="cross").merge(places, on=["fold", "name"], how="left")
    synthetic = manifest["origin"] == "synthetic"
    rules = [
        ("not-used", synthetic),
        ("not-in-fold", manifest["part"].isna()),
        ("in-both-parts", manifest["parts"].fillna(0) > 1),
    ]
    for reason, holds in rules:
        manifest["excluded"] = manifest["excluded"].mask(
            (manifest["excluded"] == "") & holds, reason
        )
    placed = manifest["excluded"] == ""
    manifest["split"] = manifest["part"].where(placed, "")
    manifest.loc[placed & (manifest["split"] == "trainval"), "weight"] = 1.0
    findings = [
        *_lines_without_image(images, folds),
        *_contradictions(manifest),
        *undecodable_placed("published", manifest.merge(images[["image_id", "decodable"]])),
    ]
    if not numbers:
        findings.append(_no_folds())
    manifest = manifest.drop(columns=["name", "part", "parts"])
    return Variant("published", manifest, findings, None, {})


def undecodable_placed(variant: str, manifest: pd.DataFrame) -> Iterator[Finding]:
    """Report placed images that do not decode; `manifest` has a column decodable."""
    broken = manifest[(manifest["split"] != "") & ~manifest["decodable"].astype(bool)]
    for path in broken["path"].drop_duplicates().sort_values():
        yield Finding(
            check="undecodable-placed",
            severity="warning",
            file=path,
            pointer=variant,
            line=None,
            expected="an image that decodes",
            found="one that does not",
            done=f"placed: {variant} shows what was published, as it is",
            remedy="leave it out when loading",
        )


def _lines_without_image(images: pd.DataFrame, folds: pd.DataFrame) -> Iterator[Finding]:
    known = set(images.loc[images["origin"] == "real", "name"])
    for line in folds[~folds["name"].isin(known)].itertuples():
        yield Finding(
            check="fold-line-without-image",
            severity="error",
            file=f"NNEW_{line.part}_{line.fold}.txt",
            pointer="",
            line=int(line.line),
            expected=f"an image {line.name}",
            found="none in the inventory",
            done="line left out",
            remedy="see whether the scan's findings name it as missing",
        )


def _contradictions(manifest: pd.DataFrame) -> Iterator[Finding]:
    for row in manifest[manifest["excluded"] == "in-both-parts"].itertuples():
        yield Finding(
            check="fold-in-both-parts",
            severity="error",
            file=row.path,
            pointer=f"fold {row.fold}",
            line=None,
            expected="a place in trainval or in test",
            found="lines in both",
            done="left out of this fold",
            remedy="report it to the publisher",
        )
    for row in manifest[manifest["excluded"] == "not-in-fold"].itertuples():
        if pd.notna(row.fold):
            yield Finding(
                check="image-not-in-fold",
                severity="warning",
                file=row.path,
                pointer=f"fold {row.fold}",
                line=None,
                expected="a line in one of the fold's two files",
                found="none",
                done="left out of this fold",
                remedy="nothing; the fold is published so",
            )


def _no_folds() -> Finding:
    return variant_finding(
        "no-folds",
        "error",
        "published",
        expected="label lines of at least one fold",
        found="none",
        done="every image excluded as not-in-fold",
        remedy="see the scan's findings on the label files",
    )
