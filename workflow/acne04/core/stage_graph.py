"""The stages of ``dvc.yaml``, which is generated from the rules, each with its names filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any


def stage_entries(graph: Mapping[str, Any], dataset: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each stage by its name (``scan``, or ``fetch@v2``), in the order of the workflow.

    Parameters
    ----------
    graph : mapping
        The content of ``dvc.yaml``.
    dataset : str
        What ``${dataset}`` stands for.

    Raises
    ------
    AttributeError, KeyError, TypeError
        If it is not what ``snakemake_dvc.stages`` writes.

    Examples
    --------
    >>> graph = {"stages": {"fetch": {"foreach": ["v2"], "do": {"outs": ["raw/${item}"]}}}}
    >>> list(stage_entries(graph, "standin"))
    [('fetch@v2', {'outs': ['raw/v2']})]
    """
    for name, entry in graph["stages"].items():
        if "foreach" in entry:
            for item in entry["foreach"]:
                yield f"{name}@{item}", _filled(entry["do"], {"dataset": dataset, "item": item})
        else:
            yield name, _filled(entry, {"dataset": dataset})


def _filled(entry: Any, values: Mapping[str, str]) -> Any:
    text = json.dumps(entry)
    return json.loads(re.sub(r"\$\{(\w+)\}", lambda match: values[match[1]], text))
