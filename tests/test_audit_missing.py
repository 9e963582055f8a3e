"""What the audit needs and does not find: told by name, and never passed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from faulting import commit
from project import Project

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.audit.registry import CHECKS
from acne04.audit.store import DEFAULT_PLACE
from acne04.cli import main
from acne04.inspection.check_reports import EXIT_CODES, as_document
from acne04.inspection.checks import CheckOutcome, run

pytestmark = pytest.mark.workflow

ROOT = Path(__file__).parents[1]
STORED = {"store-complete", "store-objects", "released-tags"}
SECRET = "geheim"
STORE_URL = f"http://bob:{SECRET}@127.0.0.1:1/store?token={SECRET}"
EXPECTATIONS = "workflow/expectations/standin.csv"


def copy(base: Project, place: Path, *left_out: str) -> Project:
    """Copy a checkout and what lies beside it; some of its places are left out."""
    for name in (base.path.name, "acne04-store"):
        if name not in left_out:
            ignored = shutil.ignore_patterns(".snakemake", "upstream")
            source = base.path.parent / name
            shutil.copytree(source, place / name, symlinks=True, ignore=ignored)
    return Project(place / base.path.name)


def examine(project: Project, *ids: str) -> dict[str, CheckOutcome]:
    """Run some checks of the full audit, by their id."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.path)
        checks = [check for check in CHECKS if check.id in ids]
        outcomes = run(checks, AuditedCheckout(is_full=True), "full")
    return {outcome.id: outcome for outcome in outcomes}


def exit_code(outcomes: dict[str, CheckOutcome]) -> int:
    return EXIT_CODES[as_document("audit", "standin", "full", list(outcomes.values()))["verdict"]]


# --- the store


def gone(project: Project) -> None:
    shutil.rmtree(project.path.parent / "acne04-store")


def mistyped(project: Project) -> None:
    project.dvc("remote", "modify", "store", "url", "../../acne04-stroe")
    commit(project)


def unreachable(project: Project) -> None:
    project.dvc("remote", "modify", "--local", "store", "url", STORE_URL)


def of_an_unknown_kind(project: Project) -> None:
    url = f"nfs9://bob:{SECRET}@host/x"
    (project.path / ".dvc/config.local").write_text(f"['remote \"store\"']\n    url = {url}\n")


def without_a_remote(project: Project) -> None:
    project.dvc("remote", "remove", "store")
    commit(project)


def without_a_default(project: Project) -> None:
    project.dvc("config", "--unset", "core.remote")
    commit(project)


def behind_a_file(project: Project) -> None:
    """Something lies where the store was, and it is no folder."""
    gone(project)
    (project.path.parent / "acne04-store").write_text("")


#: What is done, and what is named by every check that needs the store.
MISSING: dict[str, tuple[Callable[[Project], None], str]] = {
    "gone": (gone, "acne04-store"),
    "mistyped": (mistyped, "acne04-stroe"),
    "unreachable": (unreachable, "http://127.0.0.1:1/store"),
    "of an unknown kind": (of_an_unknown_kind, "DVC cannot read this checkout"),
    "without a remote": (without_a_remote, "no store is set up"),
    "without a default": (without_a_default, "no store is set up"),
    "behind a file": (behind_a_file, "acne04-store"),
}


@pytest.mark.parametrize("how", MISSING)
def test_a_store_that_was_pushed_to_cannot_be_missing(
    how: str, audited: Project, tmp_path: Path
) -> None:
    harm, named = MISSING[how]
    project = copy(audited, tmp_path)
    harm(project)
    outcomes = examine(project, *STORED)
    assert exit_code(outcomes) == 2
    for outcome in outcomes.values():
        assert outcome.status == "impossible", outcome
        assert named in outcome.reason
        assert SECRET not in outcome.reason


def test_the_command_says_so_too(
    audited: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = copy(audited, tmp_path)
    unreachable(project)
    assert main(["audit", "--level", "full", "--root", str(project.path)]) == 2
    told = capsys.readouterr()
    assert "IMPOSSIBLE 3 checks: the store http://127.0.0.1:1/store" in told.out
    assert ", ".join(check.id for check in CHECKS if check.id in STORED) in told.out
    assert SECRET not in told.out + told.err
    assert "bob" not in told.out + told.err


def tagged(project: Project) -> None:
    project.git("tag", "v0.1.0")


def recorded(project: Project) -> None:
    """A release is recorded, and nobody has tagged it."""
    outs = "outs:\n- md5: 00000000000000000000000000000000.dir\n  hash: md5\n  path: 1.0.0\n"
    (project.path / "releases").mkdir()
    (project.path / "releases/1.0.0.dvc").write_text(outs)
    commit(project)


def set_up_for_this_clone(project: Project) -> None:
    project.dvc("remote", "modify", "--local", "store", "url", "../../labs-store")


def set_up_for_all(project: Project) -> None:
    project.dvc("remote", "modify", "store", "url", "../../labs-store")
    commit(project)


def set_up_as_another_default(project: Project) -> None:
    project.dvc("remote", "add", "--local", "--default", "labs", "../../labs-store")


def pushed_from_here(project: Project) -> None:
    """Only DVC remembers it."""
    assert project.dvc("push").returncode == 0
    gone(project)


#: What alone says that there must be a store, and the words of the audit about it.
SIGNS: dict[str, tuple[Callable[[Project], None], str]] = {
    "a tag": (tagged, "tag v0.1.0"),
    "a release": (recorded, "release 1.0.0, of which releases/1.0.0.dvc tells"),
    "a setting of this clone": (set_up_for_this_clone, "DVC's local configuration"),
    "a setting of all": (set_up_for_all, ".dvc/config sets up store"),
    "another default": (set_up_as_another_default, "DVC's local configuration"),
    "a push": (pushed_from_here, "DVC remembers"),
}


@pytest.mark.parametrize("sign", SIGNS)
def test_each_sign_of_a_store_counts(sign: str, finished: Project, tmp_path: Path) -> None:
    give, said = SIGNS[sign]
    project = copy(finished, tmp_path, "acne04-store")
    give(project)
    outcomes = examine(project, "store-complete", "store-objects")
    assert exit_code(outcomes) == 2
    assert all(said in outcome.reason for outcome in outcomes.values()), outcomes


def test_a_run_that_nobody_has_pushed_passes(finished: Project, tmp_path: Path) -> None:
    project = copy(finished, tmp_path, "acne04-store")
    outcomes = examine(project, *STORED, "cache-objects", "upstream", "releases-recorded")
    assert exit_code(outcomes) == 0
    assert outcomes["cache-objects"].status == "passed"
    for check in STORED | {"upstream", "releases-recorded"}:
        assert outcomes[check].status == "not-run"
        assert outcomes[check].reason.startswith("nothing there: ")
    assert "acne04-store" in outcomes["store-complete"].reason


def test_the_shipped_place_of_the_store_is_the_one_that_is_known() -> None:
    assert f"url = {DEFAULT_PLACE}\n" in (ROOT / ".dvc/config").read_text()


@pytest.mark.parametrize("is_pushed", [True, False])
def test_an_empty_store_is_not_complete(
    is_pushed: bool, audited: Project, finished: Project, tmp_path: Path
) -> None:
    project = copy(audited if is_pushed else finished, tmp_path, "acne04-store")
    (tmp_path / "acne04-store").mkdir()
    outcomes = examine(project, *STORED)
    assert exit_code(outcomes) == 1
    assert outcomes["store-complete"].status == "failed"
    assert outcomes["store-objects"].status == "impossible"
    assert "holds none of the" in outcomes["store-objects"].reason


def test_a_store_of_other_objects_is_not_complete(audited: Project, tmp_path: Path) -> None:
    project = copy(audited, tmp_path)
    objects = project.path.parent / "acne04-store/files/md5"
    shutil.rmtree(objects)
    (objects / "00").mkdir(parents=True)
    (objects / "00" / ("0" * 30)).write_text("another project's")
    outcomes = examine(project, *STORED)
    assert outcomes["store-complete"].status == outcomes["released-tags"].status == "failed"
    assert exit_code(outcomes) == 1


# --- the cache


@pytest.mark.parametrize("is_there", [True, False])
def test_an_emptied_cache_is_named(is_there: bool, finished: Project, tmp_path: Path) -> None:
    project = copy(finished, tmp_path, "acne04-store")
    shutil.rmtree(project.path / ".dvc/cache")
    if is_there:
        (project.path / ".dvc/cache/files/md5").mkdir(parents=True)
    outcomes = examine(project, "cache-objects")
    assert exit_code(outcomes) == 2
    assert "holds none of the" in outcomes["cache-objects"].reason
    assert ".dvc/cache" in outcomes["cache-objects"].reason


# --- the upstream


@pytest.mark.parametrize("name", ["Detection.tar", "subjects/val.jsonl", "ACNEDIT"])
def test_half_an_upstream_is_named(name: str, audited: Project, tmp_path: Path) -> None:
    project = copy(audited, tmp_path, "acne04-store")
    shutil.copytree(audited.path / "upstream", project.path / "upstream")
    place = project.path / "upstream/standin" / name
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    (outcome,) = examine(project, "upstream").values()
    assert outcome.status == "failed"
    assert all(problem.file.startswith(f"upstream/standin/{name}") for problem in outcome.problems)


def test_an_upstream_without_any_file_of_the_pins_is_named(
    finished: Project, tmp_path: Path
) -> None:
    project = copy(finished, tmp_path, "acne04-store")
    (project.path / "upstream/standin").mkdir(parents=True)
    (project.path / "upstream/standin/README.txt").write_text("drawn\n")
    (outcome,) = examine(project, "upstream").values()
    assert outcome.status in ("failed", "impossible")
    assert "upstream/standin" in outcome.reason + "".join(p.file for p in outcome.problems)


# --- tables of git


@pytest.mark.parametrize(
    ("path", "check"),
    [
        (EXPECTATIONS, "expected-findings"),
        ("snakemake.lock", "jobs-recorded"),
        ("dvc.lock", "lock-complete"),
        ("data/ledger/ledger.json", "ledger-complete"),
        ("upstreams/standin/pins/v2.csv", "ledger-complete"),
    ],
)
def test_a_table_that_is_not_there_is_named(
    path: str, check: str, finished: Project, tmp_path: Path
) -> None:
    project = copy(finished, tmp_path, "acne04-store")
    (project.path / path).unlink()
    if path.endswith("v2.csv"):
        check = "pins"
    (outcome,) = examine(project, check).values()
    assert outcome.status in ("impossible", "failed")
    assert path in outcome.reason + "".join(p.file for p in outcome.problems)


def test_a_shallow_clone_lacks_tags_and_says_so(audited: Project, tmp_path: Path) -> None:
    place = tmp_path / "project"
    words = ["git", "clone", "--quiet", "--depth", "1", "--no-tags", f"file://{audited.path}"]
    subprocess.run([*words, str(place)], check=True)
    shutil.copytree(audited.path.parent / "acne04-store", tmp_path / "acne04-store")
    (outcome,) = examine(Project(place), "released-tags").values()
    assert outcome.status == "impossible"
    assert "git fetch --unshallow --tags" in outcome.reason
