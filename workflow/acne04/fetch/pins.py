"""Pins: what an upstream delivered when it was first fetched, and must deliver ever after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from acne04.core import tables
from acne04.core.errors import SchemaError, SourceError
from acne04.core.hashing import Digest
from acne04.core.printing import loud
from acne04.core.sources import DeliveryFile, Source


@dataclass(frozen=True)
class Delivered:
    """One file of a delivery as it lies on this machine.

    Attributes
    ----------
    path : str
        Path below ``upstream/<dataset>``: the name under which it is pinned.
    place : pathlib.Path
        Where its bytes lie.
    digest : Digest
        Of those bytes.
    """

    path: str
    place: Path
    digest: Digest


@dataclass(frozen=True)
class Expected:
    """Size in bytes and SHA-256 of a file, as far as they are known."""

    size: int | None
    sha256: str | None

    def fits(self, digest: Digest) -> bool:
        """Tell whether a file agrees with all that is known."""
        return self.size in (None, digest.size) and self.sha256 in (None, digest.sha256)

    def __str__(self) -> str:
        size = f"{self.size:,} bytes" if self.size is not None else "any size"
        return f"{size}, sha256 {self.sha256 or 'unknown'}"


@dataclass(frozen=True)
class Difference:
    """A file that is not what is expected; `expected` or `found` says so where it is no file."""

    path: str
    expected: str
    found: str


@dataclass(frozen=True)
class Expectation:
    """What a delivery must be.

    Attributes
    ----------
    files : mapping of str to Expected
        By path below ``upstream/<dataset>``.
    exhaustive : bool
        Is a file that is not in `files` a difference?
    origin : str
        The file that says so.
    version : str
        Version whose rows of a table of pins say so; empty for ``sources.yaml``.
    """

    files: Mapping[str, Expected]
    exhaustive: bool
    origin: str
    version: str = ""

    def differences(self, delivered: Iterable[Delivered], within: str = "") -> list[Difference]:
        """Compare, and name every difference at once, by path.

        Parameters
        ----------
        delivered : iterable of Delivered
            What is there.
        within : str
            Compare this path, or what lies below it; everything if empty.
        """
        found = {file.path: file.digest for file in delivered}
        wanted = {
            path: expected
            for path, expected in self.files.items()
            if not within or path == within or path.startswith(f"{within}/")
        }
        differing = []
        for path in sorted(wanted.keys() | found.keys()):
            if path not in found:
                if self.exhaustive:
                    differing.append(Difference(path, str(wanted[path]), "no such file"))
            elif path not in wanted:
                if self.exhaustive:
                    differing.append(Difference(path, "no such file", _text(found[path])))
            elif not wanted[path].fits(found[path]):
                differing.append(Difference(path, str(wanted[path]), _text(found[path])))
        return differing


def stated(source: Source, origin: Path) -> Expectation:
    """Expect what ``workflow/sources.yaml`` itself knows of sizes and hashes."""
    files = {
        file.path: Expected(file.size, file.sha256)
        for file in source.delivery.files
        if file.size is not None or file.sha256 is not None
    }
    return Expectation(files, exhaustive=False, origin=str(origin))


def read_pins(path: Path, source: Source, version: str) -> dict[str, Digest]:
    """Read the pins of one version; none if there is no table yet.

    Raises
    ------
    SchemaError
        If the table does not follow its schema or holds rows of another source.
    """
    if not path.exists():
        return {}
    table = tables.read(path, "pins")
    strangers = table[(table["dataset"] != source.dataset) | (table["source"] != source.key)]
    if len(strangers):
        raise SchemaError(
            f"{path} (line {strangers.index[0] + 2})",
            "a row of another source",
            expected=f"{source.dataset}, {source.key}",
            found=f"{strangers.iloc[0]['dataset']}, {strangers.iloc[0]['source']}",
        )
    rows = table[table["version"] == version]
    return {row.path: Digest(int(row.size), row.sha256) for row in rows.itertuples(index=False)}


def pinned(pins: Mapping[str, Digest], origin: Path, version: str) -> Expectation:
    """Expect exactly the pinned files."""
    files = {path: Expected(digest.size, digest.sha256) for path, digest in pins.items()}
    return Expectation(files, exhaustive=True, origin=str(origin), version=version)


def unpinned(source: Source, pins: Mapping[str, Digest]) -> list[DeliveryFile]:
    """List the files (or the folder) of a delivery of which no pin is known.

    An archive may be pinned under another name: that of the zip a browser made of it.
    """
    if source.delivery.kind == "archive":
        return [] if pins else list(source.delivery.files)
    return [
        file
        for file in source.delivery.files
        if not any(path == file.path or path.startswith(f"{file.path}/") for path in pins)
    ]


def add_pins(
    path: Path,
    source: Source,
    version: str,
    delivered: Iterable[Delivered],
    *,
    instead: bool = False,
) -> None:
    """Add rows to the table, which is made if need be; other versions' rows stay.

    Parameters
    ----------
    path : pathlib.Path
        The table.
    source : Source
        Whose pins.
    version : str
        Of the rows.
    delivered : iterable of Delivered
        A row each.
    instead : bool
        Whether they take the place of the rows of this version.
    """
    table = tables.read(path, "pins") if path.exists() else tables.empty("pins")
    kept = (table[table["version"] != version] if instead else table).to_dict("records")
    rows = [
        {
            "dataset": source.dataset,
            "source": source.key,
            "version": version,
            "path": file.path,
            **file.digest._asdict(),
        }
        for file in delivered
    ]
    tables.write_records(path, "pins", [*kept, *rows])


def check_against_stated(
    pins: Mapping[str, Digest], statement: Expectation, path: Path, version: str
) -> None:
    """Raise a `SourceError` where the pins contradict ``workflow/sources.yaml``."""
    rows = [Delivered(name, path, digest) for name, digest in pins.items()]
    differing = statement.differences(rows)
    if differing:
        raise SourceError(
            str(path),
            f"pins of version {version} contradict {statement.origin}",
            expected="\n".join(f"{d.path}: {d.expected}" for d in differing),
            found="\n".join(f"{d.path}: {d.found}" for d in differing),
            done="nothing fetched",
            remedy=f"correct the one that is wrong: {statement.origin}, or the pin with "
            f"`acne04 pin {path.stem} --move`",
        )


def warn_set_aside(source: Source, delivered: Iterable[Delivered], statement: Expectation) -> None:
    """Warn on stderr: each file that contradicts ``sources.yaml``, and the delivery as a whole."""
    name = f"{source.dataset}/{source.key}"
    lines = [
        line
        for difference in statement.differences(delivered)
        for line in (
            f"WARNING: pins set aside: {difference.path} is not the {name} of {statement.origin}",
            f"  expected: {difference.expected}",
            f"  found:    {difference.found}",
        )
    ]
    lines += [
        f"WARNING: pins set aside: {file.path} is taken for {name} as it is"
        for file in source.delivery.files
        if file.path not in statement.files
    ]
    for line in lines:
        loud(line)


def _text(digest: Digest) -> str:
    return str(Expected(digest.size, digest.sha256))
