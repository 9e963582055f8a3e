"""Catalogue of the findings that several stages make."""

from __future__ import annotations

from acne04.core.findings import FindingKind

BROKEN_PROMISE = FindingKind(
    "broken-promise",
    "warning",
    meaning="The publisher states a figure that the delivery does not keep. A paper that quotes "
    "the stated figure describes other data than it used.",
    remedy="look at the other findings on this source; where they explain nothing, the delivery "
    "is right and the promise in its entry wants correcting",
)
IMAGE_MISSING = FindingKind(
    "image-missing",
    "error",
    meaning="A record names an image that is not there, so the dataset is smaller than its lists "
    "say; counts that are taken from the lists are too high.",
    remedy="fetch the source again; if the upstream lacks the file too, ask the producer",
)
COORDINATES_TURNED = FindingKind(
    "coordinates-turned",
    "info",
    meaning="Boxes or circles were taken on the picture as it is stored, which its EXIF "
    "orientation turns. The tables have them upright; whoever draws the original numbers on the "
    "upright picture draws them in wrong places.",
    remedy="nothing; read the upright columns, and apply the EXIF orientation to the picture",
)
FRAME_UNCERTAIN = FindingKind(
    "frame-uncertain",
    "warning",
    meaning="A picture has an EXIF orientation, and its boxes or circles fit it stored and "
    "upright: nobody can tell by the numbers which is meant. They are taken as upright; if they "
    "were not, they lie in wrong places.",
    remedy="look whether they lie on lesions in the upright picture",
    expected="a stated size that only one of the stored and the upright frame has",
)
ROW_MALFORMED = FindingKind(
    "row-malformed",
    "error",
    meaning="A row of a table that you gave cannot be read: what is said of the table (that "
    "nothing leaks, say) does not cover it.",
    remedy="mend the row, and call it again",
)
