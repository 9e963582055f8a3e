"""Lay a release's folder out: which artifact becomes which of its files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from acne04.core import documents
from acne04.core.files import write_text
from acne04.core.sources import Source
from acne04.provenance.checksums import SUMS, present_files, to_sums
from acne04.provenance.ledger import Ledger
from acne04.release import card, citation
from acne04.release.commit import Head
from acne04.standards import crate, croissant
from acne04.standards.facts import LEDGER, WORKFLOW, gather

RECORDED = Path("data/ledger/ledger.json")
#: Nouns whose tables are released; of `raw` only the hashes in the inventory are.
NOUNS = ("inventory", "annotations", "near", "groups", "cohort", "shortcuts")


@dataclass(frozen=True)
class PlannedRelease:
    """What a release is to be, settled before anything is written."""

    version: str
    serial: int
    head: Head
    ledger: Ledger
    folder: Path
    repository: str


def places(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Give artifact and place in the release of all that is released, by the ledger's order.

    Only what a stage made is: a file that lies beside the artifacts stays where it is.
    """
    yield str(RECORDED), LEDGER
    yield WORKFLOW, WORKFLOW
    for path in ledger.files:
        parts = path.split("/")
        if len(parts) == 3 and parts[0] == "data":
            _, noun, name = parts
            if noun == "splits":
                yield path, f"manifests/{name}"
            elif noun in NOUNS:
                yield path, f"tables/{noun}/{name}"


def lay_out(folder: Path, ledger: Ledger) -> None:
    """Copy the released artifacts of this checkout into a folder."""
    for artifact, place in places(ledger):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(artifact, folder / place)


def describe(folder: Path, release: PlannedRelease, originals: dict[str, Source]) -> None:
    """Write the documents of a release beside its tables, and the checksums of all of it.

    Parameters
    ----------
    folder : pathlib.Path
        With the artifacts laid out.
    release : PlannedRelease
        Its date is that of its commit.
    originals : dict of str to Source
        The real sources, which are to be cited for the stand-in, too.
    """
    facts = gather(
        folder,
        Path(),
        version=release.version,
        date_published=release.head.date,
        repository=release.repository,
    )
    documents.write(folder / "croissant.json", croissant.document(facts))
    documents.write(folder / "ro-crate-metadata.json", crate.document(facts))
    write_text(folder / "README.md", card.text(facts, release.serial))
    write_text(folder / "CITATION.cff", citation.text(facts, originals))
    write_text(folder / SUMS, to_sums(present_files(folder)))
