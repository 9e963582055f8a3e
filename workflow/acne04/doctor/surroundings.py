"""What a run finds around it: a checkout in the working directory, this Python, this machine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from acne04.core import tables, yaml_files
from acne04.core.errors import SchemaError
from acne04.core.sources import Source, load_sources

PARAMS, SOURCES = Path("params.yaml"), Path("workflow/sources.yaml")
LOCK = Path("requirements.lock")


@dataclass(frozen=True, eq=False)
class Surroundings:
    """The checkout that is the working directory.

    Attributes
    ----------
    seconds : float
        How long a store on the network may take to answer.
    """

    seconds: float = 15.0

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """Content of ``params.yaml``."""
        document = yaml_files.read(PARAMS)
        if not isinstance(document, dict):
            raise SchemaError(str(PARAMS), "not a mapping")
        return document

    @property
    def dataset(self) -> str:
        """Which upstream the checkout holds, as ``params.yaml`` says."""
        return str(self.parameters.get("dataset", ""))

    @cached_property
    def sources(self) -> dict[str, Source]:
        """Sources of that dataset, by key."""
        return load_sources(SOURCES, self.dataset)

    @cached_property
    def pinned(self) -> dict[str, int]:
        """Source -> size in bytes of what its pins name, of the largest version that is pinned."""
        found = {}
        for key in self.sources:
            file = Path("upstreams", self.dataset, "pins", f"{key}.csv")
            if file.is_file():
                rows = tables.read(file, "pins", self.dataset)
                sizes = rows.groupby("version")["size"].sum()
                found[key] = int(sizes.max()) if len(sizes) else 0
        return found
