"""Options of Snakemake under which its records, and so the locks, would not tell the truth."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from snakemake.settings.types import RerunTrigger

from snakemake_dvc.errors import BridgeError

PARAMS = Path("params.yaml")
#: Option -> what it would do to the records.
_WHY = {
    "--touch": "it declares whatever lies there to be right",
    "--drop-metadata": "what the jobs did would not be recorded",
    "--no-hooks": "what the jobs did would not be recorded",
    "--ignore-incomplete": "it takes half-written outputs for whole ones",
    "--trust-io-cache": "it takes an earlier look at the files for a look at them",
    "--consider-ancient": "inputs that changed would run nothing",
    "--rerun-triggers": "what changed would run nothing",
    "--persistence-backend": "the records are kept as files only",
}


def check_parameters(config: dict[str, Any], file: Path = PARAMS) -> None:
    """Compare the parameters of a run with those in the file, the only ones that DVC sees.

    Raises
    ------
    BridgeError
        If they differ, through ``--config`` or ``--configfile`` for instance.
    """
    written = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
    if config != written:
        raise BridgeError(
            "--config or --configfile",
            f"the parameters are not those of {file}",
            done="nothing ran",
            remedy=f"edit {file}: DVC looks nowhere else, and would record the wrong ones",
            exit_code=2,
        )


def check_command_line(words: list[str]) -> None:
    """Look for options that would make the records lie, before anything is looked at.

    Snakemake's own parser is asked, which takes a third of a second, and only where a word of the
    call may be such an option.

    Raises
    ------
    BridgeError
        For each of them, with the reason.
    """
    # argparse takes the beginning of an option for the option.
    may_be = [
        word
        for word in words
        if (word.startswith("--") and any(o.startswith(word.partition("=")[0]) for o in _WHY))
        or (word.startswith("-") and not word.startswith("--") and "t" in word)
        or word == "--ii"
    ]
    if may_be:
        from snakemake.cli import parse_args

        _, given = parse_args(words)
        _refuse(
            {
                "--touch": given.touch,
                "--drop-metadata": given.drop_metadata,
                "--no-hooks": given.no_hooks,
                "--ignore-incomplete": given.ignore_incomplete,
                "--trust-io-cache": given.trust_io_cache,
                "--consider-ancient": bool(given.consider_ancient),
                "--rerun-triggers": not _all_triggers(given.rerun_triggers),
                "--persistence-backend": str(given.persistence_backend) != "file",
            }
        )


def check_deletion(words: list[str], sources: Iterable[str]) -> None:
    """Refuse to have files deleted that are no artifacts, though a rule may write them.

    Raises
    ------
    BridgeError
        If the call asks for all outputs to be deleted, and there is such a rule.
    """
    option = "--delete-all-output"
    # argparse takes the beginning of an option for the option; --delete-temp-output differs here.
    asked = any(option.startswith(word) and word.startswith("--delete-a") for word in words)
    names = sorted(sources)
    if asked and names:
        raise BridgeError(
            option,
            f"it would delete what is no artifact: {', '.join(names)}",
            done="nothing was deleted",
            remedy="commit these files and run again: what is in git, no run deletes; or delete "
            "the artifacts' folders yourself",
            exit_code=2,
        )


def targets(words: list[str]) -> list[str]:
    """Give the rules and files that a call asks for; none where it asks for the default."""
    from snakemake.cli import parse_args

    return [str(target) for target in parse_args(words)[1].targets] if words else []


def check_settings(workflow: Any) -> None:
    """Look for the same once Snakemake knows all of its settings, those of a profile included.

    Raises
    ------
    BridgeError
        As `check_command_line` does.
    """
    execution, dag = workflow.execution_settings, workflow.dag_settings
    _refuse(
        {
            "--touch": workflow.touch,
            "--drop-metadata": not execution.keep_metadata,
            "--ignore-incomplete": execution.ignore_incomplete,
            "--trust-io-cache": dag.trust_io_cache,
            "--consider-ancient": bool(workflow.workflow_settings.consider_ancient),
            "--rerun-triggers": not _all_triggers(dag.rerun_triggers),
        }
    )


def _all_triggers(triggers: Any) -> bool:
    return set(triggers) >= set(RerunTrigger.all())


def _refuse(given: dict[str, bool]) -> None:
    options = [option for option, is_given in given.items() if is_given]
    if options:
        raise BridgeError(
            " ".join(options),
            "; ".join(dict.fromkeys(_WHY[option] for option in options)),
            done="nothing ran, nothing was touched",
            remedy="the same command without it",
            exit_code=2,
        )


def command_line() -> list[str]:
    """Give the words of the call where this process is a call of ``snakemake``."""
    return sys.argv[1:] if os.path.basename(sys.argv[0]) == "snakemake" else []  # noqa: PTH119
