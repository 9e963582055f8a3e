"""Catalogue of what several stages find on subjects, on relations and on decisions."""

from __future__ import annotations

from acne04.core.findings import CheckGroup, FindingKind

SUBJECT_LINE_MALFORMED = FindingKind(
    "subject-line-malformed",
    "error",
    meaning="A line of the subject table cannot be understood. Photographs of one person may be "
    "taken for those of several, and a split may put them on both sides.",
    remedy="fetch the source again, or report the line to its publisher",
)
NEAR_UNDECIDABLE = FindingKind(
    "near-undecidable",
    "warning",
    meaning="Nobody can say by measuring whether the picture shows the same photograph as another: "
    "it has too little to recognise, or does not decode. If it does, it may leak.",
    remedy="look at both; where they are the same photograph, record a decision of kind relation",
)

DECISION_APPLIED = FindingKind(
    "decision-applied",
    "info",
    meaning="What somebody decided has changed the tables here; say so where the figures are "
    "published, since the published files alone do not give them.",
    remedy="nothing; without the row the safe default holds again",
)
DECISION_IMPOSSIBLE = FindingKind(
    "decision-impossible",
    "error",
    meaning="A decision asks for something that cannot be done, so the tables are as if nobody had "
    "decided.",
    remedy="correct the row, or remove it",
)
DECISION_NOT_APPLICABLE = FindingKind(
    "decision-not-applicable",
    "warning",
    meaning="A decision found nothing to settle; it has changed no figure.",
    remedy="nothing, or remove the row where it will never be needed again",
)
DECISION_SUBJECT_CHANGED = FindingKind(
    "decision-subject-changed",
    "error",
    meaning="A decision was made on other bytes than lie there now, so it holds no longer: the "
    "figures are those of the safe default, not of the decision.",
    remedy="look at it again; then answer anew with `acne04 decide`, or restore the bytes",
)

NEAR = CheckGroup(
    "near",
    meaning="Nobody has looked for copies of a photograph in other bytes (re-encoded, cropped, "
    "turned): two of them may lie on two sides of a split.",
    remedy="run `acne04 near`, and give its table or the relations that are made of it",
)
DERIVED_FROM = CheckGroup(
    "derived-from",
    meaning="Nobody knows which photograph a synthetic image was made from: it may train a model "
    "that is tested on that photograph.",
    remedy="run `acne04 near`, and give its table or the relations that are made of it",
)
