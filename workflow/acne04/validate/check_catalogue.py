"""Every check of this stage: how grave it is, what it demands, what to do when it fails."""

from __future__ import annotations

from dataclasses import dataclass

from acne04.core.findings import Severity

_REPORT = "tell the producer; the record comes back with a corrected file"
_DELIVERY = "fetch the file again and compare its sha256 with the published one"
_LOOK = "look at the image before relying on the record"


@dataclass(frozen=True)
class AnnotationCheck:
    """One check: its gravity, the rule in words, and the next step where the rule is broken."""

    severity: Severity
    expected: str
    remedy: str


#: What cannot be read at all: no table can be made.
READING = {
    "text-encoding": AnnotationCheck(
        "error", "text in UTF-8", f"convert it to UTF-8, or {_DELIVERY}"
    ),
    "not-json": AnnotationCheck("error", "one JSON document (RFC 8259)", _DELIVERY),
    "nesting-depth": AnnotationCheck("error", "at most 64 levels of arrays and objects", _DELIVERY),
}

#: What Python's JSON parser lets pass without a word.
FORM = {
    "byte-order-mark": AnnotationCheck(
        "warning", "no byte order mark (RFC 8259, section 8.1)", "save the file without it"
    ),
    "duplicate-key": AnnotationCheck("error", "each key once in an object", _REPORT),
    "not-a-number": AnnotationCheck(
        "error", "a number that JSON knows (RFC 8259, section 6)", _REPORT
    ),
    "number-spelling": AnnotationCheck(
        "warning", "integers written without a fraction", "tell the producer"
    ),
    "unknown-field": AnnotationCheck(
        "warning",
        "only fields that the schema describes",
        "tell the producer, or extend the schema",
    ),
}

#: What makes a record of `images` wrong.
IMAGES = {
    "image-id-duplicate": AnnotationCheck("error", "an id that no other image has", _REPORT),
    "file-name-duplicate": AnnotationCheck("error", "a file name that no other image has", _REPORT),
    "image-missing": AnnotationCheck(
        "error", "an image file of this name", "fetch the images again, or tell the producer"
    ),
    "image-size": AnnotationCheck("error", "the size of the image file", _REPORT),
}

#: What makes a record of `annotations` wrong.
ANNOTATIONS = {
    "annotation-id-duplicate": AnnotationCheck(
        "error", "an id that no other annotation has", _REPORT
    ),
    "annotation-orphan": AnnotationCheck("error", "the id of an image of this file", _REPORT),
    "annotation-of-quarantined-image": AnnotationCheck(
        "error", "an image that is in order", "see the finding of the image"
    ),
    "radius-not-positive": AnnotationCheck("error", "a radius above 0 px", _REPORT),
    "circle-outside-image": AnnotationCheck(
        "error", "a centre inside the image (0 ≤ x < width, 0 ≤ y < height)", _REPORT
    ),
    "circle-duplicate": AnnotationCheck("error", "each circle of an image once", _REPORT),
}

#: What a user of the records ought to know.
ADVICE = {
    "file-name-case": AnnotationCheck(
        "warning",
        "names that differ by more than case or Unicode form",
        "rename before copying to a file system that ignores case",
    ),
    "image-size-unreadable": AnnotationCheck(
        "warning", "an image whose size can be read", "see the findings of the scan"
    ),
    "image-lost-all-lesions": AnnotationCheck(
        "warning", "at least one circle in order", "do not read its lesion count as 0"
    ),
    "radius-implausible": AnnotationCheck(
        "warning", "a circle no wider than the shorter side of its image", _LOOK
    ),
    "annotation-echo": AnnotationCheck(
        "warning",
        "circles that coincide with those of no other image of this size",
        "unless a decision or equal bytes settle it: look at both; `acne04 decide` lists the pair",
    ),
    "class-name": AnnotationCheck(
        "warning", "one class name, acne", "mind that the lesion table has no class"
    ),
    "broken-promise": AnnotationCheck(
        "warning",
        "as many as the source promises",
        "if this is a sample or a subset, leave out --sources; else fetch again; change the entry "
        "only where the producer changed the file",
    ),
    "image-without-lesion": AnnotationCheck("info", "at least one circle", _LOOK),
    "circle-crosses-border": AnnotationCheck(
        "info",
        "a circle inside the image, though one that crosses its border is legitimate",
        "nothing; exported boxes are clipped",
    ),
    "ids-not-contiguous": AnnotationCheck("info", "ids 0, 1, 2, … without a gap", "nothing"),
}

CHECKS = READING | FORM | IMAGES | ANNOTATIONS | ADVICE


def check_of(name: str) -> AnnotationCheck:
    """Give a check by name; ``schema-<keyword>`` is a check of the JSON Schema."""
    if name.startswith("schema-"):
        return AnnotationCheck("error", "what the schema demands", _REPORT)
    return CHECKS[name]
