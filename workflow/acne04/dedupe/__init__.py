"""The ``dedupe`` stage: canonical names, byte-identical copies, subjects, groups.

Two images are related when they are the same bytes or show the same person. A group is a connected
component of these relations: the only unit that is ever placed in a split. Nothing is deleted.

========  ================================================================================
error     copies-disagree-on-grade, copies-across-subjects, copies-undecodable,
          image-in-two-subjects, subject-in-two-splits, subject-line-malformed,
          subject-image-unknown.
warning   copies-disagree-on-count, copies-real-and-synthetic, name-collision,
          image-without-subject, subject-label-differs, subject-line-repeated, broken-promise.
info      identical-bytes.
========  ================================================================================
"""

from __future__ import annotations

from acne04.dedupe.command import configure, run

__all__ = ["configure", "run"]
