"""A release folder as `acne04 release` lays it out, of a finished run."""

from __future__ import annotations

import shutil
from pathlib import Path

from acne04.core import documents
from acne04.standards import crate, croissant
from acne04.standards.facts import Facts, gather

NOUNS = ("inventory", "annotations", "near", "groups", "cohort", "shortcuts")
VERSION, DATE = "1.0.0", "2026-11-28"


def lay_out(project: Path, release: Path) -> Path:
    """Make the folder that the documents of the standards are written into."""
    shutil.copytree(project / "data/splits", release / "manifests")
    for noun in NOUNS:
        shutil.copytree(project / "data" / noun, release / "tables" / noun)
    shutil.copy(project / "data/ledger/ledger.json", release / "ledger.json")
    shutil.copy(project / "Snakefile", release / "Snakefile")
    return release


def describe(project: Path, release: Path) -> Facts:
    """Gather the facts, and write both documents."""
    facts = gather(release, project, version=VERSION, date_published=DATE)
    documents.write(release / "croissant.json", croissant.document(facts))
    documents.write(release / "ro-crate-metadata.json", crate.document(facts))
    return facts
