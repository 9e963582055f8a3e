"""Catalogue of the findings of ``leaks``, and of what it may have to leave out."""

from __future__ import annotations

from acne04.core.findings import CheckGroup, FindingKind

_KNOWN = "the hash, image_id, path or file name of one known image"

ROW_UNKNOWN = FindingKind(
    "row-unknown",
    "warning",
    meaning="A row names no image that is known here: whether it leaks is not known, and “nothing "
    "leaks” does not cover it.",
    remedy="see whether it is an image of this collection; --path-column names the column of the "
    "images, --allow-unknown how many rows may be of others",
    expected=_KNOWN,
)
ROW_AMBIGUOUS = FindingKind(
    "row-ambiguous",
    "warning",
    meaning="A row may mean several images: whether it leaks is not known, and “nothing leaks” "
    "does not cover it.",
    remedy="give its path or its SHA-256",
    expected=_KNOWN,
)
ROW_RESPELT = FindingKind(
    "row-respelt",
    "info",
    meaning="The manifest calls images by names that other tools have changed (level for levle, "
    "Roboflow's .rf.<hash>, %20): they were taken for the images that they seem to mean.",
    remedy="nothing, if they are the same pictures",
    expected="the name of a known image",
)
ROW_REPEATED = FindingKind(
    "row-repeated",
    "info",
    meaning="The manifest has an image twice in one part; it trains, or is tested, twice as much.",
    remedy="nothing, if it is meant: a list may show an image twice",
)
PERSON_DIFFERS = FindingKind(
    "person-differs",
    "warning",
    meaning="The manifest names another person for an image than the tables do. Both are taken, so "
    "that neither is missed: what leaks by this person may be a slip of the manifest.",
    remedy="see which is right: mend the row, or the subject table",
)
PARENTS_UNKNOWN = FindingKind(
    "parents-unknown",
    "warning",
    meaning="The manifest holds synthetic images whose photograph nobody knows: they may be edits "
    "of images in the test part, which no check can show.",
    remedy="leave them out, or look at them (`acne04 decide`): the parent may be in another part",
)

EXACT = CheckGroup(
    "exact",
    meaning="Nobody has compared the bytes of the images: a copy under another name may lie on the "
    "other side.",
    remedy="give the table of `acne04 dedupe` with --relations",
)
RETAKE = CheckGroup(
    "retake",
    meaning="Nobody has looked for photographs of one person within moments: two of them may lie "
    "on two sides of a split, where the subject table does not know the person.",
    remedy="give the table of `acne04 dedupe` with --relations",
)
CHAIN = CheckGroup(
    "chain",
    meaning="Nobody has looked for images that are related through others: a copy of a photograph "
    "of the same person, say, may lie on the other side.",
    remedy="give the table of `acne04 dedupe` with --relations",
)
