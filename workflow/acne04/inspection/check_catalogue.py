"""Generate the catalogue of all checks, ``docs/checks.md``.

Run ``python -m acne04.inspection.check_catalogue`` in the project's root; a test compares the file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from acne04.core.files import write_text
from acne04.inspection.checks import Check

CATALOGUE = Path("docs/checks.md")
_VERBS = {
    "audit": "`acne04 audit` looks at a checkout. At level `quick` it takes seconds; `full` reads "
    "every byte again, in `data/`, the cache and the store; `--rebuild` runs everything anew.",
    "verify": "`acne04 verify` looks at a release alone, with a key that you trust.",
}


def text() -> str:
    """Give the page."""
    parts = [
        "# All checks\n\nMade by `python -m acne04.inspection.check_catalogue` from the checks "
        "themselves. A required check that fails makes the exit code 1, one that could not be "
        "made 2; advice changes nothing.\n"
    ]
    for verb, what in _VERBS.items():
        # The verbs are looked up here, not imported above: checks know nothing of who uses them.
        checks: Sequence[Check[Any]] = import_module(f"acne04.{verb}.registry").CHECKS
        parts += [f"## `acne04 {verb}`\n\n{what}\n", *_entries(verb, checks)]
    return "\n".join(parts)


def _entries(verb: str, checks: Sequence[Check[Any]]) -> Iterator[str]:
    for check in checks:
        kind = "required" if check.required else "advice"
        level = f", from level {check.level}" if verb == "audit" else ""
        yield f"### {check.id}\n\n{kind}{level}\n\n{check.protects}\n\n**Next:** {check.remedy}\n"


def main() -> int:
    """Write the page."""
    write_text(CATALOGUE, text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
