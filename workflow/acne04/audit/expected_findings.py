"""Checks of what is known to be wrong in the dataset: facts to expect, no more and no fewer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.core import documents, tables
from acne04.core.printing import say_aside
from acne04.inspection.checks import Check, Evidence, Mismatch, NothingYet

SCHEMA = "findings.schema.json"
#: What the published descriptions of the real dataset say nothing about: reported, not judged.
UNKNOWN = "not known"


def expectations_file(dataset: str) -> Path:
    """Table in git of the findings that a dataset is known to have."""
    return Path("workflow/expectations", f"{dataset}.csv")


def _expected(checkout: AuditedCheckout) -> Evidence:
    file, version = expectations_file(checkout.dataset), _version(checkout)
    rows = tables.read(file, "expectations", checkout.dataset)
    rows = rows[rows["version"] == version]
    if rows.empty and checkout.dataset == "standin":
        raise NothingYet(
            f"{file} has no row of {version!r}, and this stand-in was drawn by nobody yet"
        )
    if rows.empty:
        return Evidence(f"version {version}", (Mismatch(str(file), f"rows of {version}", "none"),))
    found = dict(_found())
    is_whole = not (rows["source"] == UNKNOWN).any()
    rows = rows[rows["source"] != UNKNOWN]
    expected = {
        (row.stage, row.check): (int(row.count), int(row.Index) + 2) for row in rows.itertuples()
    }
    problems = []
    for key in sorted(expected.keys() | found.keys() if is_whole else expected.keys()):
        count, line = expected.get(key, (0, None))
        if found.get(key, 0) != count:
            told = f"{key[1]}: {count} findings in {key[0]}"
            problems.append(Mismatch(str(file), told, f"{found.get(key, 0)} now", line))
    told = f"{len(expected)} kinds of finding" + ("" if is_whole else "; others are not known yet")
    return Evidence(told, tuple(problems))


def _version(checkout: AuditedCheckout) -> str:
    """Tell by the pins which delivery it is; for the stand-in also how it is drawn."""
    return next(
        source.pins_version for source in checkout.ledger.sources if source.key == "classification"
    )


def _found() -> Iterator[tuple[tuple[str, str], int]]:
    for path in sorted(Path("data").glob("*/findings.json")):
        document = documents.read(path, SCHEMA)
        for check, count in document["counts"].items():
            yield (document["stage"], check), count


def record_expectations(checkout: AuditedCheckout) -> None:
    """Write what was found to the table in git, in place of the rows of this version."""
    file, version = expectations_file(checkout.dataset), _version(checkout)
    kept: list[dict[str, Any]] = []
    if file.is_file():
        table = tables.read(file, "expectations", checkout.dataset)
        kept = table[table["version"] != version].to_dict("records")
    rows = [
        {
            "dataset": checkout.dataset,
            "version": version,
            "stage": stage,
            "check": check,
            "count": count,
            "source": "recorded from a run",
        }
        for (stage, check), count in _found()
    ]
    tables.write_records(file, "expectations", [*kept, *rows])
    say_aside(
        f"RECORDED {len(rows)} kinds of finding as what to expect: {file}. "
        f"Look at `git diff {file}` before you commit it."
    )


CHECKS: tuple[Check[AuditedCheckout], ...] = (
    Check(
        "expected-findings",
        "The dataset's defects are known facts (42 misleading names, 38 copies, 49 circles); one "
        "more or one fewer means that the data, or what looks at it, has changed.",
        True,
        "quick",
        "see data/*/findings.json; where the change is right, `acne04 audit "
        "--record-expectations` and commit",
        _expected,
    ),
)
