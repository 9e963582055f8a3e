"""Manifests as commands are given them: one file, one variant."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from acne04.core import tables
from acne04.core.errors import SchemaError, UsageError


def read_manifest(path: Path, dataset: str | None) -> tuple[str, pd.DataFrame]:
    """Read a manifest of ours, and give the variant that all of its rows are of.

    Returns
    -------
    variant : str
        As column variant has it.
    manifest : pandas.DataFrame
        Table ``splits``.

    Raises
    ------
    UsageError
        If it has no row.
    SchemaError
        If it is no table ``splits``, or of more variants than one.
    """
    manifest = tables.read(path, "splits", dataset)
    if manifest.empty:
        raise UsageError(str(path), "the manifest has no row", done="nothing said")
    variants = manifest["variant"]
    variant = str(variants.iloc[0])
    others = variants.index[variants != variant]
    if len(others):
        raise SchemaError(
            f"{path} (line {int(others[0]) + 2})",
            "a row of another variant",
            expected=f"{variant}, as in line 2",
            found=str(variants[others[0]]),
            done="nothing written",
        )
    return variant, manifest
