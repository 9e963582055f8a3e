"""The ``split`` stage: place whole groups, exclude the rest with its reason, balance the training.

What is guaranteed of ``holdout`` and ``kfold``: no group is ever on two sides; every image is
placed or excluded exactly once; the largest deviation from the exact quotas (each grade and the
total, in every part), then the sum of all deviations, is the least that whole groups allow, or the
certificate says by how much it may be missed; the order of rows, the clock, the number of threads
and the speed of the machine change nothing. Of ``published-clean``: no training image is related
to a test image of its fold.

========  ================================================================================
error     grade-empty, fold-line-without-image, fold-in-both-parts, no-folds,
          related-across-parts.
warning   grade-conflict-excluded (an error of dedupe's), count-conflict-placed,
          v2-circles-quarantined, v2-counts-disagree, v2-image-without-photograph,
          undecodable-placed, image-not-in-fold, copies-straddle, near-duplicates-straddle,
          parents-straddle, persons-straddle, relatives-straddle, target-missed,
          parents-unverified, quota-not-proven, paper-without-parts, paper-table-differs,
          paper-would-leak.
info      copy-annotated-instead, target-exceeded, training-images-removed.
========  ================================================================================
"""

from __future__ import annotations

from acne04.split.command import configure, run

__all__ = ["configure", "run"]
