"""Snakemake and DVC in one project: what one tool made, the other knows, on any machine.

A Snakefile makes a `Bridge` from its `Settings`, and calls it from its hooks; ``python -m
snakemake_dvc`` writes ``dvc.yaml`` from the rules. README.md beside this package says what that
promises, what it costs and which private parts of Snakemake it needs.
"""

from snakemake_dvc.code_folders import code
from snakemake_dvc.run import Bridge
from snakemake_dvc.settings import Settings

__all__ = ["Bridge", "Settings", "code"]
