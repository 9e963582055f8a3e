"""The verb ``cohort``: whom the dataset shows, what is missing, and how sure the labels are.

Counted for a reviewer: the flow of images and persons from what was promised to every part of every
split; what is missing in each grade; sizes and cameras by part; links between persons that the
subject table holds for two; how many test images would show a person of the training part if the
table were wrong; how well labels agree where one photograph was graded twice.
"""

from __future__ import annotations

from acne04.cohort.command import configure, read_options, run

__all__ = ["configure", "read_options", "run"]
