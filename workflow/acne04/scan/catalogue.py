"""Catalogue of the findings of ``scan``.

An error: the record is wrong, and a table lacks it or a field of it. A warning: the record is kept
as it is and may mislead. Of two sources that disagree (label line and boxes, label and file name)
neither is called wrong: that is why those are warnings.
"""

from __future__ import annotations

from acne04.core.findings import FindingKind

# Files.

UNREADABLE = FindingKind(
    "unreadable",
    "error",
    meaning="The system does not give the file out, so every figure is counted without it.",
    remedy="correct its permissions, or fetch the source again",
)
UNDECODABLE = FindingKind(
    "undecodable",
    "error",
    meaning="An image is broken. It keeps its row and its label, but whoever trains on it meets an "
    "error, or with a lenient decoder half a grey picture.",
    remedy="fetch the source again",
)
UNEXPECTED_FILE = FindingKind(
    "unexpected-file",
    "warning",
    meaning="The source holds a file that is no part of the dataset as it was described; no figure "
    "counts it.",
    remedy="remove it if it does not belong to the source",
)
NAME_NOT_UNICODE = FindingKind(
    "name-not-unicode",
    "error",
    meaning="No label can name this file, since its name is no text: it is in no table.",
    remedy="rename the file as the label files spell it, or fetch the source again",
)
NAME_REPEATED = FindingKind(
    "name-repeated",
    "warning",
    meaning="Two files of one source have one name. A label that gives the name alone is taken for "
    "both, so both count.",
    remedy="nothing here: both are kept under canonical names of their own (data/groups/names.csv)",
)
NAME_OVERLAP = FindingKind(
    "name-overlap",
    "warning",
    meaning="A synthetic image has the name of a photograph. Whoever joins tables by file name "
    "gives one the label of the other.",
    remedy="join tables by path or image_id, never by file name",
)
EXTENSION_UNEXPECTED = FindingKind(
    "extension-unexpected",
    "warning",
    meaning="The file has another extension than its source promises. A tool that looks for that "
    "one extension counts an image fewer.",
    remedy="mind tools that look for one extension only",
)
FORMAT_UNEXPECTED = FindingKind(
    "format-unexpected",
    "warning",
    meaning="The content is of another format than the extension says. It is sound, but a tool "
    "that goes by the extension may refuse it.",
    remedy="mind tools that trust the extension",
)
EXIF_ORIENTATION = FindingKind(
    "exif-orientation",
    "warning",
    meaning="A picture is stored turned or mirrored, and only its EXIF block says so. Whoever "
    "reads it without that mark trains on a turned face, and coordinates lie elsewhere.",
    remedy="apply the EXIF orientation wherever the picture is read",
    expected="an image that is stored upright (EXIF orientation 1)",
)

# Labels.

LABEL_FILE_MALFORMED = FindingKind(
    "label-file-malformed",
    "error",
    meaning="A whole label file cannot be read: its part of the fold is empty, and images that "
    "only it names have no grade.",
    remedy="store the file as UTF-8, or fetch it again",
)
LABEL_FILE_REPEATED = FindingKind(
    "label-file-repeated",
    "warning",
    meaning="Two files claim to be the same part of a fold. Which one a paper used, nobody can "
    "tell; here the first counts.",
    remedy="remove the one that is not the upstream's",
)
LABEL_LINE_MALFORMED = FindingKind(
    "label-line-malformed",
    "error",
    meaning="A line of a label file cannot be understood: the image lacks in that part of the "
    "fold, and has no grade if no other line gives one.",
    remedy="compare the line with the upstream's file; fetch it again if they differ",
)
LABEL_CONFLICT = FindingKind(
    "label-conflict",
    "error",
    meaning="The label files give one image two grades or counts. Results on different folds then "
    "use different truths; here the image has none.",
    remedy="decide which line is right and ask the producer; until then it has no label",
)
LABEL_MISSING = FindingKind(
    "label-missing",
    "error",
    meaning="No label file names the image, so it has no grade and is in no split.",
    remedy="compare the label files with the upstream's; without a grade it cannot be split",
)
LABEL_REPEATED = FindingKind(
    "label-repeated",
    "warning",
    meaning="One part of a fold names an image twice. Whoever reads the file as it is trains on it "
    "twice, or counts its test result twice.",
    remedy="compare the file with the upstream's",
)
PREFIX_GRADE_MISMATCH = FindingKind(
    "prefix-grade-mismatch",
    "warning",
    meaning="The file name suggests another grade than the label files state. Code that reads the "
    "grade from the name works with other labels than the published ones.",
    remedy="nothing: never read the grade from the name",
)
GRADE_OUTSIDE_BAND = FindingKind(
    "grade-outside-band",
    "warning",
    meaning="By the criterion that the dataset names, the lesion count belongs to another grade. "
    "A grade computed from the count is then not the label.",
    remedy="look at the image; ask the producer",
)
FOLDER_UNEXPECTED = FindingKind(
    "folder-unexpected",
    "error",
    meaning="The folder of a synthetic image says nothing of its grade, so it has none and trains "
    "nothing.",
    remedy="move it to the folder of its grade if the upstream has it there, or remove it",
)

# Published folds.

FOLD_OVERLAP = FindingKind(
    "fold-overlap",
    "error",
    meaning="A published fold has one image in training and in test: a result on it is too good.",
    remedy="do not report results on fold {fold}: it trains on a test image",
)
FOLD_INCOMPLETE = FindingKind(
    "fold-incomplete",
    "warning",
    meaning="A published fold leaves images out, so its results are on fewer images than the "
    "dataset has.",
    remedy="compare its two label files with the upstream's",
)
FOLD_NOT_PARTITION = FindingKind(
    "fold-not-partition",
    "info",
    meaning="The test parts of the published folds do not add up to the dataset, each image once: "
    "a mean over the folds weighs some images more than others, or not at all.",
    remedy="do not pool the test parts as if they were one pass over the dataset",
)

# Boxes.

VOC_MALFORMED = FindingKind(
    "voc-malformed",
    "error",
    meaning="A VOC file cannot be read: its image has no boxes, and a detector would be trained "
    "to find nothing there.",
    remedy="look at the file; fetch it again if the upstream's differs",
)
VOC_FILE_REPEATED = FindingKind(
    "voc-file-repeated",
    "warning",
    meaning="Two VOC files belong to one image. Which boxes a paper used, nobody can tell; here "
    "the first file counts.",
    remedy="remove the one that is not the upstream's",
)
VOC_FILENAME_DIFFERS = FindingKind(
    "voc-filename-differs",
    "info",
    meaning="A VOC file names another image inside than its own name says. Tools that go by the "
    "name inside put its boxes on a wrong image.",
    remedy="nothing, if the boxes fit the image",
)
VOC_SIZE_MISMATCH = FindingKind(
    "voc-size-mismatch",
    "warning",
    meaning="A VOC file states another size than its image has. Tools that scale boxes by the "
    "stated size put them in wrong places.",
    remedy="look whether the boxes lie on lesions",
)
_BOX_REMEDY = "compare the object with the upstream's file; ask the producer if they agree"
VOC_CHILD_REPEATED = FindingKind(
    "voc-child-repeated",
    "warning",
    meaning="A VOC file says twice what it can say once. Each reader takes another of both, so two "
    "people may work with different sizes or names.",
    remedy="compare it with the upstream's file; ask the producer if they agree",
)
BOX_CHILD_REPEATED = FindingKind(
    "box-child-repeated",
    "error",
    meaning="An object has two boxes, names or corners where one is meant, and nobody can say "
    "which. It counts as a lesion, but is in no table.",
    remedy=_BOX_REMEDY,
)
BOX_MALFORMED = FindingKind(
    "box-malformed",
    "error",
    meaning="The corners of a box are no whole numbers, so nobody knows where it is. It counts as "
    "a lesion, but no detector can learn it.",
    remedy=_BOX_REMEDY,
)
BOX_INVERTED = FindingKind(
    "box-inverted",
    "error",
    meaning="A box has no area: its corners are swapped or equal. It counts as a lesion, but no "
    "detector can learn it.",
    remedy=_BOX_REMEDY,
)
BOX_OUTSIDE_IMAGE = FindingKind(
    "box-outside-image",
    "error",
    meaning="A box reaches beyond its image, so it may mark something else than a lesion. It "
    "counts as one, but is in no table.",
    remedy=_BOX_REMEDY,
)
BOX_CLASS_UNEXPECTED = FindingKind(
    "box-class-unexpected",
    "error",
    meaning="An object is of another class than the only one of the dataset. It counts as a "
    "lesion, but whether it is one nobody says.",
    remedy=_BOX_REMEDY,
)
BOXES_MISSING = FindingKind(
    "boxes-missing",
    "warning",
    meaning="An image has no VOC file. That is not an image without lesions: leave it out where "
    "boxes are counted or learnt.",
    remedy="fetch the detection source again",
)
BOXES_UNREFERENCED = FindingKind(
    "boxes-unreferenced",
    "warning",
    meaning="A VOC file belongs to no image that is there; a count of all boxes includes it, a "
    "count by image does not.",
    remedy="look for the image under another name",
)
COUNT_BOXES_MISMATCH = FindingKind(
    "count-boxes-mismatch",
    "warning",
    meaning="Label line and boxes count different numbers of lesions in one image. Figures on "
    "counting depend on which of the two they use: say which.",
    remedy="count the lesions; do not derive a grade from the boxes",
)
