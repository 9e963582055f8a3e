"""The check of what is recorded of releases: all witnesses tell of the same ones."""

from __future__ import annotations

from collections.abc import Iterator

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.inspection.checks import Check, Evidence, Mismatch, NothingYet
from acne04.provenance import git, release_history
from acne04.provenance.release_history import INDEX, rows_of_index
from acne04.provenance.version_order import order


def _recorded(checkout: AuditedCheckout) -> Evidence:
    history = release_history.collect(everywhere=False)
    if not history.mentions:
        raise NothingYet("no release has been recorded or tagged yet")
    problems = [
        Mismatch(str(INDEX), expected, found) for expected, found in history.disagreements()
    ]
    problems += _of_other_commits()
    versions, witnesses = len(history.versions), len({t.witness for t in history.mentions})
    return Evidence(f"{versions} releases, of which {witnesses} witnesses tell", tuple(problems))


def _of_other_commits() -> Iterator[Mismatch]:
    """Yield rows that name another commit than their tag; one without is for released-tags."""
    tags = {order(version): tag for tag, version in release_history.release_tags().items()}
    for version, row in rows_of_index().items():
        if (tag := tags.get(version)) is not None:
            tagged = git.commit_of(f"refs/tags/{tag}")
            if tagged != row.commit:
                told = f"commit {tagged} of version {version}, as tag {tag} has it"
                yield Mismatch(str(INDEX), told, row.commit)


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
