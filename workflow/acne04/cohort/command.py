"""The command line of ``acne04 cohort``."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from acne04.cohort.evidence import graded_pairs, links_across_persons
from acne04.cohort.flow import flow_table
from acne04.cohort.missingness import missingness_table, mix_table
from acne04.cohort.people import join_cohort, with_units
from acne04.cohort.results import (
    agreement_document,
    findings_of,
    metrics,
    not_run,
    sensitivity_table,
)
from acne04.core import documents, tables
from acne04.core.findings import summary_lines, write_findings
from acne04.core.manifests import read_manifest
from acne04.core.printing import remark
from acne04.core.sources import load_sources
from acne04.core.variants import base_of, repeat_of

AGREEMENT = "agreement.schema.json"
#: Variants in the order of the tables.
VARIANTS = ("holdout", "kfold", "published-clean", "published-matched", "published", "paper")
#: What the sources promise -> of images of which origin.
_PROMISED = {"classification": "real", "acnedit": "synthetic"}


@dataclass(frozen=True)
class CohortOptions:
    """What ``acne04 cohort`` reads and writes.

    Attributes
    ----------
    dataset : {"standin", "acne04"}
        Goes into every row.
    inventory, groups, relations, annotated, echoes : pathlib.Path
        Tables of these names.
    manifests : tuple of pathlib.Path
        Manifests of all `VARIANTS`, and of their repeats.
    sources : pathlib.Path or None
        What the sources promise; None: the flow begins with what was delivered.
    output : pathlib.Path
        Folder for everything that is made.
    """

    dataset: str
    inventory: Path
    groups: Path
    relations: Path
    annotated: Path
    echoes: Path
    manifests: tuple[Path, ...]
    sources: Path | None
    output: Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 cohort``."""
    add = parser.add_argument
    add("--dataset", choices=("standin", "acne04"), required=True)
    add("--inventory", type=Path, required=True, metavar="CSV", help="images, by `acne04 scan`")
    add("--groups", type=Path, required=True, metavar="CSV", help="groups, by `acne04 dedupe`")
    add("--relations", type=Path, required=True, metavar="CSV", help="what made the groups")
    add("--annotated", type=Path, required=True, metavar="CSV", help="images of Acne04-v2")
    add("--echoes", type=Path, required=True, metavar="CSV", help="photographs of one annotation")
    add("--manifests", type=Path, nargs="+", required=True, metavar="CSV", help="by `acne04 split`")
    add("--sources", type=Path, metavar="YAML", help="what the sources promise")
    add("--output", type=Path, required=True, metavar="FOLDER", help="write everything here")


def read_options(arguments: argparse.Namespace) -> CohortOptions:
    """Give the options of a call."""
    return CohortOptions(
        dataset=arguments.dataset,
        inventory=arguments.inventory,
        groups=arguments.groups,
        relations=arguments.relations,
        annotated=arguments.annotated,
        echoes=arguments.echoes,
        manifests=tuple(arguments.manifests),
        sources=arguments.sources,
        output=arguments.output,
    )


def run(options: CohortOptions) -> int:
    """Count, write the tables, and say what a reviewer would ask."""
    dataset, folder = options.dataset, options.output
    inventory = tables.read(options.inventory, "inventory", dataset)
    relations = tables.read(options.relations, "relations", dataset)
    annotated = tables.read(options.annotated, "annotated", dataset)
    echoes = tables.read(options.echoes, "echoes", dataset)
    images = join_cohort(inventory, tables.read(options.groups, "groups", dataset))
    manifests = _read_manifests(options)
    made: dict[str, list[dict[str, Any]]] = {
        "flow": flow_table(images, manifests, _promises(options)),
        "missingness": missingness_table(images, annotated),
        "mix": mix_table(images, manifests),
        "sensitivity": sensitivity_table(manifests, with_units(images, relations)),
        "person_links": links_across_persons(images, relations, echoes),
    }
    pairs = graded_pairs(images, relations)
    for name, rows in made.items():
        _write(folder, name, dataset, rows)
    columns = ["kind", "a", "b", "grade_a", "grade_b", "person"]
    _write(folder, "agreement", dataset, pairs[columns].to_dict("records"))
    agreement = agreement_document(dataset, pairs)
    documents.check(agreement, AGREEMENT, str(folder / "agreement.json"))
    documents.write(folder / "agreement.json", agreement)
    findings = list(findings_of(images, made, agreement))
    document = write_findings(
        folder / "findings.json", dataset, "cohort", findings, list(not_run(pairs))
    )
    documents.write(
        folder / "metrics.json", metrics(dataset, images, made, agreement, document["counts"])
    )
    remark(
        f"cohort: {len(images):,} images, {len(manifests)} manifests, {len(pairs)} photographs "
        f"graded twice, in {folder}",
        *(f"  {line}" for line in summary_lines(document)),
        f"findings: {folder / 'findings.json'}",
    )
    return 0


def _read_manifests(options: CohortOptions) -> dict[str, pd.DataFrame]:
    """Give the manifests by variant, repeats after what they repeat."""
    of_variant = dict(read_manifest(path, options.dataset) for path in options.manifests)
    order = sorted(of_variant, key=lambda name: (VARIANTS.index(base_of(name)), repeat_of(name)))
    return {name: of_variant[name] for name in order}


def _promises(options: CohortOptions) -> dict[str, Any]:
    if options.sources is None:
        return {}
    sources = load_sources(options.sources, options.dataset)
    told = {origin: dict(sources[key].promises) for key, origin in _PROMISED.items()}
    told["real"]["subjects"] = sources["subjects"].promises.get("subjects")
    return told


def _write(folder: Path, name: str, dataset: str, rows: list[dict[str, Any]]) -> None:
    table = pd.DataFrame(rows, columns=list(tables.empty(name).columns)) if rows else None
    made = tables.empty(name) if table is None else table.assign(dataset=dataset)
    tables.write(folder / f"{name}.csv", name, made)
