"""A manifest, ours or a stranger's, as images, parts and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from acne04.core import manifests
from acne04.core.errors import UnavailableError, UsageError
from acne04.core.foreign_tables import PATH_COLUMNS, ForeignTable, read_foreign
from acne04.core.schemas import load_schema
from acne04.relations.leakage import held_out_order
from acne04.samples.image_lookup import names_of_images
from acne04.samples.place import DatasetPlace
from acne04.shortcuts.trials import Integers, Trial, apart, training_images, trials_of

#: Columns of a stranger's manifest that may name the part.
PART_COLUMNS = ("split", "part", "set", "subset", "fold_type", "partition")
_NAMED = 5


@dataclass(frozen=True)
class JudgedManifest:
    """What is measured.

    Attributes
    ----------
    name : str
        Variant, or file name of a stranger's manifest.
    images : pandas.DataFrame
        Indexed by image_id: path, origin, grade, group, person.
    trials : list of Trial
        What there is to grade by.
    trained : numpy.ndarray
        Places of the graded images that are trained on.
    """

    name: str
    images: pd.DataFrame
    trials: list[Trial]
    trained: Integers


def read_manifest(path: Path, dataset: str | None) -> JudgedManifest:
    """Read a manifest of ours."""
    variant, manifest = manifests.read_manifest(path, dataset)
    images = _images(manifest.drop_duplicates("image_id"))
    trials = trials_of(manifest, variant, images)
    return JudgedManifest(variant, images, trials, training_images(manifest, variant, images))


def is_ours(path: Path) -> bool:
    """Tell whether a file has the columns of table ``splits``."""
    columns = [field["name"] for field in load_schema("splits.table.json")["fields"]]
    try:
        with path.open("rb") as stream:
            return stream.readline().strip() == ",".join(columns).encode()
    except FileNotFoundError:
        raise UnavailableError(str(path), "no such file") from None


def read_strangers(path: Path, place: DatasetPlace) -> JudgedManifest:
    """Read any manifest with a column of images and one of parts.

    Raises
    ------
    UsageError
        If a column is missing, a row names no image that is known, or there are no two parts.
    """
    table = read_foreign(path)
    image = _column(table, "of images", PATH_COLUMNS)
    part = _column(table, "of parts", PART_COLUMNS)
    known = _known(place)
    rows = table.rows[table.rows[part] != ""]
    ids = rows[image].map(names_of_images(known))
    if ids.isna().any():
        strange = rows.loc[ids.isna(), image]
        more = f" and {len(strange) - _NAMED:,} more" if len(strange) > _NAMED else ""
        raise UsageError(
            path.name,
            f"{len(strange):,} of {len(rows):,} rows name no image that is known",
            expected="image_id, path, file name or SHA-256 of one image",
            found=", ".join(strange[:_NAMED]) + more,
            done="nothing said",
            remedy="leave these rows out, or name the dataset that they are of with --data",
        )
    parts = sorted(set(rows[part]), key=held_out_order)
    if len(parts) < 2:
        raise UsageError(
            path.name,
            "one part alone, so there is nothing to learn from",
            expected="at least two, such as train and test",
            found=", ".join(parts) or "none",
            done="nothing said",
        )
    images = _images(known)
    sides = {name: images.index.get_indexer(ids[rows[part] == name]) for name in parts}
    usable = ((images["origin"] == "real") & images["grade"].notna()).to_numpy()
    graded = {name: np.unique(side[usable[side]]) for name, side in sides.items()}
    trials = [apart(images, graded[parts[-1]], graded[parts[0]])]
    trained = sides[parts[-1]]
    trained = np.unique(trained[images["grade"].notna().to_numpy()[trained]])
    return JudgedManifest(path.name, images, trials, trained)


def _images(rows: pd.DataFrame) -> pd.DataFrame:
    images = rows.set_index("image_id")[["path", "origin", "grade", "group", "subject"]]
    person = images["subject"].where(images["subject"] != "", "group " + images["group"])
    return images.drop(columns="subject").assign(person=person)


def _known(place: DatasetPlace) -> pd.DataFrame:
    groups = place.table("groups/groups.csv", "groups")
    inventory = place.table("inventory/images.csv", "inventory")
    columns = ["path", "origin", "grade", "sha256"]
    known = groups.merge(inventory[columns], on="path")
    return known.assign(grade=known["decided_grade"].fillna(known["grade"]))


def _column(table: ForeignTable, what: str, names: tuple[str, ...]) -> str:
    column = table.first(names)
    if column is None:
        raise UsageError(
            table.name,
            f"no column {what}",
            expected=f"one of {', '.join(names)}",
            found=", ".join(table.rows),
            done="nothing said",
        )
    return column
