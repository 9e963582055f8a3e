"""Checks of a release beside the checkout: who signed it, of which commit, by which standards."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from acne04.audit.audited_checkout import LEDGER, AuditedCheckout
from acne04.core.errors import Acne04Error
from acne04.core.hashing import digest_file
from acne04.inspection.checks import Check, Evidence, Impossible, Mismatch, NotAsked
from acne04.provenance import git, release_history
from acne04.provenance.checksums import ATTESTATION, differences, present_files
from acne04.provenance.envelope import Opened, open_envelope
from acne04.provenance.keys import load_public
from acne04.provenance.statement import Attested, from_bytes
from acne04.provenance.version_order import is_version, order
from acne04.standards.release_files import places
from acne04.standards.validators import crate_problems, croissant_problems

_LOCK = Path("dvc.lock")
#: What a commit may hold that records a release of an earlier one.
_RECORDS = "releases/"
#: Images, and the page that shows them: in no release; the attested ledger has their hashes.
_UNRELEASED = ("data/raw/", "data/report/")


def _release_of(checkout: AuditedCheckout) -> Path:
    """Give the release to compare with; without one there is nothing to check."""
    if checkout.release is None:
        raise NotAsked("no --release to compare with")
    return checkout.release


def _shown(release: Path) -> str:
    """Name of a release in reports: below the checkout, or its folder's name alone."""
    here = Path.cwd()
    return release.relative_to(here).as_posix() if here in release.parents else release.name


@lru_cache(maxsize=1)
def _opened(checkout: AuditedCheckout) -> Opened:
    keys = [load_public(path) for path in checkout.trusted_keys]
    release, here = _release_of(checkout), Path.cwd()
    # Reports name the checkout's files from its root.
    place = release.relative_to(here) if here in release.parents else release
    return open_envelope(place / ATTESTATION, keys)


def _attested(checkout: AuditedCheckout) -> Attested:
    """Give what is attested; what no trusted key has signed is not even compared."""
    _release_of(checkout)
    try:
        return from_bytes(_opened(checkout).payload, ATTESTATION)
    except Acne04Error:
        raise Impossible("nothing is attested: see release-signature") from None


def _signature(checkout: AuditedCheckout) -> Evidence:
    opened = _opened(checkout)
    attested = from_bytes(opened.payload, ATTESTATION)
    told = f"{attested.dataset} {attested.version}, signed by key {opened.key_id}"
    return Evidence(told)


def _files(checkout: AuditedCheckout) -> Evidence:
    attested = _attested(checkout)
    release = _release_of(checkout)
    present = {n: found for n, found in present_files(release).items() if n != ATTESTATION}
    problems = tuple(
        Mismatch(f"{_shown(release)}/{name}", expected, found)
        for name, expected, found in differences(attested.subjects, present)
    )
    return Evidence(f"{len(present):,} files of the release, hashed from disk", problems)


def _serial(checkout: AuditedCheckout) -> Evidence:
    attested = _attested(checkout)
    if checkout.serial is None:
        raise NotAsked(f"no --expect-serial: it is {attested.serial}, maybe not the newest")
    found = f"serial {attested.serial} (version {attested.version})"
    wrong = Mismatch(
        f"{_shown(_release_of(checkout))}/{ATTESTATION}", f"serial {checkout.serial}", found
    )
    return Evidence(found, () if attested.serial == checkout.serial else (wrong,))


def _commit(checkout: AuditedCheckout) -> Evidence:
    attested = _attested(checkout)
    head = git.commit_of("HEAD")
    problems = list(_other_history(attested, head))
    tag = f"v{attested.version}"
    if git.tags(tag):
        tagged = git.commit_of(f"refs/tags/{tag}")
        if tagged != attested.commit:
            problems.append(Mismatch(f"tag {tag}", f"commit {attested.commit}", tagged))
    return Evidence(f"commit {attested.commit[:12]}, as is attested", tuple(problems))


def _other_history(attested: Attested, head: str) -> Iterator[Mismatch]:
    """Yield what differs between the attested commit and this one, the release's record aside."""
    try:
        released = {e.path: (e.mode, e.name) for e in git.tree(git.commit_of(attested.commit))}
    except git.NoSuchRevisionError:
        expected = f"commit {attested.commit}, of which the release is"
        yield Mismatch("HEAD", expected, f"{head}; the other is not in this repository")
        return
    here = {e.path: (e.mode, e.name) for e in git.tree(head)}
    for path in sorted({*released, *here}):
        if released.get(path) != here.get(path) and not path.startswith(_RECORDS):
            yield Mismatch(path, f"as in commit {attested.commit[:12]}", f"other in {head[:12]}")


def _agrees(checkout: AuditedCheckout) -> Evidence:
    attested = _attested(checkout)
    expected = {LEDGER: attested.ledger, _LOCK: attested.dvc_lock}
    problems = []
    for path in sorted(checkout.ledger.files):
        if path.startswith("data/") and not path.startswith(_UNRELEASED):
            released = [attested.subjects[p] for p in places(path) if p in attested.subjects]
            if released:
                expected[Path(path)] = released[0]
            else:
                problems.append(Mismatch(path, "an artifact of the release", "not in it"))
    found = checkout.digests(expected)
    for place, sha256 in expected.items():
        digests = found[place]
        if digests is None or digests.sha256 != sha256:
            told = f"sha256 {digests.sha256}" if digests else "no such file"
            problems.append(Mismatch(str(place), f"sha256 {sha256}, as is attested", told))
    problems += _unlike_table(checkout, attested)
    return Evidence(f"{len(expected)} files of the checkout against the attestation",
                    tuple(problems))  # fmt: skip


def _unlike_table(checkout: AuditedCheckout, attested: Attested) -> Iterator[Mismatch]:
    """Compare with the row of the table of releases; the commit of the release has none yet."""
    row = None
    if is_version(attested.version):
        row = release_history.rows_of_index().get(order(attested.version))
    if row is None:
        return
    sha256 = digest_file(_release_of(checkout) / ATTESTATION).sha256
    for expected, found in (
        (f"serial {attested.serial}", f"serial {row.serial}"),
        (f"commit {attested.commit}", f"commit {row.commit}"),
        (f"attestation_sha256 {sha256}", f"attestation_sha256 {row.attestation}"),
    ):
        if expected != found:
            yield Mismatch(str(release_history.INDEX), f"{attested.version}: {expected}", found)


def _croissant(checkout: AuditedCheckout) -> Evidence:
    release = _release_of(checkout)
    return Evidence("croissant.json, by mlcroissant; its warnings count, and its hashes",
                    _placed(release, croissant_problems(release)))  # fmt: skip


def _crate(checkout: AuditedCheckout) -> Evidence:
    release = _release_of(checkout)
    return Evidence("ro-crate-metadata.json, by rocrate-validator; its hashes too",
                    _placed(release, crate_problems(release, checkout.contexts)))  # fmt: skip


def _placed(release: Path, problems: list[Mismatch]) -> tuple[Mismatch, ...]:
    start = _shown(release)
    return tuple(
        Mismatch(f"{start}/{p.file}", p.expected, p.found, p.line, p.pointer) for p in problems
    )


CHECKS: tuple[Check[AuditedCheckout], ...] = (
    Check(
        "release-signature",
        "Whoever can write to repository, cache and store can make them agree, but cannot sign "
        "with the publisher's key.",
        True,
        "quick",
        "fetch the release again; ask the publisher for the key by another way",
        _signature,
    ),
    Check(
        "release-files",
        "A file of the release was altered, came in or went missing after it was signed.",
        True,
        "quick",
        "remove the release's folder, and have it again by `dvc checkout`, else `dvc pull`",
        _files,
    ),
    Check(
        "release-serial",
        "An old release, truly signed, is passed off as the newest.",
        True,
        "quick",
        "fetch the release that the publisher announces",
        _serial,
    ),
    Check(
        "release-commit",
        "Code, pins or decisions are of another commit than the release was made from, amended "
        "after the run perhaps.",
        True,
        "quick",
        "check out the attested commit, or the one that records its release",
        _commit,
    ),
    Check(
        "release-agrees",
        "An artifact was altered, and ledger, locks, cache and store with it, or the table of "
        "releases: all agree, but not with what was signed. The images follow from the ledger "
        "(artifact-bytes).",
        True,
        "quick",
        "check out the release's commit, remove the artifacts that are named, then `dvc checkout`; "
        "if it stays, remove their objects from the cache, too, and `dvc pull`",
        _agrees,
    ),
    Check(
        "croissant-valid",
        "Loaders that read Croissant refuse the release, or load something else.",
        True,
        "full",
        "make the release anew with `acne04 release`",
        _croissant,
    ),
    Check(
        "crate-valid",
        "Tools that read Run Crates refuse the release's lineage.",
        True,
        "full",
        "make the release anew with `acne04 release`",
        _crate,
    ),
)
