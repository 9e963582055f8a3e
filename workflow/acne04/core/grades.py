"""The four severity grades of ACNE04, and the file names that only look like them.

Grades follow Hayashi et al. (2008), "Establishment of grading criteria for acne severity",
J. Dermatol. 35(5), 255-260, by the number of lesions on half a face.
"""

from __future__ import annotations

import re

GRADES = (0, 1, 2, 3)
GRADE_NAMES = ("mild", "moderate", "severe", "very severe")
#: Largest lesion count of each grade but the last.
HAYASHI_UPPER = (5, 20, 50)

_NAME = re.compile(r"levle([0-3])_(\d+)\.jpg")


def grade_of_count(lesions: int) -> int:
    """Grade of a half face with so many lesions.

    >>> [grade_of_count(n) for n in (0, 5, 6, 20, 21, 50, 51)]
    [0, 0, 1, 1, 2, 2, 3]
    """
    return sum(lesions > upper for upper in HAYASHI_UPPER)


def grade_of_prefix(name: str) -> int | None:
    """Grade that a file name suggests. It is only a name: the label file decides.

    The spelling ``levle`` is the dataset's own.

    >>> grade_of_prefix("levle2_130.jpg"), grade_of_prefix("portrait.jpg")
    (2, None)
    """
    match = _NAME.fullmatch(name)
    return int(match.group(1)) if match else None
