"""The run of the workflow in a run crate: steps, actions, and what went in and came out."""

from __future__ import annotations

from collections.abc import Iterator

from acne04.provenance.ledger import RecordedStage
from acne04.standards.crate_ids import (
    ENGINE,
    ORGANISING,
    RUN,
    Entity,
    contextual,
    file_id,
    reference,
    value_id,
)
from acne04.standards.crate_workflow import parameters, pins, results
from acne04.standards.facts import WORKFLOW, Facts


def entities(facts: Facts) -> Iterator[Entity]:
    """Give all entities of the run, in the order of the workflow."""
    stages = facts.ledger.stages
    yield _organising(stages)
    yield _run(facts, stages)
    for position, stage in enumerate(stages, start=1):
        yield _step(stage, position)
        yield _control(stage)
        yield _action(facts, stage)
    yield from _tools(facts, stages)


def actions(facts: Facts) -> list[str]:
    """List the `@id` of every action."""
    stages = facts.ledger.stages
    return [RUN, ORGANISING, *(contextual("action", stage.name) for stage in stages)]


def _organising(stages: tuple[RecordedStage, ...]) -> Entity:
    return {
        "@id": ORGANISING,
        "@type": "OrganizeAction",
        "name": "Snakemake's run",
        "instrument": reference(ENGINE),
        "object": [reference(contextual("control", stage.name)) for stage in stages],
        "result": reference(RUN),
    }


def _run(facts: Facts, stages: tuple[RecordedStage, ...]) -> Entity:
    ingoing = [file_id(facts, path) for path in pins(facts)]
    ingoing += [value_id(name) for name in parameters(facts)]
    return {
        "@id": RUN,
        "@type": "CreateAction",
        "name": f"Run of the workflow on the dataset {facts.dataset}",
        "description": f"{len(stages)} stages, from pinned sources to split manifests.",
        "instrument": reference(WORKFLOW),
        "object": [reference(identifier) for identifier in ingoing],
        "result": [reference(file_id(facts, path)) for path in results(facts)],
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
    ingoing = [file_id(facts, path) for path in stage.inputs]
    ingoing += [value_id(name) for name in sorted(stage.parameters)]
    outgoing = [file_id(facts, path) for path in stage.outputs]
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
