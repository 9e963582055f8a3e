"""Checks that what the release says of its own files is true of them: sums, ledger, documents."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from acne04.core.errors import Acne04Error, SchemaError
from acne04.inspection.checks import Check, Evidence, Mismatch
from acne04.provenance.checksums import ATTESTATION, SUMS, differences, from_sums
from acne04.standards.release_files import DOCUMENTS, places
from acne04.verify.published_release import CRATE, CROISSANT, LEDGER, PublishedRelease, problems_of


def _sums(release: PublishedRelease) -> Evidence:
    try:
        listed, wrong = from_sums(release.bytes(SUMS).decode("utf-8"))
    except UnicodeDecodeError:
        raise SchemaError(SUMS, "not UTF-8") from None
    present = {k: v for k, v in release.present.items() if k not in (SUMS, ATTESTATION)}
    odd = tuple(Mismatch(SUMS, "one line a file: its SHA-256, two spaces, its name", told, line)
                for line, told in wrong)  # fmt: skip
    return Evidence(f"{len(listed):,} lines", (*odd, *problems_of(differences(listed, present))))


def _ledger(release: PublishedRelease) -> Evidence:
    recorded: dict[str, str] = {}
    for artifact, file in release.ledger.files.items():
        recorded |= {place: file.sha256 for place in places(artifact) if place in release.present}
    tabled = {
        name: found
        for name, found in release.present.items()
        if name.startswith(("manifests/", "tables/"))
    }
    problems = problems_of(differences(recorded, tabled))
    return Evidence(f"{len(recorded):,} artifacts of the ledger", (*problems, *_other(release)))


def _other(release: PublishedRelease) -> Iterator[Mismatch]:
    """Compare the ledger with the one that is attested, where anything is."""
    try:
        expected = release.attested.ledger
    except Acne04Error:
        return
    if (found := release.present.get(LEDGER, "no such file")) != expected:
        yield Mismatch(LEDGER, f"sha256 {expected}, as is attested", found)


def _croissant(release: PublishedRelease) -> Evidence:
    listed = {
        unquote(str(entry["contentUrl"])): str(entry.get("sha256"))
        for entry in release.entries(CROISSANT, "distribution")
        if "contentUrl" in entry and ":" not in str(entry["contentUrl"])
    }
    return _described(release, CROISSANT, listed)


def _crate(release: PublishedRelease) -> Evidence:
    listed = {}
    for entry in release.entries(CRATE, "@graph"):
        kinds = entry.get("@type")
        name = unquote(str(entry.get("@id")))
        if "File" in (kinds if isinstance(kinds, list) else [kinds]):
            listed[name] = str(entry.get("sha256"))
    return _described(release, CRATE, listed)


def _described(release: PublishedRelease, document: str, listed: dict[str, str]) -> Evidence:
    expected = {k: v for k, v in release.present.items() if k not in DOCUMENTS}
    problems = tuple(
        Mismatch(document, expected=_told(is_there), found=_told(said), pointer=name)
        for name in sorted({*expected, *listed})
        if (is_there := expected.get(name)) != (said := listed.get(name))
    )
    return Evidence(f"{len(listed):,} files that {document} describes", problems)


def _told(sha256: str | None) -> str:
    return "no such file" if sha256 is None else f"sha256 {sha256}"


CHECKS: tuple[Check[PublishedRelease], ...] = (
    Check(
        "sums",
        "Someone without the key checks the files with `sha256sum --check`, against wrong sums.",
        True,
        "quick",
        "fetch the release again",
        _sums,
    ),
    Check(
        "ledger-agrees",
        "A table is not the artifact that the ledger tells the story of.",
        True,
        "quick",
        "ask the publisher for a release made with `acne04 release` from an untouched run",
        _ledger,
    ),
    Check(
        "croissant-agrees",
        "A loader that goes by croissant.json refuses the files, or checks them against nothing.",
        True,
        "quick",
        "ask the publisher for a release made with `acne04 release`",
        _croissant,
    ),
    Check(
        "crate-agrees",
        "Who reads the lineage in ro-crate-metadata.json reads that of other files.",
        True,
        "quick",
        "ask the publisher for a release made with `acne04 release`",
        _crate,
    ),
)
