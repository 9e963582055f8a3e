"""The options that `acne04 pin`, `acne04 fetch` and `acne04 restore` share."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acne04.core import yaml_files
from acne04.core.errors import UsageError
from acne04.core.parameters import PARAMS, check
from acne04.core.sources import (
    SET_ASIDE,
    SET_ASIDE_VARIABLE,
    Source,
    load_source,
    pins_of,
    version_here,
)

UPSTREAM_VARIABLE = "ACNE04_UPSTREAM"
SOURCES = Path("workflow/sources.yaml")


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
    """Declare the options of a verb that is about one source.

    In a checkout none of them need be given: what is left out is as a run has it.
    """
    parser.add_argument("source", metavar="SOURCE", help="key of the source, as in sources.yaml")
    declare_dataset(parser)
    parser.add_argument(
        "--pins",
        type=Path,
        help="table of pins of this source (default: upstreams/<dataset>/pins/<source>.csv)",
    )
    parser.add_argument(
        "--version",
        help="version of the delivery (default: that of sources.yaml; of the stand-in with how it "
        "is drawn, as params.yaml says)",
    )
    parser.add_argument(
        "--set-aside-pins",
        action="store_true",
        default=os.environ.get(SET_ASIDE_VARIABLE) == "1",
        help="take other bytes than those known in sources.yaml, loudly, under a version of "
        f"their own; {SET_ASIDE_VARIABLE}=1 does the same. For rehearsals without the real data",
    )


def declare_dataset(parser: argparse.ArgumentParser) -> None:
    """Declare which dataset a verb is about, and where its copies lie."""
    parser.add_argument(
        "--dataset", help="standin or acne04 (default: `dataset` of params.yaml, here)"
    )
    parser.add_argument(
        "--sources", type=Path, default=SOURCES, help=f"default: {SOURCES.as_posix()}"
    )
    parser.add_argument(
        "--upstream",
        type=Path,
        help="folder of this dataset's copies, downloaded or put there by hand (default: "
        f"upstream/DATASET); {UPSTREAM_VARIABLE}=FOLDER names FOLDER/DATASET instead",
    )


def read_source_options(arguments: argparse.Namespace) -> SourceOptions:
    """Give the options of a call; what is not given is as a run in this checkout has it."""
    key, dataset = arguments.source, read_dataset(arguments)
    version = arguments.version
    if version is None:
        version = version_here(load_source(arguments.sources, dataset, key), parameters_here)
    return SourceOptions(
        key=key,
        dataset=dataset,
        sources=arguments.sources,
        pins=arguments.pins or Path(pins_of(dataset, key)),
        version=version,
        upstream=read_upstream(arguments, dataset),
        set_aside_pins=arguments.set_aside_pins,
    )


def read_dataset(arguments: argparse.Namespace) -> str:
    """Give the dataset that a call is about."""
    if arguments.dataset is not None:
        return str(arguments.dataset)
    return str(parameters_here()["dataset"])


def read_upstream(arguments: argparse.Namespace, dataset: str) -> Path:
    """Give the folder of copies; `UPSTREAM_VARIABLE` goes before ``--upstream``."""
    return upstream_of(dataset, arguments.upstream)


def upstream_of(dataset: str, given: Path | None = None) -> Path:
    """Give the folder of copies of a dataset; `UPSTREAM_VARIABLE` goes before what is given."""
    root = os.environ.get(UPSTREAM_VARIABLE)
    return Path(root, dataset) if root else given or Path("upstream", dataset)


def parameters_here() -> dict[str, Any]:
    """Read the parameters of the checkout that is the working directory."""
    if not PARAMS.is_file():
        raise UsageError(
            "--dataset",
            f"not given, and there is no {PARAMS} here that says it",
            expected="standin or acne04",
            done="nothing read",
            remedy="call it in the project's folder, or name it",
        )
    document: dict[str, Any] = yaml_files.read(PARAMS)
    check(document)
    return document
