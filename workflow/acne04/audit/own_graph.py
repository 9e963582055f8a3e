"""How images are related by the sources, not by the tables that were made of them."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import pandas as pd

from acne04.audit.audited_checkout import RAW, AuditedCheckout
from acne04.relations import decisions
from acne04.relations.persons import plain_subject
from acne04.relations.subjects import read_subject_files

DECISIONS = Path("decisions")
Edge = tuple[str, str, str]


def edges(checkout: AuditedCheckout) -> pd.DataFrame:
    """Give the relations between paths below data/raw that the sources say: columns kind, a, b.

    For who could alter the tables of `dedupe`: equal bytes by the listings, persons by the subject
    files, near-duplicates and parents by the tables of ``near``.
    """
    inventory = checkout.table("inventory/images.csv", "inventory")
    # A file that does not decode shows nothing, so it is a copy of nothing.
    shown = set(inventory.loc[inventory["decodable"].fillna(value=False), "path"])
    seen = {*_copies(checkout), *_near(checkout), *_parents(checkout)}
    found = {edge for edge in seen if shown.issuperset(edge[1:])} | {*_persons(checkout)}
    return pd.DataFrame(sorted(found), columns=["kind", "a", "b"], dtype="str")


#: Verdict on two images to the kind of relation that it is.
_EDGES = {"same": "near", "retake": "retake"}


def listed(checkout: AuditedCheckout) -> pd.DataFrame:
    """Give path below data/raw, size and sha256 of every delivered file, by the listings."""
    listings = [
        checkout.listing(source.key).assign(folder=f"{source.folder}/".removeprefix(f"{RAW}/"))
        for source in checkout.ledger.sources
    ]
    files = pd.concat(listings, ignore_index=True)
    return files.assign(path=files["folder"] + files["path"])[["path", "size", "sha256"]]


def _copies(checkout: AuditedCheckout) -> Iterator[Edge]:
    images = set(checkout.table("inventory/images.csv", "inventory")["path"])
    same: dict[str, list[str]] = defaultdict(list)
    files = listed(checkout)
    for path, sha256 in zip(files["path"], files["sha256"], strict=True):
        if path in images:
            same[sha256].append(path)
    return _chained("exact", same.values())


def _persons(checkout: AuditedCheckout) -> Iterator[Edge]:
    inventory = checkout.table("inventory/images.csv", "inventory")
    paths: dict[str, list[str]] = defaultdict(list)
    for path in inventory.loc[inventory["origin"] == "real", "path"]:
        paths[unicodedata.normalize("NFC", path.rpartition("/")[2])].append(path)
    shows: dict[str, list[str]] = defaultdict(list)
    for line in read_subject_files(RAW / "subjects")[0]:
        shows[plain_subject(line.subject)] += paths[line.name]
    return _chained("subject", shows.values())


def _near(checkout: AuditedCheckout) -> Iterator[Edge]:
    decided = _decided(checkout, "relation")
    inventory = checkout.table("inventory/images.csv", "inventory")
    origin = dict(zip(inventory["path"], inventory["origin"], strict=True))
    for row in checkout.table("near/verdicts.csv", "verdicts").itertuples():
        is_alike = origin.get(row.path_a) == origin.get(row.path_b)
        is_open = f"{row.sha256_a}:{row.sha256_b}" not in decided
        if is_alike and is_open and row.verdict in _EDGES:
            yield _EDGES[row.verdict], row.path_a, row.path_b


def _parents(checkout: AuditedCheckout) -> Iterator[Edge]:
    decided = _decided(checkout, "parent")
    for row in checkout.table("near/parents.csv", "parents").itertuples():
        if row.status == "verified" and row.sha256 not in decided:
            yield "derived-from", row.path, row.parent_path


def _decided(checkout: AuditedCheckout, kind: str) -> set[str]:
    """What a person has decided, which outweighs what was computed."""
    file = DECISIONS / "relations.csv"
    given = decisions.load(file if file.is_file() else None, checkout.dataset)
    return {decision.subject for decision in given if decision.kind == kind}


def _chained(kind: str, sets: Iterable[list[str]]) -> Iterator[Edge]:
    for members in sets:
        for a, b in pairwise(sorted(set(members))):
            yield kind, a, b
