"""All checks of the audit, in the order of their report."""

from __future__ import annotations

from acne04.audit import (
    artifact_bytes,
    expected_findings,
    leak_checks,
    made_by,
    origins,
    rebuild,
    release_checks,
    stored_bytes,
)
from acne04.audit.audited_checkout import AuditedCheckout
from acne04.inspection.checks import Check
from acne04.invariants import registry as invariants

CHECKS: tuple[Check[AuditedCheckout], ...] = (
    *made_by.CHECKS,
    *origins.CHECKS,
    *artifact_bytes.CHECKS,
    *expected_findings.CHECKS,
    *invariants.CHECKS,
    *leak_checks.CHECKS,
    *stored_bytes.CHECKS,
    *release_checks.CHECKS,
    *rebuild.CHECKS,
)
