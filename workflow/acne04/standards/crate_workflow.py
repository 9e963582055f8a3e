"""The workflow in a run crate: its file, engine and steps, and its formal parameters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from acne04.standards import wording
from acne04.standards.crate_ids import ENGINE, Entity, contextual, file_id, reference, value_id
from acne04.standards.facts import WORKFLOW, Facts

_LANGUAGE = "#snakemake-language"
_PROFILE = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"


def entities(facts: Facts) -> Iterator[Entity]:
    """Give the entities of the workflow."""
    yield _workflow(facts)
    yield {
        "@id": _PROFILE,
        "@type": "CreativeWork",
        "name": "ComputationalWorkflow",
        "version": "1.0",
    }
    yield from _engine(facts)
    yield from _inputs(facts)
    yield from _outputs(facts)
    yield from _values(facts)


def parameters(facts: Facts) -> dict[str, Any]:
    """Gather the resolved parameters of all stages, by name."""
    found: dict[str, Any] = {}
    for stage in facts.ledger.stages:
        found.update(stage.parameters)
    return dict(sorted(found.items()))


def pins(facts: Facts) -> list[str]:
    """List the tables of pins: what the run as a whole started from."""
    return [source.pins for source in facts.ledger.sources]


def results(facts: Facts) -> list[str]:
    """List the artifacts that the run was made for: the manifests."""
    outputs = [path for stage in facts.ledger.stages for path in stage.outputs]
    return [path for path in outputs if path.startswith("data/splits/")]


def _workflow(facts: Facts) -> Entity:
    """Describe the Snakefile, which is in the crate."""
    stages = facts.ledger.stages
    file = next(file for file in facts.files if file.path == WORKFLOW)
    rules = dict.fromkeys(stage.rule for stage in stages)
    packages = facts.ledger.environment.packages.items()
    return {
        "@id": WORKFLOW,
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
        "conformsTo": reference(_PROFILE),
        "name": "From pinned sources to split manifests",
        "version": facts.version,
        "contentSize": str(file.size),
        "sha256": file.sha256,
        "encodingFormat": "text/plain",
        "programmingLanguage": reference(_LANGUAGE),
        "license": reference(wording.OWN_LICENCE),
        "softwareRequirements": [reference(_package(*package)) for package in packages],
        "hasPart": [reference(contextual("tool", rule)) for rule in rules],
        "step": [reference(contextual("step", stage.name)) for stage in stages],
        "input": [reference(parameter["@id"]) for parameter in _inputs(facts)],
        "output": [reference(parameter["@id"]) for parameter in _outputs(facts)],
        **({"codeRepository": facts.repository} if facts.repository else {}),
    }


def _package(name: str, version: str) -> str:
    # A package URL (https://github.com/package-url/purl-spec) names no server.
    return f"pkg:pypi/{name.lower()}@{version}"


def _engine(facts: Facts) -> Iterator[Entity]:
    packages = facts.ledger.environment.packages
    yield {
        "@id": _LANGUAGE,
        "@type": "ComputerLanguage",
        "name": "Snakemake",
        "identifier": reference(ENGINE),
        "url": reference(ENGINE),
    }
    yield {
        "@id": ENGINE,
        "@type": "SoftwareApplication",
        "name": "Snakemake",
        "url": ENGINE,
        "softwareVersion": packages["snakemake"],
    }
    for name, version in packages.items():
        yield {
            "@id": _package(name, version),
            "@type": "SoftwareApplication",
            "name": name,
            "url": _package(name, version),
            "softwareVersion": version,
        }


def _inputs(facts: Facts) -> Iterator[Entity]:
    for path in pins(facts):
        yield _formal(path, "File", file_id(facts, path))
    for name in parameters(facts):
        yield _formal(name, "PropertyValue", value_id(name))


def _outputs(facts: Facts) -> Iterator[Entity]:
    for path in results(facts):
        yield _formal(path, "File", file_id(facts, path))


def _formal(name: str, kind: str, example: str) -> Entity:
    return {
        "@id": contextual("parameter", name),
        "@type": "FormalParameter",
        "additionalType": kind,
        "name": name,
        **({"workExample": reference(example)} if not example.startswith("#file/") else {}),
    }


def _values(facts: Facts) -> Iterator[Entity]:
    for name, value in parameters(facts).items():
        plain = value if isinstance(value, str | int | float) else _text(value)
        yield {
            "@id": value_id(name),
            "@type": "PropertyValue",
            "name": name,
            "value": plain,
            "exampleOfWork": reference(contextual("parameter", name)),
        }


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
