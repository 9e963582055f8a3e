"""How images are related, taken from as near to the sources as it can be, not from the groups."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import pandas as pd

from acne04.audit.audited_checkout import RAW, AuditedCheckout
from acne04.relations import decisions
from acne04.relations.kinship import Kinship
from acne04.relations.persons import plain_subject, with_persons
from acne04.relations.subjects import read_subject_files

DECISIONS = Path("decisions")
Edge = tuple[str, str, str]


@lru_cache(maxsize=1)
def edges(checkout: AuditedCheckout) -> pd.DataFrame:
    """Give all relations between paths below data/raw: columns kind, a, b.

    Those of table ``relations`` and of the column ``subject`` of the groups; and again, for who
    could alter these, equal bytes by the listings, persons by the subject files, near-duplicates
    and parents by the tables of ``near``.
    """
    groups = checkout.table("groups/groups.csv", "groups")
    path_of = dict(zip(groups["image_id"], groups["path"], strict=True))
    relations = checkout.table("groups/relations.csv", "relations")
    found = {
        (row.kind, path_of.get(row.a, row.a), path_of.get(row.b, row.b))
        for row in relations.itertuples()
    }
    found |= {*_copies(checkout), *_persons(checkout), *_near(checkout), *_parents(checkout)}
    told = pd.DataFrame(sorted(found), columns=["kind", "a", "b"])
    return with_persons(told, groups.assign(image_id=groups["path"]))


@lru_cache(maxsize=1)
def kinship(checkout: AuditedCheckout) -> Kinship:
    """Give the relations ready to be asked, by path."""
    return Kinship(checkout.table("inventory/images.csv", "inventory")["path"], edges(checkout))


#: Verdict on two images to the kind of relation that it is.
_EDGES = {"same": "near", "retake": "retake"}


def listed(checkout: AuditedCheckout) -> dict[str, str]:
    """Give path below data/raw -> SHA-256, as the listings have it."""
    start = f"{RAW}/"
    return {p.removeprefix(start): s for p, s in checkout.known.items() if p.startswith(start)}


def _copies(checkout: AuditedCheckout) -> Iterator[Edge]:
    images = set(checkout.table("inventory/images.csv", "inventory")["path"])
    same: dict[str, list[str]] = defaultdict(list)
    for path, sha256 in listed(checkout).items():
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
