"""The ``scan`` stage: read every image once; parse labels, folds and boxes beside it.

Nothing is corrected. What cannot be used is left out of the tables, and named in the findings:

========  ================================================================================
error     The record is wrong, and a table lacks it or a field of it: undecodable,
          unreadable, name-not-unicode, label-file-malformed, label-line-malformed,
          label-conflict, label-missing, image-missing, fold-overlap, voc-malformed,
          box-malformed, box-inverted, box-outside-image, box-class-unexpected,
          folder-unexpected.
warning   The record is kept as it is and may mislead: prefix-grade-mismatch,
          count-boxes-mismatch, grade-outside-band, label-repeated, label-file-repeated,
          fold-incomplete, boxes-missing, boxes-unreferenced, voc-file-repeated,
          voc-size-mismatch, extension-unexpected, format-unexpected, unexpected-file,
          name-repeated, name-overlap, broken-promise.
info      Good to know: fold-not-partition, voc-filename-differs.
========  ================================================================================

Of two sources that disagree (label line and boxes, label and file name) neither is called wrong:
that is why those are warnings.
"""

from __future__ import annotations

from acne04.scan.command import ScanOptions, configure, read_options, run

__all__ = ["ScanOptions", "configure", "read_options", "run"]
