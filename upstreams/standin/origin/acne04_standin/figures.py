"""What is known of the ACNE04 family, as numbers that the stand-in has to meet.

Sources: the label files and file names of ACNE04 (Wu et al., ICCV 2019, github.com/xpwu95/LDL);
the audit and subject table of github.com/GLESAV/fake_it_til_you_make_it; the annotation file of
github.com/AIpourlapeau/acne04v2 (Gazeau et al., MICCAI 2024); ACNEDIT (Piat et al., DGM4MICCAI
2025). `FULL` holds those numbers. `SMALL` is a thirty-second of them, with every kind of defect
still there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Size = tuple[int, int]
Point = tuple[int, int]

#: The size, in real pixels, of three quarters of ACNE04, and the commonest other one.
PORTRAIT: Size = (3112, 3456)
LANDSCAPE: Size = (4912, 3264)
#: The first image: the only one of which size and boxes have been published one by one.
FIRST_NAME, FIRST_SIZE, FIRST_COUNT = "levle0_0.jpg", (525, 700), 3
#: The image whose annotations are partly multiplied by a hundred.
BROKEN_NAME, BROKEN_FACTOR = "levle2_130.jpg", 100
#: Frames with a shorter side than this, in real pixels, show few lesions.
SMALL_SIDE = 1100
#: Two circles closer than this, in real pixels, may mean one lesion.
ECHO_REAL_PIXELS = 15
# fmt: off
#: Numbers that no file name carries, by prefix; the names run from 0 to `LAST_NUMBER`.
LAST_NUMBER = (532, 642, 190, 145)
GAPS: tuple[tuple[int, ...], ...] = (
    (
        13, 29, 30, 65, 71, 84, 93, 191, 199, 200, 201, 208, 237, 254, 262, 333, 344, 348,
        352, 369, 370, 408, 431, 433, 434, 435, 437, 445, 464, 472, 479, 481, 490, 500, 502, 525,
    ),
    (73, 86, 148, 438, 473, 602),
    (80, 91, 103, 104, 133),
    (32, 35, 69, 98, 99, 134, 135, 138, 139),
)
# fmt: on


@dataclass(frozen=True)
class Figures:
    """The numbers of one corpus; tuples of four run over the grades.

    Attributes
    ----------
    cells : mapping of (prefix, grade) to int
        Images by the grade their name suggests and the grade of their label.
    boxes, boxes_other : int
        Boxes in all, and on the images that v2 does not annotate: chosen so that v2 has 3.2
        circles for each box (reached as near as the related images allow).
    pure_subjects : tuple of mapping of int to int
        Subjects all of whose images are of the grade: images of one, and how many have so many.
    mixed_subjects : mapping of tuple of int to mapping of int to int
        As `pure_subjects`, of those of several grades, by the grades that they have.
    most_of_subject : tuple of int
        Images of the grade of one subject, at most.
    without_embedding : tuple of int
        Images of the grade in which no face was found to compare, so that the subject table takes
        each for a subject of its own.
    subject_split : mapping of str to int
        Images in each part of the published subject-disjoint split.
    pairs_low, pairs_high, pairs_count, pairs_equal : int
        Byte-identical pairs with 5 against 6 lesions, with 20 against 21, with other counts of
        one grade, and with equal counts.
    pairs_half, pairs_few, pairs_faint : int
        Of these, pairs with one member in v2; with two circles each, under what an echo needs;
        with three circles that coincide. All the others coincide in five circles or more.
    fold_test : int
        Images in each test fold.
    straddling : tuple of int
        Byte-identical pairs with one member in the test part, per fold.
    annotated_cells : mapping of (prefix, grade) to int
        As `cells`, of the images that v2 annotates.
    circles : tuple of int
        Circles of v2 by grade of the label.
    circles_median, circles_largest : int
        Per image; the smallest number is one.
    broken, broken_circles : int
        Circles of `BROKEN_NAME` multiplied by a hundred, and all its circles.
    broken_image_id, broken_first_id : int or None
        Where they stand in the file; None where it does not matter.
    crossing : tuple of int
        Images with one, with two circles that cross the border.
    portraits_annotated, portraits_other : tuple of int
        Images of size `PORTRAIT` by grade, in v2 and not; of the latter at least so many.
    annotated_sizes : mapping of size to int
        The other sizes in v2, real pixels.
    other_sizes : int
        Different sizes beside `PORTRAIT`, in all images.
    generated : tuple of int
        Synthetic images of grade 2 and of grade 3.
    upright_by_exif : int
        Images that are stored lying and set upright by their EXIF orientation.
    """

    cells: Mapping[tuple[int, int], int]
    boxes: int
    boxes_other: int
    pure_subjects: tuple[Mapping[int, int], ...]
    mixed_subjects: Mapping[tuple[int, ...], Mapping[int, int]]
    most_of_subject: tuple[int, int, int, int]
    without_embedding: tuple[int, int, int, int]
    subject_split: Mapping[str, int]
    pairs_low: int
    pairs_high: int
    pairs_count: int
    pairs_equal: int
    pairs_half: int
    pairs_few: int
    pairs_faint: int
    fold_test: int
    straddling: tuple[int, int, int, int, int]
    annotated_cells: Mapping[tuple[int, int], int]
    circles: tuple[int, int, int, int]
    circles_median: int
    circles_largest: int
    broken: int
    broken_circles: int
    broken_image_id: int | None
    broken_first_id: int | None
    crossing: tuple[int, int]
    portraits_annotated: tuple[int, int, int, int]
    portraits_other: tuple[int, int, int, int]
    annotated_sizes: Mapping[Size, int]
    other_sizes: int
    generated: tuple[int, int]
    upright_by_exif: int

    @property
    def grades(self) -> tuple[int, ...]:
        """Images by label."""
        return by_grade(self.cells)

    @property
    def annotated(self) -> tuple[int, ...]:
        """Images in v2 by label."""
        return by_grade(self.annotated_cells)


def by_grade(cells: Mapping[tuple[int, int], int]) -> tuple[int, ...]:
    """Sums over the prefixes.

    >>> by_grade({(0, 0): 3, (1, 0): 1, (3, 3): 2})
    (4, 0, 0, 2)
    """
    return tuple(sum(n for (_, grade), n in cells.items() if grade == g) for g in range(4))


# fmt: off
FULL = Figures(
    cells={
        (0, 0): 496, (1, 0): 17, (0, 1): 1, (1, 1): 618, (2, 1): 14,
        (1, 2): 2, (2, 2): 172, (3, 2): 8, (3, 3): 129,
    },
    boxes=18_983,
    boxes_other=8_845,
    pure_subjects=(
        {1: 57, 2: 61, 3: 5, 4: 19, 5: 1, 6: 5, 7: 1, 12: 1},
        {1: 69, 2: 66, 3: 3, 4: 11, 5: 2, 6: 4, 8: 3, 9: 1},
        {1: 56, 2: 17, 3: 1, 4: 2, 6: 1},
        {1: 96, 2: 6, 3: 1, 4: 1},
    ),
    mixed_subjects={
        (0, 1): {2: 29, 3: 6, 4: 12, 5: 6, 6: 10, 7: 1, 8: 8, 12: 1, 13: 2, 21: 1, 22: 1},
        (0, 1, 2): {4: 2, 10: 1, 13: 1, 15: 1, 19: 1, 20: 1},
        (1, 2): {2: 10, 3: 1, 4: 3, 6: 3, 7: 1, 8: 4, 10: 1},
        (1, 2, 3): {17: 1},
        (2, 3): {2: 5, 10: 1},
    },
    most_of_subject=(16, 19, 6, 5),
    without_embedding=(4, 6, 16, 31),
    subject_split={"train": 948, "val": 218, "test": 291},
    pairs_low=4,
    pairs_high=4,
    pairs_count=18,
    pairs_equal=12,
    pairs_half=4,
    pairs_few=1,
    pairs_faint=1,
    fold_test=292,
    straddling=(12, 15, 12, 11, 12),
    annotated_cells={
        (0, 0): 470, (1, 0): 17, (1, 1): 562, (2, 1): 14, (2, 2): 119, (3, 2): 3, (3, 3): 19,
    },
    circles=(8_053, 15_956, 6_413, 2_021),
    circles_median=19,
    circles_largest=434,
    broken=49,
    broken_circles=67,
    broken_image_id=1164,
    broken_first_id=30_592,
    crossing=(31, 14),
    portraits_annotated=(444, 520, 109, 18),
    portraits_other=(4, 5, 4, 3),
    annotated_sizes={
        LANDSCAPE: 83, (5184, 3456): 16, (960, 1280): 2, (580, 773): 1, (360, 480): 1,
        (720, 1280): 1, (640, 853): 1, (1920, 1080): 1, (690, 690): 1, (504, 723): 1,
        (604, 681): 1, (288, 436): 1, (492, 478): 1, (510, 796): 1, (1600, 1200): 1,
    },
    other_sizes=154,
    generated=(218, 271),
    upright_by_exif=2,
)

SMALL = Figures(
    cells={
        (0, 0): 15, (1, 0): 1, (0, 1): 1, (1, 1): 18, (2, 1): 1,
        (1, 2): 1, (2, 2): 4, (3, 2): 1, (3, 3): 4,
    },
    boxes=593,
    boxes_other=240,
    pure_subjects=({1: 2, 4: 2}, {1: 3, 3: 1, 5: 1}, {1: 1, 2: 1}, {1: 1, 2: 1}),
    mixed_subjects={(0, 1): {2: 2, 7: 1}, (0, 1, 2): {4: 1}, (1, 2): {2: 1}, (2, 3): {2: 1}},
    most_of_subject=(4, 5, 2, 2),
    without_embedding=(0, 0, 1, 1),
    subject_split={"train": 30, "val": 7, "test": 9},
    pairs_low=1,
    pairs_high=1,
    pairs_count=1,
    pairs_equal=2,
    pairs_half=1,
    pairs_few=1,
    pairs_faint=1,
    fold_test=10,
    straddling=(1, 2, 1, 1, 1),
    annotated_cells={(0, 0): 11, (1, 0): 1, (1, 1): 12, (2, 1): 1, (2, 2): 3, (3, 2): 1, (3, 3): 3},
    circles=(160, 324, 250, 280),
    circles_median=19,
    circles_largest=150,
    broken=49,
    broken_circles=67,
    broken_image_id=None,
    broken_first_id=None,
    crossing=(1, 1),
    portraits_annotated=(11, 11, 4, 2),
    portraits_other=(0, 0, 0, 0),
    annotated_sizes={LANDSCAPE: 3, (5184, 3456): 1},
    other_sizes=8,
    generated=(7, 9),
    upright_by_exif=1,
)
# fmt: on
