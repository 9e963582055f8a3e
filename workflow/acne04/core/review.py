"""The review queue: questions that data cannot settle, with what holds until a person answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from acne04.core import tables


@dataclass(frozen=True)
class ReviewItem:
    """One question, as ``schemas/review.table.json`` describes it.

    Attributes
    ----------
    kind : str
        What is to be decided, one of `decisions.KINDS`.
    subject : str
        SHA-256 that an answer is bound to, two joined by a colon for a pair (the smaller first);
        empty where the bytes are not known.
    path : str
        Where to look; for a pair two paths in the order of the subject, joined by ``|``.
    question, evidence : str
        A plain sentence, and what is known.
    options : tuple of str
        Possible answers.
    default : str
        What holds without an answer.
    target : str
        What within the subject; empty for the whole of it.
    """

    kind: str
    subject: str
    path: str
    question: str
    evidence: str
    options: tuple[str, ...]
    default: str
    target: str = ""


def pair(one: tuple[str, str], other: tuple[str, str]) -> tuple[str, str]:
    """Give subject and path of a pair of images, each given as (sha256, path).

    >>> pair(("ff", "a.jpg"), ("00", "b.jpg"))
    ('00:ff', 'b.jpg|a.jpg')
    """
    first, second = sorted((one, other))
    return f"{first[0]}:{second[0]}", f"{first[1]}|{second[1]}"


def to_table(dataset: str, items: Iterable[ReviewItem]) -> pd.DataFrame:
    """Give questions as table ``review``, in the order given."""
    records = [
        {"dataset": dataset, **dataclasses.asdict(item), "options": " | ".join(item.options)}
        for item in items
    ]
    return tables.from_records("review", records)
