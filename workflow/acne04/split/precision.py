r"""How sure a figure over a part can be, said before any model is trained.

What is assumed, and written beside every figure: a recall of `RECALL` in each grade; that whether a
model is right correlates by :math:`\rho` = `WITHIN_PERSON` between any two photographs of one
person; that the answers of two models to be compared correlate by :math:`\varphi` = `AGREEMENT`
from image to image. Photographs of different persons are independent. `docs/statistics.md` says
where the values come from, and how to turn the figures to others.

A figure is a mean :math:`\sum_j w_j c_j` of right answers :math:`c_j` with :math:`\sum_j w_j = 1`:
:math:`w_j = 1/n_g` for the recall of grade g, :math:`w_j = 1/(G n_{g(j)})` for balanced accuracy
over G grades. Its variance is :math:`p(1-p)/n^*` with the *effective number* of images

.. math:: 1/n^* = (1 - \rho) \sum_j w_j^2 + \rho \sum_i \Bigl(\sum_{j \in i} w_j\Bigr)^2

where i are the persons: so many independent images would tell as much (design effect of weighting
and clustering: Kish 1965, "Survey Sampling", sections 5.4 and 8.2; the model behind it: Gabler,
Haeder and Lahiri 1999, Survey Methodology 25, 105-106). With equal weights the design effect
:math:`n/n^*` is Kish's :math:`1 + (\bar b - 1)\rho`, :math:`\bar b` the images of the person of an
average image.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import NormalDist
from typing import Any

import pandas as pd

from acne04.core.grades import GRADES
from acne04.relations.persons import plain_subject
from acne04.split.manifest import SplitParameters, Variant
from acne04.split.part_sizes import photographs_of_parts

#: The recall that is assumed of a model, in every grade.
RECALL = 0.6
#: Correlation of the answers to two photographs of one person.
WITHIN_PERSON = 0.2
#: Correlation of the answers of two models to one photograph.
AGREEMENT = 0.5
CONFIDENCE, POWER = 0.95, 0.8
#: Persons from which on an interval makes sense.
LEAST_PERSONS = 2
#: Decimals that are written: of a share, of a number of images.
DECIMALS, DECIMALS_OF_IMAGES = 4, 1
#: Parts that nothing is trained on.
HELD_OUT = ("val", "test")


def effective_images(
    weights: Sequence[float], persons: Sequence[str], correlation: float = WITHIN_PERSON
) -> float:
    """Give the number of independent images that tell as much as these.

    Parameters
    ----------
    weights : sequence of float
        Of each image; their sum is 1.
    persons : sequence of str
        Whom each image shows.
    correlation : float
        Of right answers within a person, 0 to 1.

    Examples
    --------
    >>> effective_images([0.25] * 4, ["a", "b", "c", "d"])
    4.0
    >>> round(effective_images([0.25] * 4, ["a", "a", "b", "b"], 0.5), 6)  # 4 / (1 + (2 - 1) / 2)
    2.666667
    """
    of_person: dict[str, list[float]] = defaultdict(list)
    for weight, person in zip(weights, persons, strict=True):
        of_person[person].append(weight)
    # Exact sums: the same figure whatever the order of the rows.
    alone = math.fsum(weight * weight for weight in weights)
    together = math.fsum(math.fsum(some) ** 2 for some in of_person.values())
    return 1 / ((1 - correlation) * alone + correlation * together)


def recall_interval(effective: float, recall: float = RECALL) -> tuple[float, float]:
    """Give the borders of the 95 % interval that a recall of that size would have.

    The score interval (Wilson 1927, J. Am. Stat. Assoc. 22, 209-212) with the effective number in
    the place of the number (Korn and Graubard 1998, Survey Methodology 24, 193-201).

    Examples
    --------
    >>> [round(border, 3) for border in recall_interval(26)]
    [0.411, 0.763]
    """
    z = _quantile(CONFIDENCE)
    centre = (recall + z * z / (2 * effective)) / (1 + z * z / effective)
    root = math.sqrt(recall * (1 - recall) / effective + (z / (2 * effective)) ** 2)
    half = z * root / (1 + z * z / effective)
    return centre - half, centre + half


def half_width(effective: float, recall: float = RECALL) -> float:
    """Give half the width of the 95 % interval of balanced accuracy: normal, for it is a mean.

    Examples
    --------
    >>> round(half_width(96.04), 3)
    0.098
    """
    return _quantile(CONFIDENCE) * math.sqrt(recall * (1 - recall) / effective)


def least_difference(
    effective: float, recall: float = RECALL, agreement: float = AGREEMENT
) -> float:
    r"""Give the smallest difference of two models, on the same images, that shows at 80 % power.

    Two answers of variance p(1 - p) that correlate by φ differ with variance 2 p(1 - p)(1 - φ): the
    share of images that one model alone has right, less the square of the difference (McNemar 1947,
    Psychometrika 12; its power: Connor 1987, Biometrics 43, 207-211). Two-sided at 5 %.

    Examples
    --------
    >>> round(least_difference(100), 3)
    0.137
    """
    reach = _quantile(CONFIDENCE) + NormalDist().inv_cdf(POWER)
    return reach * math.sqrt(2 * recall * (1 - recall) * (1 - agreement) / effective)


def precision_of(
    grades: Sequence[int], persons: Sequence[str], is_held_out: bool
) -> dict[str, Any]:
    """Give the entry of one part in ``schemas/certificates.schema.json``.

    Parameters
    ----------
    grades, persons : sequence
        Of each photograph of the part.
    is_held_out : bool
        Whether figures are made over it; a part that is trained on has numbers alone.
    """
    sizes = {grade: grades.count(grade) for grade in sorted(set(grades))}
    cells = {
        str(grade): _cell(
            [p for g, p in zip(grades, persons, strict=True) if g == grade], is_held_out
        )
        for grade in GRADES
    }
    entry: dict[str, Any] = {**_numbers(persons), "grades": cells}
    if is_held_out:
        weights = [1 / (len(sizes) * sizes[grade]) for grade in grades]
        enough = all(cells[str(grade)]["persons"] >= LEAST_PERSONS for grade in sizes)
        effective = effective_images(weights, persons) if sizes and enough else None
        entry["balanced_accuracy"] = {
            "grades": len(sizes),
            "half_width": _rounded(None if effective is None else half_width(effective)),
            "least_difference": _rounded(
                None if effective is None else least_difference(effective)
            ),
        }
    return entry


def precision_document(variants: Sequence[Variant], parameters: SplitParameters) -> dict[str, Any]:
    """Give what the certificates say of the precision of every part of every variant."""
    return {
        "recall": RECALL,
        "within_person": WITHIN_PERSON,
        "agreement": AGREEMENT,
        "confidence": CONFIDENCE,
        "power": POWER,
        "variants": {
            variant.name: {
                name: precision_of(
                    rows["grade"].tolist(), list(_persons(rows)), name.partition("-")[0] in HELD_OUT
                )
                for name, rows in _parts(variant, parameters)
            }
            for variant in variants
        },
    }


def _parts(variant: Variant, parameters: SplitParameters) -> Iterator[tuple[str, pd.DataFrame]]:
    """Give the photographs of each part, and of all test parts of folds together."""
    parts = photographs_of_parts(variant, parameters)
    for (part, fold), rows in parts.items():
        yield part if fold is None else f"{part}-{fold}", rows[rows["grade"].notna()]
    tests = [rows for (part, fold), rows in parts.items() if part == "test" and fold is not None]
    if tests:
        pooled = pd.concat(tests)
        yield "test", pooled[pooled["grade"].notna()]


def _persons(rows: pd.DataFrame) -> Iterator[str]:
    """Name whom each photograph shows; of nobody known, the group, which is never torn apart."""
    for subject, group in zip(rows["subject"], rows["group"], strict=True):
        yield f"person {plain_subject(subject)}" if subject else f"group {group}"


def _cell(persons: Sequence[str], is_held_out: bool) -> dict[str, Any]:
    """Give the entry of one grade of a part."""
    cell = _numbers(persons)
    if not is_held_out:
        return cell
    if cell["persons"] < LEAST_PERSONS:
        return {**cell, "recall": None, "least_difference": None}
    effective = effective_images(_equal(persons), persons)
    low, high = recall_interval(effective)
    borders = {"low": low, "high": high, "half_width": (high - low) / 2}
    return {
        **cell,
        "recall": {name: _rounded(border) for name, border in borders.items()},
        "least_difference": _rounded(least_difference(effective)),
    }


def _numbers(persons: Sequence[str]) -> dict[str, Any]:
    effective = effective_images(_equal(persons), persons) if persons else 0.0
    return {
        "images": len(persons),
        "persons": len(set(persons)),
        "effective_images": round(effective, DECIMALS_OF_IMAGES),
    }


def _equal(persons: Sequence[str]) -> list[float]:
    return [1 / len(persons)] * len(persons)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)


def _quantile(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)
