"""Which releases there have been, as every witness tells it: none is trusted to be whole.

The table ``releases/index.csv`` can be lost, restored from an older commit, or merged badly. What
it says is therefore asked of all others that know: tags and their messages, the files by which DVC
tracks a release, attestations on disk, and each commit that ever touched ``releases/``.
"""

from __future__ import annotations

import base64
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from packaging.version import Version

from acne04.core import rows, tables
from acne04.core.errors import UnavailableError
from acne04.core.files import read_bytes
from acne04.provenance import git
from acne04.provenance.checksums import ATTESTATION
from acne04.provenance.version_order import is_version, order

RELEASES = "releases"
INDEX = Path(RELEASES, "index.csv")
_SERIAL = re.compile(r"\bserial (\d{1,9})\b")


@dataclass(frozen=True)
class Mention:
    """What one witness says of one release.

    Attributes
    ----------
    witness : str
        File or tag, as a person would look it up.
    version : str
        Version of the release.
    serial : int or None
        Its serial, where the witness knows it.
    """

    witness: str
    version: str
    serial: int | None = None


@dataclass(frozen=True)
class ReleaseHistory:
    """All that is said of releases.

    Attributes
    ----------
    mentions : tuple of Mention
        In the order in which the witnesses were asked: the table first.
    """

    mentions: tuple[Mention, ...]

    @property
    def versions(self) -> dict[Version, list[Mention]]:
        """What is said of each version, the oldest version first."""
        said: dict[Version, list[Mention]] = defaultdict(list)
        for mention in self.mentions:
            said[order(mention.version)].append(mention)
        return dict(sorted(said.items()))

    @property
    def greatest_serial(self) -> int:
        """The greatest serial that can have been given; 0 where there was no release.

        Each release had one, also one whose serial no witness tells any more.
        """
        told = [t.serial for t in self.mentions if t.serial is not None]
        return max([len(self.versions), *told])

    def of(self, version: str) -> list[Mention]:
        """Give what is said of a version, however it is spelt."""
        return self.versions.get(order(version), [])

    def disagreements(self) -> Iterator[tuple[str, str]]:
        """Yield what the table should say, and what it says instead, where another knows better."""
        table = str(INDEX)
        owners: dict[int, set[Version]] = defaultdict(set)
        for version, said in self.versions.items():
            serials = {t.serial: t for t in reversed(said) if t.serial is not None}
            for serial in serials:
                owners[serial].add(version)
            told = (
                f"{said[0].version}, which {_listed(t.witness for t in said if t.witness != table)}"
            )
            if all(t.witness != table for t in said):
                known = f" (serial {min(serials)})" if serials else ""
                yield f"a row of version {told} know of{known}", "none"
            elif len(serials) > 1:
                listed = _listed(f"{n} in {t.witness}" for n, t in sorted(serials.items()))
                yield f"one serial of version {said[0].version}", listed
        for serial, versions in sorted(owners.items()):
            if len(versions) > 1:
                yield f"one version with serial {serial}", _listed(map(str, sorted(versions)))


def collect(*, everywhere: bool = True) -> ReleaseHistory:
    """Ask every witness of the checkout in the working directory.

    Parameters
    ----------
    everywhere : bool
        All branches and tags, and all that lies in the folder; else what the commit at hand and
        those before it have recorded, which an older checkout is right not to go beyond.

    Raises
    ------
    SchemaError
        If the table of releases here is not one.
    UnavailableError
        If git cannot be asked.
    """
    scope = "--all" if everywhere else "HEAD"
    return ReleaseHistory(
        (*_of_the_table(), *_on_disk(everywhere), *_of_tags(everywhere), *_of_commits(scope))
    )


class IndexRow(NamedTuple):
    """What the table says of a release."""

    serial: int
    commit: str
    attestation: str


def rows_of_index() -> dict[Version, IndexRow]:
    """Give the rows of the table of releases here, by version; none where there is no table."""
    if not INDEX.is_file():
        return {}
    table = tables.read(INDEX, "releases")
    return {
        order(row.version): IndexRow(int(row.serial), row.commit, row.attestation_sha256)
        for row in table.itertuples()
        if is_version(row.version)
    }


def tracked(paths: Iterable[str]) -> dict[str, str]:
    """Give path -> version of those paths by which DVC tracks a release.

    >>> tracked(["releases/1.0.0.dvc", "releases/index.csv", "releases/1.0.0/README.md"])
    {'releases/1.0.0.dvc': '1.0.0'}
    """
    found = {}
    for path in paths:
        place = PurePosixPath(path)
        is_there = str(place.parent) == RELEASES and place.suffix == ".dvc"
        if is_there and is_version(place.stem):
            found[path] = place.stem
    return found


def _of_the_table() -> Iterator[Mention]:
    if INDEX.is_file():
        table = tables.read(INDEX, "releases")
        for version, serial in zip(table["version"], table["serial"], strict=True):
            if is_version(version):
                yield Mention(str(INDEX), version, int(serial))


def _on_disk(everywhere: bool) -> Iterator[Mention]:
    files = sorted(path.as_posix() for path in Path(RELEASES).glob("*.dvc"))
    yield from (Mention(path, version) for path, version in tracked(files).items())
    for path in sorted(Path(RELEASES).glob(f"*/{ATTESTATION}")):
        if not everywhere and f"{path.parent.as_posix()}.dvc" not in files:
            continue
        try:
            yield from _attested(path.as_posix(), read_bytes(path))
        except (OSError, UnavailableError):
            # What cannot be read says nothing; that it is so, `dvc status` and `verify` tell.
            continue


def _attested(witness: str, envelope: bytes) -> Iterator[Mention]:
    """Yield what an attestation says; its signature is not asked for: it is no proof here.

    Whoever could forge it could only make the next serial greater.
    """
    try:
        payload = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
        given = payload["predicate"]["buildDefinition"]["externalParameters"]
        version, serial = str(given["version"]), int(given["release_serial"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    if is_version(version):
        yield Mention(witness, version, serial)


def release_tags(*, everywhere: bool = True) -> dict[str, str]:
    """Give tag -> version of the tags of releases: all, or those of the commits up to this one."""
    pattern = "refs/tags/v*"
    merged = () if everywhere else ("--merged=HEAD",)
    listed = git.read_text("for-each-ref", *merged, "--format=%(refname:strip=2)", pattern)
    versions = {tag: tag.removeprefix("v") for tag in listed.splitlines()}
    return {tag: version for tag, version in versions.items() if is_version(version)}


def _of_tags(everywhere: bool) -> Iterator[Mention]:
    """Yield what tags say; one on the commit at hand may be of a release that is yet to come."""
    here = git.commit_of("HEAD")
    for tag, version in release_tags(everywhere=everywhere).items():
        if git.commit_of(f"refs/tags/{tag}") != here:
            words = "--format=%(objecttype) %(contents)"
            kind, _, message = git.read_text("for-each-ref", words, f"refs/tags/{tag}").partition(
                " "
            )
            # The words of a plain tag are its commit's.
            serial = _SERIAL.search(message) if kind == "tag" else None
            yield Mention(f"tag {tag}", version, int(serial[1]) if serial else None)


def _of_commits(scope: str) -> Iterator[Mention]:
    """Yield what the commits of a scope say that touched the records."""
    commits = git.read_text("rev-list", scope, "HEAD", "--", f"{RELEASES}/").split()
    for commit in commits:
        below = ("ls-tree", "-r", "-z", "--full-tree", commit, "--", f"{RELEASES}/")
        entries = [line.partition("\t") for line in git.read_list(*below)]
        names = {path: about.split()[2] for about, _, path in entries}
        where = f"commit {commit[:12]}"
        for path, version in tracked(names).items():
            yield Mention(f"{path} of {where}", version)
        read = {p: n for p, n in names.items() if p == INDEX.as_posix() or p.endswith(ATTESTATION)}
        contents = git.contents(read.values()) if read else {}
        for path, name in read.items():
            witness = f"{path} of {where}"
            if path.endswith(ATTESTATION):
                yield from _attested(witness, contents[name])
            else:
                yield from _of_an_older_table(witness, contents[name])


def _of_an_older_table(witness: str, content: bytes) -> Iterator[Mention]:
    """Yield the rows that can be understood: nobody can mend a table of an old commit."""
    try:
        header, *lines = [row.texts for row in rows.parse(content)]
    except (rows.RowError, ValueError):
        return
    for texts in lines:
        row: dict[str, Any] = dict(zip(header, texts, strict=False))
        version, serial = str(row.get("version")), str(row.get("serial"))
        if is_version(version):
            known = serial.isascii() and serial.isdecimal() and len(serial) <= 9
            yield Mention(witness, version, int(serial) if known else None)


def _listed(words: Iterable[str], most: int = 3) -> str:
    distinct = list(dict.fromkeys(words))
    more = [f"{len(distinct) - most} more"] if len(distinct) > most else []
    return ", ".join([*distinct[:most], *more])
