"""Lesion counts as distributions, for label distribution learning.

After Wu et al. (2019), "Joint Acne Image Grading and Counting via Label Distribution Learning",
ICCV, section 3.2, with the figures of the authors' own program (https://github.com/xpwu95/LDL,
``code/train.py`` and ``code/utils/genLD.py``): counts 1 to 65, a Gaussian of standard deviation 3
around the count, cut off at both ends and scaled to the sum 1; a grade's share is that of its
counts after Hayashi et al. (2008).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from acne04.core.grades import HAYASHI_UPPER

#: Counts that a distribution is over: 1 to this one.
LARGEST_COUNT = 65
#: Standard deviation of the Gaussian, in lesions.
SIGMA = 3.0


def count_distribution(
    lesions: int, sigma: float = SIGMA, largest: int = LARGEST_COUNT
) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Spread a lesion count over the counts around it.

    Parameters
    ----------
    lesions : int
        The count, 0 or more. One outside 1 to `largest` has most at the nearer end.
    sigma : float
        Standard deviation of the Gaussian, in lesions, more than 0.
    largest : int
        Largest count of the distribution.

    Returns
    -------
    numpy.ndarray
        `largest` shares of the sum 1; the first is that of one lesion.

    Examples
    --------
    >>> shares = count_distribution(20)
    >>> len(shares), int(shares.argmax()) + 1, round(float(shares.sum()), 6)
    (65, 20, 1.0)
    """
    counts = np.arange(1, largest + 1, dtype=np.float64)
    exponents = -((counts - lesions) ** 2) / (2 * sigma**2)
    # Relative to the largest one: far from all counts every share would else be 0.
    shares = np.exp(exponents - exponents.max())
    scaled: np.ndarray[Any, np.dtype[np.float32]] = (shares / shares.sum()).astype(np.float32)
    return scaled


def grade_distribution(counts: Any) -> list[Any]:
    """Add the shares of the counts of each grade up: what the LDL loss compares grades with.

    Parameters
    ----------
    counts : array or torch.Tensor
        Distributions over the counts from 1 on, the last axis; more than 50 of them.

    Returns
    -------
    list
        Of each of the four grades the share, as an array or tensor without the last axis:
        ``torch.stack(grade_distribution(counts), -1)`` is one tensor.

    Examples
    --------
    >>> [round(float(share), 2) for share in grade_distribution(count_distribution(20))]
    [0.0, 0.57, 0.43, 0.0]
    """
    borders = (0, *HAYASHI_UPPER, None)
    return [counts[..., first:last].sum(-1) for first, last in pairwise(borders)]
