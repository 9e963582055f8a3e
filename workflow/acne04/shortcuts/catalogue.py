"""Catalogue of the findings of ``shortcuts``, and of what it may have to leave out."""

from __future__ import annotations

from acne04.core.findings import CheckGroup, FindingKind

_RE_ENCODE = (
    "write all images alike, in one size and JPEG quality: `acne04 export imagefolder exported "
    "--variant holdout --re-encode`"
)
_CHANCE = "balanced accuracy whose interval reaches down to chance"

TRIVIA_TELL_GRADE = FindingKind(
    "trivia-tell-grade",
    "warning",
    meaning="Size, bytes, camera, brightness, file number and the like grade photographs of new "
    "persons better than chance, all together: a model that does no better may have learnt nothing "
    "of skin.",
    remedy="publish this figure beside that of every model; " + _RE_ENCODE,
    expected=_CHANCE,
)
FILE_TELLS_GRADE = FindingKind(
    "file-tells-grade",
    "warning",
    meaning="What a file is like (its size in pixels or bytes, its JPEG tables, its camera) grades "
    "photographs of new persons better than chance: a model sees it in the pixels as blur, noise "
    "and blocks, and need not look at the skin.",
    remedy=_RE_ENCODE + "; split.strata: grade+size gives every part its share of each size",
    expected=_CHANCE,
)
PICTURE_TELLS_GRADE = FindingKind(
    "picture-tells-grade",
    "warning",
    meaning="Brightness, contrast, colour, sharpness or background grade photographs of new "
    "persons better than chance. Redness is partly the disease; the rest is how a photograph was "
    "taken.",
    remedy="change brightness and colour at random in training, crop to the face, and compare; "
    "publish this figure beside that of every model",
    expected=_CHANCE,
)
NAME_TELLS_GRADE = FindingKind(
    "name-tells-grade",
    "warning",
    meaning="The number in a file name, or whether Acne04-v2 annotates an image, grades "
    "photographs of new persons better than chance: files are numbered grade by grade, and who "
    "chose what is annotated chose by grade.",
    remedy="give no model names or the order of files; where only annotated images train, say "
    "which grades that leaves (`split.restrict`)",
    expected=_CHANCE,
)
SYNTHETIC_TOLD_APART = FindingKind(
    "synthetic-told-apart",
    "warning",
    meaning="Within a grade, trivial features tell the synthetic images of a training part from "
    "its real ones. Where only the rare grades have synthetic images, a model may learn "
    "'synthetic' for 'severe': it grades real severe images worse, and the headline figure hardly "
    "moves.",
    remedy=_RE_ENCODE + "; look at recall on real images alone",
    expected="an area under the curve whose interval reaches down to .5",
)
SYNTHETIC_BETRAYED = FindingKind(
    "synthetic-betrayed",
    "warning",
    meaning="The bytes of synthetic images alone betray them: they have JPEG tables, or a size in "
    "pixels, that no photograph has. data/shortcuts/betrayed.csv marks each.",
    remedy=_RE_ENCODE,
    expected="JPEG tables and sizes that photographs have, too",
)
BALANCED_BY_BETRAYED = FindingKind(
    "balanced-by-betrayed",
    "warning",
    meaning="A training part is balanced by synthetic images (split.balance: synthetic) whose "
    "bytes alone betray them: it is the rare grades that they fill up.",
    remedy=_RE_ENCODE + ", and train on that; or balance by weights (split.balance: weights)",
    expected="synthetic images that nothing but the picture tells from real ones",
)
POOL_BALANCED_BY_BETRAYED = BALANCED_BY_BETRAYED.when(
    "of `paper`", remedy=_RE_ENCODE.replace("holdout", "paper") + ", and train on that"
)
SHORTCUTS = CheckGroup(
    "shortcuts",
    meaning="Nobody has measured how well trivial features grade by this manifest: that none is "
    "reported does not say that there is none.",
    remedy="see why: a part without photographs of two grades cannot be graded",
)
