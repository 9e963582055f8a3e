"""The command line of ``acne04 shortcuts``."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from acne04.core import documents, tables
from acne04.core.errors import UsageError
from acne04.core.findings import Finding, NotRun, summary_lines, write_findings
from acne04.core.outputs import check_outputs, declare_json, give_document, read_json
from acne04.core.printing import remark
from acne04.core.progress import Progress
from acne04.inference.intervals import CONFIDENCE
from acne04.samples.parts import PARTS
from acne04.samples.place import DatasetPlace, find_dataset
from acne04.shortcuts.features import trivial_table
from acne04.shortcuts.judged import JudgedManifest, is_ours, read_manifest, read_strangers
from acne04.shortcuts.measurement import DRAWS, grading, telling
from acne04.shortcuts.presentation import print_shortcuts
from acne04.shortcuts.results import (
    MeasuredManifest,
    betrayed_rows,
    entry_of,
    findings_of,
    key_figures,
    not_run,
    shortcut_rows,
)

SCHEMA = "shortcuts.schema.json"
#: What a run writes: option -> what it holds.
_OUTPUTS = {
    "table": "every figure, a row a feature",
    "betrayed": "synthetic images that their bytes betray",
    "findings": "the findings",
    "metrics": "the figures to compare",
}


@dataclass(frozen=True)
class ShortcutsOptions:
    """What is measured, and where it is written.

    Attributes
    ----------
    manifests : tuple of pathlib.Path
        Manifests of ours or of anybody; none for those of the dataset.
    data : pathlib.Path or None
        A checkout, its ``data`` folder or a release; None for the checkout here.
    dataset : {"standin", "acne04"} or None
        What the tables are to be of; None leaves it to them.
    features, annotated : pathlib.Path or None
        Tables of ``scan`` and ``validate``; None for those of the dataset.
    outputs : dict of str to pathlib.Path
        What is written, of ``table``, ``betrayed``, ``findings``, ``metrics``.
    json : pathlib.Path or None
        Where the document goes (`acne04.core.outputs.read_json`).
    """

    manifests: tuple[Path, ...]
    data: Path | None
    dataset: str | None
    features: Path | None
    annotated: Path | None
    outputs: dict[str, Path]
    json: Path | None


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 shortcuts``."""
    parser.epilog = (
        "Exit code: 0 measured, 2 not possible. What exceeds chance is a finding: "
        "docs/statistics.md says how it is measured, docs/checks.md what to do."
    )
    add = parser.add_argument
    add(
        "manifests",
        type=Path,
        nargs="*",
        metavar="MANIFEST",
        help="CSV, ours or any with images and parts (default: every variant of the dataset)",
    )
    add("--data", type=Path, metavar="FOLDER", help="a checkout or a release (default: this one)")
    declare_json(parser, "every figure")
    stage = parser.add_argument_group("what a run gives and takes")
    add = stage.add_argument
    add("--dataset", choices=("standin", "acne04"), help="refuse tables of the other one")
    add("--features", type=Path, metavar="CSV", help="features, by `acne04 scan`")
    add("--annotated", type=Path, metavar="CSV", help="images of Acne04-v2, by `acne04 validate`")
    for name, content in _OUTPUTS.items():
        kind = "JSON" if name in ("findings", "metrics") else "CSV"
        add(f"--{name}", type=Path, metavar=kind, help=f"write {content} here")


def read_options(arguments: argparse.Namespace) -> ShortcutsOptions:
    """Give the options of a call.

    Raises
    ------
    UsageError
        If an output would overwrite an input.
    """
    written = {name: getattr(arguments, name) for name in _OUTPUTS}
    options = ShortcutsOptions(
        manifests=tuple(arguments.manifests),
        data=arguments.data,
        dataset=arguments.dataset,
        features=arguments.features,
        annotated=arguments.annotated,
        outputs={name: path for name, path in written.items() if path},
        json=read_json(arguments),
    )
    given = {"--features": options.features, "--annotated": options.annotated}
    given |= {str(path): path for path in options.manifests}
    check_outputs({f"--{name}": path for name, path in options.outputs.items()}, given)
    return options


def run(options: ShortcutsOptions) -> int:
    """Measure every manifest, write what is asked for, and say what exceeds chance."""
    place = find_dataset(options.data) if _needs_place(options) else None
    features = _table(options.features, place, "inventory/features.csv", "features", options)
    annotated = _table(options.annotated, place, "annotations/images.csv", "annotated", options)
    judged = _judged(options, place)
    dataset = str(features["dataset"].iloc[0]) if len(features) else options.dataset or "standin"
    measured = []
    with Progress("measure", len(judged), "manifests") as progress:
        for manifest in judged:
            measured.append(_measured(manifest, features, set(annotated["file_name"])))
            progress.add()
    betrayed = betrayed_rows(dataset, _every_image(judged), features)
    marks = {str(row["path"]): str(row["by"]) for row in betrayed}
    findings, gaps = [*findings_of(measured, marks)], not_run(measured)
    _write(options, dataset, measured, betrayed, findings, gaps)
    document = _document(dataset, measured, findings, gaps)
    documents.check(document, SCHEMA, "the document")
    if options.outputs:
        return 0
    if give_document(options.json, document):
        print_shortcuts(document)
    return 0


def _needs_place(options: ShortcutsOptions) -> bool:
    named = options.features and options.annotated and options.manifests
    return not named or not all(map(is_ours, options.manifests))


def _table(
    path: Path | None, place: DatasetPlace | None, file: str, name: str, options: ShortcutsOptions
) -> pd.DataFrame:
    if path is not None:
        return tables.read(path, name, options.dataset)
    assert place is not None, "a dataset is looked for where a table is not named"
    return place.table(file, name)


def _judged(options: ShortcutsOptions, place: DatasetPlace | None) -> list[JudgedManifest]:
    paths = options.manifests
    if not paths:
        assert place is not None, "a dataset is looked for where no manifest is named"
        files = [place.manifests / f"{variant}.csv" for variant in PARTS]
        paths = tuple(file for file in files if file.is_file()) or tuple(files[:1])
    judged = []
    for path in paths:
        if is_ours(path):
            judged.append(read_manifest(path, options.dataset))
        else:
            assert place is not None, "a stranger's manifest is looked up in a dataset"
            judged.append(read_strangers(path, place))
    names = [manifest.name for manifest in judged]
    if len(set(names)) < len(names):
        raise UsageError(
            "MANIFEST",
            "two of one name",
            expected="each manifest once",
            found=", ".join(names),
            done="nothing said",
        )
    return judged


def _measured(
    manifest: JudgedManifest, features: pd.DataFrame, annotated: set[str]
) -> MeasuredManifest:
    images = manifest.images
    trivial = trivial_table(images, features, annotated)
    shortcuts = [
        *grading(images, trivial, manifest.trials),
        *telling(images, trivial, manifest.trained),
    ]
    trained = images.iloc[manifest.trained]
    return MeasuredManifest(
        manifest.name, shortcuts, trained.loc[trained["origin"] == "synthetic", "path"].tolist()
    )


def _every_image(judged: list[JudgedManifest]) -> pd.DataFrame:
    """Give the images of all manifests, each once."""
    every = [manifest.images.rename_axis("image_id").reset_index() for manifest in judged]
    columns = ["image_id", "path", "origin", "grade"]
    return pd.concat(every)[columns].drop_duplicates("path", ignore_index=True)


def _write(
    options: ShortcutsOptions,
    dataset: str,
    measured: list[MeasuredManifest],
    betrayed: list[dict[str, Any]],
    findings: list[Finding],
    gaps: list[NotRun],
) -> None:
    outputs = options.outputs
    if "table" in outputs:
        tables.write_records(outputs["table"], "shortcuts", shortcut_rows(dataset, measured))
    if "betrayed" in outputs:
        tables.write_records(outputs["betrayed"], "betrayed", betrayed)
    marks = {str(row["path"]): str(row["by"]) for row in betrayed}
    if "findings" in outputs:
        document = write_findings(outputs["findings"], dataset, "shortcuts", findings, gaps)
        text = [f"shortcuts: {', '.join(manifest.name for manifest in measured)}"]
        text += [f"  {line}" for line in summary_lines(document)]
        text += [f"not run, so not passed: {gap.check}: {gap.reason}" for gap in gaps]
        remark(*text, f"findings: {outputs['findings']}")
    if "metrics" in outputs:
        counts: dict[str, int] = {}
        for finding in sorted(findings, key=lambda each: each.check):
            counts[finding.check] = counts.get(finding.check, 0) + finding.count
        documents.write(outputs["metrics"], key_figures(dataset, measured, marks, counts))


def _document(
    dataset: str, measured: list[MeasuredManifest], findings: list[Finding], gaps: list[NotRun]
) -> dict[str, Any]:
    return {
        "dataset": dataset,
        "confidence": CONFIDENCE,
        "draws": DRAWS,
        "manifests": [
            {"name": manifest.name, "shortcuts": [entry_of(each) for each in manifest.shortcuts]}
            for manifest in measured
        ],
        "not_run": [{"check": gap.check, "reason": gap.reason} for gap in gaps],
        "findings": [finding.as_entry() for finding in findings],
    }
