"""What the standards' documents say of a release, gathered once from its folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acne04.core import tables
from acne04.core.errors import SchemaError, UnavailableError, UsageError
from acne04.core.hashing import Digest
from acne04.core.sources import Licence, Source, load_sources
from acne04.provenance.ledger import Ledger
from acne04.provenance.ledger import read as read_ledger
from acne04.standards import release_files, upstream
from acne04.standards.release_files import ReleaseFile
from acne04.standards.upstream import SourceImages, UpstreamFile

LEDGER = "ledger.json"
#: The workflow itself, which a run crate must hold; a copy of the checkout's.
WORKFLOW = "Snakefile"
#: What the documents cannot be made without.
NEEDED = (
    LEDGER,
    WORKFLOW,
    "manifests/certificates.json",
    "manifests/published_leaks.csv",
    *(f"tables/{noun}/metrics.json" for noun in ("annotations", "groups", "inventory", "near")),
    "tables/groups/groups.csv",
    "tables/groups/names.csv",
    "tables/inventory/images.csv",
)
#: Terms of what this project itself makes: manifests, tables and documents.
OWN_LICENCE = "https://spdx.org/licenses/MIT"
MAINTAINERS = "The acne04 maintainers"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Facts:
    """All that the documents of a release are made from; nothing else enters them.

    Attributes
    ----------
    dataset : str
        ``standin`` or ``acne04``.
    version : str
        Version of the release.
    date_published : str
        ``YYYY-MM-DD``, given by the caller: no clock is read.
    repository : str
        Address of the project, or empty.
    ledger : Ledger
        The story of every artifact.
    files : tuple of ReleaseFile
        The release's files by path, without the documents made from these facts.
    sources : mapping of str to Source
        By key, in the order of ``workflow/sources.yaml``.
    upstream : tuple of UpstreamFile
        The files that images and annotations come from.
    images : tuple of SourceImages
        Where the images of each source lie in these.
    counts : mapping of str to int
        Finding to how often it was found, over all stages.
    metrics : mapping of str to Any
        Noun (``inventory``, ``groups``, ...) to its metrics.
    precision : mapping of str to Any
        What the certificates say of the precision of each part.
    leaks : mapping of str to (int, int)
        Kind of relation to how many test images of the published folds have one in training, of
        how many.
    """

    dataset: str
    version: str
    date_published: str
    repository: str
    ledger: Ledger
    files: tuple[ReleaseFile, ...]
    sources: Mapping[str, Source]
    upstream: tuple[UpstreamFile, ...]
    images: tuple[SourceImages, ...]
    counts: Mapping[str, int]
    metrics: Mapping[str, Any]
    leaks: Mapping[str, tuple[int, int]]
    precision: Mapping[str, Any]

    @property
    def standin(self) -> bool:
        """Whether the images are drawings that stand in for the real ones."""
        return self.dataset == "standin"

    @property
    def name(self) -> str:
        """Name of the dataset; the stand-in says in it that it is one."""
        return "ACNE04 family, stand-in" if self.standin else "ACNE04 family"

    @property
    def description(self) -> str:
        """What the dataset is, in a paragraph."""
        images, circles = self.metrics["inventory"]["images"], self.metrics["annotations"]
        text = (
            f"{images['real']:,} photographs of half faces with acne in four severity grades, "
            f"{images['synthetic']:,} synthetic edits of them, {circles['annotations']:,} lesion "
            "circles, and balanced split manifests in which no photograph, copy, near-duplicate, "
            "person or parent of a synthetic image is on both sides. The images are not in the "
            "release: it names each by SHA-256."
        )
        if self.standin:
            return (
                "A STAND-IN, no photographs: drawings with the names, counts and known defects of "
                "the real ACNE04, ACNEDIT and Acne04-v2, drawn by this project. It stands in for "
                f"{text}"
            )
        return text

    @property
    def address(self) -> str:
        """Address of the dataset, or a name in its place where the project has none."""
        return self.repository or f"urn:acne04:{self.dataset}:{self.version}"

    def has(self, path: str) -> bool:
        """Tell whether the release holds a file of this path."""
        return any(file.path == path for file in self.files)

    def released(self, artifact: str) -> ReleaseFile | None:
        """Give the release's file that an artifact (``data/<noun>/<name>``) became, if any."""
        places = release_files.places(artifact)
        return next((file for file in self.files if file.path in places), None)


def gather(
    release: Path, root: Path, *, version: str, date_published: str, repository: str = ""
) -> Facts:
    """Gather the facts of a release in the making.

    Parameters
    ----------
    release : pathlib.Path
        Its folder, with ``manifests/``, ``tables/``, ``ledger.json`` and ``Snakefile`` in place.
    root : pathlib.Path
        The checkout, for ``workflow/sources.yaml``, ``upstreams/*/pins`` and ``data/raw``.
    version, date_published, repository : str
        As the caller gives them; see `Facts`.

    Raises
    ------
    UnavailableError
        If a file that is `NEEDED` is missing; all are named.
    UsageError
        If the date is not of the form YYYY-MM-DD.
    SourceError
        If an image in ``data/raw`` is not the one of the inventory.
    SchemaError
        If a file of the release is not the artifact of that name that the ledger knows.
    """
    if not _DATE.fullmatch(date_published):
        raise UsageError("date", "not a date", expected="YYYY-MM-DD", found=date_published)
    missing = [name for name in NEEDED if not (release / name).is_file()]
    if missing:
        raise UnavailableError(str(release), "no release yet", expected=", ".join(missing))
    ledger = read_ledger(release / LEDGER)
    dataset, files = ledger.dataset, release_files.hash_files(release)
    sources = load_sources(root / "workflow/sources.yaml", dataset)
    inventory = tables.read(release / "tables/inventory/images.csv", "inventory", dataset)
    described, images = upstream.describe(
        sources,
        _delivered(root, ledger, sources),
        tables.read(release / "tables/groups/names.csv", "names", dataset),
        dict(zip(inventory["path"], inventory["sha256"], strict=True)),
        root / "data/raw",
    )
    facts = Facts(
        dataset=dataset,
        version=version,
        date_published=date_published,
        repository=repository,
        ledger=ledger,
        files=files,
        sources=sources,
        upstream=described,
        images=images,
        counts=release_files.read_counts(release, files),
        metrics=release_files.read_metrics(release, files),
        leaks=release_files.read_leaks(release),
        precision=release_files.read_precision(release),
    )
    _check_against_ledger(release, facts)
    return facts


def _delivered(
    root: Path, ledger: Ledger, sources: Mapping[str, Source]
) -> dict[str, dict[str, Digest]]:
    return {
        entry.key: upstream.read_pins(root / entry.pins, sources[entry.key], entry.pins_version)
        for entry in ledger.sources
    }


def _check_against_ledger(release: Path, facts: Facts) -> None:
    """Refuse a release whose files are not those that the ledger tells the story of."""
    problems = []
    for artifact, recorded in facts.ledger.files.items():
        file = facts.released(artifact)
        if file is not None and file.sha256 != recorded.sha256:
            problems.append(
                f"{file.path}: expected sha256 {recorded.sha256} as the ledger has it for "
                f"{artifact}, found {file.sha256}"
            )
    if problems:
        raise SchemaError(str(release), "not the ledger's artifacts\n  " + "\n  ".join(problems))


def licence_address(licence: Licence) -> str:
    """Give the address where terms are stated; for a file of this project, the licence's own."""
    if "://" in licence.stated_at:
        return licence.stated_at
    return f"https://spdx.org/licenses/{licence.name.replace(' ', '-')}"


def redistribution(licence: Licence) -> str:
    """Say whether the bytes of a source may be passed on."""
    return {
        "yes": "May be passed on.",
        "no": "May not be passed on.",
        "unknown": "Nobody says whether it may be passed on: do not.",
    }[licence.redistributable]
