"""Checks of where the data comes from: pins, licences, promises, the upstream itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acne04.audit.audited_checkout import SOURCES, AuditedCheckout
from acne04.core import tables
from acne04.core.hashing import digest_file
from acne04.fetch.pins import read_pins, stated
from acne04.inspection.checks import Check, Evidence, Impossible, Mismatch, NotAsked, NothingYet
from acne04.provenance.ledger import RecordedSource


def _pins(checkout: AuditedCheckout) -> Evidence:
    problems, number = [], 0
    for recorded in checkout.ledger.sources:
        found, pinned = _source_pins(checkout, recorded)
        problems += found
        number += pinned
    told = f"{number} pins of {len(checkout.ledger.sources)} sources"
    return Evidence(f"{told} against sources.yaml, the ledger and the listings", tuple(problems))


def _source_pins(checkout: AuditedCheckout, recorded: RecordedSource) -> tuple[list[Mismatch], int]:
    path, source = Path(recorded.pins), checkout.sources[recorded.key]
    pins = read_pins(path, source, recorded.pins_version)
    problems = []
    if not pins:
        problems.append(Mismatch(str(path), f"pins of version {recorded.pins_version}", "none"))
    expected = checkout.ledger.files[recorded.pins].sha256
    if path.is_file() and (found := digest_file(path).sha256) != expected:
        problems.append(Mismatch(str(path), f"sha256 {expected}, as the run had it", found))
    for name, known in stated(source, SOURCES).files.items():
        if name in pins and not known.fits(pins[name]):
            problems.append(Mismatch(str(path), f"{name}: {known}", f"sha256 {pins[name].sha256}"))
    if source.delivery.kind != "archive":
        listing = checkout.listing(recorded.key)
        listed = set(zip(listing["sha256"], listing["size"], strict=True))
        problems += [
            Mismatch(
                str(path),
                f"{name} in {recorded.listing}",
                f"not there: sha256 {pin.sha256}, {pin.size} bytes",
            )
            for name, pin in sorted(pins.items())
            if (pin.sha256, pin.size) not in listed
        ]
    return problems, len(pins)


def _licences(checkout: AuditedCheckout) -> Evidence:
    problems, unknown = [], []
    recorded = {source.key: source.licence for source in checkout.ledger.sources}
    for key, source in checkout.sources.items():
        licence, pointer = source.licence, f"/{checkout.dataset}/{key}/licence"
        if not licence.name.strip() or not licence.stated_at.strip():
            problems.append(
                Mismatch(
                    str(SOURCES), "the terms, and where they are stated", "none", None, pointer
                )
            )
        if key in recorded and recorded[key] != licence:
            told = f"{recorded[key].name}, as the run had it"
            problems.append(Mismatch(str(SOURCES), told, licence.name, None, pointer))
        if licence.redistributable == "unknown":
            unknown.append(key)
    told = f"terms of {len(checkout.sources)} sources"
    if unknown:
        told += f"; may be passed on: unknown, so no ({', '.join(unknown)})"
    return Evidence(told, tuple(problems))


def _promises(checkout: AuditedCheckout) -> Evidence:
    counted = dict(_counted(checkout))
    problems, compared = [], 0
    for key, source in checkout.sources.items():
        for name, promised in source.promises.items():
            if (key, name) in counted:
                compared += 1
                found = counted[key, name]
                if found != promised:
                    problems.append(
                        Mismatch(f"data/raw/{key}.csv", f"{name}: {promised}", str(found))
                    )
    if checkout.dataset == "standin" and checkout.parameters["standin"]["fraction"] != 1:
        raise NotAsked("a part of the stand-in only: the sources promise the whole")
    return Evidence(f"{compared} counts, taken from the tables again", tuple(problems))


def _counted(checkout: AuditedCheckout) -> Iterator[tuple[tuple[str, str], object]]:
    images = checkout.table("inventory/images.csv", "inventory")
    real = images[images["origin"] == "real"]
    grades = real["grade"].value_counts().sort_index()
    yield ("classification", "images"), len(real)
    yield ("classification", "grades"), {int(g): int(n) for g, n in grades.items()}
    yield ("acnedit", "images"), int((images["origin"] == "synthetic").sum())
    yield ("detection", "boxes"), len(checkout.table("inventory/boxes.csv", "boxes"))
    annotated = checkout.table("annotations/images.csv", "annotated")
    yield ("v2", "images"), len(annotated)
    yield ("v2", "annotations"), int((annotated["lesions_v2"] + annotated["quarantined"]).sum())
    groups = checkout.table("groups/groups.csv", "groups")
    yield ("subjects", "subjects"), int(groups.loc[groups["subject"] != "", "subject"].nunique())
    yield ("subjects", "images"), int((groups["subject"] != "").sum())


def _upstream(checkout: AuditedCheckout) -> Evidence:
    """Where the upstream's files lie on this machine they are hashed again."""
    place = Path("upstream", checkout.dataset)
    if not place.is_dir() or not any(place.iterdir()):
        raise NothingYet(f"no upstream lies in {place}; `acne04 fetch` compares with pins")
    problems, number = [], 0
    for recorded in checkout.ledger.sources:
        pins = tables.read(Path(recorded.pins), "pins", checkout.dataset)
        pins = pins[pins["version"] == recorded.pins_version]
        pinned = {place / row.path: (row.sha256, row.size) for row in pins.itertuples()}
        present = [file for file in pinned if file.is_file()]
        number += len(present)
        # The stand-in is drawn as a whole; of others a source may have come from elsewhere.
        is_wanted = bool(present) or checkout.dataset == "standin"
        problems += [
            Mismatch(str(file), "a file of the delivery, whose others lie here", "no such file")
            for file in pinned
            if is_wanted and file not in present
        ]
        for file in present:
            digests = digest_file(file)
            if (digests.sha256, digests.size) != pinned[file]:
                expected = "sha256 {}, {} bytes".format(*pinned[file])
                found = f"sha256 {digests.sha256}, {digests.size} bytes"
                problems.append(Mismatch(str(file), expected, found))
    if not number:
        raise Impossible(f"{place} is there, and none of the files lies in it that the pins name")
    return Evidence(f"{number} delivered files against their pins", tuple(problems))


CHECKS: tuple[Check[AuditedCheckout], ...] = (
    Check(
        "pins",
        "Pins that were moved let other bytes pass for the upstream's.",
        True,
        "quick",
        "`git log -p upstreams` says who moved them; `git checkout` the right ones, run again",
        _pins,
    ),
    Check(
        "licences",
        "Images without terms may not be used, let alone passed on.",
        True,
        "quick",
        "write the terms into workflow/sources.yaml, with the address where they are stated",
        _licences,
    ),
    Check(
        "source-promises",
        "Counts that differ from what the sources promise mean that images, boxes, circles or "
        "persons were lost, added or merged.",
        True,
        "quick",
        "see data/*/findings.json; where the source is right, restore it and run again",
        _promises,
    ),
    Check(
        "upstream",
        "A file that was swapped at the source would be taken in by the next fetch of a new clone.",
        True,
        "full",
        "ask the publisher; do not move the pin before you know what changed",
        _upstream,
    ),
)
