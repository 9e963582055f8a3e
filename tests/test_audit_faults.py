"""The audit against faults: each is caught by the check that names it, and by that alone."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from faults import FAULTS, NEWEST, Fault, keys
from project import Project

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.audit.registry import CHECKS
from acne04.inspection.check_reports import EXIT_CODES, as_document
from acne04.inspection.checks import Check, CheckOutcome, Level, of_level, run

pytestmark = pytest.mark.workflow

Checks = list[Check[AuditedCheckout]]
#: Advice: it tells of what others published, whatever is done.
ADVICE = {"leaks-published", "leaks-paper"}
#: Of real photographs alone: tests/test_known_copies.py.
REAL = {"known-copies"}
#: Checks that never see a fault alone, and why.
NEVER_ALONE = {
    "auditor-unchanged": "advice: what it tells a person reads, and no audit fails by it",
    "release-signature": "where it fails, no other check of the release says anything",
    "croissant-valid": "a changed document is not what was attested, either",
    "crate-valid": "a changed document is not what was attested, either",
}
#: Many seconds each: they look at the release's documents alone, or run the workflow.
DEAR = {"croissant-valid", "crate-valid", "stages-remade", "rebuild"}


@pytest.fixture
def faulted(fault: Fault, request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    """A copy of a checkout, store and cache included, with a fault in it.

    Made at set-up: the time limit of a test is not for a run of the whole stand-in.
    """
    base: Project = request.getfixturevalue(fault.base)
    place = tmp_path / "lab"
    if fault.base == "full":
        left_out = shutil.ignore_patterns("raw", ".snakemake", "cache", "upstream")
        shutil.copytree(base.path, place / base.path.name, ignore=left_out)
    else:
        subprocess.run(["cp", "-a", str(base.path.parent), str(place)], check=True)
    project = Project(place / base.path.name)
    fault.inject(project)
    return project


def examine(
    project: Project, checks: Checks, level: Level, contexts: Path | None = None
) -> list[CheckOutcome]:
    """Run checks in a checkout, as somebody who has key and serial from elsewhere."""
    release = project.path / NEWEST
    subject = AuditedCheckout(is_full=level != "quick")
    if release.is_dir():
        trusted = (keys(project).public,)
        subject = AuditedCheckout(level != "quick", release, trusted, serial=2, contexts=contexts)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.path)
        return run(checks, subject, level)


def failed(outcomes: list[CheckOutcome]) -> set[str]:
    return {outcome.id for outcome in outcomes if outcome.required and outcome.status == "failed"}


def is_caught(fault: Fault, outcomes: list[CheckOutcome]) -> bool:
    """Tell whether the check that names it did, and at the right place."""
    return any(
        outcome.status == "failed" and any(p.file.startswith(fault.at) for p in outcome.problems)
        for outcome in outcomes
        if outcome.id == fault.caught_by
    )


def asked(fault: Fault) -> Checks:
    """Give the check that names it; where no other may see it, all of its level.

    The slow ones only for their own faults.
    """
    if not fault.alone:
        return [check for check in CHECKS if check.id == fault.caught_by]
    left_out = DEAR - {fault.caught_by}
    return [check for check in of_level(CHECKS, fault.level) if check.id not in left_out]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_caught_by_the_check_that_names_it(
    fault: Fault, faulted: Project, contexts: Path | None
) -> None:
    if fault.caught_by == "crate-valid" and contexts is None:
        pytest.skip("the JSON-LD contexts (../shared/reference/contexts) are not on this machine")
    outcomes = examine(faulted, asked(fault), fault.level, contexts)
    assert is_caught(fault, outcomes), [o for o in outcomes if o.status != "passed"]
    if fault.alone:
        # Nothing else sees it: with that check taken away the audit passes. A release sees every
        # change of a checkout, so unless the fault is one of the release, none is at hand.
        with_release = fault.caught_by.startswith("release-")
        rest = [o for o in outcomes if with_release or not o.id.startswith("release-")]
        assert failed(rest) == {fault.caught_by}
        rest = [o for o in rest if o.id != fault.caught_by]
        assert as_document("audit", "standin", fault.level, rest)["verdict"] == "passed"


def test_every_check_is_needed() -> None:
    """With any one taken away some fault passes that no other sees."""
    needed = {fault.caught_by for fault in FAULTS if fault.alone}
    assert needed == {check.id for check in CHECKS} - ADVICE - REAL - NEVER_ALONE.keys()


def test_with_all_checks_taken_away_nothing_passes() -> None:
    assert EXIT_CODES[as_document("audit", "standin", "full", [])["verdict"]] == 2


def test_every_check_has_a_fault_of_its_own() -> None:
    assert {fault.caught_by for fault in FAULTS} == {check.id for check in CHECKS} - ADVICE - REAL
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert all(
        fault.level in ("quick", "full", "rebuild") and check.level in ("quick", fault.level)
        for fault in FAULTS
        for check in CHECKS
        if check.id == fault.caught_by
    )


def test_an_untouched_project_passes(audited: Project, contexts: Path | None) -> None:
    checks = [c for c in of_level(CHECKS, "full") if contexts or c.id != "crate-valid"]
    outcomes = examine(audited, checks, "full", contexts)
    assert failed(outcomes) == set()
    told = {o.id: o.status for o in outcomes if o.status != "passed"}
    # Of a part of the stand-in the sources promise nothing.
    not_run = dict.fromkeys(("source-promises", *REAL), "not-run")
    assert told == {**not_run, **dict.fromkeys(ADVICE, "failed")}
    assert all(outcome.looked_at for outcome in outcomes if outcome.status == "passed")
