"""A reproducible, versioned, leak-proof home for the ACNE04 family of acne image datasets.

What other projects import (each is found when it is asked for):

`load`
    A part of a split as a pandas table with the files of the images; its `to_torch` and `to_hf`
    give datasets of PyTorch and Hugging Face.
`read_table`, `write_table`
    A table with a schema of its own, `load_schema` gives that (``splits.table.json``).
`validate_annotations`
    The findings of an Acne04-v2 annotation file.
`find_leaks`
    What two parts of a split share.
`find_near_duplicates`
    Photographs that are one in other bytes, and the parents of synthetic images.
`Finding`, `Acne04Error`
    What the functions give, and what they raise.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from acne04.core.errors import Acne04Error
    from acne04.core.findings import Finding
    from acne04.core.schemas import load_schema
    from acne04.core.tables import read as read_table
    from acne04.core.tables import write as write_table
    from acne04.library import find_leaks, find_near_duplicates, validate_annotations
    from acne04.samples.part_table import load

__all__ = [
    "Acne04Error",
    "Finding",
    "find_leaks",
    "find_near_duplicates",
    "load",
    "load_schema",
    "read_table",
    "validate_annotations",
    "write_table",
]
_PLACES = {
    "Acne04Error": ("acne04.core.errors", "Acne04Error"),
    "Finding": ("acne04.core.findings", "Finding"),
    "find_leaks": ("acne04.library", "find_leaks"),
    "find_near_duplicates": ("acne04.library", "find_near_duplicates"),
    "load": ("acne04.samples.part_table", "load"),
    "load_schema": ("acne04.core.schemas", "load_schema"),
    "read_table": ("acne04.core.tables", "read"),
    "validate_annotations": ("acne04.library", "validate_annotations"),
    "write_table": ("acne04.core.tables", "write"),
}


def __getattr__(name: str) -> Any:
    # Later than at import: pandas takes half a second, and most verbs do without half of this.
    if name not in _PLACES:
        raise AttributeError(f"module 'acne04' has no attribute {name!r}")
    module, attribute = _PLACES[name]
    return getattr(import_module(module), attribute)
