"""All checks of a release, in the order of their report."""

from __future__ import annotations

from acne04.inspection.checks import Check
from acne04.invariants import registry as invariants
from acne04.verify import forbidden, signature, sums
from acne04.verify.published_release import PublishedRelease

CHECKS: tuple[Check[PublishedRelease], ...] = (
    *signature.CHECKS,
    *sums.CHECKS,
    *forbidden.CHECKS,
    *invariants.CHECKS,
)
