"""A cache of what earlier runs found out, by content hash; never an artifact.

Everything in it follows from the bytes of the pictures and from the method, so that a run with it
gives what a run without it gives. One SQLite file, so that a killed run leaves it whole.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from acne04.core.errors import UnavailableError
from acne04.near.candidates import Nearest
from acne04.near.frames import SIDES, Bytes
from acne04.near.registration import Score

Pair = tuple[str, str]
_NOT_OURS = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR)
_COLUMNS = {
    "thumbnails": "method, sha256, pixels",
    "nearest": "method, corpus, others, likeness",
    "verifications": "method, sha256_a, sha256_b, form, coincide, blocks, likeness, steady, alike",
}
_TABLES = """
CREATE TABLE IF NOT EXISTS thumbnails (method TEXT, sha256 TEXT, pixels BLOB,
    PRIMARY KEY (method, sha256)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS nearest (method TEXT, corpus TEXT, others BLOB, likeness BLOB,
    PRIMARY KEY (method, corpus)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS verifications (method TEXT, sha256_a TEXT, sha256_b TEXT, form INTEGER,
    coincide INTEGER, blocks INTEGER, likeness REAL, steady INTEGER, alike INTEGER,
    PRIMARY KEY (method, sha256_a, sha256_b)) WITHOUT ROWID;
"""


@contextmanager
def open_cache(path: Path | None, method: str) -> Iterator[Cache]:
    """Open the cache of one method; with no path it is lost at the end."""
    connection = _open(path)
    try:
        yield Cache(connection, method)
    finally:
        connection.close()


def _open(path: Path | None) -> sqlite3.Connection:
    if path is None:
        return _with_tables(":memory:")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _with_tables(str(path))
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) not in _NOT_OURS:
            raise UnavailableError(
                str(path),
                f"the memory cannot be used ({error})",
                done="nothing written",
                remedy="wait for the run that uses it, or name another file with --memory",
            ) from None
        # Damaged, or no cache of this form: nothing is lost but time. It may be somebody's file.
        path.replace(path.with_name(f"{path.name}.unreadable"))
        return _with_tables(str(path))


def _with_tables(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(name, timeout=60)
    try:
        connection.executescript(_TABLES)
        for table, columns in _COLUMNS.items():
            connection.execute(f"SELECT {columns} FROM {table} LIMIT 0")
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("damaged")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


class Cache:
    """Thumbnails, nearest others and scores of one method."""

    def __init__(self, connection: sqlite3.Connection, method: str) -> None:
        self._connection = connection
        self._method = method

    def thumbnails(self, digests: Iterable[str]) -> dict[str, Bytes]:
        """Give the thumbnails that are known."""
        rows = self._connection.execute(
            "SELECT sha256, pixels FROM thumbnails WHERE method = ?", (self._method,)
        )
        wanted = set(digests)
        shape = (SIDES[0], SIDES[0])
        return {
            digest: np.frombuffer(pixels, dtype=np.uint8).reshape(shape)
            for digest, pixels in rows
            if digest in wanted
        }

    def keep_thumbnails(self, found: Mapping[str, Bytes]) -> None:
        """Keep thumbnails."""
        rows = [(self._method, digest, pixels.tobytes()) for digest, pixels in found.items()]
        self._insert("thumbnails", rows)

    def nearest(self, names: Sequence[str], depth: int) -> Nearest | None:
        """Give what was found for exactly the pictures of these names, if it was."""
        row = self._connection.execute(
            "SELECT others, likeness FROM nearest WHERE method = ? AND corpus = ?",
            (self._method, _corpus(names, depth)),
        ).fetchone()
        if row is None:
            return None
        others = np.frombuffer(row[0], dtype="<i4").astype(np.int64)
        likeness = np.frombuffer(row[1], dtype="<f4").astype(np.float32)
        shape = (len(names), -1)
        return Nearest(others.reshape(shape), likeness.reshape(shape))

    def keep_nearest(self, names: Sequence[str], depth: int, found: Nearest) -> None:
        """Keep the nearest photographs of exactly the pictures of these names."""
        others, likeness = found.others.astype("<i4"), found.likeness.astype("<f4")
        corpus = _corpus(names, depth)
        self._insert("nearest", [(self._method, corpus, others.tobytes(), likeness.tobytes())])

    def scores(self) -> dict[Pair, tuple[int, Score]]:
        """Give the form and the score of every pair of pictures that is known."""
        rows = self._connection.execute(
            "SELECT sha256_a, sha256_b, form, coincide, blocks, likeness, steady, alike "
            "FROM verifications WHERE method = ?",
            (self._method,),
        )
        return {(a, b): (form, Score(*score)) for a, b, form, *score in rows}

    def keep_scores(self, found: Mapping[Pair, tuple[int, Score]]) -> None:
        """Keep forms and scores."""
        rows = [(self._method, *pair, form, *score) for pair, (form, score) in found.items()]
        self._insert("verifications", rows)

    def _insert(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        if rows:
            places = ", ".join("?" * len(rows[0]))
            with self._connection:
                self._connection.executemany(
                    f"INSERT OR REPLACE INTO {table} VALUES ({places})",
                    rows,
                )


def _corpus(names: Sequence[str], depth: int) -> str:
    return hashlib.sha256(" ".join([str(depth), *names]).encode()).hexdigest()
