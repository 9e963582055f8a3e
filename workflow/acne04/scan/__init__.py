"""The ``scan`` stage: read every image once; parse labels, folds and boxes beside it.

Nothing is corrected. What cannot be used is left out of the tables, and named in the findings
(`acne04.scan.catalogue`).
"""

from __future__ import annotations

from acne04.scan.command import ScanOptions, configure, read_options, run

__all__ = ["ScanOptions", "configure", "read_options", "run"]
