"""Findings and decisions that name a thing, whatever the stage and the way they name it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from acne04.trace.records import DECISIONS, V2, WITH_FINDINGS, Records


def findings_on(
    records: Records,
    files: Collection[str],
    words: Collection[str] = (),
    pointers: Collection[str] = (),
    decisions: Collection[dict[str, Any]] = (),
) -> list[dict[str, Any]]:
    """List the findings of all stages that name a thing.

    Parameters
    ----------
    records : Records
        The checkout.
    files : collection of str
        The thing's names where a finding is on it as a file.
    words : collection of str
        Its names where a finding on something else mentions it.
    pointers : collection of str
        Its places in the Acne04-v2 file; what lies below them is its own, too.
    decisions : collection of dict
        Decisions on it, as of `decisions_on`: a finding on one of their rows is on it, too.

    Returns
    -------
    list of dict
        The findings with their stage, in workflow order.
    """
    mention = _mention(words)
    rows = {(decision["file"], decision["line"]) for decision in decisions}
    return [
        {"stage": document["stage"], **finding}
        for folder in WITH_FINDINGS
        for document in [records.document(f"data/{folder}/findings.json")]
        for finding in document["findings"]
        if finding["file"] in files
        or (finding["file"], finding["line"]) in rows
        or (finding["file"] == V2 and _within(finding["pointer"], pointers))
        or any(mention.search(finding[text]) for text in ("expected", "found", "done"))
    ]


def _mention(words: Collection[str]) -> re.Pattern[str]:
    """Match a name as a whole: not inside a longer name or path.

    >>> bool(_mention(["a_1.jpg"]).search("the bytes of x/a_1.jpg (sha256 00)"))
    False
    >>> bool(_mention(["a_1.jpg"]).search("as a_1.jpg, which stands for both"))
    True
    """
    if not words:
        return re.compile(r"(?!)")
    names = "|".join(re.escape(word) for word in sorted(words))
    return re.compile(rf"(?<![\w/~-])(?<!\w\.)(?:{names})(?![\w~/-]|\.\w)")


def _within(pointer: str, pointers: Collection[str]) -> bool:
    steps = pointer.split("/")
    return any("/".join(steps[:depth]) in pointers for depth in range(3, len(steps) + 1))


def decisions_on(
    records: Records, sha256s: Collection[str], paths: Collection[str]
) -> list[dict[str, Any]]:
    """List the decisions bound to some bytes, or taken on what lay at a path, with their lines."""
    return [
        decision
        for decision in _decisions(records)
        if set(decision["subject"].split(":")) & set(sha256s)
        or {*decision["path"].split("|"), decision["decision"]} & set(paths)
    ]


def circle_decisions(records: Records, sha256: str, circle_id: int) -> list[dict[str, Any]]:
    """List the decisions on a circle of the annotation file with these bytes."""
    return [
        decision
        for decision in _decisions(records)
        if decision["kind"] == "circles"
        and decision["subject"] == sha256
        and any(
            int(first) <= circle_id <= int(last or first)
            for first, last in re.findall(r"(\d+)(?:-(\d+))?", decision["target"])
        )
    ]


def _decisions(records: Records) -> Iterator[dict[str, Any]]:
    for name in DECISIONS:
        file = f"decisions/{name}.csv"
        for line, row in enumerate(records.table(file, "decisions"), start=2):
            if row["dataset"] == records.ledger.dataset:
                yield {"file": file, "line": line, **_without_dataset(row)}


def _without_dataset(row: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if name != "dataset"}
