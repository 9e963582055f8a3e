"""Join the lesion counts of Acne04-v2 to the images: counts belong to the bytes, not to a name."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from acne04.core.findings import Finding

_COUNTS = ["lesions_v2", "quarantined_v2"]


def join_annotated(
    images: pd.DataFrame, annotated: pd.DataFrame
) -> tuple[pd.DataFrame, list[Finding]]:
    """Give each photograph its counts; a canonical member without any takes those of a copy.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns image_id, path, name, origin, canonical; by image_id.
    annotated : pandas.DataFrame
        Table ``annotated``.

    Returns
    -------
    pandas.DataFrame
        Also lesions_v2 (missing where no circle is clean: that is not a count of 0),
        quarantined_v2, conflict_counts_v2, and annotated (bool: v2 has the image by its name).
    list of Finding
        What there is to say about the annotated images.
    """
    circles = annotated.sort_values("v2_image_id").drop_duplicates("file_name")
    circles = circles.rename(columns={"file_name": "name", "quarantined": "quarantined_v2"})
    none_clean = (circles["lesions_v2"] == 0) & (circles["quarantined_v2"] > 0)
    circles["lesions_v2"] = circles["lesions_v2"].mask(none_clean)
    images = images.merge(circles[["name", *_COUNTS]], on="name", how="left")
    synthetic = images["origin"] == "synthetic"
    # A synthetic image may bear the name of an annotated photograph: those are not its circles.
    images.loc[synthetic, _COUNTS] = pd.NA
    images["annotated"] = images["quarantined_v2"].notna()
    images["conflict_counts_v2"] = _disagreements(images)
    absent = set(circles["name"]) - set(images.loc[~synthetic, "name"])
    findings = [
        *map(_without_photograph, sorted(absent)),
        *_quarantined(images),
        *_disagree(images),
    ]
    return images, [*findings, *_take_from_copies(images)]


def _disagreements(images: pd.DataFrame) -> pd.Series:
    """Join the different counts of the same bytes by /, ascending; empty where there are not two.

    Returns
    -------
    pandas.Series of str
        Indexed as `images`.
    """
    known = images[images["lesions_v2"].notna()]
    counts = known.groupby("canonical")["lesions_v2"].unique()
    joined = {
        canonical: "/".join(str(count) for count in sorted(different))
        for canonical, different in counts.items()
        if len(different) > 1
    }
    texts = [joined.get(canonical, "") for canonical in images["canonical"]]
    return pd.Series(texts, index=images.index, dtype="str")


def _take_from_copies(images: pd.DataFrame) -> Iterator[Finding]:
    """Fill the counts of canonical members in place, from the first annotated copy by image_id."""
    copies = images[images["annotated"]].drop_duplicates("canonical").set_index("canonical")
    alone = images[(images["image_id"] == images["canonical"]) & ~images["annotated"]]
    for row in alone[alone["canonical"].isin(copies.index)].itertuples():
        copy = copies.loc[row.canonical]
        for column in _COUNTS:
            images.loc[row.Index, column] = copy[column]
        yield _finding(
            "copy-annotated-instead",
            "info",
            row.path,
            expected="circles under the name that stands for the copies",
            found=f"circles only under {copy['image_id']}, the same bytes",
            done="took the counts of that copy",
            remedy="nothing; look its circles up under the name of the copy",
        )


def _disagree(images: pd.DataFrame) -> Iterator[Finding]:
    torn = images[(images["conflict_counts_v2"] != "") & images["lesions_v2"].notna()]
    for _, rows in torn.groupby("canonical"):
        yield _finding(
            "v2-counts-disagree",
            "warning",
            rows["path"].iloc[0],
            expected="one number of circles for the same bytes",
            found=", ".join(f"{row.lesions_v2} in {row.image_id}" for row in rows.itertuples()),
            done="kept the count of each name in lesions_v2; all are in conflict_counts_v2",
            remedy="do not train a counter on it before somebody has counted again",
        )


def _without_photograph(name: str) -> Finding:
    return _finding(
        "v2-image-without-photograph",
        "warning",
        name,
        expected="a photograph of this name in the inventory",
        found="none",
        done="its circles are in no manifest",
        remedy="see whether the scan's findings name it as missing",
    )


def _quarantined(images: pd.DataFrame) -> Iterator[Finding]:
    for row in images[images["quarantined_v2"].fillna(0) > 0].itertuples():
        none_clean = pd.isna(row.lesions_v2)
        yield _finding(
            "v2-circles-quarantined",
            "warning",
            row.path,
            expected="all its circles clean",
            found=f"{row.quarantined_v2} broken beside {0 if none_clean else row.lesions_v2} clean",
            done="marked v2-incomplete; "
            + ("lesions_v2 is empty" if none_clean else "lesions_v2 counts the clean ones")
            + ", quarantined_v2 the broken",
            remedy="do not train a detector on it before they are repaired",
        )


def _finding(
    check: str, severity: str, file: str, *, expected: str, found: str, done: str, remedy: str
) -> Finding:
    return Finding(
        check=check,
        severity=severity,  # type: ignore[arg-type]
        file=file,
        pointer="",
        line=None,
        expected=expected,
        found=found,
        done=done,
        remedy=remedy,
    )
