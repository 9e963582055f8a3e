"""The verb ``score``: how good a model's predictions are on a part of a split, and how sure.

Every figure has an interval over persons, two models are compared in pairs, and predictions of
images that the model was trained on are refused. Exit code 1 where the predictions are not those of
the part, 2 where it cannot be said.
"""

from __future__ import annotations

from acne04.score.command import configure, read_options, run

__all__ = ["configure", "read_options", "run"]
