"""The RO-Crate metadata of a release: a Provenance Run Crate 0.5 of the workflow's run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acne04.standards import crate_named, crate_run, crate_workflow, wording
from acne04.standards.crate_ids import MAINTAINERS, Entity, part, reference
from acne04.standards.facts import WORKFLOW, Facts

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
            *crate_workflow.entities(facts),
            *crate_run.entities(facts),
            *crate_named.entities(facts),
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
        "name": f"{wording.name(facts)}, {facts.version}",
        "description": wording.description(facts),
        "version": facts.version,
        "datePublished": facts.date_published,
        "identifier": wording.address(facts),
        "license": reference(wording.OWN_LICENCE),
        "usageInfo": "The licence is that of the manifests, tables and documents. The images have "
        "the terms of their producers, and are not here.",
        "author": reference(MAINTAINERS),
        "publisher": reference(MAINTAINERS),
        "conformsTo": [reference(profile) for profile in PROFILES],
        "mainEntity": reference(WORKFLOW),
        "mentions": [reference(action) for action in crate_run.actions(facts)],
        "hasPart": [reference(part(file.path)) for file in facts.files],
    }


def _profiles() -> Iterator[Entity]:
    for identifier, (name, version) in PROFILES.items():
        yield {"@id": identifier, "@type": "CreativeWork", "name": name, "version": version}


def _about(facts: Facts) -> Iterator[Entity]:
    yield {
        "@id": wording.OWN_LICENCE,
        "@type": "CreativeWork",
        "name": "MIT License",
        "description": "Terms of what this project makes; not of the images.",
        "identifier": wording.OWN_LICENCE,
    }
    yield {
        "@id": MAINTAINERS,
        "@type": "Organization",
        "name": wording.MAINTAINERS,
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
