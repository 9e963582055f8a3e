"""All checks of the audit, in the order of their report."""

from __future__ import annotations

from acne04.audit import (
    attested,
    code,
    contents,
    documented,
    expecting,
    origins,
    rebuilding,
    relating,
    storing,
    tree,
)
from acne04.audit.checkout import Checkout
from acne04.inspection.check import Check

CHECKS: tuple[Check[Checkout], ...] = (
    *tree.CHECKS,
    *code.CHECKS,
    *origins.CHECKS,
    *contents.CHECKS,
    *expecting.CHECKS,
    *relating.CHECKS,
    *storing.CHECKS,
    *attested.CHECKS,
    *documented.CHECKS,
    *rebuilding.CHECKS,
)
