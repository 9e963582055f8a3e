"""Findings on decisions: which were applied, and which found nothing to apply to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from acne04.core.findings import Finding
from acne04.relations import catalogue
from acne04.relations.decisions.decision import Decision


def applied(decision: Decision, file: str, found: str, done: str) -> Finding:
    """Report a decision that was applied: to what (`found`), and what that did (`done`)."""
    return catalogue.DECISION_APPLIED.at(
        file,
        line=decision.line,
        expected=f"{decision.decision} ({decision.who}, {decision.when}: {decision.reason})",
        found=found,
        done=done,
    )


def unapplied(
    decisions: Iterable[Decision], known: Mapping[str, Set[str]], file: str
) -> list[Finding]:
    """Report every decision whose subject is not there.

    Parameters
    ----------
    decisions : iterable of Decision
        All those that a stage is to apply.
    known : mapping of str to set of str
        Path below data/raw -> SHA-256 of what lies there (several where a path has several).
    file : str
        What findings call the decisions file.

    Returns
    -------
    list of Finding
        `DECISION_SUBJECT_CHANGED` where other bytes lie at a path of the decision,
        unless another decision on the same thing at this path holds (it has been decided anew);
        `DECISION_NOT_APPLICABLE` where nothing of it is there.
    """
    decisions = list(decisions)
    contents = {digest for digests in known.values() for digest in digests}
    renewed = {_place(decision) for decision in decisions if decision.holds(contents)}
    findings = []
    for decision in decisions:
        if decision.holds(contents):
            continue
        changed = [
            path for digest, path in decision.contents if digest not in contents and known.get(path)
        ]
        if not changed:
            findings.append(_not_applicable(decision, file))
        elif _place(decision) not in renewed:
            findings.append(_subject_changed(decision, changed[0], known, file))
    return findings


def _place(decision: Decision) -> tuple[str, str, str]:
    # Ids mean something within one file only: of other bytes they name other circles. So do sizes.
    target = "" if decision.kind in ("circles", "resized") else decision.target
    return decision.kind, decision.path, target


def _subject_changed(
    decision: Decision, path: str, known: Mapping[str, Set[str]], file: str
) -> Finding:
    return catalogue.DECISION_SUBJECT_CHANGED.at(
        file,
        line=decision.line,
        expected=f"{path} with the bytes that were decided on (sha256 {_hash_at(decision, path)})",
        found=f"other bytes there (sha256 {', '.join(sorted(known[path]))})",
        done=f"not applied ({decision.kind}: {decision.decision}): the safe default holds",
    )


def _hash_at(decision: Decision, path: str) -> str:
    return next(digest for digest, place in decision.contents if place == path)


def _not_applicable(decision: Decision, file: str) -> Finding:
    return catalogue.DECISION_NOT_APPLICABLE.at(
        file,
        line=decision.line,
        expected=f"{decision.path}, which was decided on (sha256 {decision.subject})",
        found="neither these bytes nor this path",
        done=f"nothing to apply it to ({decision.kind}: {decision.decision})",
    )
