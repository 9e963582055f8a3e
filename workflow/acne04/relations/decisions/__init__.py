"""Decisions: what people answered where data cannot settle it, bound to the bytes it was about.

They stand in git, in ``decisions/*.csv`` (``schemas/decisions.table.json``), and the stages apply
them. A decision holds for the bytes that it was made on and for no others.
"""

from acne04.relations.decisions.decision import FILES, KINDS, Decision, id_ranges, id_target
from acne04.relations.decisions.decision_files import every, load, row_problems, shown
from acne04.relations.decisions.decision_findings import applied, unapplied

__all__ = [
    "FILES",
    "KINDS",
    "Decision",
    "applied",
    "every",
    "id_ranges",
    "id_target",
    "load",
    "row_problems",
    "shown",
    "unapplied",
]
