"""A variant of the split: the parameters of all, and the one table, a manifest, that each makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from acne04.core.errors import SplitError, UsageError
from acne04.core.findings import Finding
from acne04.core.variants import BY_FOLD, GROUPED, VARIANTS, base_of
from acne04.split.quotas import Certificate
from acne04.split.solver import Limits
from acne04.split.strata import GRADE

#: Columns that do not depend on the variant.
IMAGE_COLUMNS = (
    "image_id",
    "path",
    "origin",
    "grade",
    "lesions_v1",
    "conflict_counts",
    "lesions_v2",
    "quarantined_v2",
    "conflict_counts_v2",
    "width",
    "height",
    "size",
    "sha256",
    "subject",
    "group",
)
#: Marks: a synthetic image of unknown parent; a photograph with broken circles,
#: or a broken record. Never both.
UNVERIFIED, INCOMPLETE = "parents-unverified", "v2-incomplete"


@dataclass(frozen=True)
class SplitParameters:
    """How to place and to balance: the section ``split`` of ``params.yaml``.

    Attributes
    ----------
    ratios : dict of str to int
        Part of ``holdout`` to its share of the placeable real images, in percent.
    fold_count : int
        Folds of ``kfold``.
    restrict : {"none", "v2"}
        ``v2``: place only the images that Acne04-v2 annotates.
    balance : {"none", "synthetic", "weights", "repetition"}
        How to balance the training part, see `acne04.split.balance`.
    target : int
        Images of each grade that balancing aims at.
    unknown_parent : {"exclude", "keep"}
        What becomes of synthetic images of unknown parent.
    strata : {"grade", "grade+size"}
        What every part is to have its share of, see `acne04.split.strata`.
    least_persons : int
        Persons, in a part and of a grade in it, below which a finding tells that they are few.
    limits : Limits
        When the solver may stop without a proof.
    repeats : int
        How many ``holdout`` and ``kfold``, each with other test persons.
    """

    ratios: dict[str, int]
    fold_count: int
    restrict: str
    balance: str
    target: int
    unknown_parent: str
    least_persons: int
    limits: Limits
    repeats: int = 1
    strata: str = GRADE


@dataclass(frozen=True)
class Variant:
    """What one variant makes.

    Attributes
    ----------
    name : str
        One of `acne04.core.variants.VARIANTS`, or a repeat of one.
    manifest : pandas.DataFrame
        Table ``splits`` without the columns dataset and variant.
    findings : list of Finding
        What there is to say about it.
    certificate : Certificate or None
        For the variants that place groups.
    validation : tuple of Certificate
        In ``kfold``, of each fold: how what it does not test on is parted in train and val.
    shortfall : dict of int to int
        Grade to the images (or showings) that its training part lacks of the target.
    """

    name: str
    manifest: pd.DataFrame
    findings: list[Finding]
    certificate: Certificate | None
    shortfall: dict[int, int]
    validation: tuple[Certificate, ...] = ()

    @property
    def base(self) -> str:
        """The variant that it repeats, or its own name."""
        return base_of(self.name)


def blank_manifest(images: pd.DataFrame) -> pd.DataFrame:
    """Give a manifest in which no image is placed or excluded yet; rows as in `images`."""
    incomplete = (images["quarantined_v2"].fillna(0) > 0) | (images["quarantined_by"] != "")
    return images[list(IMAGE_COLUMNS)].assign(
        fold=pd.Series(pd.NA, index=images.index, dtype="Int64"),
        validates=pd.Series("", index=images.index, dtype="str"),
        split=pd.Series("", index=images.index, dtype="str"),
        weight=pd.Series(pd.NA, index=images.index, dtype="Float64"),
        mark=pd.Series("", index=images.index, dtype="str").mask(incomplete, INCOMPLETE),
        excluded=pd.Series("", index=images.index, dtype="str"),
    )


def refuse_losses(variant: str, manifest: pd.DataFrame, images: pd.DataFrame) -> None:
    """Check that each image is placed or excluded, and that no row is missing or double.

    Raises
    ------
    SplitError
        If not: that would be a mistake of this program, and nothing may be written.
    """
    folds = manifest["fold"].nunique() if variant in BY_FOLD else 1
    rows = manifest["image_id"].value_counts()
    placed, excluded = manifest["split"] != "", manifest["excluded"] != ""
    sound = (
        set(rows.index) == set(images["image_id"])
        and bool((rows == max(folds, 1)).all())
        and bool((placed ^ excluded).all())
        and not manifest.duplicated(["image_id", "fold"]).any()
    )
    if not sound:
        raise SplitError(
            variant,
            "an image is lost, double, or neither placed nor excluded",
            done="nothing written",
            remedy="report it, with the tables",
        )


def refuse_strangers(folder: Path, variants: Sequence[str]) -> None:
    """Refuse to write findings beside the manifests of another run, which they do not describe.

    Raises
    ------
    UsageError
        If the folder has manifests of variants that are not among `variants`.
    """
    files = {variant: [f"{variant}.csv"] for variant in VARIANTS}
    files["published"].append("published_leaks.csv")
    files["paper"] += ["paper_table.csv", "paper_leaks.csv"]
    others = [name for variant in VARIANTS if variant not in variants for name in files[variant]]
    there = [name for name in others if (folder / name).exists()]
    repeats = sorted(path.stem for path in folder.glob("*-*.csv") if base_of(path.stem) in GROUPED)
    there += [f"{name}.csv" for name in repeats if name not in variants]
    if there:
        raise UsageError(
            str(folder),
            "manifests of variants that are not made in this run",
            expected=f"none but those of {', '.join(variants)}",
            found=", ".join(there),
            done="nothing written",
            remedy="remove them, name their variants in --variants, or take another folder",
        )
