"""Catalogue of the findings of ``dedupe``, and of what it may have to leave out."""

from __future__ import annotations

from acne04.core.findings import CheckGroup, FindingKind
from acne04.relations.catalogue import DECISION_NOT_APPLICABLE

# Names.

NAME_COLLISION = FindingKind(
    "name-collision",
    "warning",
    meaning="Two images have names that some systems take for one. Here each has an image_id of "
    "its own; a table that goes by file name mixes them up.",
    remedy="nothing; join other tables by path, or by image_id through names.csv",
)

# Copies.

IDENTICAL_BYTES = FindingKind(
    "identical-bytes",
    "info",
    meaning="One image is there under two names. The dataset has one image fewer than files, and a "
    "split by file name may test on a training image.",
    remedy="nothing; the file stays where it is",
)
NEAR_COPY = FindingKind(
    "near-copy",
    "info",
    meaning="One photograph is there in two encodings: compressed again, cut, turned. The dataset "
    "has one photograph fewer than files, and a split by file name may test on a training image.",
    remedy="nothing; the file stays where it is",
)
COPIES_REAL_AND_SYNTHETIC = FindingKind(
    "copies-real-and-synthetic",
    "warning",
    meaning="An image that was published as synthetic is a photograph of the dataset: it is no "
    "additional image, and whoever trains on it may train on a test image.",
    remedy="report it to the publisher of the synthetic images",
)
COPIES_DISAGREE_ON_GRADE = FindingKind(
    "copies-disagree-on-grade",
    "error",
    meaning="One photograph has two grades: one of them is wrong, and no model can be right on "
    "both.",
    remedy="look at the photograph and record which grade is right (`acne04 decide`)",
)
COPIES_DISAGREE_ON_COUNT = FindingKind(
    "copies-disagree-on-count",
    "warning",
    meaning="One photograph has two lesion counts: the difference is a lower bound for the error "
    "of the counting itself.",
    remedy="do not train a counter on it before somebody has counted again and recorded which copy "
    "is to stand for both (`acne04 decide`)",
)
COPIES_UNDECODABLE = FindingKind(
    "copies-undecodable",
    "error",
    meaning="Broken files have the same bytes. Nobody can say what they show, so each counts as an "
    "image of its own.",
    remedy="fetch the source again",
)
COPIES_ACROSS_SUBJECTS = FindingKind(
    "copies-across-subjects",
    "error",
    meaning="The subject table gives one photograph to two persons. They are one here; a split by "
    "the table as it is tests on a training image.",
    remedy="report it to the publisher of the subject table",
)

# Persons.

IMAGE_IN_TWO_SUBJECTS = FindingKind(
    "image-in-two-subjects",
    "error",
    meaning="The subject table gives one image to several persons. They count as one here, so the "
    "dataset may have more persons than it seems.",
    remedy="look at the photographs: are these one person?",
)
IMAGE_WITHOUT_SUBJECT = FindingKind(
    "image-without-subject",
    "warning",
    meaning="Nobody says whom an image shows. It counts as a person of its own; if it shows "
    "another's face, that person may be on two sides.",
    remedy="look whether it shows a person that the table knows",
)
SUBJECT_UNSURE = FindingKind(
    "subject-unsure",
    "warning",
    meaning="The source of the subject table has no evidence, or little, of whom an image shows. "
    "It stays with the person that the table names; it may show another, on another side.",
    remedy="give figures without these images, too",
)
SUBJECT_IMAGE_UNKNOWN = FindingKind(
    "subject-image-unknown",
    "error",
    meaning="The subject table names an image that is not there: figures taken from the table "
    "count an image that nobody has.",
    remedy="see whether the scan's findings name the image as missing or unreadable",
)
SUBJECT_IN_TWO_SPLITS = FindingKind(
    "subject-in-two-splits",
    "error",
    meaning="The published split by subject has one person on two sides: results on it are too "
    "good.",
    remedy="do not use the published subject split as it is",
)
SUBJECT_LABEL_DIFFERS = FindingKind(
    "subject-label-differs",
    "warning",
    meaning="The subject table states another grade than the label files. Results with its grades "
    "are on other labels than those of the published folds.",
    remedy="nothing; the subject table is used for persons alone",
)
SUBJECT_SPELT_DIFFERENTLY = FindingKind(
    "subject-spelt-differently",
    "warning",
    meaning="The subject table spells one person in several ways (case, blanks). They are one "
    "person here; whoever compares the texts has more persons, and may part this one.",
    remedy="nothing, if it is one person; else report it to the publisher of the subject table",
)
SUBJECT_LINE_REPEATED = FindingKind(
    "subject-line-repeated",
    "warning",
    meaning="The subject table has two lines on one photograph: a count of its lines is too high.",
    remedy="nothing; or report the line to its publisher",
)

# Copies in other bytes, and parents.

NEAR_ACROSS_SUBJECTS = FindingKind(
    "near-across-subjects",
    "error",
    meaning="One photograph, in two encodings, is given to two persons. They are one here; a split "
    "by the subject table as it is tests on a training image.",
    remedy="look at both, and record whether they are the same photograph (`acne04 decide`); where "
    "they are, report it to the publisher of the subject table",
)
RETAKE_ACROSS_SUBJECTS = FindingKind(
    "retake-across-subjects",
    "error",
    meaning="Two photographs show one person within moments, and the subject table says two "
    "persons: it is wrong there, and whoever splits by it tests on a person that was trained on.",
    remedy="look at both, and record whether they show one person (`acne04 decide`); where they "
    "do, report it to the publisher of the subject table",
)
SYNTHETIC_MATCHES_OUTSIDE = FindingKind(
    "synthetic-matches-outside",
    "error",
    meaning="A synthetic image coincides with a photograph that is not of its parent's group: a "
    "model may train on it and be tested on that photograph.",
    remedy="look at both; record a decision of kind relation, or of kind parent",
)
VERDICT_OF_UNKNOWN_BYTES = FindingKind(
    "verdict-of-unknown-bytes",
    "error",
    meaning="The search for copies was made on other images than these: what it found may be "
    "missing here, so related images may lie on two sides.",
    remedy="run `acne04 near` on this inventory",
)
PARENT_NOT_SOUGHT = FindingKind(
    "parent-not-sought",
    "error",
    meaning="The search for parents was made without this synthetic image, so its parent counts as "
    "unknown and splits leave it out.",
    remedy="run `acne04 near` on this inventory",
)
PARENT_NOT_A_PHOTOGRAPH = FindingKind(
    "parent-not-a-photograph",
    "error",
    meaning="The parent that was found for a synthetic image is no photograph of this inventory, "
    "so its parent counts as unknown and splits leave it out.",
    remedy="run `acne04 near` on this inventory",
)

# Decisions.

DECISION_AGAINST_BYTES = FindingKind(
    "decision-against-bytes",
    "error",
    meaning="A decision contradicts what the bytes prove: a synthetic image is that photograph. "
    "The bytes count.",
    remedy="correct the row, or remove it",
)
NOTHING_TO_SETTLE = DECISION_NOT_APPLICABLE.when(
    "the tables say already what was decided, or leave nothing to decide",
    remedy="remove the row where it will never be needed again",
)

SUBJECTS = CheckGroup(
    "subjects",
    meaning="Nobody says whom the images show: each counts as a person of its own, and one person "
    "may be on two sides of a split.",
    remedy="give the subject table with --subjects",
)
