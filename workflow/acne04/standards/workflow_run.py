"""The workflow in a run crate: its steps and formal parameters, and what a run made of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from acne04.provenance.ledger import RecordedStage
from acne04.standards.facts import OWN_LICENCE, WORKFLOW, Facts

Entity = dict[str, Any]

_RUN, _ORGANISING = "#run", "#organising"
_ENGINE = "https://snakemake.github.io/"
_LANGUAGE = "#snakemake-language"
_PROFILE = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"


def entities(facts: Facts) -> Iterator[Entity]:
    """Give the entities of the workflow, then those of its run in the order of the stages."""
    yield from _workflow_entities(facts)
    yield from _run_entities(facts)


def actions(facts: Facts) -> list[str]:
    """List the `@id` of every action."""
    stages = facts.ledger.stages
    return [_RUN, _ORGANISING, *(contextual("action", stage.name) for stage in stages)]


def pins(facts: Facts) -> list[str]:
    """List the tables of pins: what the run as a whole started from."""
    return [source.pins for source in facts.ledger.sources]


def reference(identifier: str) -> dict[str, str]:
    """Refer to an entity."""
    return {"@id": identifier}


def part(path: str) -> str:
    """Give the `@id` of a file of the crate."""
    return quote(path, safe="/~")


def contextual(kind: str, name: str) -> str:
    """Give the `@id` of an entity that is no file of the crate.

    >>> contextual("step", "fetch@acnedit"), contextual("file", "data/raw/a b.csv")
    ('#step/fetch@acnedit', '#file/data/raw/a%20b.csv')
    """
    return f"#{kind}/{quote(name, safe='/@:=.,~+-_')}"


def _file_id(facts: Facts, path: str) -> str:
    """Give the `@id` of a file of the ledger: a part of the crate, or one that is only named."""
    released = facts.released(path)
    return part(released.path) if released else contextual("file", path)


def _value_id(name: str) -> str:
    """Give the `@id` of a parameter's value."""
    return contextual("value", name)


def _workflow_entities(facts: Facts) -> Iterator[Entity]:
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


def _parameters(facts: Facts) -> dict[str, Any]:
    """Gather the resolved parameters of all stages, by name."""
    found: dict[str, Any] = {}
    for stage in facts.ledger.stages:
        found.update(stage.parameters)
    return dict(sorted(found.items()))


def _results(facts: Facts) -> list[str]:
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
        "license": reference(OWN_LICENCE),
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
        "identifier": reference(_ENGINE),
        "url": reference(_ENGINE),
    }
    yield {
        "@id": _ENGINE,
        "@type": "SoftwareApplication",
        "name": "Snakemake",
        "url": _ENGINE,
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
        yield _formal(path, "File", _file_id(facts, path))
    for name in _parameters(facts):
        yield _formal(name, "PropertyValue", _value_id(name))


def _outputs(facts: Facts) -> Iterator[Entity]:
    for path in _results(facts):
        yield _formal(path, "File", _file_id(facts, path))


def _formal(name: str, kind: str, example: str) -> Entity:
    return {
        "@id": contextual("parameter", name),
        "@type": "FormalParameter",
        "additionalType": kind,
        "name": name,
        **({"workExample": reference(example)} if not example.startswith("#file/") else {}),
    }


def _values(facts: Facts) -> Iterator[Entity]:
    for name, value in _parameters(facts).items():
        plain = value if isinstance(value, str | int | float) else _text(value)
        yield {
            "@id": _value_id(name),
            "@type": "PropertyValue",
            "name": name,
            "value": plain,
            "exampleOfWork": reference(contextual("parameter", name)),
        }


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _run_entities(facts: Facts) -> Iterator[Entity]:
    stages = facts.ledger.stages
    yield _organising(stages)
    yield _run(facts, stages)
    for position, stage in enumerate(stages, start=1):
        yield _step(stage, position)
        yield _control(stage)
        yield _action(facts, stage)
    yield from _tools(facts, stages)


def _organising(stages: tuple[RecordedStage, ...]) -> Entity:
    return {
        "@id": _ORGANISING,
        "@type": "OrganizeAction",
        "name": "Snakemake's run",
        "instrument": reference(_ENGINE),
        "object": [reference(contextual("control", stage.name)) for stage in stages],
        "result": reference(_RUN),
    }


def _run(facts: Facts, stages: tuple[RecordedStage, ...]) -> Entity:
    ingoing = [_file_id(facts, path) for path in pins(facts)]
    ingoing += [_value_id(name) for name in _parameters(facts)]
    return {
        "@id": _RUN,
        "@type": "CreateAction",
        "name": f"Run of the workflow on the dataset {facts.dataset}",
        "description": f"{len(stages)} stages, from pinned sources to split manifests.",
        "instrument": reference(WORKFLOW),
        "object": [reference(identifier) for identifier in ingoing],
        "result": [reference(_file_id(facts, path)) for path in _results(facts)],
    }


def _step(stage: RecordedStage, position: int) -> Entity:
    return {
        "@id": contextual("step", stage.name),
        "@type": "HowToStep",
        "name": stage.name,
        "position": str(position),
        "workExample": reference(contextual("tool", stage.rule)),
    }


def _control(stage: RecordedStage) -> Entity:
    return {
        "@id": contextual("control", stage.name),
        "@type": "ControlAction",
        "name": f"Step {stage.name}",
        "instrument": reference(contextual("step", stage.name)),
        "object": reference(contextual("action", stage.name)),
    }


def _action(facts: Facts, stage: RecordedStage) -> Entity:
    ingoing = [_file_id(facts, path) for path in stage.inputs]
    ingoing += [_value_id(name) for name in sorted(stage.parameters)]
    outgoing = [_file_id(facts, path) for path in stage.outputs]
    outgoing += [contextual("folder", path) for path in stage.folders]
    return {
        "@id": contextual("action", stage.name),
        "@type": "CreateAction",
        "name": stage.name,
        "description": stage.command,
        "instrument": reference(contextual("tool", stage.rule)),
        "object": [reference(identifier) for identifier in ingoing],
        "result": [reference(identifier) for identifier in outgoing],
    }


def _tools(facts: Facts, stages: tuple[RecordedStage, ...]) -> Iterator[Entity]:
    """Give the code of each rule: all the files that its result depends on."""
    code = {stage.rule: stage.code for stage in stages}
    for rule, files in code.items():
        yield {
            "@id": contextual("tool", rule),
            "@type": "SoftwareSourceCode",
            "name": f"acne04 {rule}",
            "version": facts.version,
            "hasPart": [reference(contextual("code", path)) for path in files],
        }
    for path in sorted({path for files in code.values() for path in files}):
        yield {
            "@id": contextual("code", path),
            "@type": "SoftwareSourceCode",
            "name": path,
            "sha256": facts.ledger.files[path].sha256,
        }
