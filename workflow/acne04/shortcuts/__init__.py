"""The verb ``shortcuts``: what a model could grade by without looking at the skin, and how well.

Size, bytes, JPEG tables, camera, brightness, file number: each grades the test part of a split,
across persons, and all of them together; within a grade they tell synthetic images from real ones.
What exceeds chance is a finding.
"""

from __future__ import annotations

from acne04.shortcuts.command import configure, read_options, run

__all__ = ["configure", "read_options", "run"]
