"""The command line of ``acne04 audit``."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from acne04.audit.audited_checkout import AuditedCheckout
from acne04.audit.expected_findings import record_expectations
from acne04.audit.registry import CHECKS
from acne04.core.checkout import NO_DATA
from acne04.core.errors import UnavailableError, UsageError
from acne04.inspection import check_reports
from acne04.inspection.check_reports import ReportFiles, as_document
from acne04.inspection.checks import CheckOutcome, Level
from acne04.inspection.checks import run as run_checks
from acne04.provenance.keys import refuse_beside

UNPULLED = "data/ is not here: the locks record a dataset, and no file of it was pulled"


@dataclass(frozen=True)
class AuditOptions:
    """What ``acne04 audit`` is asked for.

    Attributes
    ----------
    root : pathlib.Path
        Checkout to look at.
    level : {"quick", "full", "rebuild"}
        Which checks run.
    records_expectations : bool
        Whether the findings of the last run are first written down as those to expect.
    release : pathlib.Path or None
        Folder of a release to compare with; absolute, as all that follows.
    trusted_keys : tuple of pathlib.Path
        Public keys from outside checkout and release; at least one where there is a release.
    serial : int or None
        Serial that the release must have.
    contexts : pathlib.Path or None
        Folder of JSON-LD contexts, to validate a run crate offline.
    reports : mapping of str to pathlib.Path
        Form -> report file.
    """

    root: Path
    level: Level
    records_expectations: bool
    release: Path | None
    trusted_keys: tuple[Path, ...]
    serial: int | None
    contexts: Path | None
    reports: ReportFiles


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 audit``."""
    parser.epilog = "Exit code: 0 fine, 1 a required check failed, 2 one could not be made."
    add = parser.add_argument
    add("--root", type=Path, default=Path(), help="checkout to look at (default: here)")
    add(
        "--level",
        choices=("quick", "full"),
        default="quick",
        help="quick: seconds (default); full: every byte again, in data/, cache and store",
    )
    add("--rebuild", action="store_true", help="full, and a run from nothing compared with this")
    add(
        "--record-expectations",
        action="store_true",
        help="write what was found in the dataset to workflow/expectations: the facts to expect",
    )
    release = parser.add_argument_group(
        "a release to compare with", "key and serial come from elsewhere than the checkout"
    )
    add = release.add_argument
    add("--release", type=Path, metavar="FOLDER", help="a release of this checkout's commit")
    add(
        "--trusted-key",
        type=Path,
        metavar="PEM",
        action="append",
        default=[],
        help="the publisher's public key; more than one may be given",
    )
    add("--expect-serial", type=int, metavar="N", help="serial that the publisher announces")
    add("--contexts", type=Path, metavar="FOLDER", help="JSON-LD contexts, to validate offline")
    check_reports.configure(parser)


def read_options(arguments: argparse.Namespace) -> AuditOptions:
    """Give the options; refuse what cannot be meant, before anything is looked at."""
    reports = check_reports.read_files(arguments)
    release, contexts = arguments.release, arguments.contexts
    if release is None and (arguments.trusted_key or arguments.expect_serial is not None):
        raise UsageError(
            "--release",
            "--trusted-key and --expect-serial are about a release, and none is given",
            done="nothing looked at",
        )
    if release is not None:
        _check_keys(arguments.trusted_key, arguments.root, release)
    # The audit works in the checkout, so no path may depend on where it was called.
    return AuditOptions(
        root=arguments.root,
        level="rebuild" if arguments.rebuild else arguments.level,
        records_expectations=arguments.record_expectations,
        release=release.absolute() if release else None,
        trusted_keys=tuple(key.absolute() for key in arguments.trusted_key),
        serial=arguments.expect_serial,
        contexts=contexts.absolute() if contexts else None,
        reports=check_reports.absolute(reports),
    )


def run(options: AuditOptions) -> int:
    """Run the checks of a level and report them."""
    checkout = AuditedCheckout(
        is_full=options.level != "quick",
        release=options.release,
        trusted_keys=options.trusted_keys,
        serial=options.serial,
        contexts=options.contexts,
    )
    _enter(options.root)
    if options.records_expectations:
        record_expectations(checkout)
    outcomes = run_checks(CHECKS, checkout, options.level)
    if checkout.is_unpulled:
        outcomes = [_without_data(outcome) for outcome in outcomes]
    document = as_document("audit", checkout.named_dataset, options.level, outcomes)
    return check_reports.report(document, options.reports)


def _without_data(outcome: CheckOutcome) -> CheckOutcome:
    """Tell the one reason why nothing can be said of data that nobody has pulled."""
    if outcome.status != "impossible":
        return outcome
    return replace(outcome, reason=UNPULLED, remedy=NO_DATA)


def _check_keys(keys: list[Path], root: Path, release: Path) -> None:
    """Refuse to look at a release without a key, or with one from inside what is audited."""
    if not keys:
        raise UsageError(
            "--trusted-key",
            "a release proves nothing without a key that you trust: whoever forged it would put "
            "a key of their own beside it",
            expected="the publisher's public key, got by another way than the release",
            done="nothing looked at",
        )
    for key in keys:
        refuse_beside(key, release)
        if root.resolve() in (
            *key.resolve().parents,
            *key.parent.resolve().parents,
            key.parent.resolve(),
        ):
            raise UsageError(
                str(key),
                "a key from inside what is audited proves nothing",
                done="nothing looked at",
            )


def _enter(root: Path) -> None:
    """Work in the checkout: all paths of its files are relative to it."""
    if not (root / "dvc.yaml").is_file():
        raise UnavailableError(
            str(root),
            "no checkout of this project: there is no dvc.yaml",
            remedy="call it in the project's folder, or name that with --root",
        )
    # The auditor's own modules, whatever lies in the checkout that it goes to.
    sys.path[:] = [os.path.abspath(place) for place in sys.path]  # noqa: PTH100 - "" is here
    os.chdir(root)
