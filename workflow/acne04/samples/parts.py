"""The rows of a manifest that a part is made of, by variant and fold."""

from __future__ import annotations

import pandas as pd

from acne04.core.errors import UsageError
from acne04.core.suggestions import did_you_mean
from acne04.core.variants import base_of
from acne04.relations.leakage import sides_in_fold

#: Variant -> its parts, the training one first. In `kfold` a part is of one fold.
PARTS = {
    "holdout": ("train", "val", "test"),
    "kfold": ("train", "val", "test"),
    "published-clean": ("trainval", "test"),
    "published-matched": ("trainval", "test"),
    "published": ("trainval", "test"),
    "paper": ("all",),
}
#: What a user may ask for, in words.
VARIANTS_TOLD = f"{', '.join(PARTS)}; or a repeat, such as holdout-2"
#: Variants whose parts are asked for by fold.
OF_FOLDS = ("kfold", "published-clean", "published-matched", "published")


def parts_of(variant: str) -> tuple[str, ...]:
    """Name the parts of a variant, or of a repeat of one, the training one first.

    >>> parts_of("holdout-2")
    ('train', 'val', 'test')
    """
    return PARTS[base_of(variant)]


def is_of_folds(variant: str) -> bool:
    """Tell whether the parts of a variant, or of a repeat of one, are asked for by fold."""
    return base_of(variant) in OF_FOLDS


def training_part(variant: str) -> str | None:
    """Name the part that a model is trained on; None where a variant has no parts.

    >>> training_part("published"), training_part("paper")
    ('trainval', None)
    """
    parts = parts_of(variant)
    return parts[0] if len(parts) > 1 else None


def rows_of_part(
    manifest: pd.DataFrame, variant: str, part: str, fold: int | None = None
) -> pd.DataFrame:
    """Give the rows of one part, placed ones only.

    Parameters
    ----------
    manifest : pandas.DataFrame
        Table ``splits`` of the variant.
    variant : str
        One of `PARTS`, or a repeat of one (``kfold-2``).
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
    if check_fold(manifest, variant, fold) is not None and base_of(variant) != "kfold":
        in_fold = manifest[manifest["fold"] == fold]
    if base_of(variant) == "kfold" and fold is not None:
        placed = in_fold[in_fold["split"] != ""]
        return placed[sides_in_fold(placed, fold) == part]
    return in_fold[in_fold["split"] == part]


def check_variant(variant: str) -> str:
    """Give a variant back; refuse one that does not exist.

    Raises
    ------
    UsageError
        With those that do.
    """
    if base_of(variant) not in PARTS:
        raise UsageError(
            "variant",
            "no such variant",
            expected=VARIANTS_TOLD,
            found=variant,
            remedy=did_you_mean(variant, PARTS),
        )
    return variant


def check_part(variant: str, part: str) -> None:
    """Refuse a variant or a part that does not exist.

    Raises
    ------
    UsageError
        With those that do.
    """
    parts = parts_of(check_variant(variant))
    if part not in parts:
        raise UsageError(
            "part",
            f"{variant} has no such part",
            expected=", ".join(parts),
            found=part,
            remedy=did_you_mean(part, parts),
        )


def check_fold(manifest: pd.DataFrame, variant: str, fold: int | None) -> int | None:
    """Give the fold, where the variant has folds and this is one; None where it has none.

    Raises
    ------
    UsageError
        If a fold is missing, too much, or not one of the manifest's.
    """
    if not is_of_folds(variant):
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
