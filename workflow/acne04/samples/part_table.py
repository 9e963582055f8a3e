"""One part of a split as a table with the files beside the labels: ``acne04.load``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from acne04.core.errors import Acne04Error, UnavailableError, UsageError
from acne04.core.grades import GRADE_NAMES
from acne04.samples.image_files import folder_of_images, named, require_images
from acne04.samples.parts import check_part, rows_of_part
from acne04.samples.place import find_dataset
from acne04.samples.sample import SAMPLE_COLUMNS, Annotations, samples_of

if TYPE_CHECKING:
    import datasets

    from acne04.samples.torch_images import TorchImages

Check = Literal["size", "hash", "none"]
CHECKS: tuple[Check, ...] = ("size", "hash", "none")
#: Key of `DataFrame.attrs` that says where a table is from.
_PLACE = "acne04"
_GRADES = pd.CategoricalDtype(list(GRADE_NAMES), ordered=True)
#: Columns of the manifest that a part's table has in other words, or that say nothing there.
_LEFT_OUT = ("image_id", "split", "excluded")
_FIRST = ("file", "grade", "label", "weight", "origin", "lesions_v1", "lesions_v2")


class PartTable(pd.DataFrame):  # type: ignore[misc]
    """The images of a part, each once: a pandas table, by image_id in the manifest's order.

    What is selected of it, sorted or put together (`pandas.concat`) is such a table again, as
    long as the columns that a method needs are there.

    Columns: ``file``, the absolute path; ``grade`` (0 to 3) and ``label``, its name; ``weight``,
    how often an epoch of training shows the image; ``part``; and those of the manifest
    (``schemas/splits.table.json``) but ``split`` and ``excluded``. Numbers are nullable: a missing
    one is ``pandas.NA``, never 0.
    """

    @property
    def _constructor(self) -> type[PartTable]:
        return PartTable

    def to_torch(
        self, transform: Callable[[Any], Any] | None = None, distribution: bool = False
    ) -> TorchImages:
        """Give a map-style dataset of PyTorch, its items in the order of the rows.

        Parameters
        ----------
        transform : callable, optional
            Gets each upright image (`PIL.Image.Image`, mode RGB); picklable where a DataLoader
            has workers. Without it an item has the image as it is.
        distribution : bool
            Whether an item has the distribution of its lesion count, too (`lesions_v1`; Wu et al.
            2019, see `acne04.samples.label_distribution`).

        Returns
        -------
        TorchImages
            Items (image, grade) or (image, grade, distribution); `weights` for a sampler.

        Raises
        ------
        UnavailableError
            If PyTorch is not installed.
        UsageError
            If a row has no grade, or no lesion count where that is wanted.
        """
        try:
            from acne04.samples.torch_images import TorchImages
        except ModuleNotFoundError as error:
            raise _not_installed(error, "torch", "torch") from None
        weights = self._column("weight", "to_torch").astype(object)
        return TorchImages(
            self._column("file", "to_torch").tolist(),
            self._whole("grade", "grade"),
            weights.where(weights.notna(), None).tolist(),
            self._whole("lesions_v1", "lesion count") if distribution else None,
            transform,
        )

    def to_hf(self) -> datasets.Dataset:
        """Give a dataset of Hugging Face, its rows in this order; the images stay in their files.

        Returns
        -------
        datasets.Dataset
            ``image`` decodes when it is asked for; ``grade`` and ``origin`` are class labels;
            ``boxes`` and ``circles`` are lists, in pixels of the upright image, None where there
            are no annotations.

        Raises
        ------
        UnavailableError
            If `datasets` is not installed, or the tables of boxes and circles are not there.
        UsageError
            If this table does not know any more where it is from.
        """
        try:
            from acne04.samples.hf_rows import dataset_of
        except ModuleNotFoundError as error:
            raise _not_installed(error, "datasets", "huggingface") from None
        files = self._column("file", "to_hf").tolist()
        if _PLACE not in self.attrs:
            raise UsageError(
                "to_hf",
                "the table has lost where its boxes and circles lie (as in a merge)",
                remedy="select rows of what acne04.load gives, and add columns to the dataset",
            )
        rows = self if "image_id" in self.columns else self.reset_index()
        for name in ("image_id", *SAMPLE_COLUMNS):
            rows._column(name, "to_hf")
        annotations = Annotations(find_dataset(self.attrs[_PLACE]))
        return dataset_of(list(samples_of(rows, annotations)), files)

    def _column(self, name: str, method: str) -> pd.Series:
        if name not in self.columns:
            raise UsageError(method, f"the table has no column {name}", remedy="keep it, or load")
        return self[name]

    def _whole(self, name: str, what: str) -> list[int]:
        column = self._column(name, "to_torch")
        missing = int(column.isna().sum())
        if missing:
            raise UsageError(
                "to_torch",
                f"{missing:,} of {len(self):,} images have no {what}",
                found=named(self.index[column.isna()].tolist()),
                remedy=f'leave them out: table[table["{name}"].notna()].to_torch(...)',
            )
        return [int(value) for value in column]


def load(
    variant: str,
    part: str,
    fold: int | None = None,
    path: str | Path | None = None,
    images: str | Path | None = None,
    check: Check = "size",
) -> PartTable:
    """Load a part of a split, with the files of its images, which are looked at first.

    Parameters
    ----------
    variant : str
        ``holdout``, ``kfold``, ``published-clean``, ``published-matched``, ``published`` or
        ``paper``; or a repeat, ``holdout-2``.
    part : str
        ``train``, ``val`` or ``test`` of holdout and of kfold; ``trainval`` or ``test`` of the
        published ones; ``all`` of paper.
    fold : int, optional
        From 0, for kfold and the published ones: the fold that is tested on.
    path : str or pathlib.Path, optional
        A checkout, a folder in it, or a release; without it the checkout that the working folder
        lies in.
    images : str or pathlib.Path, optional
        Folder below which the manifest's paths begin, where it is not ``data/raw`` of the checkout
        (a release has no images).
    check : {"size", "hash", "none"}
        What is compared with the manifest before anything is given: that each file is there with
        its size in bytes; with its SHA-256, too (reads every byte); or nothing.

    Returns
    -------
    PartTable
        A row an image, indexed by image_id, in the order of the manifest.

    Raises
    ------
    UsageError
        If there is no such variant, part or fold.
    UnavailableError
        If the dataset, or any of the images, is not there.
    SchemaError
        If the manifest is not as its schema says.
    Acne04Error
        If images are not those of the manifest, or the part is empty.

    Examples
    --------
    >>> import acne04
    >>> train = acne04.load("kfold", "train", fold=3)  # doctest: +SKIP
    >>> train["label"].value_counts()  # doctest: +SKIP
    """
    if check not in CHECKS:
        raise UsageError("check", "no such check", expected=", ".join(CHECKS), found=str(check))
    check_part(variant, part)
    place = find_dataset(path, images)
    rows = rows_of_part(place.manifest(variant), variant, part, fold)
    if rows.empty:
        raise Acne04Error(f"{variant}, {part}", "the part has no image")
    folder = folder_of_images(place)
    if check != "none":
        digests = rows["sha256"].tolist() if check == "hash" else []
        require_images(place, rows["path"].tolist(), rows["size"].tolist(), digests)
    table = PartTable(rows).set_index("image_id")
    table["file"] = pd.array([str(folder / path) for path in rows["path"]], dtype="str")
    names = [pd.NA if pd.isna(grade) else GRADE_NAMES[grade] for grade in rows["grade"]]
    table["label"] = pd.Categorical(names, dtype=_GRADES)
    table["part"] = part
    others = [name for name in table.columns if name not in (*_FIRST, *_LEFT_OUT)]
    table = PartTable(table[[*_FIRST, *others]])
    table.attrs[_PLACE] = str(place.root.resolve())
    return table


def _not_installed(error: ModuleNotFoundError, package: str, extra: str) -> Exception:
    """Say how to get a package; give the error back where it is about another one."""
    if (error.name or "").partition(".")[0] != package:
        return error
    remedy = f"`pip install {package}` (the versions that fit: the extra {extra} of acne04)"
    return UnavailableError(package, "not installed", remedy=remedy)
