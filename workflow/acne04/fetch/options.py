"""The options that `acne04 pin`, `acne04 fetch` and `acne04 restore` share."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from acne04.core.errors import UsageError
from acne04.core.sources import SET_ASIDE, SET_ASIDE_VARIABLE, Source, load_source

UPSTREAM_VARIABLE = "ACNE04_UPSTREAM"


@dataclass(frozen=True)
class SourceOptions:
    """Which delivery of which source is wanted.

    Attributes
    ----------
    key : str
        Of the source, as in ``sources.yaml``.
    dataset : str
        ``standin`` or ``acne04``.
    sources : pathlib.Path
        ``workflow/sources.yaml``.
    pins : pathlib.Path
        Table of pins of this source; need not exist.
    version : str
        Version of the delivery: that of ``sources.yaml``, or it with the parameters that a
        generator adds behind a space.
    upstream : pathlib.Path
        Folder of the dataset's copies.
    set_aside_pins : bool
        Whether other bytes than those known in ``sources.yaml`` are taken.
    """

    key: str
    dataset: str
    sources: Path
    pins: Path
    version: str
    upstream: Path
    set_aside_pins: bool

    @property
    def pinned_version(self) -> str:
        """The version under which pins are kept: another one where they are set aside."""
        return self.version + SET_ASIDE if self.set_aside_pins else self.version

    def read_source(self) -> Source:
        """Read the source from ``sources.yaml``.

        Raises
        ------
        UsageError
            If the version asked for is not the one of that file.
        """
        source = load_source(self.sources, self.dataset, self.key)
        known = source.delivery.version
        if self.version != known and not self.version.startswith(f"{known} "):
            raise UsageError(
                "--version",
                f"not the version of {source.dataset}/{source.key} in {self.sources}",
                expected=known,
                found=self.version,
            )
        return source


def declare_source(parser: argparse.ArgumentParser) -> None:
    """Declare the options of a verb that is about one source."""
    parser.add_argument("source", metavar="SOURCE", help="key of the source, as in sources.yaml")
    parser.add_argument("--dataset", required=True, help="standin or acne04")
    parser.add_argument("--sources", required=True, type=Path, help="workflow/sources.yaml")
    parser.add_argument("--pins", required=True, type=Path, help="table of pins of this source")
    parser.add_argument("--version", required=True, help="version of the delivery to pin or fetch")
    parser.add_argument(
        "--upstream",
        required=True,
        type=Path,
        help="folder of this dataset's copies, downloaded or put there by hand; "
        f"{UPSTREAM_VARIABLE}=FOLDER names FOLDER/<dataset> instead",
    )
    parser.add_argument(
        "--set-aside-pins",
        action="store_true",
        default=os.environ.get(SET_ASIDE_VARIABLE) == "1",
        help="take other bytes than those known in sources.yaml, loudly, under a version of "
        f"their own; {SET_ASIDE_VARIABLE}=1 does the same. For rehearsals without the real data",
    )


def read_source_options(arguments: argparse.Namespace) -> SourceOptions:
    """Give the options of a call; `UPSTREAM_VARIABLE` goes before ``--upstream``."""
    root = os.environ.get(UPSTREAM_VARIABLE)
    return SourceOptions(
        key=arguments.source,
        dataset=arguments.dataset,
        sources=arguments.sources,
        pins=arguments.pins,
        version=arguments.version,
        upstream=Path(root, arguments.dataset) if root else arguments.upstream,
        set_aside_pins=arguments.set_aside_pins,
    )
