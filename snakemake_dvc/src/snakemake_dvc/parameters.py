"""Check the parameters before anything runs, and say all that is wrong with them."""

from __future__ import annotations

import sys
from typing import Any

import yaml

from acne04.core import parameters
from acne04.core.errors import SchemaError, UsageError

PARAMS = parameters.PARAMS


def check(config: dict[str, Any]) -> None:
    """End the process with exit code 2 where the parameters are not those that can be used.

    Snakemake's own `validate` is not used: it prints the schema instead of the place, and writes
    defaults into the configuration, which DVC never sees.
    """
    try:
        check_parameters(config, yaml.safe_load(PARAMS.read_text(encoding="utf-8")))
    except (UsageError, SchemaError) as error:
        print(f"snakemake: {error}", file=sys.stderr)
        sys.exit(2)


def check_parameters(config: dict[str, Any], written: dict[str, Any]) -> None:
    """Compare the parameters of a run with the schema, with sense, and with those in the file.

    Raises
    ------
    SchemaError
        With every place that breaks the schema.
    UsageError
        If the ratios do not sum to 100, or the parameters are not those of ``params.yaml``.
    """
    parameters.check(config)
    if config != written:
        raise UsageError(
            "--config or --configfile",
            f"the parameters are not those of {PARAMS}",
            done="nothing ran",
            remedy=f"edit {PARAMS}: DVC looks nowhere else, and would record the wrong ones",
        )
