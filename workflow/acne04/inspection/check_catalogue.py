"""The catalogue of all findings and checks, and the page that is made of it, ``docs/checks.md``.

Run ``python -m acne04.inspection.check_catalogue`` in the project's root; a test compares the file.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from acne04.core.files import write_text
from acne04.core.findings import CheckGroup, FindingKind
from acne04.inspection.checks import Check

CATALOGUE = Path("docs/checks.md")
#: Rooms whose module ``catalogue`` has entries, in the order of the page; the first two are shared.
SHARED = ("core", "relations")
ROOMS = (
    *SHARED,
    "scan",
    "validate",
    "near",
    "dedupe",
    "split",
    "cohort",
    "shortcuts",
    "leaks",
    "score",
)
_SEVERAL = "several stages"
_VERBS = {
    "audit": "`acne04 audit` looks at a checkout. At level `quick` it takes seconds; `full` reads "
    "every byte again, in `data/`, the cache and the store; `--rebuild` runs everything anew.",
    "doctor": "`acne04 doctor` looks at what is around a run: the installation, the machine, the "
    "store. What is wrong here stops a run or makes it another's; no dataset is looked at.",
    "verify": "`acne04 verify` looks at a release alone, with a key that you trust.",
}
_INTRODUCTION = """\
# All findings and checks

Made by `python -m acne04.inspection.check_catalogue` from the catalogues that the code takes them \
from; `acne04 explain NAME` says the same of one.

Stages report findings in `findings.json`: an **error** is a record that is wrong, a **warning** \
one that may mislead, an **info** is good to know. They stop nothing. `acne04 audit`, \
`acne04 doctor` and `acne04 verify` make checks: a required one that fails makes the exit code 1, \
one that could not be made 2; advice changes nothing.
"""
_LEFT_OUT = """\
## What a stage may not have looked at

A check that lacks what it needs is left out, which is no pass: `not_run` in `findings.json` names \
the finding that was not looked for, or one of these.
"""


@dataclass(frozen=True)
class CatalogueEntry:
    """All that the catalogue says of one name.

    Attributes
    ----------
    name : str
        What reports call it.
    made_by : str
        Verb that makes it, or `several stages`.
    weight : str
        Severity of a finding, whether a check is required, or that a group was left out.
    meaning : str
        What it means, in a sentence or two.
    expected : str
        What the rule demands; empty where that is another thing in each record.
    remedies : tuple of (str, str)
        What to do next; before it the case in which, empty for any other.
    """

    name: str
    made_by: str
    weight: str
    meaning: str
    expected: str
    remedies: tuple[tuple[str, str], ...]


def declared(room: str) -> list[FindingKind | CheckGroup]:
    """Give what the catalogue of a room holds, in its order, imports of other rooms included."""
    found: list[FindingKind | CheckGroup] = []
    for name, value in vars(import_module(f"acne04.{room}.catalogue")).items():
        if not name.startswith("_"):
            values = value.values() if isinstance(value, dict) else [value]
            found += [entry for entry in values if isinstance(entry, FindingKind | CheckGroup)]
    return found


def findings() -> dict[str, CatalogueEntry]:
    """Give the entries of all findings, by name, room by room."""
    entries: dict[str, CatalogueEntry] = {}
    for room in ROOMS:
        for kind in declared(room):
            if isinstance(kind, FindingKind):
                remedy = (kind.case, kind.remedy)
                known = entries.setdefault(kind.name, _of_finding(room, kind))
                if remedy not in known.remedies:
                    entries[kind.name] = replace(known, remedies=(*known.remedies, remedy))
    return entries


def groups() -> dict[str, CatalogueEntry]:
    """Give the entries of all groups of checks that may be left out, by name."""
    entries: dict[str, CatalogueEntry] = {}
    for room in ROOMS:
        for group in declared(room):
            if isinstance(group, CheckGroup):
                remedies = (("", group.remedy),)
                entries.setdefault(
                    group.name,
                    CatalogueEntry(
                        group.name, _maker(room), "left out", group.meaning, "", remedies
                    ),
                )
    return entries


def checks(verb: str) -> list[CatalogueEntry]:
    """Give the entries of the checks that a verb of `_VERBS` makes, in their order."""
    # The verbs are looked up here, not imported above: checks know nothing of who uses them.
    registry: Sequence[Check[Any]] = import_module(f"acne04.{verb}.registry").CHECKS
    level = ", from level {}" if verb == "audit" else ""
    return [
        CatalogueEntry(
            check.id,
            _maker(verb),
            ("required" if check.required else "advice") + level.format(check.level),
            check.protects,
            "",
            (("", check.remedy),),
        )
        for check in registry
    ]


def every_entry() -> list[CatalogueEntry]:
    """Give the whole catalogue, as the page has it.

    The name of a finding is no other's. ``audit`` and ``verify`` share names for what both look at,
    and what a stage left out may be called like one of their checks.
    """
    of_verbs = [entry for verb in _VERBS for entry in checks(verb)]
    return [*findings().values(), *of_verbs, *groups().values()]


def text() -> str:
    """Give the page."""
    parts = [_INTRODUCTION]
    made_by = ""
    for entry in findings().values():
        if entry.made_by != made_by:
            made_by = entry.made_by
            parts.append(f"## Findings of {_as_code(made_by)}\n")
        parts.append(_section(entry))
    for verb, what in _VERBS.items():
        parts += [f"## Checks of `acne04 {verb}`\n\n{what}\n", *map(_section, checks(verb))]
    # Last, so that a link to a name that is a check's, too, leads to the check.
    return "\n".join([*parts, _LEFT_OUT, *map(_section, groups().values())])


def with_places(remedy: str, form: str) -> str:
    """Show the places that a remedy keeps for values.

    >>> with_places("do not use fold {fold}", "<{}>")
    'do not use fold <fold>'
    """
    return re.sub(r"\{(\w+)\}", lambda match: form.format(match[1]), remedy)


def _maker(room: str) -> str:
    return _SEVERAL if room in SHARED else f"acne04 {room}"


def _as_code(maker: str) -> str:
    return maker if maker == _SEVERAL else f"`{maker}`"


def _of_finding(room: str, kind: FindingKind) -> CatalogueEntry:
    remedies = ((kind.case, kind.remedy),)
    # What the rule demands is told where it holds in every case.
    expected = "" if kind.case else kind.expected
    return CatalogueEntry(kind.name, _maker(room), kind.severity, kind.meaning, expected, remedies)


def _section(entry: CatalogueEntry) -> str:
    return "\n".join(_lines(entry))


def _lines(entry: CatalogueEntry) -> Iterator[str]:
    yield f"### {entry.name}\n\n{entry.weight}\n\n{entry.meaning}\n"
    if entry.expected:
        yield f"**Expected:** {entry.expected}\n"
    (_, usual), *cases = entry.remedies
    yield f"**Next:** {with_places(usual, '*{}*')}\n"
    if cases:
        lines = [f"- {case}: {with_places(remedy, '*{}*')}" for case, remedy in cases]
        yield "\n".join([*lines, ""])


def main() -> int:
    """Write the page."""
    write_text(CATALOGUE, text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
