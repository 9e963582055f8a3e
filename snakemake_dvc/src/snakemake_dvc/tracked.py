"""The files that the stages of a workflow read and make, by their rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

#: Snakemake writes what a wildcard may be into the pattern: ``{source,v2|subjects}``.
_SOURCE = re.compile(r"\{source(,[^{}]*)?\}")


def files_of_stages(rules: Iterable[Any], sources: Iterable[str], besides: str) -> list[str]:
    """List the files of all stages but one: inputs, code, the rule's own file, outputs.

    Parameters
    ----------
    rules : iterable of snakemake.rules.Rule
        Those of the workflow; a stage's are those that write below ``data/`` only.
    sources : iterable of str
        What the wildcard ``source`` stands for.
    besides : str
        Name of the rule to leave out.

    Returns
    -------
    list of str
        Sorted. What only a run needs (below ``.acne04``), or what lies upstream, is not listed.
    """
    keys = list(sources)
    files = set()
    for rule in rules:
        outputs = list(map(str, rule.output))
        if rule.name == besides or not outputs or not all(o.startswith("data/") for o in outputs):
            continue
        files.add(Path(str(rule.snakefile)).resolve().relative_to(Path.cwd()).as_posix())
        patterns = [str(path) for path in rule.input if isinstance(path, str)]
        for pattern in patterns + outputs:
            if not pattern.startswith((".acne04/", "upstream/")):
                files |= {_SOURCE.sub(key, pattern) for key in keys}
    return sorted(files)
