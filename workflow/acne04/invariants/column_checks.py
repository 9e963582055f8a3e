"""Check that the columns of the manifests are those of the tables that they come from.

Of a manifest every column has a second home: variant (its own name), image_id (groups), path,
subject, group, conflict_counts (groups), origin, lesions_v1, width, height, size, sha256
(inventory), lesions_v2, quarantined_v2, conflict_counts_v2, mark (images of Acne04-v2, by
photograph), grade (inventory; in ``holdout`` and ``kfold`` the decided one of the groups), fold
and split (label lines of the published folds; in ``holdout`` and ``kfold`` the part of a photograph
is free, and which folds it validates, see `quotas-agree`), weight (parameters, and how many images
train), excluded (`reasons-hold`).

For the other tables see `image_origins`, `relation_origins` and `annotation_origins`; those that
sum others up are counted again by `quotas-agree` and `summaries-agree`.
"""

from __future__ import annotations

from collections.abc import Iterator

from acne04.inspection.checks import Check, Evidence, Mismatch
from acne04.invariants import annotation_origins, image_origins, relation_origins
from acne04.invariants.comparing import differing, unlike
from acne04.invariants.dataset import Dataset, manifest_of
from acne04.invariants.dataset_tables import Tables, tables_of
from acne04.invariants.image_facts import COLUMNS
from acne04.invariants.placements import expected_rows

#: Columns that say where an image stands: of rows that are not rightly left out or placed
#: `reasons-hold` tells.
_PLACE = ("fold", "validates", "split", "weight", "mark")


def _columns(dataset: Dataset) -> Evidence:
    tables = tables_of(dataset)
    problems: list[Mismatch] = []
    cells = 0
    for variant in tables.variants:
        cells += len(tables.manifest(variant)) * len((*COLUMNS, "grade", *_PLACE))
        problems += _manifest(tables, variant)
    problems += image_origins.problems(tables)
    problems += relation_origins.problems(tables)
    problems += annotation_origins.problems(tables)
    told = (
        f"{cells:,} cells of {len(tables.variants)} manifests, and the columns of 12 other tables"
    )
    if dataset.delivered is None:
        told += "; not the listings of the delivered files, which are not here"
    return Evidence(told, tuple(problems))


def _manifest(tables: Tables, variant: str) -> Iterator[Mismatch]:
    expected = expected_rows(tables, variant)
    rows = tables.manifest(variant).loc[expected.index]
    file = tables.dataset.file_of(manifest_of(variant))
    for column in (*COLUMNS, "grade"):
        yield from unlike(file, rows, column, expected[column])
    settled = ~differing(rows["excluded"], expected["excluded"])
    for column in _PLACE:
        yield from unlike(file, rows[settled], column, expected.loc[settled, column])


CHECKS: tuple[Check[Dataset], ...] = (
    Check(
        "columns-agree",
        "A table says something else of an image than the table that it was taken from: a grade, a "
        "count, a person, its bytes.",
        True,
        "quick",
        "believe neither; run `snakemake --cores all`, or ask the publisher for a release of an "
        "untouched run",
        _columns,
    ),
)
