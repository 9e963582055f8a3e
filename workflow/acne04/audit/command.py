"""The command line of ``acne04 audit``."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from acne04.audit.checkout import Checkout
from acne04.audit.expecting import record_expectations
from acne04.audit.registry import CHECKS
from acne04.core.errors import UnavailableError, UsageError
from acne04.inspection import reporting
from acne04.inspection.check import Level
from acne04.inspection.document import as_document
from acne04.inspection.running import of_level
from acne04.inspection.running import run as run_checks


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
    reporting.configure(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the checks of a level and report them."""
    reporting.check(arguments)
    _refuse(arguments)
    level: Level = "rebuild" if arguments.rebuild else arguments.level
    checkout = Checkout(
        is_full=level != "quick",
        release=arguments.release.absolute() if arguments.release else None,
        trusted_keys=tuple(key.absolute() for key in arguments.trusted_key),
        serial=arguments.expect_serial,
        contexts=arguments.contexts.absolute() if arguments.contexts else None,
    )
    reporting.fix_places(arguments)
    _enter(arguments.root)
    if arguments.record_expectations:
        record_expectations(checkout)
    outcomes = run_checks(of_level(CHECKS, level), checkout)
    dataset = checkout.dataset if checkout.dataset in ("standin", "acne04") else "unknown"
    return reporting.report(as_document("audit", dataset, level, outcomes), arguments)


def _refuse(arguments: argparse.Namespace) -> None:
    if arguments.release is None:
        if arguments.trusted_key or arguments.expect_serial is not None:
            raise UsageError(
                "--release",
                "--trusted-key and --expect-serial are about a release, and none is given",
                done="nothing looked at",
            )
        return
    if not arguments.trusted_key:
        raise UsageError(
            "--trusted-key",
            "a release proves nothing without a key that you trust: whoever forged it would put "
            "a key of their own beside it",
            expected="the publisher's public key, got by another way than the release",
            done="nothing looked at",
        )
    inside = {arguments.root.resolve(), arguments.release.resolve()}
    for key in arguments.trusted_key:
        if inside & set(key.resolve().parents):
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
    os.chdir(root)
