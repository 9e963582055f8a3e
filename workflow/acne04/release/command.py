"""The command line of ``acne04 release``."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined]

from acne04.core import dvc, tables
from acne04.core.addresses import bare
from acne04.core.checkout import not_here
from acne04.core.errors import Acne04Error, UnavailableError, UsageError
from acne04.core.files import staged_folder, write_text
from acne04.core.hashing import digest_file
from acne04.core.printing import say_aside
from acne04.core.sources import load_sources
from acne04.provenance import ledger, release_history
from acne04.provenance.checksums import ATTESTATION, present_files
from acne04.provenance.envelope import sign
from acne04.provenance.keys import PASSPHRASE, load_private
from acne04.provenance.ledger import Ledger
from acne04.provenance.release_history import INDEX
from acne04.provenance.statement import Attested, to_bytes
from acne04.release import commit, consistency, instructions
from acne04.release.layout import RECORDED, PlannedRelease, describe, lay_out
from acne04.release.versions import check_version, next_serial, read_index, remarks, with_row

#: Problems of a checkout that are told; one forgotten run makes hundreds.
_SHOWN = 20
#: Folders of a checkout that a release may not lie in: each belongs to somebody else.
_NOT_FOR_RELEASES = (
    ".acne04",
    ".dvc",
    ".git",
    ".snakemake",
    "data",
    "decisions",
    "logs",
    "schemas",
    "upstream",
    "upstreams",
    "workflow",
)


@dataclass(frozen=True)
class ReleaseOptions:
    """What to release, signed by whom, and where to.

    Attributes
    ----------
    version : str
        Like ``1.0.0`` or ``2.0.0rc1``.
    key : pathlib.Path
        PEM file of the private key.
    serial : int or None
        None: one more than the last release's.
    folder : pathlib.Path
        Where the release is to lie.
    repository : str
        Address of the project, or empty.
    is_tagged, is_dry : bool
        Whether to tag the commit, and whether to keep nothing.
    may_be_readable : bool
        Whether the key may be a file that others can read.
    """

    version: str
    key: Path
    serial: int | None
    folder: Path
    repository: str
    is_tagged: bool
    is_dry: bool
    may_be_readable: bool


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 release``; it is called in the checkout's root."""
    parser.epilog = "How to make and keep a key, and what a signature proves: docs/releasing.md"
    add = parser.add_argument
    add("version", metavar="VERSION", help="like 1.0.0 or 2.0.0rc1; never one that was released")
    add(
        "--key",
        type=Path,
        required=True,
        metavar="PEM",
        help="private key to sign with, from outside the checkout: Ed25519, or ECDSA on P-256 or "
        f"P-384; the passphrase of an encrypted one is asked for, or taken from {PASSPHRASE}",
    )
    add("--serial", type=int, metavar="N", help="default: one more than the last release's")
    add("--output", type=Path, metavar="FOLDER", help="default: releases/VERSION")
    add("--repository", default="", metavar="URL", help="address of the project, for the documents")
    add("--tag", action="store_true", help="tag the commit vVERSION, signed as git is set up to")
    add(
        "--allow-readable-key",
        action="store_true",
        help="sign with a key file that group or others can read, on a machine of your own",
    )
    add("--dry-run", action="store_true", help="make everything, keep nothing")


def read_options(arguments: argparse.Namespace) -> ReleaseOptions:
    """Make options of the arguments.

    Raises
    ------
    UsageError
        If the version is none.
    """
    version = check_version(arguments.version)
    return ReleaseOptions(
        version=version,
        key=arguments.key,
        serial=arguments.serial,
        folder=arguments.output or Path("releases", version),
        repository=bare(arguments.repository),
        is_tagged=arguments.tag,
        is_dry=arguments.dry_run,
        may_be_readable=arguments.allow_readable_key,
    )


def run(options: ReleaseOptions) -> int:
    """Make a release of the commit that is checked out."""
    version, folder = options.version, options.folder
    _refuse_places(folder, options.key)
    signer = load_private(options.key, may_be_readable=options.may_be_readable)
    head = commit.head()
    history = release_history.collect()
    serial = next_serial(history, version, options.serial)
    say_aside(*remarks(history, version))
    recorded = _agreed_ledger()
    if options.is_tagged and commit.has_tag(f"v{version}"):
        raise UsageError("--tag", f"there is a tag v{version}", done="nothing written")
    release = PlannedRelease(version, serial, head, recorded, folder, options.repository)
    with _place(folder, is_kept=not options.is_dry) as staging:
        attestation = _make(staging, release, signer)
        size = sum(path.stat().st_size for path in staging.rglob("*") if path.is_file())
        number = len(present_files(staging))
        if options.is_tagged and not options.is_dry:
            # The last thing that can be refused: without it nothing is written.
            commit.sign_tag(
                f"v{version}", head.commit, instructions.tag_message(release, attestation)
            )
    told = f"{number} files, {size / 1e6:,.1f} MB; serial {serial}, commit {head.commit}"
    if options.is_dry:
        say_aside(f"{folder}: would hold {told}; nothing written")
        return 0
    row = {"dataset": recorded.dataset, "version": version, "serial": serial}
    row |= {"commit": head.commit, "attestation_sha256": attestation}
    tables.write(INDEX, "releases", with_row(read_index(INDEX), row))
    is_tracked = _track(folder)
    say_aside(f"{folder}: {told}")
    say_aside(
        *instructions.words(release, is_tracked=is_tracked, is_tagged=options.is_tagged).split("\n")
    )
    return 0


def _refuse_places(folder: Path, key: Path) -> None:
    if folder.exists():
        raise UsageError(
            str(folder),
            "there is something already; a release is never written over",
            done="nothing written",
            remedy="give the new release a version of its own",
        )
    inside = [name for name in _NOT_FOR_RELEASES if _is_below(folder, Path(name))]
    if inside:
        raise UsageError(
            str(folder),
            f"inside {inside[0]}, where a run, DVC or git puts files and removes others",
            expected="releases/VERSION, or a folder outside the checkout",
            done="nothing written",
            remedy="leave --output away",
        )
    if Path.cwd() in key.resolve().parents:
        raise UsageError(
            str(key),
            "the key lies inside the checkout, where it can be committed or pushed",
            expected="a key outside",
            done="nothing written",
            remedy="move it, and if it was ever committed, make a new one",
        )


def _is_below(path: Path, folder: Path) -> bool:
    """Whether a path lies in a folder, also where either is reached by a link."""
    place = folder.resolve()
    return place in (path.resolve(), *path.resolve().parents)


def _agreed_ledger() -> Ledger:
    """Give the ledger, if git, DVC's lock, the ledger and the bytes all tell of one run.

    Raises
    ------
    Acne04Error
        If they do not; every file is named.
    """
    if not RECORDED.is_file():
        raise not_here(Path("data"), RECORDED)
    recorded = ledger.read(RECORDED)
    problems = [
        *commit.unlike_head(),
        *consistency.unlike_lock(),
        *consistency.unlike_ledger(recorded),
    ]
    if problems:
        more = [f"and {len(problems) - _SHOWN:,} more"] if len(problems) > _SHOWN else []
        raise Acne04Error(
            "the checkout",
            "not the run of one commit, so nothing of it can be released:\n  "
            + "\n  ".join([*problems[:_SHOWN], *more]),
            done="nothing written",
            remedy="`snakemake --cores all`, commit what it recorded, and run again",
        )
    return recorded


@contextmanager
def _place(folder: Path, *, is_kept: bool) -> Iterator[Path]:
    if is_kept:
        with staged_folder(folder) as staging:
            yield staging
    else:
        with tempfile.TemporaryDirectory(prefix="acne04-release-") as scratch:
            yield Path(scratch)


def _make(folder: Path, release: PlannedRelease, signer: CryptoSigner) -> str:
    """Fill the folder, and give the SHA-256 of its attestation."""
    lay_out(folder, release.ledger)
    originals = load_sources(Path("workflow/sources.yaml"), "acne04")
    describe(folder, release, originals)
    attested = Attested(
        version=release.version,
        serial=release.serial,
        dataset=release.ledger.dataset,
        commit=release.head.commit,
        dvc_lock=digest_file(Path("dvc.lock")).sha256,
        ledger=digest_file(RECORDED).sha256,
        subjects=present_files(folder),
    )
    write_text(folder / ATTESTATION, sign(to_bytes(attested), signer))
    return digest_file(folder / ATTESTATION).sha256


def _track(folder: Path) -> bool:
    """Add the release to DVC, if it lies in the checkout."""
    if Path.cwd().resolve() not in folder.resolve().parents:
        return False
    added = dvc.run("add", "--verbose", folder.as_posix())
    if added.returncode != 0:
        raise UnavailableError(
            "dvc add",
            dvc.reason(added),
            done=f"the release is in {folder} and in {INDEX}, but not in DVC",
            remedy=f"`dvc add {folder}`, then commit {folder}.dvc and {INDEX}",
        )
    return True
