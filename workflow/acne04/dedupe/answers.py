"""What only people can settle: the answers that they gave, the questions that are open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from acne04.core.findings import Finding, FindingKind
from acne04.core.grades import GRADES
from acne04.core.review import ReviewItem, pair
from acne04.dedupe import catalogue
from acne04.dedupe.edges import score_text
from acne04.dedupe.identical_bytes import Content, by_path
from acne04.dedupe.photographs import Photograph, distinct
from acne04.relations.catalogue import DECISION_IMPOSSIBLE
from acne04.relations.decisions import Decision

#: What findings call the two files, and the kinds of decision in each.
IMAGES, RELATIONS = "decisions/images.csv", "decisions/relations.csv"
FILE_OF_KIND = {"grade": IMAGES, "keep": IMAGES, "relation": RELATIONS, "parent": RELATIONS}
#: Stands, among the options of a question, for an answer that names any photograph.
ANY_PATH = "PATH"


class AppliedDecision(NamedTuple):
    """A decision that was applied: to what, and what that did."""

    decision: Decision
    found: str
    done: str


@dataclass
class Answers:
    """Decisions that can be applied, by the SHA-256 they are about; of a relation by both.

    Attributes
    ----------
    grades, kept : dict of str to Decision
        Of kind grade and keep: what one file says, all that show the photograph go by.
    parents : dict of str to Decision
        Of kind parent.
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


def decided_relations(
    decisions: Iterable[Decision], contents: Mapping[str, Content]
) -> dict[tuple[str, str], Decision]:
    """Give the decisions on pairs of contents that are here, by their SHA-256."""
    return {
        (decision.contents[0][0], decision.contents[1][0]): decision
        for decision in decisions
        if decision.kind == "relation" and decision.holds(contents.keys())
    }


def judge_decisions(
    decisions: Iterable[Decision],
    contents: Mapping[str, Content],
    photographs: Mapping[str, Photograph],
    undecodable: Set[str],
) -> tuple[Answers, list[Finding]]:
    """Take the decisions that can be applied to these contents, and report those that cannot.

    Parameters
    ----------
    decisions : iterable of Decision
        Sound by themselves (`acne04.relations.decisions.load`). One whose bytes are not here is
        passed over: `acne04.relations.decisions.unapplied` reports it.
    contents : mapping of str to Content
        By SHA-256.
    photographs : mapping of str to Photograph
        By SHA-256. A grade, and which copy is kept, are those of the photograph, whichever of its
        files a decision names.
    undecodable : set of str
        SHA-256 of the files that do not decode.
    """
    # Of two that contradict one another the first in the file counts.
    decisions = sorted(decisions, key=lambda decision: decision.line)
    answers, findings = Answers(relations=decided_relations(decisions, contents)), []
    places = by_path(contents)
    tables = {"grade": answers.grades, "keep": answers.kept}
    for decision in decisions:
        digest = decision.contents[0][0]
        if not decision.holds(contents.keys()):
            if decision.holds(contents.keys() | undecodable):
                findings.append(_about_nothing(decision))
        elif decision.kind == "parent":
            problem = _parent_problem(decision, contents[digest], places)
            if problem:
                findings.append(problem)
            else:
                answers.parents[digest] = decision
        elif decision.kind in tables:
            photograph, table = photographs[digest], tables[decision.kind]
            find_problem = _grade_problem if decision.kind == "grade" else _keep_problem
            earlier = decision_on(photograph, table)
            problem = find_problem(decision, photograph)
            if problem is None and earlier and earlier.decision != decision.decision:
                problem = _contradicts(decision, earlier)
            if problem:
                findings.append(problem)
            else:
                table[digest] = decision
    return answers, findings


def decision_on(photograph: Photograph, table: Mapping[str, Decision]) -> Decision | None:
    """Give what was decided on a photograph, by whichever of its files; None where nothing was.

    Parameters
    ----------
    table : mapping of str to Decision
        By SHA-256.
    """
    digests = (content.sha256 for content in photograph.contents)
    return next((table[digest] for digest in digests if digest in table), None)


def not_applicable(decision: Decision, expected: str, found: str) -> Finding:
    """Report a decision that no longer has anything to settle."""
    return catalogue.NOTHING_TO_SETTLE.at(
        FILE_OF_KIND[decision.kind],
        line=decision.line,
        expected=expected,
        found=found,
        done=f"{_not_applied(decision)}: there is nothing to settle",
    )


def _grade_problem(decision: Decision, content: Photograph) -> Finding | None:
    if content.labels("grade") != [int(decision.decision)]:
        return None
    return not_applicable(
        decision,
        f"{content.path} without a grade, or with another one than decided",
        f"grade {decision.decision} in the labels, too",
    )


def _contradicts(decision: Decision, earlier: Decision) -> Finding:
    return DECISION_IMPOSSIBLE.at(
        FILE_OF_KIND[decision.kind],
        line=decision.line,
        expected=f"one answer for one photograph: {earlier.decision}, decided for {earlier.path}",
        found=decision.decision,
        done=f"{_not_applied(decision)}: the earlier answer holds",
    )


def _keep_problem(decision: Decision, content: Photograph) -> Finding | None:
    paths = [row.path for row in content.candidates]
    if decision.decision not in paths:
        return _refused(
            DECISION_IMPOSSIBLE, decision, f"one of {', '.join(paths)}", decision.decision
        )
    if len(content.members) > 1:
        return None
    return not_applicable(decision, f"copies of {content.path}", "no other image with these bytes")


def _parent_problem(
    decision: Decision, content: Content, places: Mapping[str, Content]
) -> Finding | None:
    if content.is_real:
        several = len(content.members) > 1
        return _refused(
            catalogue.DECISION_AGAINST_BYTES if several else DECISION_IMPOSSIBLE,
            decision,
            "a synthetic image that differs from every photograph",
            f"the bytes of the photograph {content.members[0].path}",
        )
    parent = places.get(decision.decision)
    if decision.decision == "none" or (parent and parent.is_real):
        return None
    return _refused(
        DECISION_IMPOSSIBLE,
        decision,
        "the path of a photograph that decodes, or none",
        decision.decision,
    )


def _about_nothing(decision: Decision) -> Finding:
    return _refused(
        DECISION_IMPOSSIBLE, decision, "bytes that decode", f"{decision.path}, which does not"
    )


def _refused(kind: FindingKind, decision: Decision, expected: str, found: str) -> Finding:
    return kind.at(
        FILE_OF_KIND[decision.kind],
        line=decision.line,
        expected=expected,
        found=found,
        done=f"{_not_applied(decision)}: the safe default holds",
    )


def _not_applied(decision: Decision) -> str:
    return f"not applied ({decision.kind}: {decision.decision})"


def copy_questions(photographs: Mapping[str, Photograph], answers: Answers) -> Iterator[ReviewItem]:
    """Ask which label holds where copies disagree and nobody has decided."""
    for photograph in distinct(photographs):
        subject, path = str(photograph.canonical.sha256), photograph.path
        evidence = _labels(photograph.members)
        if photograph.scores:
            scores = ", ".join(score_text(score) for score in photograph.scores)
            evidence += f"; one photograph by score {scores}"
        if len(photograph.labels("grade")) > 1 and not decision_on(photograph, answers.grades):
            yield ReviewItem(
                kind="grade",
                subject=subject,
                path=path,
                question="Which grade is right? Copies of this image disagree.",
                evidence=evidence,
                options=tuple(map(str, GRADES)),
                default="left out of holdout and kfold",
            )
        if len(photograph.labels("lesions_v1")) > 1 and not decision_on(photograph, answers.kept):
            yield ReviewItem(
                kind="keep",
                subject=subject,
                path=path,
                question="Which copy is to stand for all, with its lesion count? They disagree.",
                evidence=evidence,
                options=tuple(row.path for row in photograph.candidates),
                default=f"{path} stands for all",
            )


def relation_question(one: Content, other: Content, verdict: Any) -> ReviewItem:
    """Ask whether two images are one photograph: their score lies between the thresholds."""
    return _about_two(one, other, verdict, "Are these two the same photograph?", "not related")


def across_subjects_question(one: Content, other: Content, verdict: Any) -> ReviewItem:
    """Ask whether two images are one photograph that the subject table gives to two persons."""
    question = "Are these two the same photograph? The subject table says two persons."
    return _about_two(one, other, verdict, question, "related: both persons in one group")


def retake_question(one: Content, other: Content, verdict: Any) -> ReviewItem:
    """Ask whether two photographs are of one person whom the subject table takes for two."""
    question = "Do these two show one person? The subject table says two."
    return _about_two(one, other, verdict, question, "related: both persons in one group")


def parent_question(synthetic: Content, row: Any, candidate: Photograph | None) -> ReviewItem:
    """Ask which photograph a synthetic image was made from."""
    compared = f"{row.candidates} photographs compared"
    if candidate:
        evidence = f"{candidate.path} comes nearest: {score_of(row)}; {compared}"
    else:
        evidence = f"{compared}, and none coincides"
    return ReviewItem(
        kind="parent",
        subject=synthetic.sha256,
        path=synthetic.path,
        question="Which photograph was this image made from?",
        evidence=evidence,
        options=(*((candidate.path,) if candidate else ()), ANY_PATH, "none"),
        default="unknown: left out of splits",
    )


def _about_two(
    one: Content, other: Content, verdict: Any, question: str, default: str
) -> ReviewItem:
    subject, path = pair((one.sha256, one.path), (other.sha256, other.path))
    persons = " and ".join(_persons(content) for content in (one, other))
    return ReviewItem(
        kind="relation",
        subject=subject,
        path=path,
        question=question,
        evidence=f"form {verdict.form or 'unknown'}, {score_of(verdict)}; subjects {persons}; "
        + _labels((*one.members, *other.members)),
        options=("same", "retake", "different"),
        default=default,
    )


def score_of(row: Any) -> str:
    """Tell the score of a verdict or a parent, and what it was held against."""
    score = "no score" if pd.isna(row.score) else f"score {score_text(row.score)}"
    still: Any = getattr(row, "steadiness", None)
    steadiness = "" if pd.isna(still) else f", steadiness {score_text(float(still))}"
    return f"{score} (accepted from {score_text(row.threshold)}){steadiness}"


def _persons(content: Content) -> str:
    return ", ".join(sorted(content.persons)) or "unknown"


def _labels(rows: Iterable[Any]) -> str:
    return "; ".join(
        f"{row.path}: grade {_known(row.grade)}, {_known(row.lesions_v1)} lesions" for row in rows
    )


def _known(value: Any) -> str:
    return "unknown" if pd.isna(value) else str(value)
