"""Place units: whole groups, or regions of one that an earlier release put in several places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from acne04.core.grades import GRADES
from acne04.split.growing import Growth
from acne04.split.manifest import Options
from acne04.split.placing import place_groups
from acne04.split.quotas import Certificate, Frozen, Integers, Parts, with_total


def place_units(
    manifest: pd.DataFrame, real: pd.Series, growth: Growth, parts: Parts, options: Options
) -> tuple[pd.Series, Certificate]:
    """Place the units that have no place, beside those that keep theirs.

    Parameters
    ----------
    manifest : pandas.DataFrame
        All images: columns group, grade.
    real : pandas.Series of bool
        The photographs that can be placed.
    growth : Growth
        What an earlier release leaves open.
    parts : Parts
        All parts, the frozen one included.

    Returns
    -------
    pandas.Series of str
        Part of the unit of every row, placed or not; empty where no photograph of the unit is
        placed now, or was in the earlier release.
    Certificate
        With the frozen part, where there is one.
    """
    kept, new = real & (growth.place != ""), real & (growth.place == "")
    open_parts = parts.without(growth.frozen)
    given = _count(manifest[kept], growth.place[kept], open_parts.names)
    units = manifest[new].assign(group=growth.unit[new])
    part_of, certificate = place_groups(units, open_parts, options.limits, given)
    names = {unit: open_parts.names[part] for unit, part in part_of.items()}
    found = pd.Series([names.get(u, "") for u in growth.unit], manifest.index, dtype="str")
    place = growth.place.mask(growth.place == "", found)
    groups = manifest.loc[real, "group"].groupby(place[real]).nunique()
    frozen = None
    if growth.frozen:
        counts = with_total(_count(manifest[kept], growth.place[kept], (growth.frozen,))[:, 0])
        number = int(groups.get(growth.frozen, 0))
        frozen = Frozen(growth.frozen, number, tuple(counts.tolist()))
    numbers = tuple(int(groups.get(name, 0)) for name in open_parts.names)
    return place, replace(certificate, groups=numbers, frozen=frozen)


def _count(rows: pd.DataFrame, place: pd.Series, names: Sequence[str]) -> Integers:
    """Count the rows of each grade in each part, shape (grades, parts); others are left out."""
    counts = np.zeros((len(GRADES), len(names) + 1), dtype=np.int64)
    part = pd.Index(names).get_indexer(place)
    np.add.at(counts, (rows["grade"].to_numpy(dtype=np.int64), part), 1)
    return counts[:, :-1]
