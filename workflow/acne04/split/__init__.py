"""The ``split`` stage: place whole groups, exclude the rest with its reason, balance the training.

What is guaranteed of ``holdout`` and ``kfold``: no group is ever on two sides; every image is
placed or excluded exactly once; the largest deviation from the exact quotas (each grade and the
total, in every part), then the sum of all deviations, is the least that whole groups allow, or the
certificate says by how much it may be missed; the order of rows, the clock, the number of threads
and the speed of the machine change nothing. A synthetic image trains only where the group of its
parent does. With an earlier release given (``--previous``), none of its photographs moves from one
part to another: each is where it was, or left out with its reason. Of ``published-clean``: no
training image is related to a test image of its fold.
"""

from __future__ import annotations

from acne04.split.command import SplitOptions, configure, read_options, run

__all__ = ["SplitOptions", "configure", "read_options", "run"]
