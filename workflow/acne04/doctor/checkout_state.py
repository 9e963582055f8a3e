"""Checks of the checkout: git, the parameters, the pins, and runs that are at work in it."""

from __future__ import annotations

import fcntl
from pathlib import Path

from acne04.core import parameters
from acne04.doctor.surroundings import PARAMS, Surroundings
from acne04.inspection.checks import Check, Evidence, Mismatch, NothingYet
from acne04.provenance import git

#: Locks of the bridge: held by a run, and by each of its jobs.
_STATE = Path(".acne04")
_RUN_LOCK, _JOBS_LOCK = _STATE / "run.lock", _STATE / "jobs.lock"
#: What DVC writes down while a command of its own is at work.
_DVC_LOCK = Path(".dvc/tmp/rwlock")


def _repository(_: Surroundings) -> Evidence:
    top = Path(git.read_text("rev-parse", "--show-toplevel").rstrip("\n"))
    if top.resolve() == Path.cwd().resolve():
        return Evidence(f"a repository of git, its root {top}")
    wrong = Mismatch(str(Path.cwd()), "the root of a repository of git", f"a folder of {top}")
    return Evidence(f"the repository {top}", (wrong,))


def _parameters(around: Surroundings) -> Evidence:
    parameters.check(around.parameters)
    return Evidence(f"{PARAMS}: dataset {around.dataset}")


def _pins(around: Surroundings) -> Evidence:
    lacking = [key for key in around.sources if key not in around.pinned]
    folder = Path("upstreams", around.dataset, "pins")
    if not around.pinned:
        raise NothingYet(f"{folder} pins nothing; the first fetch writes it: commit that")
    problems = tuple(
        Mismatch(str(folder / f"{key}.csv"), f"pins of {key}", "no such file") for key in lacking
    )
    return Evidence(f"pins of {len(around.pinned)} of {len(around.sources)} sources", problems)


def _runs(_: Surroundings) -> Evidence:
    problems = []
    for lock, what in ((_RUN_LOCK, "a run"), (_JOBS_LOCK, "a job")):
        if lock.is_file() and _is_held(lock):
            problems.append(Mismatch(str(lock), "a lock that nobody holds", f"{what} is at work"))
    if _DVC_LOCK.is_file() and _DVC_LOCK.read_bytes().strip() not in (b"", b"{}"):
        problems.append(Mismatch(str(_DVC_LOCK), "no command of DVC at work", "it names one"))
    return Evidence("the locks of runs, jobs and DVC", tuple(problems))


def _is_held(lock: Path) -> bool:
    with lock.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


CHECKS: tuple[Check[Surroundings], ...] = (
    Check(
        "repository",
        "Without git nothing that is recorded can be compared or shared.",
        True,
        "quick",
        "install git, and `git clone` the project; `git init` makes a repository of a copy",
        _repository,
    ),
    Check(
        "parameters",
        "A run stops at once where params.yaml cannot be used.",
        True,
        "quick",
        "`git diff params.yaml` shows what was changed",
        _parameters,
    ),
    Check(
        "pinned-sources",
        "What is not pinned is taken as it comes, once.",
        True,
        "quick",
        "`git checkout upstreams` brings the pins back",
        _pins,
    ),
    Check(
        "runs-at-work",
        "Two runs in one checkout would write over each other: the second one refuses.",
        True,
        "quick",
        "wait until it has ended; a lock of a run that was killed is free, and for DVC's own "
        "`rm .dvc/tmp/rwlock` where no command of DVC is at work",
        _runs,
    ),
)
