"""The RO-Crate metadata of a release: a Provenance Run Crate 0.5 of the workflow's run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acne04.standards import workflow_run
from acne04.standards.facts import (
    MAINTAINERS,
    OWN_LICENCE,
    WORKFLOW,
    Facts,
    licence_address,
    redistribution,
)
from acne04.standards.workflow_run import Entity, contextual, part, reference

_MAINTAINERS = "#maintainers"
CONTEXT = [
    "https://w3id.org/ro/crate/1.1/context",
    "https://w3id.org/ro/terms/workflow-run/context",
]
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/provenance/0.5": ("Provenance Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}


def document(facts: Facts) -> dict[str, Any]:
    """Describe how a release came about.

    Only files of the release are data entities. What may not be passed on (images) or lies in git
    (code, pins) is named with its SHA-256 as a contextual entity: a crate may not promise files
    that it does not hold. There is no time in it but the date of publication.

    Parameters
    ----------
    facts : Facts
        All that is said.

    Returns
    -------
    dict
        JSON-LD; the same facts give the same document.
    """
    return {
        "@context": CONTEXT,
        "@graph": [
            _descriptor(),
            _root(facts),
            *_profiles(),
            *_about(facts),
            *workflow_run.entities(facts),
            *_sources(facts),
            *_named_files(facts),
            *_folders(facts),
            *_files(facts),
        ],
    }


def _descriptor() -> Entity:
    return {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": reference("./"),
        "conformsTo": [
            reference("https://w3id.org/ro/crate/1.1"),
            reference("https://w3id.org/workflowhub/workflow-ro-crate/1.0"),
        ],
    }


def _root(facts: Facts) -> Entity:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{facts.name}, {facts.version}",
        "description": facts.description,
        "version": facts.version,
        "datePublished": facts.date_published,
        "identifier": facts.address,
        "license": reference(OWN_LICENCE),
        "usageInfo": "The licence is that of the manifests, tables and documents. The images have "
        "the terms of their producers, and are not here.",
        "author": reference(_MAINTAINERS),
        "publisher": reference(_MAINTAINERS),
        "conformsTo": [reference(profile) for profile in PROFILES],
        "mainEntity": reference(WORKFLOW),
        "mentions": [reference(action) for action in workflow_run.actions(facts)],
        "hasPart": [reference(part(file.path)) for file in facts.files],
    }


def _profiles() -> Iterator[Entity]:
    for identifier, (name, version) in PROFILES.items():
        yield {"@id": identifier, "@type": "CreativeWork", "name": name, "version": version}


def _about(facts: Facts) -> Iterator[Entity]:
    yield {
        "@id": OWN_LICENCE,
        "@type": "CreativeWork",
        "name": "MIT License",
        "description": "Terms of what this project makes; not of the images.",
        "identifier": OWN_LICENCE,
    }
    yield {
        "@id": _MAINTAINERS,
        "@type": "Organization",
        "name": MAINTAINERS,
        **({"url": facts.repository} if facts.repository else {}),
    }


def _files(facts: Facts) -> Iterator[Entity]:
    for file in facts.files:
        if file.path != WORKFLOW:
            yield {
                "@id": part(file.path),
                "@type": "File",
                "name": file.path,
                "contentSize": str(file.size),
                "encodingFormat": file.media_type,
                "sha256": file.sha256,
            }


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
            "description": redistribution(source.licence),
            "url": licence_address(source.licence),
        }


def _named_files(facts: Facts) -> Iterator[Entity]:
    """Name the files that went in or came out and lie in no release: by their hash."""
    stages = facts.ledger.stages
    used = {path for stage in stages for path in (*stage.inputs, *stage.outputs)}
    folders = {entry.listing: entry.folder for entry in facts.ledger.sources}
    for path in sorted(used | set(workflow_run.pins(facts))):
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
