"""All checks of the audit, in the order of their report."""

from __future__ import annotations

from acne04.audit import (
    artifact_bytes,
    auditor,
    expected_findings,
    leak_checks,
    linked_artifacts,
    made_by,
    origins,
    rebuild,
    release_checks,
    stored_bytes,
)
from acne04.audit.audited_checkout import AuditedCheckout
from acne04.inspection.checks import Check

CHECKS: tuple[Check[AuditedCheckout], ...] = (
    *auditor.CHECKS,
    *made_by.CHECKS,
    *origins.CHECKS,
    *artifact_bytes.CHECKS,
    *linked_artifacts.CHECKS,
    *expected_findings.CHECKS,
    *leak_checks.CHECKS,
    *stored_bytes.CHECKS,
    *release_checks.CHECKS,
    *rebuild.CHECKS,
)
