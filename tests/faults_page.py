"""The page of all faults, ``docs/faults.md``: what was done to a dataset, and what catches it.

Run ``python tests/faults_page.py`` in the project's root; a test compares the file.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from faults import FAULTS
from faults_invariants import TABLE_FAULTS
from faults_tree import TREE

from acne04.audit.registry import CHECKS as OF_AUDIT
from acne04.core.files import write_text
from acne04.verify.registry import CHECKS as OF_VERIFY

PAGE = Path("docs/faults.md")
_INTRODUCTION = """\
# Faults that the audit catches

Made by `python tests/faults_page.py` from the faults of the tests. Each is done to a checkout (or
to a release), with whatever records it that its name says; the check that it stands under must name
it, at the right place. With that check taken away, those marked *alone* pass: nothing else sees
them. What each check is for: [all findings and checks](checks.md).

Beside these there are tests of what has no table of faults: names and odd bytes of any file
(`tests/test_fuzz.py`, `tests/test_names.py`), secrets in addresses (`tests/test_secrets.py`),
changes of a pull request that touch the checker (`tests/test_pull_request.py`), what has vanished
(`tests/test_audit_missing.py`), and single changes that a program draws while all records agree
(`tests/test_consistent_edits.py`), where it is also said what may pass.
"""


class Row(NamedTuple):
    """A fault as the page has it."""

    name: str
    seen: str
    place: str


def text() -> str:
    """Give the page: the checks in the order of their report, faults in the order of the tests."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for fault in FAULTS:
        seen = f"{fault.level}, alone" if fault.alone else fault.level
        rows[fault.caught_by].append(Row(fault.name, seen, fault.at))
    known = {row.name for several in rows.values() for row in several}
    for table in TABLE_FAULTS:
        if table.name not in known:
            rows[table.caught_by].append(Row(table.name, "quick", table.at))
    for name, _, at in TREE:
        if name not in known:
            rows["clean-tree"].append(Row(name, "quick", at))
    of_verify = {check.id for check in OF_VERIFY}
    parts = [_INTRODUCTION]
    for check in OF_AUDIT:
        if check.id in rows:
            also = "; `verify` makes it, too" if check.id in of_verify else ""
            lines = [f"| {row.name} | {row.seen} | `{row.place}` |" for row in rows[check.id]]
            number = f"{len(lines)} faults" if len(lines) > 1 else "1 fault"
            table = "\n".join(["| fault | level | told at |", "|---|---|---|", *lines, ""])
            parts.append(f"## {check.id}\n\n{number}{also}.\n\n{table}")
    return "\n".join(parts)


if __name__ == "__main__":
    write_text(PAGE, text())
