"""What must be true of the tables: each fault is caught by the check that names it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from faulting import Rows, edit
from faults_invariants import TABLE_FAULTS, TableFault, cohort_words
from project import Project

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.audit.registry import CHECKS as OF_AUDIT
from acne04.cli import main
from acne04.core.variants import VARIANTS
from acne04.inspection.checks import CheckOutcome, run
from acne04.invariants.registry import CHECKS
from acne04.verify.registry import CHECKS as OF_VERIFY

pytestmark = pytest.mark.workflow
SOURCES = Path(__file__).parents[1] / "workflow/sources.yaml"
LEDGER = "data/ledger/ledger.json"
#: Columns of which one cell may change unseen: what only the publisher's file, a look at the
#: picture or a person says.
NO_SECOND_HOME: dict[str, set[str]] = {
    "annotations/echoes.csv": set(),
    "annotations/images.csv": set(),
    "annotations/lesions.csv": {"repaired"},
    "cohort/agreement.csv": set(),
    "cohort/flow.csv": set(),
    "cohort/missingness.csv": set(),
    "cohort/mix.csv": set(),
    "cohort/sensitivity.csv": set(),
    "groups/groups.csv": set(),
    "groups/names.csv": set(),
    "groups/relations.csv": set(),
    "groups/review.csv": {"question", "evidence", "options", "default"},
    "inventory/boxes.csv": set(),
    "inventory/folds.csv": {"line"},
    "inventory/images.csv": {"md5", "mode", "exif_make", "exif_model", "phash"},
    "near/parents.csv": set(),
    "near/verdicts.csv": {"steadiness"},
    "splits/holdout.csv": set(),
    "splits/kfold.csv": set(),
    "splits/paper.csv": set(),
    "splits/paper_leaks.csv": set(),
    "splits/paper_table.csv": set(),
    "splits/published-clean.csv": set(),
    "splits/published-matched.csv": set(),
    "splits/published.csv": set(),
    "splits/published_leaks.csv": set(),
    # What was seen of the pixels, and what the learners answered: `stages-remade` makes it again.
    "inventory/features.csv": {
        "background", "cast_blue", "cast_red", "contrast", "luminance", "quantization", "sharpness"
    },
    "splits/shortcuts.csv": {
        "high", "low", "recall_0", "recall_1", "recall_2", "recall_3", "value"
    },
    "shortcuts/betrayed.csv": set(),
}  # fmt: skip
#: What the checks of the tables read of a checkout; the images are none of it.
_READ = ("data", "decisions", "params.yaml")
_IMAGES = ("acnedit", "classification", "detection", "v2")


@pytest.fixture
def tables(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of a finished run's tables, without images, locks and history, as working folder."""
    for name in _READ:
        source = finished.path / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns(*_IMAGES))
        else:
            shutil.copy(source, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    yield tmp_path


def examine() -> list[CheckOutcome]:
    return run(CHECKS, AuditedCheckout())


def failed(outcomes: list[CheckOutcome]) -> set[str]:
    return {outcome.id for outcome in outcomes if outcome.status == "failed"}


def test_both_verbs_make_all_of_these_checks() -> None:
    assert set(CHECKS) <= set(OF_AUDIT)
    assert set(CHECKS) <= set(OF_VERIFY)
    assert {fault.caught_by for fault in TABLE_FAULTS} == {check.id for check in CHECKS}


def test_the_tables_of_an_untouched_run_pass(tables: Path) -> None:
    outcomes = examine()
    assert {outcome.status for outcome in outcomes} == {"passed"}, outcomes


@pytest.mark.parametrize("fault", TABLE_FAULTS, ids=lambda fault: fault.name)
def test_a_fault_of_the_tables_is_caught_by_the_check_that_names_it(
    fault: TableFault, tables: Path
) -> None:
    fault.harm(lambda artifact: tables / artifact)
    outcomes = {outcome.id: outcome for outcome in examine()}
    found = outcomes[fault.caught_by]
    assert found.status == "failed", found
    assert fault.at in {problem.file for problem in found.problems}, found.problems
    assert not [o.reason for o in outcomes.values() if "the check broke" in o.reason]
    if fault.alone:
        assert failed(list(outcomes.values())) == {fault.caught_by}


@pytest.mark.long
@pytest.mark.parametrize("artifact", sorted(NO_SECOND_HOME))
def test_every_column_has_a_second_home_or_is_known_to_have_none(
    artifact: str, tables: Path
) -> None:
    """Change one cell of each column in turn: what passes is listed, and nothing else does."""
    path = tables / "data" / artifact
    before = path.read_bytes()
    rows: Rows = []
    edit(path, rows.extend)
    passed = set()
    for column in rows[0].keys() - {"dataset"}:
        known = [row for row in rows if row[column]]
        place = rows.index(known[len(known) // 2]) if known else 0
        if (other := _other(rows, place, column)) is not None:
            edit(path, lambda rows, c=column, o=other, p=place: rows[p].update({c: o}))
            outcomes = examine()
            assert not [o.reason for o in outcomes if "the check broke" in o.reason]
            passed |= set() if failed(outcomes) else {column}
            path.write_bytes(before)
    assert passed <= NO_SECOND_HOME[artifact]


def _other(rows: Rows, place: int, column: str) -> str | None:
    """Give another value for a cell, of the column's kind; None where there is none."""
    old = rows[place][column]
    if old in ("true", "false"):
        return "false" if old == "true" else "true"
    if re.fullmatch(r"-?[0-9]+", old) and column not in ("score", "share", "threshold"):
        return str(int(old) + 1)
    if re.fullmatch(r"[0-9.]+", old):
        return f"{float(old) / 2 + 0.1:.4f}".rstrip("0")
    return next((row[column] for row in rows if row[column] not in ("", old)), None)


def split_anew(tables: Path, **parameters: object) -> None:
    """Make the manifests with other parameters, and let the ledger say so."""
    shutil.rmtree(tables / "data/splits")
    words = [
        *("--dataset", "standin", "--output", "data/splits", "--sources", str(SOURCES)),
        *("--decisions", "decisions/places.csv", "--annotated", "data/annotations/images.csv"),
    ]
    for name, table in (("inventory", "images"), ("groups", "groups")):
        words += [f"--{name}", f"data/{name}/{table}.csv"]
    words += ["--folds", "data/inventory/folds.csv", "--relations", "data/groups/relations.csv"]
    for name, value in parameters.items():
        flag = "--fold-count" if name == "folds" else f"--{name.replace('_', '-')}"
        words += [flag, *map(str, value if isinstance(value, list) else [value])]
    (tables / "data/splits").mkdir()
    assert main(["split", *words]) == 0
    count_anew(tables)
    measure_anew(tables)
    ledger = json.loads((tables / LEDGER).read_text())
    ledger["parameters"]["split"] |= parameters
    (tables / LEDGER).write_text(json.dumps(ledger))


def count_anew(tables: Path) -> None:
    """Make the cohort's tables of the manifests that are there."""
    words = cohort_words(lambda artifact: tables / artifact, tables / "data/cohort")
    assert main(["cohort", *words]) == 0


def measure_anew(tables: Path) -> None:
    """Measure the shortcuts of the manifests that lie there."""
    words = ["--features=data/inventory/features.csv", "--annotated=data/annotations/images.csv"]
    words += ["--table=data/splits/shortcuts.csv", "--betrayed=data/shortcuts/betrayed.csv"]
    words += ["--findings=data/shortcuts/findings.json", "--metrics=data/shortcuts/metrics.json"]
    files = [f"data/splits/{variant}.csv" for variant in VARIANTS]
    assert main(["shortcuts", *files, *words]) == 0


def not_passed(outcomes: list[CheckOutcome]) -> list[CheckOutcome]:
    return [outcome for outcome in outcomes if outcome.status != "passed"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"restrict": "v2"},
        {"balance": "weights", "target": 150},
        {"balance": "repetition", "target": 150},
        {"balance": "none"},
        {"strata": "grade+size"},
        {"unknown_parent": "keep", "target": 10},
        {"folds": 3, "ratios": [50, 25, 25]},
    ],
    ids=str,
)
def test_what_other_parameters_make_passes(parameters: dict[str, object], tables: Path) -> None:
    split_anew(tables, **parameters)
    assert not not_passed(examine())


def test_a_grown_collection_passes(tables: Path) -> None:
    split_anew(tables, restrict="v2")
    shutil.copytree(tables / "data/splits", tables / "earlier")
    split_anew(tables, restrict="none", previous="earlier")
    assert (tables / "data/splits/churn.csv").read_text().count("\n") > 1
    outcomes = examine()
    assert not not_passed(outcomes)
    # Where an earlier release had a say, the checks tell what they took for granted.
    told = {outcome.id: outcome.looked_at for outcome in outcomes}
    assert "not the earlier release" in told["reasons-hold"]
    assert "not which places an earlier release gave" in told["quotas-agree"]


@pytest.mark.parametrize(
    "artifact",
    [
        "annotations/echoes.csv",
        "annotations/images.csv",
        "annotations/lesions.csv",
        "cohort/agreement.csv",
        "cohort/flow.csv",
        "cohort/missingness.csv",
        "cohort/mix.csv",
        "cohort/sensitivity.csv",
        "groups/groups.csv",
        "groups/names.csv",
        "groups/relations.csv",
        "inventory/boxes.csv",
        "inventory/folds.csv",
        "inventory/images.csv",
        "near/parents.csv",
        "near/verdicts.csv",
        "splits/holdout.csv",
        "splits/kfold.csv",
        "splits/paper.csv",
        "splits/paper_leaks.csv",
        "splits/paper_table.csv",
        "splits/published-clean.csv",
        "splits/published-matched.csv",
        "splits/published.csv",
        "splits/published_leaks.csv",
        "inventory/features.csv",
        "splits/shortcuts.csv",
        "shortcuts/betrayed.csv",
    ],
)
def test_a_table_of_a_header_only_is_a_failure_and_breaks_no_check(
    artifact: str, tables: Path
) -> None:
    edit(tables / "data" / artifact, lambda rows: rows.clear())
    outcomes = examine()
    assert failed(outcomes)
    assert not [outcome for outcome in outcomes if "the check broke" in outcome.reason]
