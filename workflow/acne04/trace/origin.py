"""From a file below ``data/raw`` back to its source: listing, pinned file, licence."""

from __future__ import annotations

import dataclasses
from pathlib import PurePosixPath
from typing import Any

from acne04.core.errors import UnavailableError
from acne04.provenance.ledger import RecordedSource
from acne04.trace.records import Records


def origin(records: Records, path: str) -> dict[str, Any]:
    """Tell where a file below ``data/raw`` comes from.

    Parameters
    ----------
    records : Records
        The checkout.
    path : str
        Relative to ``data/raw``: the source, then the path inside its folder.

    Returns
    -------
    dict
        `source` (with the licence), `pinned` (the delivered file: its row in the pins), `listed`
        (its row in the listing) and `file` (path, and whether it is here as recorded).
    """
    key, _, member = path.partition("/")
    source = next(source for source in records.ledger.sources if source.key == key)
    row = next(iter(records.rows(source.listing, "listing", "path", (member,))), None)
    if row is None:
        raise UnavailableError(
            source.listing,
            "the listing does not have a file that the inventory has",
            found=member,
            remedy="`acne04 audit` says what has been changed",
        )
    return {
        "source": described(source),
        "pinned": _pinned(records, source, member),
        "listed": {
            "listing": source.listing,
            "path": member,
            "size": int(row["size"]),
            "sha256": row["sha256"],
        },
        "file": {
            "path": f"data/raw/{path}",
            "state": records.state(f"data/raw/{path}", row["sha256"]),
        },
    }


def described(source: RecordedSource) -> dict[str, Any]:
    """Give what a person needs to know of a source."""
    names = ("key", "title", "producer", "citation", "described_at", "date_published", "version")
    return {
        **{name: getattr(source, name) for name in names},
        "licence": dataclasses.asdict(source.licence),
    }


def _pinned(records: Records, source: RecordedSource, member: str) -> dict[str, Any] | None:
    """Find the delivered file that holds a member: itself, or the archive that it was in."""
    rows = records.rows(source.pins, "pins", "version", (source.pins_version,))
    own = [row for row in rows if f"/{row['path']}".endswith(f"/{member}")]
    if not own and len(rows) == 1:
        own = rows
    if not own:
        return None
    row = own[0]
    archive = PurePosixPath(row["path"]).name != PurePosixPath(member).name
    return {
        "pins": source.pins,
        "path": row["path"],
        "size": int(row["size"]),
        "sha256": row["sha256"],
        "member": member if archive else None,
    }
