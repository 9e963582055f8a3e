"""All checks of a release, in the order of their report."""

from __future__ import annotations

from acne04.inspection.check import Check
from acne04.verify import agreeing, attested, fitting, holding, leaking
from acne04.verify.subject import Release

CHECKS: tuple[Check[Release], ...] = (
    *attested.CHECKS,
    *agreeing.CHECKS,
    *holding.CHECKS,
    *fitting.CHECKS,
    *leaking.CHECKS,
)
