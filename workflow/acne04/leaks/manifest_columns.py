"""Which columns of a stranger's manifest name images, parts and folds."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from acne04.core.errors import UsageError
from acne04.core.foreign_tables import PATH_COLUMNS, ForeignTable
from acne04.relations.leakage import held_out_order

SPLIT_COLUMNS = ("split", "subset", "part", "set", "partition")
FOLD_COLUMN = "fold"
#: Columns that name the person; a ``group`` may be anything.
PERSON_COLUMNS = ("subject", "person", "patient", "subject_id", "person_id", "patient_id")


@dataclass(frozen=True)
class ManifestColumns:
    """Names of columns: those that may name the image, that of the part, that of the fold."""

    images: tuple[str, ...]
    split: str | None
    fold: str | None

    def __str__(self) -> str:
        split = f", parts by {self.split}" if self.split else ""
        fold = f", folds by {self.fold}" if self.fold else ""
        return f"images by {', '.join(self.images)}{split}{fold}"


def choose_columns(
    table: ForeignTable, path: str | None, split: str | None, fold: str | None
) -> ManifestColumns:
    """Take the columns that options name; else those that the file's header suggests.

    Parameters
    ----------
    path, split, fold : str or None
        What ``--path-column``, ``--split-column`` and ``--fold-column`` say.

    Raises
    ------
    UsageError
        If there is no column of images, or neither one of parts nor one of folds.
    """
    images = tuple(name for name in PATH_COLUMNS if name in table.rows)
    if path:
        images = (table.named("--path-column", path),)
    parts = table.named("--split-column", split) if split else table.first(SPLIT_COLUMNS)
    folds = table.named("--fold-column", fold) if fold else table.first((FOLD_COLUMN,))
    if parts is None and folds and not fold and _names_parts(table.rows[folds]):
        parts = folds
    folds = None if folds == parts else folds
    missing = [] if images else [f"of images ({', '.join(PATH_COLUMNS)}; --path-column)"]
    if parts is None and folds is None:
        names = ", ".join((*SPLIT_COLUMNS, FOLD_COLUMN))
        missing.append(f"of parts ({names}; --split-column, --fold-column)")
    if missing:
        raise UsageError(
            table.name,
            f"no column {' and none '.join(missing)}",
            found=", ".join(table.rows),
            done="nothing said",
        )
    return ManifestColumns(images, parts, folds)


def _names_parts(values: pd.Series) -> bool:
    """Whether a value is the name of a part, like test, and not that of a fold."""
    anything = held_out_order("0")[0]
    return any(held_out_order(value)[0] != anything for value in values.unique())
