"""The flow: every stage before the page with its files, their rows, sizes and sums."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from acne04.core import yaml_files
from acne04.core.errors import SchemaError, UnavailableError
from acne04.core.files import read_bytes
from acne04.core.stage_graph import stage_entries

#: Stages that come after what the page shows.
LATER = ("report", "record")


@dataclass(frozen=True)
class Artifact:
    """A file that a stage made.

    Attributes
    ----------
    path : str
        Below the checkout.
    size : int
        Bytes.
    rows : int or None
        Of a table, without its header; None of other files.
    sha256 : str
        Of the file.
    """

    path: str
    size: int
    rows: int | None
    sha256: str


@dataclass(frozen=True)
class StageOfFlow:
    """A stage: its name, what it made, and the stages whose files it reads."""

    name: str
    artifacts: tuple[Artifact, ...]
    after: tuple[str, ...]

    @property
    def size(self) -> int:
        """Bytes of all that it made, the members of folders aside."""
        return sum(artifact.size for artifact in self.artifacts)

    @property
    def rows(self) -> int:
        """Rows of all tables that it made."""
        return sum(artifact.rows or 0 for artifact in self.artifacts)


def read_flow(root: Path, dataset: str) -> list[StageOfFlow]:
    """Read the stages of a checkout's ``dvc.yaml`` and the files that they made.

    Raises
    ------
    UnavailableError
        If there is no such file, or an artifact is not there.
    SchemaError
        If its stages are not those that rules make.
    """
    graph = root / "dvc.yaml"
    try:
        entries = list(stage_entries(yaml_files.read(graph), dataset))
    except (AttributeError, KeyError, TypeError) as error:
        raise SchemaError(str(graph), f"not the stages that rules make ({error})") from None
    made: dict[str, list[str]] = {}
    read: dict[str, set[str]] = {}
    for name, entry in entries:
        stage = name.partition("@")[0]
        if stage not in LATER:
            made_of = [*entry.get("outs", ()), *entry.get("metrics", ())]
            outs = [path for out in made_of for path in out]
            # A listing stands for a folder.
            made.setdefault(stage, []).extend(sorted(p for p in outs if f"{p}.csv" not in outs))
            read.setdefault(stage, set()).update(entry["deps"])
    return [
        StageOfFlow(
            stage,
            tuple(_artifact(root, path) for path in paths),
            tuple(other for other in made if other != stage and read[stage] & set(made[other])),
        )
        for stage, paths in made.items()
    ]


def _artifact(root: Path, path: str) -> Artifact:
    try:
        data = read_bytes(root / path)
    except FileNotFoundError:
        raise UnavailableError(
            str(root / path), "not here", remedy="`dvc pull`, or `snakemake --cores all`"
        ) from None
    rows = max(0, data.count(b"\n") - 1) if path.endswith(".csv") else None
    return Artifact(path, len(data), rows, hashlib.sha256(data).hexdigest())


def identity(flow: Iterable[StageOfFlow]) -> str:
    """Give the SHA-256 of the list of all artifacts, as ``sha256sum`` prints it in their order."""
    lines = "".join(f"{one.sha256}  {one.path}\n" for one in _artifacts(flow))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()


def _artifacts(flow: Iterable[StageOfFlow]) -> Iterator[Artifact]:
    yield from sorted((a for stage in flow for a in stage.artifacts), key=lambda a: a.path)
