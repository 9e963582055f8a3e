"""Find the schemas, in a checkout and in an installed wheel alike."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any


def schema_folder() -> Path:
    """Folder of the schema files: ``schemas/`` of a checkout, or where a wheel installs them."""
    checkout = Path(__file__).parents[3] / "schemas"
    return checkout if checkout.is_dir() else Path(sys.prefix, "share", "acne04", "schemas")


@cache
def load_schema(name: str) -> dict[str, Any]:
    """Read a schema by its file's name.

    Parameters
    ----------
    name : str
        ``<noun>.schema.json`` (JSON Schema, draft 2020-12) or ``<noun>.table.json`` (Table Schema,
        https://specs.frictionlessdata.io/table-schema/).
    """
    schema: dict[str, Any] = json.loads((schema_folder() / name).read_text(encoding="utf-8"))
    return schema
