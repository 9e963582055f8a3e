"""The rows of a manifest that a part is made of, by variant and fold."""

from __future__ import annotations

import pandas as pd

from acne04.core.errors import UsageError
from acne04.core.suggestions import did_you_mean

#: Variant -> its parts, the training one first. In `kfold` a part is of one fold.
PARTS = {
    "holdout": ("train", "val", "test"),
    "kfold": ("train", "test"),
    "published-clean": ("trainval", "test"),
    "published": ("trainval", "test"),
    "paper": ("all",),
}
#: Variants whose parts are asked for by fold.
OF_FOLDS = ("kfold", "published-clean", "published")


def training_part(variant: str) -> str | None:
    """Name the part that a model is trained on; None where a variant has no parts.

    >>> training_part("published"), training_part("paper")
    ('trainval', None)
    """
    return PARTS[variant][0] if len(PARTS[variant]) > 1 else None


def rows_of_part(
    manifest: pd.DataFrame, variant: str, part: str, fold: int | None = None
) -> pd.DataFrame:
    """Give the rows of one part, placed ones only.

    Parameters
    ----------
    manifest : pandas.DataFrame
        Table ``splits`` of the variant.
    variant : str
        One of `PARTS`.
    part : str
        One of its parts.
    fold : int, optional
        Fold, from 0; needed for the variants of `OF_FOLDS`, and for no other.

    Returns
    -------
    pandas.DataFrame
        Columns and order as in the manifest, each image once.

    Raises
    ------
    UsageError
        If the variant, the part or the fold is none of those that there are.
    """
    check_part(variant, part)
    in_fold = manifest
    if check_fold(manifest, variant, fold) is not None and variant != "kfold":
        in_fold = manifest[manifest["fold"] == fold]
    if variant == "kfold" and part == "train":
        placed = in_fold["split"].isin(["test", "train-only"])
        # A synthetic image whose group no fold tests on has none, and trains in all of them.
        return in_fold[placed & (in_fold["fold"] != fold).fillna(value=True)]
    found = in_fold[in_fold["split"] == part]
    return found[found["fold"] == fold] if variant == "kfold" else found


def check_part(variant: str, part: str) -> None:
    """Refuse a variant or a part that does not exist.

    Raises
    ------
    UsageError
        With those that do.
    """
    if variant not in PARTS:
        raise UsageError(
            "variant",
            "no such variant",
            expected=", ".join(PARTS),
            found=variant,
            remedy=did_you_mean(variant, PARTS),
        )
    if part not in PARTS[variant]:
        raise UsageError(
            "part",
            f"{variant} has no such part",
            expected=", ".join(PARTS[variant]),
            found=part,
            remedy=did_you_mean(part, PARTS[variant]),
        )


def check_fold(manifest: pd.DataFrame, variant: str, fold: int | None) -> int | None:
    """Give the fold, where the variant has folds and this is one; None where it has none.

    Raises
    ------
    UsageError
        If a fold is missing, too much, or not one of the manifest's.
    """
    if variant not in OF_FOLDS:
        if fold is not None:
            raise UsageError("fold", f"{variant} has no folds", found=str(fold))
        return None
    there = sorted(int(number) for number in manifest["fold"].dropna().unique())
    if fold not in there:
        raise UsageError(
            "fold",
            f"{variant} is asked for by fold",
            expected=", ".join(map(str, there)),
            found="none" if fold is None else str(fold),
        )
    return fold
