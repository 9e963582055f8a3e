"""The stand-in has the persons of the real subject table: so many, with so many images by grade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pytest

from acne04_standin import Parameters, plan

#: Images of each grade of one person.
Kind = tuple[int, ...]


def persons(subjects: Iterable[str], grades: Iterable[int]) -> Counter[Kind]:
    table = pd.crosstab(pd.Series(list(subjects)), pd.Series(list(grades)))
    return Counter(table.itertuples(index=False, name=None))


def grades_and_size(kinds: Counter[Kind]) -> Counter[tuple[tuple[int, ...], int]]:
    """Persons by the grades that they have and their number of images."""
    found: Counter[tuple[tuple[int, ...], int]] = Counter()
    for kind, many in kinds.items():
        found[tuple(grade for grade, n in enumerate(kind) if n), sum(kind)] += many
    return found


@pytest.mark.reference
@pytest.mark.parametrize("seed", [0, 7])
def test_persons_of_each_grade_are_those_of_the_real_table(reference: Path, seed: int) -> None:
    table = pd.read_csv(reference / "acne04_subjects.csv")
    real = persons(table["subject"], table["label"])
    roster = plan(Parameters(seed=seed)).roster
    drawn = persons((i.subject for i in roster.images), (i.grade for i in roster.images))
    assert grades_and_size(drawn) == grades_and_size(real)
    for grade in range(4):
        of_grade = [sum(many for k, many in kinds.items() if k[grade]) for kinds in (drawn, real)]
        assert of_grade[0] == of_grade[1] == (234, 267, 114, 111)[grade]
        most = [max(kind[grade] for kind in kinds) for kinds in (drawn, real)]
        assert most[0] <= most[1]
    # Who has which images is the stand-in's own: no row of the table stands in it.
    names = {image.name: image.subject for image in roster.images}
    real_groups = set(table.groupby("subject")["file_name"].agg(frozenset))
    several = {group for group in real_groups if len(group) > 2}
    groups: dict[str, set[str]] = {}
    for name, subject in names.items():
        groups.setdefault(subject, set()).add(name)
    assert not several & {frozenset(group) for group in groups.values()}
