"""Decisions: what people answered where data cannot settle it, bound to the bytes it was about.

They stand in git, in ``decisions/*.csv`` (``schemas/decisions.table.json``), and the stages apply
them. A decision holds for the bytes that it was made on and for no others.
"""

from acne04.relations.decisions.applying import applied, unapplied
from acne04.relations.decisions.checking import row_problems
from acne04.relations.decisions.decision import FILES, KINDS, Decision
from acne04.relations.decisions.ids import id_ranges, id_target
from acne04.relations.decisions.loading import every, load, shown

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
