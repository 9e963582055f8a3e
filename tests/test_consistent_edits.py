"""One change of anything tracked, every record made to agree with it: the full audit sees it.

The changes are drawn by a program, so that nobody chose what is easily found. What may pass is
listed here with the reason.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from edits import Edit, Lab, draw
from project import Project

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.audit.registry import CHECKS
from acne04.inspection.checks import Check, CheckOutcome, of_level, run

pytestmark = pytest.mark.workflow

#: Runs the workflow: asked where no other check has seen the change.
REMADE = "stages-remade"
#: Columns of a decision that change nothing.
REMARKS = ("who", "when", "reason")
#: In the version of the stand-in that is looked at, and of no other one.
VERSION = "fraction=32"
#: So many draws in every test run; all of them in `make test-long`.
SOME, ALL = 8, 200


@pytest.fixture(scope="module")
def lab(audited: Project, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab(audited, tmp_path_factory.mktemp("lab") / "place")


@pytest.fixture
def edit(lab: Lab, seed: int) -> Iterator[Edit]:
    """A change, made before the test: its time limit is for the audit."""
    edit = draw(lab.project, random.Random(seed))
    lab.make(edit)
    yield edit
    lab.take_back()


def may_pass(edit: Edit) -> str:
    """Say why nobody can see a change without a release; empty for all others."""
    if edit.path.startswith("decisions/") and any(f", {c}:" in edit.what for c in REMARKS):
        return "who decided, when, and why are their own words: git's history has them"
    if edit.path.startswith("workflow/expectations") and ", source:" in edit.what:
        return "where a count is stated is a remark"
    if edit.path.startswith(("upstreams/", "workflow/expectations")) and VERSION not in edit.row:
        return "what is pinned or expected of another version of the data than is here"
    if edit.path.startswith("upstreams/") and ".tar," in edit.row and ", size:" in edit.what:
        return "how long an archive is, only its pin says; where it lies here it is compared"
    if edit.path.startswith("decisions/") and edit.row.startswith("acne04,"):
        return "a decision about the other data set"
    return ""


def seen(project: Project) -> list[CheckOutcome]:
    """Give the required checks that did not pass, without a release to compare with."""
    dear = {REMADE, "croissant-valid", "crate-valid"}
    found = _run(project, [check for check in of_level(CHECKS, "full") if check.id not in dear])
    return found or _run(project, [check for check in CHECKS if check.id == REMADE])


def _run(project: Project, checks: list[Check[AuditedCheckout]]) -> list[CheckOutcome]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.path)
        outcomes = run(checks, AuditedCheckout(is_full=True), "full")
    return [o for o in outcomes if o.required and o.status in ("failed", "impossible")]


SEEDS = [pytest.param(seed, marks=[] if seed < SOME else [pytest.mark.long]) for seed in range(ALL)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_change_that_all_records_agree_with_is_seen(lab: Lab, edit: Edit, seed: int) -> None:
    found = seen(lab.project)
    assert found or may_pass(edit), (edit.path, edit.what)


def test_the_untouched_lab_passes(lab: Lab) -> None:
    assert seen(lab.project) == []
