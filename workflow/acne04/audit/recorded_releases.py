"""The check of what is recorded of releases: all witnesses tell of the same ones."""

from __future__ import annotations

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.inspection.checks import Check, Evidence, Mismatch, NothingYet
from acne04.provenance import release_history
from acne04.provenance.release_history import INDEX


def _recorded(checkout: AuditedCheckout) -> Evidence:
    history = release_history.collect(everywhere=False)
    if not history.testimonies:
        raise NothingYet("no release has been recorded or tagged yet")
    problems = tuple(
        Mismatch(str(INDEX), expected, found) for expected, found in history.disagreements()
    )
    versions, witnesses = len(history.versions), len({t.witness for t in history.testimonies})
    return Evidence(f"{versions} releases, of which {witnesses} witnesses tell", problems)


CHECKS: tuple[Check[AuditedCheckout], ...] = (
    Check(
        "releases-recorded",
        "The table of releases was lost, in part perhaps, or merged badly: whoever releases next "
        "would give a version or a serial twice.",
        True,
        "quick",
        "bring the rows back: `git log --all -- releases/index.csv` shows when they were there",
        _recorded,
    ),
)
