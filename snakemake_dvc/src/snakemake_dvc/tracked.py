"""The files that the stages of a workflow read and make, by their rules."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from snakemake_dvc.code_folders import paths_of
from snakemake_dvc.settings import Settings

#: Snakemake writes what a wildcard may be into the pattern: ``{source,v2|subjects}``.
_WILDCARD = re.compile(r"\{(\w+)(?:,[^{}]*)?\}")


def files_of_stages(
    rules: Iterable[Any],
    settings: Settings,
    values: Mapping[str, Iterable[str]],
    besides: Collection[str],
) -> list[str]:
    """List the files that all stages but some read and make, code aside.

    Parameters
    ----------
    rules : iterable of snakemake.rules.Rule
        Those of the workflow; a stage's are those that write below the roots only.
    settings : Settings
        Those of the project.
    values : mapping of str to iterable of str
        What each wildcard stands for.
    besides : collection of str
        Names of the rules to leave out.

    Returns
    -------
    list of str
        Sorted. What only a run needs, or what lies outside, is not listed.
    """
    files: set[str] = set()
    for rule in _stages(rules, settings, besides):
        patterns = [str(path) for path in [*rule.input, *rule.output] if isinstance(path, str)]
        for pattern in patterns:
            if not settings.is_outside(pattern):
                files |= set(_expanded(pattern, values))
    return sorted(files)


def code_of_stages(rules: Iterable[Any], settings: Settings) -> list[str]:
    """List the code of all stages: what their rules name, and the files that these stand in."""
    paths: set[str] = set()
    for rule in _stages(rules, settings, besides=()):
        digest = dict(rule.params.items()).get("code")
        paths |= set(paths_of(digest)) if digest else set()
        paths.add(Path(os.path.relpath(str(rule.snakefile))).as_posix())
    return sorted(paths)


def _stages(rules: Iterable[Any], settings: Settings, besides: Collection[str]) -> Iterator[Any]:
    for rule in rules:
        outputs = list(map(str, rule.output))
        if rule.name not in besides and outputs and all(map(settings.tracks, outputs)):
            yield rule


def _expanded(pattern: str, values: Mapping[str, Iterable[str]]) -> Iterator[str]:
    names = list(dict.fromkeys(_WILDCARD.findall(pattern)))
    for combination in itertools.product(*(values[name] for name in names)):
        filled = dict(zip(names, combination, strict=True))
        yield _WILDCARD.sub(r"{\1}", pattern).format(**filled)
