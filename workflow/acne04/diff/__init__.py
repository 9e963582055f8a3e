"""The verb ``diff``: what a change did to the dataset, in plain words.

Two states are compared: revisions of git, or what lies in the working tree. Of each, the artifacts
are those that its ``dvc.lock`` names; they are read from DVC's cache, or fetched into it from the
store, and only where the two states name different bytes.
"""

from __future__ import annotations

from acne04.diff.command import DiffOptions, configure, read_options, run

__all__ = ["DiffOptions", "configure", "read_options", "run"]
