"""The functions that other projects import: on tables and folders, nothing printed or written.

`acne04` offers them by name. They are called for what they find, since `acne04.validate`,
`acne04.leaks` and `acne04.near` are the packages of the verbs.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from acne04.core import parameters, tables
from acne04.core.findings import Finding
from acne04.near.cache import open_cache
from acne04.near.command import METHOD
from acne04.near.pictures import distinct_pictures, shared_corpus
from acne04.near.scores import Comparer
from acne04.near.stage import compare_all
from acne04.relations.kinship import Kinship
from acne04.relations.leakage import leak_table
from acne04.relations.persons import with_persons
from acne04.validate.examination import examine


def validate_annotations(file: str | Path, inventory: pd.DataFrame | None = None) -> list[Finding]:
    """Check an Acne04-v2 annotation file against its schema and against sense.

    Parameters
    ----------
    file : str or pathlib.Path
        The JSON file (Gazeau et al. 2024, https://github.com/AIpourlapeau/acne04v2).
    inventory : pandas.DataFrame, optional
        Table ``inventory``: the images are compared with the annotations, too.

    Returns
    -------
    list of Finding
        In the order of the file; empty where there is nothing to say.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    path = Path(file)
    examination = examine(path.read_bytes(), path.name, tables_wanted=False, inventory=inventory)
    return examination.findings


def find_leaks(sides: pd.DataFrame, relations: pd.DataFrame) -> pd.DataFrame:
    """Count what two parts of a split share.

    Parameters
    ----------
    sides : pandas.DataFrame
        Columns image_id, part, grade (0 to 3) and fold (missing where there are none): a row for
        each part that an image is in; in any order. Images with one text in a column ``subject``,
        where there is one, show one person.
    relations : pandas.DataFrame
        Columns kind (``exact``, ``near``, ``derived-from``, ``retake`` or ``subject``), a, b: two
        images that are the same bytes, one photograph, parent and child, photographs of one person
        within moments, or one person; in any order.

    Returns
    -------
    pandas.DataFrame
        A row for each fold, pair of parts, grade and kind of relation, also those of no leak:
        columns as in ``schemas/leaks.table.json``, from ``fold`` on.
    """
    if "subject" in sides:
        relations = with_persons(relations, sides)
    return leak_table(sides, Kinship(sides["image_id"], relations))


def find_near_duplicates(
    inventory: pd.DataFrame,
    images: str | Path,
    subjects: Mapping[str, str] | None = None,
    false_positive_rate: float | None = None,
    processes: int = 1,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find photographs that are one in other bytes, and the parents of synthetic images.

    Parameters
    ----------
    inventory : pandas.DataFrame
        Table ``inventory``, as `acne04 scan` makes it of any folder.
    images : str or pathlib.Path
        Folder below which the paths of the inventory begin.
    subjects : mapping of str to str, optional
        File name of a photograph -> person: pairs of different persons set the threshold.
    false_positive_rate : float, optional
        Share of pairs of strangers that may be taken for one photograph, more than 0 and less than
        1; that of the shipped ``params.yaml`` where it is not given.
    processes : int
        How many compare at once; the result does not depend on it.

    Returns
    -------
    verdicts, parents : pandas.DataFrame
        Tables ``verdicts`` and ``parents``, by their primary keys.
    """
    rate = false_positive_rate
    if rate is None:
        rate = parameters.described("near")["false_positive_rate"]["default"]
    dataset = str(inventory["dataset"].iloc[0])
    pictures = distinct_pictures(inventory, dict(subjects or {}))
    with (
        open_cache(None, METHOD) as cache,
        shared_corpus(Path(images), pictures, processes) as pool,
    ):
        outcome = compare_all(Comparer(pictures, pool, cache, processes), dataset, METHOD, rate)
    return (
        tables.from_records("verdicts", outcome.verdicts),
        tables.from_records("parents", outcome.parents),
    )
