"""Image collections made up in memory: persons, near-duplicates, copies, parents, all related."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from acne04.core import tables
from acne04.split.manifest import SplitParameters
from acne04.split.solver import Limits

PROOF = Limits(node_limit=100_000, relative_gap=0.0)
THREE = {"train": 65, "val": 15, "test": 20}


def options(balance: str = "none", target: int = 10, **others: Any) -> SplitParameters:
    fields = {"ratios": THREE, "fold_count": 5, "restrict": "none", "limits": PROOF}
    fields |= {"balance": balance, "target": target, "unknown_parent": "exclude"}
    fields |= {"least_persons": 5}
    return SplitParameters(**(fields | others))


@dataclass(frozen=True)
class Image:
    """One image; `bytes` numbers its content, `parent` names a photograph or is a status."""

    name: str
    grade: int | None
    bytes: int
    subject: str = ""
    parent: str = ""
    status: str = ""
    sound: bool = True
    conflict: str = ""

    @property
    def origin(self) -> str:
        return "synthetic" if self.status else "real"

    @property
    def sha256(self) -> str:
        """Any order but that of the names."""
        return f"{(self.bytes * 7919) % 100_003:064x}"


@dataclass(frozen=True)
class Collection:
    """Images and the near-duplicates among them; everything else follows."""

    members: tuple[Image, ...]
    near: tuple[tuple[str, str], ...] = ()

    def only(
        self, names: set[str], without: frozenset[tuple[str, str]] = frozenset()
    ) -> Collection:
        """An earlier state: some of the images, some near-duplicates not known yet."""
        return Collection(
            tuple(
                replace(image, parent="", status="unknown")
                if image.parent and image.parent not in names
                else image
                for image in self.members
                if image.name in names
            ),
            tuple(p for p in self.near if p not in without and set(p) <= names),
        )

    @cached_property
    def canonical(self) -> dict[str, str]:
        """First sound image with the same bytes, photographs first."""
        first: dict[int, str] = {}
        for image in sorted(self.members, key=lambda i: (i.origin, i.name)):
            if image.sound:
                first.setdefault(image.bytes, image.name)
        return {i.name: first[i.bytes] if i.sound else i.name for i in self.members}

    @cached_property
    def relations(self) -> pd.DataFrame:
        """Table `relations`; a person is a star around her first image."""
        edges = [("exact", a, b, "sha256", "bytes") for a, b in self.canonical.items() if a != b]
        persons: dict[str, str] = {}
        for image in sorted(self.members, key=lambda i: i.name):
            centre = persons.setdefault(image.subject, image.name) if image.subject else image.name
            if centre != image.name:
                edges.append(("subject", image.name, centre, "subject-table", image.subject))
        edges += [("near", a, b, "blocks", "alike") for a, b in self.near]
        edges += [
            ("derived-from", i.name, i.parent, "blocks", "alike") for i in self.members if i.parent
        ]
        names = ("kind", "a", "b", "method", "evidence")
        blank = {"dataset": "standin", "score": None, "threshold": None}
        records = [blank | dict(zip(names, edge, strict=True)) for edge in sorted(set(edges))]
        return tables.from_records("relations", records)

    @cached_property
    def groups(self) -> dict[str, str]:
        """Group of each image: the least name that relations lead to."""
        edges = list(zip(self.relations["a"], self.relations["b"], strict=True))
        group = {image.name: image.name for image in self.members}
        changed = True
        while changed:
            changed = False
            for a, b in edges:
                least = min(group[a], group[b])
                changed |= group[a] != least or group[b] != least
                group[a] = group[b] = least
        return group

    @cached_property
    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Tables `inventory` and `groups`."""
        blank = {n: dict.fromkeys(tables.empty(n).columns) for n in ("inventory", "groups")}
        inventory = [
            blank["inventory"]
            | {"dataset": "standin", "path": i.name, "name": i.name, "origin": i.origin}
            | {"grade": i.grade, "size": 1, "decodable": i.sound, "decoder": "none"}
            | {"md5": "0" * 32, "sha256": i.sha256}
            for i in self.members
        ]
        canonical, group = self.canonical, self.groups
        groups = [
            blank["groups"]
            | {"dataset": "standin", "image_id": i.name, "path": i.name, "subject": i.subject}
            | {"group": group[i.name], "canonical": canonical[i.name], "conflict": i.conflict}
            | {"parent": i.parent, "parent_status": i.status}
            for i in self.members
        ]
        return tables.from_records("inventory", inventory), tables.from_records("groups", groups)

    @cached_property
    def images(self) -> pd.DataFrame:
        """The joined table, made directly: a test compares it with that of `join_images`."""
        members = sorted(self.members, key=lambda image: image.name)
        canonical, group = self.canonical, self.groups
        names = [image.name for image in members]
        grades = pd.Series([image.grade for image in members], dtype="Int64")
        texts = {
            **dict.fromkeys(("path", "name", "image_id"), names),
            "origin": [image.origin for image in members],
            "sha256": [image.sha256 for image in members],
            "subject": [image.subject for image in members],
            "group": [group[name] for name in names],
            "canonical": [canonical[name] for name in names],
            "parent": [image.parent for image in members],
            "parent_status": [image.status for image in members],
            "conflict": [image.conflict for image in members],
            **dict.fromkeys(
                ("conflict_counts", "conflict_counts_v2", "quarantined_by"), [""] * len(names)
            ),
        }
        counts = ("lesions_v1", "lesions_v2", "quarantined_v2", "width", "height", "decided_grade")
        none = pd.Series([None] * len(names), dtype="Int64")
        return pd.DataFrame(
            {name: pd.Series(column, dtype="str") for name, column in texts.items()}
            | dict.fromkeys(counts, none)
            | {"grade": grades, "label": grades, "size": pd.Series(1, none.index, dtype="Int64")}
            | {"decodable": pd.Series([image.sound for image in members], dtype="boolean")}
            | {"annotated": pd.Series(False, none.index)}
        )


def corpus(
    photographs: list[tuple[str, int]],
    synthetic: tuple[int, ...] = (),
    parents: tuple[int | None, ...] = (),
) -> pd.DataFrame:
    """Make the joined table of photographs (person, grade) and synthetic images (grade, parent)."""
    names = [f"r{n:04}.jpg" for n in range(len(photographs))]
    members = [
        Image(name, grade, n, subject=group)
        for n, (name, (group, grade)) in enumerate(zip(names, photographs, strict=True))
    ]
    for n, grade in enumerate(synthetic):
        parent = parents[n] if parents else None
        members.append(
            Image(
                f"s{n:04}.jpg",
                grade,
                len(members),
                parent="" if parent is None else names[parent],
                status="unknown" if parent is None else "verified",
            )
        )
    return Collection(tuple(members)).images


@st.composite
def collections(draw: st.DrawFn, most: int = 16) -> Collection:
    """Draw photographs of persons, copies, near-duplicates, synthetic images, and broken files."""
    number = draw(st.integers(4, most))
    persons = draw(st.integers(1, number))
    members = []
    for n in range(number):
        copied = n > 0 and draw(st.integers(0, 9)) == 0
        source = members[draw(st.integers(0, n - 1))] if copied else None
        members.append(
            Image(
                f"r{n:04}.jpg",
                draw(st.sampled_from([0, 1, 2, 3])) if draw(st.integers(0, 19)) else None,
                source.bytes if source else n,
                subject=f"sub_{draw(st.integers(0, persons))}" if draw(st.booleans()) else "",
                sound=source.sound if source else draw(st.integers(0, 19)) > 0,
                conflict="" if draw(st.integers(0, 19)) else "grade",
            )
        )
    for n in range(draw(st.integers(0, 8))):
        parent = members[draw(st.integers(0, number - 1))].name
        status = draw(st.sampled_from(["verified", "decided", "unknown", "review"]))
        known = status == "verified" or (status == "decided" and draw(st.booleans()))
        members.append(
            Image(
                f"s{n:04}.jpg",
                draw(st.sampled_from([2, 3])),
                number + n,
                parent=parent if known else "",
                status=status,
            )
        )
    names = [image.name for image in members]
    pairs = st.lists(st.sampled_from(names), min_size=2, max_size=2, unique=True)
    near = draw(st.lists(pairs.map(lambda pair: tuple(sorted(pair, reverse=True))), max_size=5))
    return Collection(tuple(members), tuple(sorted(set(near))))
