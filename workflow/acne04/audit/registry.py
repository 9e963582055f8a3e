"""All checks of the audit, in the order of their report."""

from __future__ import annotations

from acne04.audit import (
    artifact_bytes,
    auditor,
    expected_findings,
    job_records,
    known_copies,
    leak_checks,
    ledger_records,
    linked_artifacts,
    lock_records,
    made_by,
    origins,
    pipeline,
    rebuild,
    recorded_releases,
    release_checks,
    stored_bytes,
)
from acne04.audit.audited_checkout import AuditedCheckout
from acne04.inspection.checks import Check
from acne04.invariants import registry as invariants

CHECKS: tuple[Check[AuditedCheckout], ...] = (
    *auditor.CHECKS,
    *made_by.CHECKS,
    *pipeline.CHECKS,
    *lock_records.CHECKS,
    *job_records.CHECKS,
    *ledger_records.CHECKS,
    *origins.CHECKS,
    *artifact_bytes.CHECKS,
    *linked_artifacts.CHECKS,
    *expected_findings.CHECKS,
    *known_copies.CHECKS,
    *invariants.CHECKS,
    *leak_checks.CHECKS,
    *stored_bytes.CHECKS,
    *recorded_releases.CHECKS,
    *release_checks.CHECKS,
    *rebuild.CHECKS,
)
