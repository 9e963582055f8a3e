"""Checks of what is known to be wrong in the dataset: facts to expect, no more and no fewer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.core import documents, tables
from acne04.core.printing import say_aside
from acne04.inspection.checks import Check, Evidence, Mismatch

SCHEMA = "findings.schema.json"
#: What the published descriptions of the real dataset say nothing about: reported, not judged.
UNKNOWN = "not known"
#: The dataset that is drawn here, so that all of it is known.
STANDIN = "standin"


def expectations_file(dataset: str) -> Path:
    """Table in git of the findings that a dataset is known to have."""
    return Path("workflow/expectations", f"{dataset}.csv")


def _expected(checkout: AuditedCheckout) -> Evidence:
    file, version = expectations_file(checkout.dataset), _version(checkout)
    rows = tables.read(file, "expectations", checkout.dataset)
    rows = rows[rows["version"] == version]
    if rows.empty:
        # Rows of another version, or of a stand-in that is drawn otherwise, are about other data.
        return Evidence(f"version {version}", (Mismatch(str(file), f"rows of {version}", "none"),))
    problems = list(_miscounted())
    is_open = rows["source"] == UNKNOWN
    if checkout.dataset == STANDIN:
        problems += [
            Mismatch(str(file), f"{row.check}: where its number is known from: we drew this data",
                     UNKNOWN, int(row.Index) + 2)
            for row in rows[is_open].itertuples()
        ]  # fmt: skip
        is_open &= False
    found, is_whole = dict(_found()), not is_open.any()
    rows = rows[~is_open]
    expected = {
        (row.stage, row.check): (int(row.count), int(row.Index) + 2) for row in rows.itertuples()
    }
    for key in sorted(expected.keys() | found.keys() if is_whole else expected.keys()):
        count, line = expected.get(key, (0, None))
        if found.get(key, 0) != count:
            told = f"{key[1]}: {count} findings in {key[0]}"
            problems.append(Mismatch(str(file), told, f"{found.get(key, 0)} now", line))
    if not expected:
        problems.append(Mismatch(str(file), f"a figure of {version} that is known", "none"))
    told = f"{len(expected)} kinds of finding" + ("" if is_whole else "; others are not known yet")
    return Evidence(told, tuple(problems))


def _miscounted() -> Iterator[Mismatch]:
    """Count the findings again that the numbers of a stage sum up."""
    for path, document in _documents():
        counted: Counter[str] = Counter()
        for finding in document["findings"]:
            counted[finding["check"]] += finding.get("count", 1)
        stated = document["counts"]
        for check in sorted({*counted, *stated}):
            if counted[check] != stated.get(check, 0):
                yield Mismatch(path.as_posix(), f"{check}: {counted[check]}, as are listed",
                               f"{stated.get(check, 0)} in counts", pointer="/counts")  # fmt: skip


def _version(checkout: AuditedCheckout) -> str:
    """Tell by the pins which delivery it is; for the stand-in also how it is drawn."""
    return next(
        source.pins_version for source in checkout.ledger.sources if source.key == "classification"
    )


def _found() -> Iterator[tuple[tuple[str, str], int]]:
    for _, document in _documents():
        for check, count in document["counts"].items():
            yield (document["stage"], check), count


def _documents() -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(Path("data").glob("*/findings.json")):
        yield path, documents.read(path, SCHEMA)


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
