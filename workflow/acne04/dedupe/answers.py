"""Answers: the decisions on images and relations that can be applied here."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from acne04.core.findings import Finding
from acne04.dedupe.contents import Content, by_path
from acne04.relations.decisions import Decision

#: What findings call the two files, and the kinds of decision in each.
IMAGES, RELATIONS = "decisions/images.csv", "decisions/relations.csv"
FILE_OF_KIND = {"grade": IMAGES, "keep": IMAGES, "relation": RELATIONS, "parent": RELATIONS}


@dataclass
class Answers:
    """Decisions that can be applied, by the SHA-256 they are about; of a relation by both.

    Attributes
    ----------
    grades, kept, parents : dict of str to Decision
        Of kind grade, keep and parent.
    relations : dict of (str, str) to Decision
        Of kind relation.
    """

    grades: dict[str, Decision] = field(default_factory=dict)
    kept: dict[str, Decision] = field(default_factory=dict)
    relations: dict[tuple[str, str], Decision] = field(default_factory=dict)
    parents: dict[str, Decision] = field(default_factory=dict)

    def count(self) -> Counter[str]:
        """Number of decisions of each kind."""
        tables = (self.grades, self.kept, self.relations, self.parents)
        return Counter(d.kind for table in tables for d in table.values())


def judge_decisions(
    decisions: Iterable[Decision], contents: Mapping[str, Content], undecodable: Set[str]
) -> tuple[Answers, list[Finding]]:
    """Take the decisions that can be applied to these contents, and report those that cannot.

    Parameters
    ----------
    decisions : iterable of Decision
        Sound by themselves (`acne04.relations.decisions.load`). One whose bytes are not here is
        passed over: `acne04.relations.decisions.unapplied` reports it.
    contents : mapping of str to Content
        By SHA-256.
    undecodable : set of str
        SHA-256 of the files that do not decode.
    """
    answers, findings = Answers(), []
    places = by_path(contents)
    # Kind -> what may stand against it, and where it is kept.
    rules = {
        "grade": (_grade_problem, answers.grades),
        "keep": (_keep_problem, answers.kept),
        "parent": (_parent_problem, answers.parents),
    }
    for decision in decisions:
        digests = [digest for digest, _ in decision.contents]
        if not decision.holds(contents.keys()):
            if decision.holds(contents.keys() | undecodable):
                findings.append(_about_nothing(decision))
        elif decision.kind == "relation":
            answers.relations[digests[0], digests[1]] = decision
        else:
            find_problem, table = rules[decision.kind]
            problem = find_problem(decision, contents[digests[0]], places)
            if problem:
                findings.append(problem)
            else:
                table[digests[0]] = decision
    return answers, findings


def keep_copies(contents: Mapping[str, Content], answers: Answers) -> dict[str, Content]:
    """Let the copies that were decided on stand for the others."""
    return {
        digest: dataclasses.replace(
            content,
            canonical=next(r for r in content.members if r.path == answers.kept[digest].decision),
        )
        if digest in answers.kept
        else content
        for digest, content in contents.items()
    }


def not_applicable(decision: Decision, expected: str, found: str) -> Finding:
    """Report a decision that no longer has anything to settle."""
    return _finding("decision-not-applicable", decision, expected, found)


def _grade_problem(
    decision: Decision, content: Content, _: Mapping[str, Content]
) -> Finding | None:
    if content.labels("grade") != [int(decision.decision)]:
        return None
    return not_applicable(
        decision,
        f"{content.path} without a grade, or with another one than decided",
        f"grade {decision.decision} in the labels, too",
    )


def _keep_problem(decision: Decision, content: Content, _: Mapping[str, Content]) -> Finding | None:
    paths = [row.path for row in content.candidates]
    if decision.decision not in paths:
        return _finding(
            "decision-impossible", decision, f"one of {', '.join(paths)}", decision.decision
        )
    if len(content.members) > 1:
        return None
    return not_applicable(decision, f"copies of {content.path}", "no other image with these bytes")


def _parent_problem(
    decision: Decision, content: Content, places: Mapping[str, Content]
) -> Finding | None:
    if content.is_real:
        check = "decision-against-bytes" if len(content.members) > 1 else "decision-impossible"
        return _finding(
            check,
            decision,
            "a synthetic image that differs from every photograph",
            f"the bytes of the photograph {content.members[0].path}",
        )
    parent = places.get(decision.decision)
    if decision.decision == "none" or (parent and parent.is_real):
        return None
    return _finding(
        "decision-impossible",
        decision,
        "the path of a photograph that decodes, or none",
        decision.decision,
    )


def _about_nothing(decision: Decision) -> Finding:
    return _finding(
        "decision-impossible", decision, "bytes that decode", f"{decision.path}, which does not"
    )


def _finding(check: str, decision: Decision, expected: str, found: str) -> Finding:
    stale = check == "decision-not-applicable"
    return Finding(
        check=check,
        severity="warning" if stale else "error",
        file=FILE_OF_KIND[decision.kind],
        pointer="",
        line=decision.line,
        expected=expected,
        found=found,
        done=f"not applied ({decision.kind}: {decision.decision}): "
        + ("there is nothing to settle" if stale else "the safe default holds"),
        remedy="remove the row where it will never be needed again"
        if stale
        else "correct the row, or remove it",
    )
