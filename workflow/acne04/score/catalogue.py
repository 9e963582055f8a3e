"""Catalogue of the findings of ``score``: why predictions are not judged."""

from __future__ import annotations

from acne04.core.findings import FindingKind

PREDICTION_TRAINED_ON = FindingKind(
    "prediction-trained-on",
    "error",
    meaning="There are predictions of images that the split trains on. What a model was shown it "
    "may remember; a figure over such images says nothing of new ones.",
    remedy="predict the part that is scored, and nothing else",
    expected="images of the part that is scored",
)
PREDICTION_ELSEWHERE = FindingKind(
    "prediction-elsewhere",
    "error",
    meaning="There are predictions of images that are in another part, or left out of the split: "
    "two models that are scored over different images cannot be compared.",
    remedy="predict the part that is scored, and nothing else; --part names another one",
    expected="images of the part that is scored",
)
PREDICTION_UNKNOWN = FindingKind(
    "prediction-unknown",
    "error",
    meaning="A row names no image of the manifest, so nobody knows what it should say.",
    remedy="name images by image_id, path, file name or SHA-256",
    expected="an image of the manifest",
)
PREDICTION_MISSING = FindingKind(
    "prediction-missing",
    "error",
    meaning="Images of the part have no prediction. A figure over the others is of another, often "
    "an easier part.",
    remedy="predict all images of the part",
    expected="a prediction of every image of the part",
)
PREDICTION_REPEATED = FindingKind(
    "prediction-repeated",
    "error",
    meaning="An image is predicted more than once, and nobody says which one counts.",
    remedy="give one row an image; several runs of a model go into a column `repeat`",
    expected="one prediction of each image",
)
PREDICTION_INVALID = FindingKind(
    "prediction-invalid",
    "error",
    meaning="A value is no grade, no probability or no count, so the row cannot be judged.",
    remedy="mend the rows: `predicted` is 0 to 3 or the grade's name, `p0` to `p3` probabilities",
    expected="a grade, or four probabilities; a count of at least 0",
)
