"""Catalogue of the findings of ``split``, and of what it may have to leave out."""

from __future__ import annotations

from acne04.core.findings import CheckGroup, FindingKind

# Labels.

GRADE_CONFLICT_EXCLUDED = FindingKind(
    "grade-conflict-excluded",
    "warning",
    meaning="One photograph has two grades and nobody has decided, so no figure on holdout or "
    "kfold is about this image. `acne04 dedupe` reports the conflict as an error.",
    remedy="look at it and record the grade with `acne04 decide` (kind grade)",
)
GRADE_DECIDED = FindingKind(
    "grade-decided",
    "info",
    meaning="Holdout and kfold use a grade that somebody decided, not the one of the label files: "
    "say so where results are compared with those of others.",
    remedy="nothing",
)
_COUNT_AGAIN = "do not train a counter on it before somebody has counted again"
COUNT_CONFLICT_PLACED = FindingKind(
    "count-conflict-placed",
    "warning",
    meaning="One photograph has two lesion counts and nobody has decided: an error of counting on "
    "this image may be one of the label.",
    remedy=_COUNT_AGAIN,
)
V2_COUNTS_DISAGREE = FindingKind(
    "v2-counts-disagree",
    "warning",
    meaning="Acne04-v2 has different numbers of circles for one photograph: an error of counting "
    "on this image may be one of the annotation.",
    remedy=_COUNT_AGAIN,
)
V2_CIRCLES_QUARANTINED = FindingKind(
    "v2-circles-quarantined",
    "warning",
    meaning="Some circles of the image are broken and left out, so its count is too low, or is not "
    "there at all.",
    remedy="do not train a detector on it before they are repaired",
)
V2_RECORDS_QUARANTINED = FindingKind(
    "v2-records-quarantined",
    "warning",
    meaning="Acne04-v2 annotates photographs, but its records of them are in quarantine: they have "
    "no lesion count. That is not an image that nobody annotated, nor one without lesions.",
    remedy="see the findings of validate, which say why and what to do; `acne04 decide` may offer "
    "an answer",
    expected="a sound record of each annotated photograph",
)
V2_IMAGE_WITHOUT_PHOTOGRAPH = FindingKind(
    "v2-image-without-photograph",
    "warning",
    meaning="Acne04-v2 annotates an image that is not there: figures taken from its file count "
    "circles that no manifest has.",
    remedy="see whether the scan's findings name it as missing",
)
COPY_ANNOTATED_INSTEAD = FindingKind(
    "copy-annotated-instead",
    "info",
    meaning="Acne04-v2 annotates an image under the name of a copy. Whoever joins its circles by "
    "file name misses them for the copy that is placed.",
    remedy="nothing; look its circles up under the name of the copy",
)

# Published folds.

NO_FOLDS = FindingKind(
    "no-folds",
    "error",
    meaning="There are no published folds to follow: published, published-clean and "
    "published-matched place nothing.",
    remedy="see the scan's findings on the label files",
)
FOLD_LINE_WITHOUT_IMAGE = FindingKind(
    "fold-line-without-image",
    "error",
    meaning="A published fold names an image that is not there, so results on it are on fewer "
    "images than the publisher's.",
    remedy="see whether the scan's findings name it as missing",
)
FOLD_IN_BOTH_PARTS = FindingKind(
    "fold-in-both-parts",
    "error",
    meaning="A published fold has an image in training and in test. It is left out here, so "
    "results are on one image fewer than the publisher's.",
    remedy="report it to the publisher",
)
IMAGE_NOT_IN_FOLD = FindingKind(
    "image-not-in-fold",
    "warning",
    meaning="A published fold does not name the image: results on that fold say nothing of it.",
    remedy="nothing; the fold is published so",
)
UNDECODABLE_PLACED = FindingKind(
    "undecodable-placed",
    "warning",
    meaning="A broken image is in a part, because it was published so. Results on it depend on "
    "what the decoder makes of it.",
    remedy="leave it out when loading",
)
TRAINING_IMAGES_REMOVED = FindingKind(
    "training-images-removed",
    "info",
    meaning="Published-clean trains on fewer images than the published fold: those that are "
    "related to a test image are left out. Say how many where results are compared.",
    remedy="nothing",
)
TRAINING_IMAGES_DRAWN = FindingKind(
    "training-images-drawn",
    "info",
    meaning="Published-matched trains on a random sample of the published fold, as large as what "
    "published-clean keeps and with its leaks: only beside that it says something.",
    remedy="compare with published-clean (what the leaks are worth) and with published (what the "
    "lost images are worth); never report from it alone",
)
_PUBLISHED_LEAKS = (
    "compare with published results only; report from holdout, kfold or published-clean"
)
COPIES_STRADDLE = FindingKind(
    "copies-straddle",
    "warning",
    meaning="Images of the test part are in the training part, too, byte for byte: results on the "
    "published fold are too good.",
    remedy=_PUBLISHED_LEAKS,
)
NEAR_DUPLICATES_STRADDLE = FindingKind(
    "near-duplicates-straddle",
    "warning",
    meaning="Photographs of the test part are in the training part in other bytes: results on the "
    "published fold are too good.",
    remedy=_PUBLISHED_LEAKS,
)
RETAKES_STRADDLE = FindingKind(
    "retakes-straddle",
    "warning",
    meaning="Photographs of the test part have retakes in the training part, the same face seconds "
    "later: results on the published fold are too good.",
    remedy=_PUBLISHED_LEAKS,
)
PARENTS_STRADDLE = FindingKind(
    "parents-straddle",
    "warning",
    meaning="A photograph of the test part has an edit in the training part, or the other way "
    "round: results on the published fold are too good.",
    remedy=_PUBLISHED_LEAKS,
)
PERSONS_STRADDLE = FindingKind(
    "persons-straddle",
    "warning",
    meaning="Persons of the test part are in the training part with other photographs: a model may "
    "know the face, and results on the published fold do not hold for new persons.",
    remedy=_PUBLISHED_LEAKS,
)
RELATIVES_STRADDLE = FindingKind(
    "relatives-straddle",
    "warning",
    meaning="Images of both parts are related through others (a copy of a photograph of the same "
    "person, say): results on the published fold are too good.",
    remedy=_PUBLISHED_LEAKS,
)

# The paper's pool.

PAPER_WITHOUT_PARTS = FindingKind(
    "paper-without-parts",
    "warning",
    meaning="The paper's pool of images has no parts, so no result can be reproduced from it: who "
    "splits it has to know what is related.",
    remedy="do not split it at random: copies, persons and parents would leak into the test; "
    "holdout and kfold have parts",
)
PAPER_WOULD_LEAK = FindingKind(
    "paper-would-leak",
    "warning",
    meaning="Synthetic images of the paper's pool are edits of photographs that this variant holds "
    "out, or may be: a model that trains on all of the pool has seen test images.",
    remedy="to be judged by {variant}, train on what it places, not on all of paper",
)
PAPER_TABLE_DIFFERS = FindingKind(
    "paper-table-differs",
    "warning",
    meaning="The images that are there do not add up to the table that the paper prints: its "
    "figures were made with other images, or its table is wrong.",
    remedy="see whether the scan's findings explain it",
)

# Balance and quotas.

GRADE_EMPTY = FindingKind(
    "grade-empty",
    "error",
    meaning="The training part has no photograph of a grade: a figure on that grade says nothing.",
    remedy="a model cannot learn this grade from this split",
)
PART_EMPTY = FindingKind(
    "part-empty",
    "error",
    meaning="A part has no photograph, or none of a grade: it says nothing of that grade, and a "
    "mean over the grades hides it.",
    remedy="report no figure on it; more photographs, fewer folds or larger split.ratios fill it",
)
PART_TOO_SMALL = FindingKind(
    "part-too-small",
    "warning",
    meaning="A part shows fewer persons, all together or of a grade, than params.yaml calls few "
    "(split.least_persons): one person more or less moves a figure on it.",
    remedy="give the number of persons with every figure on it, or none; more photographs, fewer "
    "folds or larger split.ratios help",
)
TARGET_MISSED = FindingKind(
    "target-missed",
    "warning",
    meaning="There are fewer images of a grade than the target: the training part is less balanced "
    "than params.yaml asks for.",
    remedy="lower split.target, or choose weights or repetition (split.balance)",
)
TARGET_EXCEEDED = FindingKind(
    "target-exceeded",
    "info",
    meaning="There are more photographs of a grade than the target: the training part is less "
    "balanced than params.yaml asks for, since none is thrown away.",
    remedy="nothing; weights (split.balance) would bring it down to the target",
)
PARENTS_UNVERIFIED = FindingKind(
    "parents-unverified",
    "warning",
    meaning="The training part holds synthetic images whose photograph nobody knows, because "
    "params.yaml keeps them: the test result may be too good, and nobody can say by how much.",
    remedy="do not report test results of a model trained on them: an edit of a test image may be "
    "among them; set split.unknown_parent to exclude, or name the parents with `acne04 decide` "
    "(kind parent)",
)
QUOTA_NOT_PROVEN = FindingKind(
    "quota-not-proven",
    "warning",
    meaning="The parts may miss their exact quotas by more than whole groups force them to; by how "
    "much at most, certificates.json says.",
    remedy="raise split.node_limit, or set split.relative_gap to 0",
)
QUOTA_OF_FOLDS_NOT_PROVEN = QUOTA_NOT_PROVEN.when(
    "of `kfold`",
    remedy="nothing, if the bounds are near enough; fewer folds leave more room",
)

REPEAT_ALIKE = FindingKind(
    "repeat-alike",
    "warning",
    meaning="Two repeats test on the same people: what varies between their figures says nothing "
    "of other people.",
    remedy="lower split.repeats, or add photographs of more people",
)

# Leaks and growth.

RELATED_ACROSS_PARTS = FindingKind(
    "related-across-parts",
    "error",
    meaning="A variant that must not leak does: do not publish a result on it.",
    remedy="see whether an image waits for a decision (`acne04 decide`); else make groups and "
    "relations in one run of `acne04 dedupe`",
)
GROWTH_JOINS_PARTS = FindingKind(
    "growth-joins-parts",
    "error",
    meaning="An image ties photographs together that an earlier release put into different parts. "
    "It is left out; where it cannot be, the earlier release leaks, and so do results on it.",
    remedy="decide it with `acne04 decide` (kind place: leave-out or hold-out)",
)

LEAKS = CheckGroup(
    "leaks",
    meaning="Nobody has looked for related images in two parts: that none is reported does not say "
    "that there is none.",
    remedy="give the table of `acne04 dedupe` with --relations",
)
