"""The artifacts of both states, by the MD5 in their locks: from disk, DVC's cache or the store."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from acne04.core import rows as csv_rows
from acne04.core import tables
from acne04.core.dvc import cache_folder, file_md5, meaning_of
from acne04.core.errors import SchemaError, UnavailableError
from acne04.core.findings import unfold
from acne04.core.schemas import load_schema
from acne04.diff.revision import Revision

Row = dict[str, str]


class Artifacts:
    """The outputs of a state of the checkout."""

    def __init__(self, state: Revision) -> None:
        self.state = state
        self.md5s = dict(state.outs)
        self.altered: list[str] = []
        if state.commit is None:
            self._look_at_disk()

    def _look_at_disk(self) -> None:
        """In the working tree, the files that are there count for more than the lock."""
        for path in self.md5s:
            if Path(path).is_file():
                md5 = file_md5(Path(path))
                if md5 != self.md5s[path]:
                    self.altered.append(path)
                    self.md5s[path] = md5

    def place(self, path: str) -> Path | None:
        """Give a local file with the bytes of an output, once fetched; None where there is none."""
        md5 = self.md5s.get(path)
        if md5 is None:
            return None
        if Path(path).is_file() and file_md5(Path(path)) == md5:
            return Path(path)
        return _cached(md5)

    def fetch(self, paths: Iterable[str]) -> None:
        """Have the bytes of some outputs here: what the cache lacks comes from the store.

        Raises
        ------
        UnavailableError
            If they are neither here nor in the store.
        """
        missing = {}
        for path in paths:
            md5 = self.md5s.get(path)
            if md5 is None or (Path(path).is_file() and file_md5(Path(path)) == md5):
                continue
            if not _cached(md5).is_file():
                missing[md5] = path
        if missing:
            why = _pull(missing)
            lost = [path for md5, path in missing.items() if not _cached(md5).is_file()]
            if lost:
                self._lost(lost, why)

    def _lost(self, paths: list[str], why: str) -> None:
        all_revisions = "`dvc fetch --all-commits`" if self.state.commit else "`dvc pull`"
        raise UnavailableError(
            f"{', '.join(sorted(paths))} of {self.state.name}",
            f"neither in DVC's cache nor to be had from the store ({why})",
            done="nothing compared",
            remedy=f"{all_revisions} where the store is at hand; or `dvc push` where the run was",
        )


class ArtifactPair:
    """Both states of every artifact; `notes` says what a reader of the comparison must know."""

    def __init__(self, before: Artifacts, after: Artifacts) -> None:
        self.sides = (before, after)
        self.notes: list[str] = []

    @property
    def paths(self) -> list[str]:
        """Paths of the outputs of either state, sorted."""
        return sorted(self.sides[0].md5s.keys() | self.sides[1].md5s.keys())

    def differs(self, path: str) -> bool:
        """Tell whether the states name different bytes for an output."""
        return self.sides[0].md5s.get(path) != self.sides[1].md5s.get(path)

    def fetch(self, paths: Iterable[str]) -> None:
        """Have those outputs here that differ."""
        wanted = [path for path in paths if self.differs(path)]
        for side in self.sides:
            side.fetch(wanted)

    def fetch_both(self, paths: Iterable[str]) -> None:
        """Have those outputs here that are read together, whichever of them differs."""
        for side in self.sides:
            side.fetch(paths)

    def table(self, path: str, name: str) -> tuple[list[Row], list[Row]]:
        """Give the rows before and after, as text by column; none where there is no table."""
        before, after = (self._rows(side, path, name) for side in self.sides)
        return before, after

    def _rows(self, side: Artifacts, path: str, name: str) -> list[Row]:
        place = side.place(path)
        if place is None:
            if path in self.paths:
                self.notes.append(f"{side.state.name} has no {path}")
            return []
        try:
            texts = tables.read_texts(place, name)
        except SchemaError:
            return self._by_header(side, path, name, place)
        return [dict(zip(texts, row, strict=True)) for row in zip(*texts.values(), strict=True)]

    def _by_header(self, side: Artifacts, path: str, name: str, place: Path) -> list[Row]:
        """Read what does not follow today's schema, a column that is missing as empty."""
        expected = [field["name"] for field in load_schema(f"{name}.table.json")["fields"]]
        try:
            rows = list(csv_rows.parse(place.read_bytes()))
        except csv_rows.RowError as error:
            raise side.state.unreadable(path, f"not a CSV file in UTF-8 ({error})") from None
        header = rows[0].texts if rows else []
        ragged = [row.line for row in rows if len(row.texts) != len(header)]
        if ragged:
            why = f"line {ragged[0]} has another number of fields than the header"
            raise side.state.unreadable(path, why)
        differences = [f"no column {column}" for column in expected if column not in header]
        differences += [f"a column {column}" for column in header if column not in expected]
        found = ", ".join(differences) or "values that it does not allow"
        self.notes.append(f"{path} of {side.state.name} is of another schema than today's: {found}")
        blank = dict.fromkeys(expected, "")
        return [blank | dict(zip(header, row.texts, strict=True)) for row in rows[1:]]

    def findings(self, path: str, listed: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Give the findings of a stage, before and after; `listed` has those told as one."""
        before, after = (self._found(side, path, listed) for side in self.sides)
        return before, after

    def _found(self, side: Artifacts, path: str, listed: str) -> list[dict[str, Any]]:
        place = side.place(path)
        if place is None:
            return []
        try:
            told = json.loads(place.read_text(encoding="utf-8"))["findings"]
            told = [{**finding, "check": str(finding["check"])} for finding in told]
        except (ValueError, KeyError, TypeError) as error:
            raise side.state.unreadable(path, f"no list of findings ({error!r})") from None
        if not any("count" in finding for finding in told):
            return told
        return unfold(told, self._rows(side, listed, "problems"))


def _pull(wanted: Iterable[str]) -> str:
    """Bring objects into the cache; gives the reason why one may still be missing."""
    # Imported here: two seconds, and most comparisons find all in the cache.
    from dvc.exceptions import DvcException
    from dvc.repo import Repo
    from dvc_data.hashfile.hash_info import HashInfo
    from dvc_objects.errors import ObjectDBError

    # It warns of what is missing, which we say better.
    logging.getLogger("dvc").setLevel(logging.ERROR)
    infos: list[Any] = [HashInfo("md5", md5) for md5 in sorted(wanted)]
    try:
        Repo().cloud.pull(infos)
    except (DvcException, ObjectDBError, OSError) as error:
        return str(meaning_of(error))
    return "it is not there, or its bytes are other ones"


def _cached(md5: str) -> Path:
    return cache_folder() / "files" / "md5" / md5[:2] / md5[2:]
