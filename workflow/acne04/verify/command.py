"""The command line of ``acne04 verify``."""

from __future__ import annotations

import argparse
import contextlib
import re
from dataclasses import dataclass
from pathlib import Path

from acne04.core.errors import UnavailableError, UsageError
from acne04.inspection import check_reports
from acne04.inspection.check_reports import ReportFiles, as_document
from acne04.inspection.checks import run as run_checks
from acne04.provenance.keys import load_public, refuse_beside
from acne04.provenance.version_order import is_version
from acne04.verify.published_release import PublishedRelease
from acne04.verify.registry import CHECKS

#: Git names objects by SHA-1, in newer repositories by SHA-256.
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True)
class VerifyOptions:
    """What ``acne04 verify`` is asked for.

    Attributes
    ----------
    release : pathlib.Path
        Folder of the release.
    trusted_keys : tuple of pathlib.Path
        Public keys from outside the release; at least one.
    version : str or None
        Version that it must be.
    serial : int or None
        Serial that it must have.
    commit : str or None
        Commit that it must be of, in full: 40 or 64 hexadecimal digits.
    images : pathlib.Path or None
        Absolute folder of images to hash, laid out as ``data/raw`` is.
    reports : mapping of str to pathlib.Path
        Form -> report file.
    """

    release: Path
    trusted_keys: tuple[Path, ...]
    version: str | None
    serial: int | None
    commit: str | None
    images: Path | None
    reports: ReportFiles


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
    add("--expect-version", metavar="V", help="version that you mean to have, like 1.0.0")
    add("--expect-serial", type=int, metavar="N", help="serial that the publisher announces")
    add("--expect-commit", metavar="SHA", help="commit that it must be of, in full")
    check_reports.configure(parser)


def read_options(arguments: argparse.Namespace) -> VerifyOptions:
    """Give the options; refuse what proves nothing, before anything is looked at."""
    reports = check_reports.read_files(arguments)
    release, images = arguments.release, arguments.images
    if not arguments.trusted_key:
        raise UsageError(
            "--trusted-key",
            "without a key that you trust nothing can be verified: whoever forged a release would "
            "put a key of their own into it",
            expected="the publisher's public key, got by another way than the release",
            done="nothing looked at",
            remedy="--trusted-key PUBLIC.pem; see docs/releasing.md",
        )
    for option, folder in (("RELEASE", release), ("--images", images)):
        if folder is not None and not folder.is_dir():
            raise UnavailableError(f"{option} {folder}", "no such folder")
    for key in arguments.trusted_key:
        refuse_beside(key, release)
    return VerifyOptions(
        release=release,
        trusted_keys=tuple(arguments.trusted_key),
        version=_version(arguments.expect_version),
        serial=arguments.expect_serial,
        commit=_commit(arguments.expect_commit),
        images=images.absolute() if images else None,
        reports=reports,
    )


def run(options: VerifyOptions) -> int:
    """Check a release and report."""
    release = PublishedRelease(
        keys=tuple(load_public(path) for path in options.trusted_keys),
        version=options.version,
        serial=options.serial,
        commit=options.commit,
        images=options.images,
    )
    # In the release: what is wrong is told by its place in there, whoever unpacked it where.
    with contextlib.chdir(options.release):
        outcomes = run_checks(CHECKS, release)
        document = as_document("verify", release.dataset, "full", outcomes)
    return check_reports.report(document, options.reports)


def _version(version: str | None) -> str | None:
    """Take what is a version only: `9.9.9-` would be met by no release."""
    if version is not None and not is_version(version):
        raise UsageError(
            "--expect-version", "not a version", expected="like 1.0.0 or 2.0.0rc1",
            found=repr(version[:80]), done="nothing looked at",
        )  # fmt: skip
    return version


def _commit(commit: str | None) -> str | None:
    """Take a commit in full only."""
    if commit and not _COMMIT.fullmatch(commit):
        raise UsageError(
            "--expect-commit",
            "not a commit in full: a part of its name is easily met by another",
            expected="40 or 64 hexadecimal digits",
            found=commit[:80],
            remedy="`git rev-parse REVISION`",
        )
    return commit
