"""Catalogue of the findings of ``validate``, and of what it may have to leave out."""

from __future__ import annotations

from acne04.core.catalogue import BROKEN_PROMISE, IMAGE_MISSING
from acne04.core.findings import CheckGroup, FindingKind

_REPORT = "tell the producer; the record comes back with a corrected file"
_DELIVERY = "fetch the file again and compare its sha256 with the published one"
_LOOK = "look at the image before relying on the record"

# What cannot be read at all: no table can be made.

TEXT_ENCODING = FindingKind(
    "text-encoding",
    "error",
    meaning="The file is no text in UTF-8, so it cannot be read, and no figure comes of it.",
    remedy=f"convert it to UTF-8, or {_DELIVERY}",
    expected="text in UTF-8",
)
NOT_JSON = FindingKind(
    "not-json",
    "error",
    meaning="The file is no JSON: a broken download, or another file. No figure comes of it.",
    remedy=_DELIVERY,
    expected="one JSON document (RFC 8259)",
)
NESTING_DEPTH = FindingKind(
    "nesting-depth",
    "error",
    meaning="The file has values inside values far beyond what annotations need. It is not read, "
    "and no figure comes of it.",
    remedy=_DELIVERY,
    expected="at most 64 levels of arrays and objects",
)

# What Python's JSON parser lets pass without a word.

BYTE_ORDER_MARK = FindingKind(
    "byte-order-mark",
    "warning",
    meaning="The file begins with a mark that many JSON readers refuse; others may not be able to "
    "read what you publish on it.",
    remedy="save the file without it",
    expected="no byte order mark (RFC 8259, section 8.1)",
)
DUPLICATE_KEY = FindingKind(
    "duplicate-key",
    "error",
    meaning="A record says one thing twice. Each reader takes another of both, so two people get "
    "different figures from one file.",
    remedy=_REPORT,
    expected="each key once in an object",
)
NOT_A_NUMBER = FindingKind(
    "not-a-number",
    "error",
    meaning="NaN or Infinity stands where a number is needed: each mean and sum over it is lost, "
    "and most readers refuse the file.",
    remedy=_REPORT,
    expected="a number that JSON knows (RFC 8259, section 6)",
)
NUMBER_SPELLING = FindingKind(
    "number-spelling",
    "warning",
    meaning="Whole numbers are written with a fraction. The values are right, but ids do not match "
    "in tools that compare them as text.",
    remedy="tell the producer",
    expected="integers written without a fraction",
)
UNKNOWN_FIELD = FindingKind(
    "unknown-field",
    "warning",
    meaning="Records have a field that nobody describes. The tables leave it out, so no figure "
    "depends on it.",
    remedy="tell the producer, or extend the schema",
    expected="only fields that the schema describes",
)

_OF_SCHEMA = {
    "type": "A value is of another type than the schema says (text for a number, say), so no "
    "figure can be made of the record.",
    "required": "A record lacks a field, so no figure can be made of it.",
    "anyOf": "A record lacks a field that it may have under one of two names, so no figure can be "
    "made of it.",
    "not": "A text is one that the schema excludes, such as a path in place of a file name, so "
    "nobody can say what is meant.",
    "minimum": "A number is smaller than it can be, so the record is wrong.",
    "maximum": "A number is larger than it can be, so the record is wrong.",
    "minItems": "A list is shorter than it can be (a centre with one number, say), so the record "
    "is wrong.",
    "maxItems": "A list is longer than it can be (a centre with three numbers, say), so the record "
    "is wrong.",
    "minLength": "A text is empty where something must stand, so nobody can say what is meant.",
}
#: Keyword of the JSON Schema -> the finding that it is broken.
SCHEMA_RULES = {
    keyword: FindingKind(
        "schema-" + "".join(f"-{c.lower()}" if c.isupper() else c for c in keyword),
        "error",
        meaning=f"{meaning} The record is left out of the tables.",
        remedy=_REPORT,
        expected="what the schema demands",
    )
    for keyword, meaning in _OF_SCHEMA.items()
}

# What makes a record of `images` wrong.

IMAGE_ID_DUPLICATE = FindingKind(
    "image-id-duplicate",
    "error",
    meaning="Several images have one id: nobody can say whose circles are whose, so they and their "
    "circles are left out of every figure.",
    remedy=_REPORT,
    expected="an id that no other image has",
)
FILE_NAME_DUPLICATE = FindingKind(
    "file-name-duplicate",
    "error",
    meaning="Several records describe one image file: nobody can say which one is right, so they "
    "and their circles are left out of every figure.",
    remedy=_REPORT,
    expected="a file name that no other image has",
)
ANNOTATED_IMAGE_MISSING = IMAGE_MISSING.when(
    "an annotation file names it",
    remedy="fetch the images again, or tell the producer",
    expected="an image file of this name",
)
IMAGE_SIZE = FindingKind(
    "image-size",
    "error",
    meaning="The record states another size than the image file has, stored or upright: the "
    "circles may have been drawn on another picture, so none of them can be relied on.",
    remedy=_REPORT,
    expected="the size of the image file",
)
PHOTOGRAPHS_RESIZED = FindingKind(
    "photographs-resized",
    "error",
    meaning="Somebody has resized the photographs since the circles were taken: drawn as they are, "
    "they lie in wrong places. Left out, no figure counts them; scaled by a decision, say so.",
    remedy="fetch the photographs in their published size; or `acne04 decide` offers to scale the "
    "circles by axis",
    expected="photographs of the sizes that the records state",
)

# What makes a record of `annotations` wrong.

ANNOTATION_ID_DUPLICATE = FindingKind(
    "annotation-id-duplicate",
    "error",
    meaning="Several circles have one id: nobody can say which one is meant, so they are left out "
    "of every count.",
    remedy=_REPORT,
    expected="an id that no other annotation has",
)
ANNOTATION_ORPHAN = FindingKind(
    "annotation-orphan",
    "error",
    meaning="A circle belongs to no image of the file. A count of all circles in the file includes "
    "it, a count by image does not.",
    remedy=_REPORT,
    expected="the id of an image of this file",
)
ANNOTATION_OF_QUARANTINED_IMAGE = FindingKind(
    "annotation-of-quarantined-image",
    "error",
    meaning="The image of this circle is left out because its own record is wrong; so is the "
    "circle, though it may be right itself.",
    remedy="see the finding of the image",
    expected="an image that is in order",
)
RADIUS_NOT_POSITIVE = FindingKind(
    "radius-not-positive",
    "error",
    meaning="A circle has no area: it counts as a lesion in the file, but no detector can "
    "learn it.",
    remedy=_REPORT,
    expected="a radius above 0 px",
)
CIRCLE_OUTSIDE_IMAGE = FindingKind(
    "circle-outside-image",
    "error",
    meaning="The centre of a circle lies outside its image, so it marks no lesion where it says. "
    "Left out, the lesion count of the image is too low; repaired by a decision, say so.",
    remedy=_REPORT,
    expected="a centre inside the image (0 ≤ x < width, 0 ≤ y < height)",
)
CIRCLE_DUPLICATE = FindingKind(
    "circle-duplicate",
    "error",
    meaning="An image has a circle twice: a count of the file's circles is too high. One is kept.",
    remedy=_REPORT,
    expected="each circle of an image once",
)

# What a user of the records ought to know.

FILE_NAME_CASE = FindingKind(
    "file-name-case",
    "warning",
    meaning="Names of different images are one name for many systems: copied to such a disk, one "
    "image replaces the other.",
    remedy="rename before copying to a file system that ignores case",
    expected="names that differ by more than case or Unicode form",
)
IMAGE_SIZE_UNREADABLE = FindingKind(
    "image-size-unreadable",
    "warning",
    meaning="The size of the image file is not known, so nobody has checked whether the circles "
    "lie where they should.",
    remedy="see the findings of the scan",
    expected="an image whose size can be read",
)
IMAGE_LOST_ALL_LESIONS = FindingKind(
    "image-lost-all-lesions",
    "warning",
    meaning="All circles of an image are left out. It is not an image without lesions, though its "
    "count looks so.",
    remedy="do not read its lesion count as 0",
    expected="at least one circle in order",
)
RADIUS_IMPLAUSIBLE = FindingKind(
    "radius-implausible",
    "warning",
    meaning="A circle is wider than its image, which no lesion is; it is kept and counted.",
    remedy=_LOOK,
    expected="a circle no wider than the shorter side of its image",
)
ANNOTATION_ECHO = FindingKind(
    "annotation-echo",
    "warning",
    meaning="Two images of one size have the same circles: they are one photograph under two "
    "names, and may lie on two sides of a split, or one was given the circles of the other.",
    remedy="unless a decision or equal bytes settle it: look at both; `acne04 decide` lists the "
    "pair",
    expected="circles that coincide with those of no other image of this size",
)
CLASS_NAME = FindingKind(
    "class-name",
    "warning",
    meaning="Circles have a class that nobody documents. They count as lesions like all others.",
    remedy="mind that the lesion table has no class",
    expected="one class name, acne",
)
FILE_BREAKS_PROMISE = BROKEN_PROMISE.when(
    "an annotation file has other numbers of records",
    remedy="if this is a sample or a subset, leave out --sources; else fetch again; change the "
    "entry only where the producer changed the file",
    expected="as many as the source promises",
)
IMAGE_WITHOUT_LESION = FindingKind(
    "image-without-lesion",
    "info",
    meaning="An image has no circle at all: clear skin, or one that nobody annotated. It counts "
    "as 0 lesions.",
    remedy=_LOOK,
    expected="at least one circle",
)
CIRCLE_CROSSES_BORDER = FindingKind(
    "circle-crosses-border",
    "info",
    meaning="A lesion lies at the border of its image: its circle is larger than what is seen.",
    remedy="nothing; exported boxes are clipped",
    expected="a circle inside the image, though one that crosses its border is legitimate",
)
IDS_NOT_CONTIGUOUS = FindingKind(
    "ids-not-contiguous",
    "info",
    meaning="Ids leave numbers out, so the largest id says nothing of how many records there are; "
    "records may have been removed before publication.",
    remedy="nothing",
    expected="ids 0, 1, 2, … without a gap",
)

SCHEMA = CheckGroup(
    "schema",
    meaning="The file cannot be read, so nobody knows whether its records have the form that the "
    "schema demands.",
    remedy="see the finding that says why; then validate the file that can be read",
)
MEANING = CheckGroup(
    "meaning",
    meaning="The records could not be found or read, so nobody knows whether ids, sizes and "
    "circles make sense.",
    remedy="see the finding that says why; then validate the file that can be read",
)
