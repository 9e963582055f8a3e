"""All checks of what must be true of a dataset's tables, for a checkout and a release alike."""

from __future__ import annotations

from acne04.inspection.checks import Check
from acne04.invariants import (
    cohort_checks,
    column_checks,
    manifest_checks,
    precision_checks,
    quota_checks,
    relation_checks,
    shortcut_checks,
    summary_checks,
)
from acne04.invariants.dataset import Dataset

CHECKS: tuple[Check[Dataset], ...] = (
    *manifest_checks.CHECKS,
    *column_checks.CHECKS,
    *quota_checks.CHECKS,
    *precision_checks.CHECKS,
    *summary_checks.CHECKS,
    *relation_checks.CHECKS,
    *cohort_checks.CHECKS,
    *shortcut_checks.CHECKS,
)
