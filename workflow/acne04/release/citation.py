"""``CITATION.cff`` of a release: itself, and every dataset that it is made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from acne04.core.sources import Source
from acne04.standards.facts import MAINTAINERS, Facts


def text(facts: Facts, originals: Mapping[str, Source]) -> str:
    """Give the file's text, Citation File Format 1.2.0.

    Parameters
    ----------
    originals : mapping of str to Source
        The real sources: who uses the stand-in owes its names and figures to these.
    """
    document: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use this release, cite it and each dataset that it is made from.",
        "title": facts.name,
        "type": "dataset",
        "abstract": facts.description,
        "version": facts.version,
        "date-released": facts.date_published,
        "authors": [{"name": MAINTAINERS}],
        **({"repository-code": facts.repository} if facts.repository else {}),
        "references": [_reference(source) for source in _once(originals)],
    }
    written: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
    return written


def _once(sources: Mapping[str, Source]) -> list[Source]:
    """One source for each citation: the parts of one dataset are cited together."""
    by_citation: dict[str, Source] = {}
    for source in sources.values():
        by_citation.setdefault(source.citation, source)
    return list(by_citation.values())


def _reference(source: Source) -> dict[str, Any]:
    address = {"url": source.described_at} if "://" in source.described_at else {}
    return {
        "type": "data",
        "title": source.title,
        "authors": [{"name": source.producer}],
        **({"year": int(source.date_published[:4])} if source.date_published[:4].isdigit() else {}),
        **address,
        "notes": " ".join(source.citation.split()),
    }
