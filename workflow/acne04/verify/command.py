"""The command line of ``acne04 verify``."""

from __future__ import annotations

import argparse
import contextlib
import re
from pathlib import Path
from typing import Any

from acne04.core.errors import UnavailableError, UsageError
from acne04.inspection import reporting
from acne04.inspection.document import as_document
from acne04.inspection.running import run as run_checks
from acne04.provenance.keys import load_public
from acne04.verify.registry import CHECKS
from acne04.verify.subject import Release

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 verify``."""
    parser.epilog = (
        "Exit code: 0 all required checks passed, 1 one failed, 2 one could not be made. Works "
        "offline and outside any checkout. What a signature proves: docs/releasing.md"
    )
    add = parser.add_argument
    add("release", type=Path, metavar="RELEASE", help="folder of the release")
    add("--images", type=Path, metavar="FOLDER", help="images to hash, laid out as data/raw is")
    known = parser.add_argument_group("what you know from elsewhere than the release")
    add = known.add_argument
    add(
        "--trusted-key",
        type=Path,
        action="append",
        default=[],
        metavar="PEM",
        help="public key of the publisher; more than one may be given",
    )
    add("--expect-serial", type=int, metavar="N", help="serial that the publisher announces")
    add("--expect-commit", metavar="SHA", help="commit that it must be of, in full")
    reporting.configure(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check a release and report."""
    reporting.check(arguments)
    _refuse(arguments)
    release = Release(
        folder=Path(),
        keys=tuple(load_public(path) for path in arguments.trusted_key),
        serial=arguments.expect_serial,
        commit=arguments.expect_commit,
        images=arguments.images.absolute() if arguments.images else None,
    )
    # In the release: what is wrong is told by its place in there, whoever unpacked it where.
    with contextlib.chdir(arguments.release):
        document = _checked(release)
    return reporting.report(document, arguments)


def _checked(release: Release) -> dict[str, Any]:
    outcomes = run_checks(CHECKS, release)
    return as_document("verify", release.dataset, "full", outcomes)


def _refuse(arguments: argparse.Namespace) -> None:
    if not arguments.trusted_key:
        raise UsageError(
            "--trusted-key",
            "without a key that you trust nothing can be verified: whoever forged a release would "
            "put a key of their own into it",
            expected="the publisher's public key, got by another way than the release",
            done="nothing looked at",
            remedy="--trusted-key PUBLIC.pem; see docs/releasing.md",
        )
    for option, folder in (("RELEASE", arguments.release), ("--images", arguments.images)):
        if folder is not None and not folder.is_dir():
            raise UnavailableError(f"{option} {folder}", "no such folder")
    inside = arguments.release.resolve()
    for key in arguments.trusted_key:
        if inside in key.resolve().parents:
            raise UsageError(
                str(key), "a key from inside the release proves nothing", done="nothing looked at"
            )
    if arguments.expect_commit and not _COMMIT.fullmatch(arguments.expect_commit):
        raise UsageError(
            "--expect-commit",
            "not a commit in full: a part of its name is easily met by another",
            expected="40 or 64 hexadecimal digits",
            found=arguments.expect_commit[:80],
            remedy="`git rev-parse REVISION`",
        )
