"""Count what the published folds share between their two parts."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from acne04.findings import Finding


def straddles(manifest: pd.DataFrame, images: pd.DataFrame) -> pd.DataFrame:
    """Count, in each fold, the copies and persons on both sides.

    Parameters
    ----------
    manifest : pandas.DataFrame
        Of the variant ``published``.
    images : pandas.DataFrame
        As of `acne04.split.images.join_images`: image_id, canonical.

    Returns
    -------
    pandas.DataFrame of int
        One row a fold, by fold: ``pairs`` of the same bytes, one in trainval and one in test;
        ``persons``, the test images that show a subject who is in trainval, too; ``tested``, all
        test images.
    """
    placed = manifest[manifest["split"] != ""]
    placed = placed.merge(images[["image_id", "canonical"]], on="image_id")
    rows = {}
    for fold, of_fold in placed.groupby("fold"):
        train, test = (of_fold[of_fold["split"] == part] for part in ("trainval", "test"))
        known = test["subject"] != ""
        rows[int(fold)] = {
            "pairs": len(train.merge(test, on="canonical")),
            "persons": int((known & test["subject"].isin(train["subject"])).sum()),
            "tested": len(test),
        }
    columns = ["pairs", "persons", "tested"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def leak_findings(straddling: pd.DataFrame) -> Iterator[Finding]:
    """Warn of each fold that shares copies or persons; `straddling` as of `straddles`."""
    for row in straddling[straddling["pairs"] > 0].itertuples():
        yield _leak(
            "copies-straddle",
            int(row.Index),
            expected="no photograph in both trainval and test",
            found=f"{row.pairs} byte-identical pairs with one copy in each",
        )
    for row in straddling[straddling["persons"] > 0].itertuples():
        yield _leak(
            "persons-straddle",
            int(row.Index),
            expected="no person in both trainval and test",
            found=f"{row.persons} of {row.tested} test images ({percent(row.persons, row.tested)} "
            "%) show a person who is in trainval",
        )


def percent(share: int, whole: int) -> float:
    """Give a share of a whole in percent, to one decimal.

    >>> percent(1, 8)
    12.5
    """
    return round(100 * share / whole, 1) if whole else 0.0


def _leak(check: str, fold: int, *, expected: str, found: str) -> Finding:
    return Finding(
        check=check,
        severity="warning",
        file="published.csv",
        pointer=f"fold {fold}",
        line=None,
        expected=expected,
        found=found,
        done="placed as published",
        remedy="compare with published results only; report from holdout or kfold",
    )
