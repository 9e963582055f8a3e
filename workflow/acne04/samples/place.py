"""Where a dataset lies: a checkout, its ``data`` folder, or a release."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from acne04.core import documents, tables
from acne04.core.checkout import NO_DATA
from acne04.core.errors import UnavailableError

_RAW = Path("data/raw")


@dataclass(frozen=True)
class DatasetPlace:
    """Where the tables and images of one dataset lie.

    Attributes
    ----------
    root : pathlib.Path
        The checkout, or the release.
    manifests : pathlib.Path
        Folder of the manifests and certificates.
    tables : pathlib.Path
        Folder of the folders ``inventory``, ``annotations``, ``near`` and ``groups``.
    images : pathlib.Path or None
        Folder below which the paths of the manifests begin; None where none is known.
    """

    root: Path
    manifests: Path
    tables: Path
    images: Path | None

    def manifest(self, variant: str) -> pd.DataFrame:
        """Read table ``splits`` of a variant.

        Raises
        ------
        UnavailableError
            If it is not there.
        SchemaError
            If it is not as its schema says.
        """
        return self._read(self.manifests / f"{variant}.csv", "splits")

    def table(self, path: str, name: str) -> pd.DataFrame:
        """Read the table at ``<noun>/<name>.csv``, by the name of its schema; errors as above."""
        return self._read(self.tables / path, name)

    def document(self, path: str, schema: str) -> Any:
        """Read a JSON document of the stages, such as ``near/calibration.json``, by its schema.

        Raises
        ------
        UnavailableError
            If it is not there.
        """
        if not (self.tables / path).is_file():
            raise self._missing(self.tables / path)
        return documents.read(self.tables / path, schema)

    @property
    def ledger(self) -> Path:
        """The ledger of the dataset."""
        of_release = self.root / "ledger.json"
        return of_release if self.is_release else self.root / "data/ledger/ledger.json"

    @property
    def is_release(self) -> bool:
        """Whether this is a release, and no checkout."""
        return self.manifests.name == "manifests"

    def _read(self, path: Path, name: str) -> pd.DataFrame:
        if not path.is_file():
            raise self._missing(path)
        return tables.read(path, name)

    def _missing(self, path: Path) -> UnavailableError:
        if self.is_release:
            return UnavailableError(str(path), "the release lacks it", remedy="`acne04 verify`")
        remedy = f"`dvc pull {path.relative_to(self.root)}`, or `make run`"
        return UnavailableError(str(path), "not here", remedy=remedy)


def find_dataset(path: str | Path | None = None, images: str | Path | None = None) -> DatasetPlace:
    """Find a dataset.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        A checkout, a folder of it, its ``data`` folder, or a release. None for the checkout that
        the working folder lies in.
    images : str or pathlib.Path, optional
        Folder below which the paths of the manifests begin, where it is not the ``data/raw`` of
        that checkout (or, for a release, of the checkout that it lies in).

    Raises
    ------
    UnavailableError
        If there is no dataset, or a folder that is named is not there.
    """
    start = Path(path) if path is not None else Path()
    if not start.is_dir():
        raise UnavailableError(str(start), "no such folder")
    if images is not None and not Path(images).is_dir():
        raise UnavailableError(str(images), "no such folder of images")
    if (start / "manifests").is_dir():
        # The release has a Snakefile of its own.
        around = _checkout_around(start / "..")
        return DatasetPlace(
            start, start / "manifests", start / "tables", _images(images, around or start)
        )
    root = _checkout_around(start)
    if root is None:
        raise UnavailableError(
            str(start.resolve()),
            "neither a checkout nor a release",
            remedy="name one with path=, or on the command line with --data",
        )
    if not (root / "data/splits").is_dir():
        raise UnavailableError(str(root / "data"), "data/ is not here", remedy=NO_DATA)
    return DatasetPlace(root, root / "data/splits", root / "data", _images(images, root))


def _images(named: str | Path | None, root: Path) -> Path | None:
    if named is not None:
        return Path(named)
    return root / _RAW if (root / _RAW).is_dir() else None


def _checkout_around(start: Path) -> Path | None:
    """Find the checkout that a folder lies in, as a path that is as relative as the folder."""
    absolute = start.resolve()
    for up, folder in enumerate((absolute, *absolute.parents)):
        if (folder / "data/splits").is_dir() or (folder / "Snakefile").is_file():
            return start.joinpath(*[".."] * up) if up else start
    return None
