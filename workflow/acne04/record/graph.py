"""The stages of ``dvc.yaml``, which is generated from the rules, with every name resolved."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import Any

from acne04.core.checkout import code_files
from acne04.core.errors import SchemaError
from acne04.core.sources import Source
from acne04.core.stage_graph import stage_entries
from acne04.provenance.ledger import RecordedStage

#: The stage that writes the ledger, and cannot stand in it.
OWN_STAGE = "record"
_CODE = re.compile(r"workflow/(acne04|rules)/|schemas/|upstreams/\w+/origin")
_FACT = re.compile(r"(?P<dataset>\w+)\.(?P<source>\w+)\.(?P<part>delivery|promises)")


def resolved_stages(
    graph: Mapping[str, Any], parameters: Mapping[str, Any], sources: Mapping[str, Source]
) -> tuple[RecordedStage, ...]:
    """Resolve the stages of ``dvc.yaml``.

    Parameters
    ----------
    graph : mapping
        The file's content.
    parameters : mapping
        The configuration as Snakemake has it.
    sources : mapping
        Key -> source of the dataset.

    Returns
    -------
    tuple of RecordedStage
        In the order of the workflow, without the stage that writes the ledger.

    Raises
    ------
    SchemaError
        If the file is not what ``snakemake_dvc.stages`` writes.
    """
    try:
        return tuple(
            _stage(name, entry, dict(parameters), sources)
            for name, entry in stage_entries(graph, parameters["dataset"])
            if name != OWN_STAGE
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise SchemaError(
            "dvc.yaml",
            f"not the stages that the rules make ({type(error).__name__}: {error})",
            done="no ledger written",
            remedy="`make dvc.yaml`",
        ) from None


def _stage(
    name: str, entry: dict[str, Any], parameters: dict[str, Any], sources: Mapping[str, Source]
) -> RecordedStage:
    made = sorted(
        path for kind in ("outs", "metrics") for out in entry.get(kind, ()) for path in out
    )
    folders = tuple(path for path in made if f"{path}.csv" in made)
    named = {path for path in entry["deps"] if _CODE.match(path)}
    code = tuple(sorted({file for path in named for file in code_files(path)}))
    return RecordedStage(
        name=name,
        rule=name.partition("@")[0],
        command=entry["cmd"],
        code=code,
        parameters=_values(entry["params"], parameters, sources),
        inputs=tuple(sorted(set(entry["deps"]) - named)),
        outputs=tuple(path for path in made if path not in folders),
        folders=folders,
    )


def _values(
    named: list[Any], parameters: dict[str, Any], sources: Mapping[str, Source]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in named:
        if isinstance(name, str):
            values[name] = parameters[name]
            continue
        for file, keys in name.items():
            values |= {f"{file}:{key}": _fact(key, sources) for key in keys}
    return values


def _fact(key: str, sources: Mapping[str, Source]) -> Any:
    """Give a fact about a source as ``workflow/sources.yaml`` states it, as JSON holds it."""
    match = _FACT.fullmatch(key)
    if not match:
        raise ValueError(f"{key} is no fact about a source")
    source = sources[match["source"]]
    fact = source.promises if match["part"] == "promises" else _delivery(source)
    return json.loads(json.dumps(fact))


def _delivery(source: Source) -> dict[str, Any]:
    delivery = dataclasses.asdict(source.delivery)
    stated = [
        {name: value for name, value in file.items() if value is not None}
        for file in delivery["files"]
    ]
    return {**delivery, "files": stated}
