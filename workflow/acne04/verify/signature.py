"""Checks of who signed what: signature, statement, files, version, serial, commit."""

from __future__ import annotations

from acne04.inspection.checks import Check, Evidence, Impossible, Mismatch, NotAsked
from acne04.provenance.checksums import ATTESTATION, differences
from acne04.provenance.version_order import is_same_version
from acne04.verify.published_release import UNTRUSTED, PublishedRelease, problems_of


def _signature(release: PublishedRelease) -> Evidence:
    opened = release.opened
    return Evidence(f"one signature of {len(opened.payload):,} bytes, by key {opened.key_id}")


def _statement(release: PublishedRelease) -> Evidence:
    if not release.is_signed:
        raise Impossible(UNTRUSTED)
    attested = release.attested
    return Evidence(
        f"{attested.dataset} {attested.version}, serial {attested.serial}, of commit "
        f"{attested.commit}, {len(attested.subjects):,} files"
    )


def _subjects(release: PublishedRelease) -> Evidence:
    present = {name: found for name, found in release.present.items() if name != ATTESTATION}
    found = problems_of(differences(release.trusted.subjects, present))
    return Evidence(f"{len(present):,} files, hashed from disk", found)


def _version(release: PublishedRelease) -> Evidence:
    attested = release.trusted
    if release.version is None:
        raise NotAsked(f"no --expect-version: it is {attested.version}, whatever its folder says")
    if is_same_version(attested.version, release.version):
        return Evidence(f"version {attested.version}")
    expected, found = f"version {release.version}", f"version {attested.version}"
    return Evidence(found, (Mismatch(ATTESTATION, expected, found),))


def _serial(release: PublishedRelease) -> Evidence:
    attested = release.trusted
    if release.serial is None:
        raise NotAsked(
            f"no --expect-serial: it is {attested.serial}, and only the publisher can say whether "
            "there is a newer one"
        )
    if attested.serial == release.serial:
        return Evidence(f"serial {attested.serial}")
    expected, found = f"serial {release.serial}", f"serial {attested.serial} ({attested.version})"
    return Evidence(found, (Mismatch(ATTESTATION, expected, found),))


def _commit(release: PublishedRelease) -> Evidence:
    attested = release.trusted
    if release.commit is None:
        raise NotAsked(f"no --expect-commit: it is {attested.commit}")
    if attested.commit == release.commit:
        return Evidence(f"commit {attested.commit}")
    expected, found = f"commit {release.commit}", f"commit {attested.commit}"
    return Evidence(found, (Mismatch(ATTESTATION, expected, found),))


CHECKS: tuple[Check[PublishedRelease], ...] = (
    Check(
        "signature",
        "Whoever can write to the release can make all of it agree; without the publisher's key "
        "they cannot sign it.",
        True,
        "quick",
        "fetch the release again; ask the publisher for the key by another way; else do not use it",
        _signature,
    ),
    Check(
        "statement",
        "A good signature of something else (another type, another builder) would pass for one of "
        "a release.",
        True,
        "quick",
        "ask the publisher for a release made with `acne04 release`",
        _statement,
    ),
    Check(
        "subjects",
        "A file was altered, came in or went missing after the release was signed.",
        True,
        "quick",
        "fetch the release again, and nothing else into its folder",
        _subjects,
    ),
    Check(
        "version",
        "Another version, truly signed, lies under the name of the one that was asked for.",
        True,
        "quick",
        "fetch the version that you mean; a folder's name says nothing",
        _version,
    ),
    Check(
        "serial",
        "An old release, truly signed, is passed off as the newest.",
        True,
        "quick",
        "fetch the release that the publisher announces",
        _serial,
    ),
    Check(
        "commit",
        "The release is of another commit than the one that was reviewed.",
        True,
        "quick",
        "compare with the commit that the publisher names; it may have been amended after the run",
        _commit,
    ),
)
