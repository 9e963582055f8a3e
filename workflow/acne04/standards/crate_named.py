"""What a run crate names and does not hold: sources, folders of images, files that are in git."""

from __future__ import annotations

from collections.abc import Iterator

from acne04.standards import crate_workflow, wording
from acne04.standards.crate_ids import Entity, contextual, reference
from acne04.standards.facts import Facts


def entities(facts: Facts) -> Iterator[Entity]:
    """Give the entities, each known by its hash or by the listing of its folder."""
    yield from _sources(facts)
    yield from _named_files(facts)
    yield from _folders(facts)


def _sources(facts: Facts) -> Iterator[Entity]:
    """Describe where the images and annotations come from, and the terms of each."""
    for key, source in facts.sources.items():
        licence = contextual("licence", key)
        yield {
            "@id": contextual("source", key),
            "@type": "CreativeWork",
            "name": source.title,
            "description": " ".join(source.description.split()),
            "creator": source.producer,
            "citation": " ".join(source.citation.split()),
            "datePublished": source.date_published,
            "version": source.delivery.version,
            "url": source.described_at,
            "license": reference(licence),
        }
        yield {
            "@id": licence,
            "@type": "CreativeWork",
            "name": source.licence.name,
            "description": wording.redistribution(source.licence),
            "url": wording.licence_address(source.licence),
        }


def _named_files(facts: Facts) -> Iterator[Entity]:
    """Name the files that went in or came out and lie in no release: by their hash."""
    stages = facts.ledger.stages
    used = {path for stage in stages for path in (*stage.inputs, *stage.outputs)}
    folders = {entry.listing: entry.folder for entry in facts.ledger.sources}
    for path in sorted(used | set(crate_workflow.pins(facts))):
        recorded = facts.ledger.files[path]
        if facts.released(path) is None:
            yield {
                "@id": contextual("file", path),
                "@type": "CreativeWork",
                "name": path,
                "description": "Not in this crate.",
                "contentSize": str(recorded.size),
                "sha256": recorded.sha256,
                **({"about": _folder(folders[path])} if path in folders else {}),
            }


def _folder(path: str) -> dict[str, str]:
    return reference(contextual("folder", path))


def _folders(facts: Facts) -> Iterator[Entity]:
    """Name the folders of images and annotations, which may not be passed on."""
    for entry in facts.ledger.sources:
        yield {
            "@id": contextual("folder", entry.folder),
            "@type": "CreativeWork",
            "name": entry.folder,
            "description": f"{entry.files} files; not in this crate. Each with its SHA-256: "
            f"{entry.listing}.",
            "isBasedOn": reference(contextual("source", entry.key)),
            "license": reference(contextual("licence", entry.key)),
        }
