"""The verb ``export``: the images of a split in the form that a library of other people opens.

A format is an entry of `acne04.export.formats.FORMATS`: it says which files it is of, and which
images it cannot hold. Choosing, naming, checking and writing are the same for all.
"""

from __future__ import annotations

from acne04.export.command import configure, read_options, run

__all__ = ["configure", "read_options", "run"]
