"""The files that rules read and no rule makes: where one is missing, nothing can be said.

Snakemake takes an output whose rule lacks an input for a file of the user's, if it is there: a
missing input then silences everything that hangs on it, and "nothing to be done" is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snakemake_dvc import dvc, git, store
from snakemake_dvc.errors import BridgeError
from snakemake_dvc.printing import say_aside


def require_stages() -> None:
    """Stop where ``dvc.yaml`` is gone: without it nothing here is known to be an artifact.

    Raises
    ------
    BridgeError
        If git has the file, and it is not there. A project may have none yet.
    """
    if dvc.DVC_YAML.is_file() or not git.tracked([str(dvc.DVC_YAML)]):
        return
    raise BridgeError(
        str(dvc.DVC_YAML),
        "it says what the stages are, git has it, and it is not there",
        done="nothing ran: what lies here cannot be told to be up to date",
        remedy=f"`git checkout -- {dvc.DVC_YAML}` brings it back",
        exit_code=2,
    )


@dataclass(frozen=True)
class MissingInput:
    """A file that a rule reads, no rule makes, and that is not there.

    Attributes
    ----------
    path : str
        The file.
    rule : str
        The first rule that reads it.
    """

    path: str
    rule: str


def missing_inputs(rules: Iterable[Any], outputs: Iterable[str]) -> list[MissingInput]:
    """Find what is missing of all that the jobs of these outputs, and those before them, read.

    Parameters
    ----------
    rules : iterable of snakemake.rules.Rule
        Those of the workflow.
    outputs : iterable of str
        Where to begin.

    Returns
    -------
    list of MissingInput
        By path.
    """
    rules = list(rules)
    waiting, seen = list(outputs), set()
    readers: dict[str, int] = {}
    while waiting:
        output = waiting.pop()
        if output in seen:
            continue
        seen.add(output)
        for place, rule in enumerate(rules):
            for path in _inputs(rule, output) if rule.is_producer(output) else ():
                if any(other.is_producer(path) for other in rules):
                    waiting.append(path)
                elif not Path(path).exists():
                    readers[path] = min(place, readers.get(path, place))
    return [MissingInput(path, str(rules[place].name)) for path, place in sorted(readers.items())]


def _inputs(rule: Any, output: str) -> Iterator[str]:
    try:
        inputs = rule.expand_input(rule.get_wildcards(output))[0]
    except Exception:  # A function of the project's: Snakemake will call it again, and report it.
        return
    yield from map(str, inputs)


def bring_back(missing: Iterable[MissingInput]) -> list[str]:
    """Bring back what DVC tracks by a file of its own (``FOLDER.dvc``), from cache or store.

    Returns
    -------
    list of str
        The ``.dvc`` files that were asked for, sorted.
    """
    asked = sorted({str(file) for absent in missing for file in _tracking(Path(absent.path))})
    for file in asked:
        is_back = dvc.run("checkout", "--verbose", file).returncode == 0
        if not is_back and (fault := store.pull(file)):
            say_aside(f"{file}: the store: {fault.what}; {fault.remedy}")
    return asked


def _tracking(path: Path) -> Iterator[Path]:
    for place in (path, *path.parents):
        file = place.with_name(f"{place.name}.dvc") if place.name else None
        if file and file.is_file():
            yield file


def refuse_missing(missing: list[MissingInput]) -> None:
    """Stop where a file is missing.

    Raises
    ------
    BridgeError
        With every file, and the rule that reads it.
    """
    known = git.tracked(absent.path for absent in missing)
    others = [absent.path for absent in missing if absent.path not in known]
    ways = [f"`git checkout -- {' '.join(known)}` brings back what git has"] if known else []
    if others:
        ways.append(
            f"put {' and '.join(others)} there, or correct the parameter that names "
            f"{'it' if len(others) == 1 else 'them'}"
        )
    raise BridgeError(
        ", ".join(absent.path for absent in missing),
        "a rule reads it, no rule makes it, and it is not there",
        found="; ".join(f"{absent.path}, which rule {absent.rule} reads" for absent in missing),
        done="nothing ran: what hangs on it cannot be told to be up to date",
        remedy="; ".join(ways),
        exit_code=2,
    )
