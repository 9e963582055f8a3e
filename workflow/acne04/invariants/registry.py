"""All checks of what must be true of a dataset's tables, for a checkout and a release alike."""

from __future__ import annotations

from acne04.inspection.checks import Check
from acne04.invariants import (
    column_checks,
    manifest_checks,
    quota_checks,
    relation_checks,
    summary_checks,
)
from acne04.invariants.dataset import Dataset

CHECKS: tuple[Check[Dataset], ...] = (
    *manifest_checks.CHECKS,
    *column_checks.CHECKS,
    *quota_checks.CHECKS,
    *summary_checks.CHECKS,
    *relation_checks.CHECKS,
)
