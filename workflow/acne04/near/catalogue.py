"""Catalogue of the findings of ``near``, and of what it may have to leave out."""

from __future__ import annotations

from acne04.core.findings import CheckGroup, FindingKind
from acne04.relations.catalogue import NEAR_UNDECIDABLE

NEAR_DUPLICATE = FindingKind(
    "near-duplicate",
    "info",
    meaning="Two files show one photograph in other bytes. Splits of ours place one of them; a "
    "split by file name may test on a training image.",
    remedy="nothing; the file stays where it is",
)
NEAR_RETAKE = FindingKind(
    "near-retake",
    "info",
    meaning="Two files show one person within moments: another flash, the skin moved a little. "
    "They are two photographs, each with its own grade and count, and one subject: splits of ours "
    "keep both on one side.",
    remedy="nothing; the file stays where it is",
)
NEAR_REVIEW = FindingKind(
    "near-review",
    "warning",
    meaning="Two files may show one photograph: the score lies between both thresholds. Until "
    "somebody has looked they count as two, and may lie on two sides.",
    remedy="look at both and answer with `acne04 decide`",
)
UNDECIDABLE_PAIR = NEAR_UNDECIDABLE.when(
    "two pictures with too little to recognise in both",
    remedy="look at both; if they are one, say so with `acne04 decide`",
)
UNDECIDABLE_UNIFORM = NEAR_UNDECIDABLE.when("a uniform picture", remedy="look at the file")
UNDECIDABLE_BROKEN = NEAR_UNDECIDABLE.when(
    "an image that does not decode", remedy="see the scan's findings"
)
PARENT_REVIEW = FindingKind(
    "parent-review",
    "warning",
    meaning="A photograph may be the one that a synthetic image was made from, but the score is "
    "too low to rely on. Splits leave the image out as one of unknown parent.",
    remedy="look at both and answer with `acne04 decide`",
)
PARENT_UNKNOWN = FindingKind(
    "parent-unknown",
    "warning",
    meaning="The photograph that a synthetic image was made from is not known. Trained on, it may "
    "show a model an edit of a test image.",
    remedy="ask its publisher which photograph it was made from, and record the answer with "
    "`acne04 decide`",
)
CANDIDATE_CAP_REACHED = FindingKind(
    "candidate-cap-reached",
    "warning",
    meaning="A photograph has copies as far down as the search looks, so it may have more, which "
    "are overlooked and may lie on another side.",
    remedy="look whether these are frames of a film, or screenshots of one thing; their group is "
    "complete only as far as it was compared",
)
NULL_TOO_SMALL = FindingKind(
    "null-too-small",
    "warning",
    meaning="There are too few pairs of different persons to set the threshold by: the rate of "
    "false positives in params.yaml is not what was reached.",
    remedy="nothing, for a small corpus; otherwise see whether the subject table is there",
)

NULL = CheckGroup(
    "null",
    meaning="Without known persons there are no pairs of strangers to set the threshold by: it is "
    "the floor, and the rate of false positives is not known.",
    remedy="give the subject table with --subjects",
)
