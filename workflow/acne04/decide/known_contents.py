"""What an answer can be about: the contents that the queue or the inventory knows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from acne04.core.errors import SchemaError, UsageError
from acne04.core.review import pair
from acne04.core.suggestions import did_you_mean
from acne04.relations.decisions.review_queue import Question

#: Folder below data/raw that holds the annotation file.
ANNOTATED = "v2"
#: A digest, or the beginning of one that is long enough to be meant as one.
_DIGEST = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True)
class KnownContents:
    """Contents: rows of (sha256, path, origin), origin empty where only the queue knows them."""

    rows: tuple[tuple[str, str, str], ...]

    def content(self, words: str) -> tuple[str, str]:
        """Give (sha256, path) of what is named by a path, or by the beginning of a digest.

        Raises
        ------
        SchemaError
            If nothing of that name is known.
        UsageError
            If several digests begin so.
        """
        at_path = [row for row in self.rows if row[1] == words]
        if at_path:
            return at_path[0][:2]
        is_digest = _DIGEST.fullmatch(words)
        found = [row for row in self.rows if is_digest and row[0].startswith(words)]
        if not found:
            raise SchemaError(
                words,
                "neither the review queue nor the inventory knows it",
                found=did_you_mean(words, (path for _, path, _ in self.rows)),
                expected="a SHA-256 (or its first 8 digits or more), or a path below data/raw",
                done="nothing recorded",
                remedy="`acne04 decide` lists the queue",
            )
        digests = sorted({digest for digest, _, _ in found})
        if len(digests) > 1:
            raise UsageError(
                words,
                "several contents begin so",
                found=", ".join(digests[:5]),
                done="nothing recorded",
                remedy="give more digits",
            )
        return found[0][:2]

    def subject(self, kind: str, words: str) -> tuple[str, str]:
        """Give subject and path of a decision; see `content`."""
        if kind != "relation":
            return self.content(words)
        parts = words.split("|" if "|" in words else ":")
        if len(parts) != 2:
            raise UsageError(
                words,
                "a relation is one of two images",
                expected="two digests joined by a colon, or two paths joined by |",
                done="nothing recorded",
            )
        return pair(self.content(parts[0]), self.content(parts[1]))

    def images(self) -> dict[str, tuple[str, str]]:
        """Give (sha256, origin) of the images of the inventory by path."""
        return {path: (digest, origin) for digest, path, origin in self.rows if origin}


def known_contents(
    questions: Iterable[Question], inventory: pd.DataFrame | None, annotated: pd.DataFrame | None
) -> KnownContents:
    """Gather the contents that are known, each path once.

    Parameters
    ----------
    questions : iterable of Question
        The review queue.
    inventory : pandas.DataFrame, optional
        Table ``inventory``.
    annotated : pandas.DataFrame, optional
        Table ``listing`` of the annotation file's folder.
    """
    rows: dict[str, tuple[str, str, str]] = {}
    if inventory is not None:
        columns = (inventory[name] for name in ("sha256", "path", "origin"))
        rows = {row[1]: row for row in zip(*columns, strict=True)}
    contents = [] if annotated is None else _listed(annotated)
    contents += [content for question in questions for content in _asked_about(question)]
    for digest, path in contents:
        rows.setdefault(path, (digest, path, ""))
    return KnownContents(tuple(rows[path] for path in sorted(rows)))


def _listed(annotated: pd.DataFrame) -> list[tuple[str, str]]:
    paths = [f"{ANNOTATED}/{path}" for path in annotated["path"]]
    return list(zip(annotated["sha256"], paths, strict=True))


def _asked_about(question: Question) -> list[tuple[str, str]]:
    item = question.item
    if ":" in item.subject:
        return list(zip(item.subject.split(":"), item.path.split("|"), strict=False))
    return [(item.subject, item.path)] if item.subject else []
