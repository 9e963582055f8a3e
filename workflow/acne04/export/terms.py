"""Terms and citations of the sources that an export is made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from acne04.core import yaml_files
from acne04.core.sources import load_sources
from acne04.samples.place import DatasetPlace

_SOURCES = Path("workflow/sources.yaml")
#: The sources that images, labels, boxes, circles and persons are from.
_REAL = "acne04"


@dataclass(frozen=True)
class SourceTerms:
    """Terms of a source as its producer states them, and what to cite.

    `terms`, `stated_at` and `redistributable` are empty where only a release's citations are known.
    """

    title: str
    producer: str
    citation: str
    terms: str = ""
    stated_at: str = ""
    redistributable: str = ""


def terms_of(place: DatasetPlace, dataset: str) -> tuple[list[SourceTerms], list[SourceTerms]]:
    """Give the terms of a dataset's own sources, and the real ones that a stand-in stands in for.

    Returns
    -------
    own, originals : list of SourceTerms
        `originals` is empty for the real dataset. Of a release that lies outside a checkout only
        what it cites is known: `own` is empty then.
    """
    file = _sources_file(place)
    if file is None:
        return [], _cited(place.root / "CITATION.cff")
    originals = _terms(file, _REAL) if dataset != _REAL else []
    return _terms(file, dataset), originals


def _sources_file(place: DatasetPlace) -> Path | None:
    """Find the list of sources: of the dataset's checkout or one around it, else of this code."""
    around = [place.root.resolve(), *place.root.resolve().parents, Path(__file__).parents[3]]
    return next((folder / _SOURCES for folder in around if (folder / _SOURCES).is_file()), None)


def _terms(file: Path, dataset: str) -> list[SourceTerms]:
    return [
        SourceTerms(
            source.title,
            source.producer,
            " ".join(source.citation.split()),
            source.licence.name,
            source.licence.stated_at,
            source.licence.redistributable,
        )
        for source in load_sources(file, dataset).values()
    ]


def _cited(file: Path) -> list[SourceTerms]:
    """Give what a release's ``CITATION.cff`` cites."""
    if not file.is_file():
        return []
    references = yaml_files.read(file).get("references", [])
    return [
        SourceTerms(each["title"], each["authors"][0]["name"], each.get("notes", each["title"]))
        for each in references
    ]
