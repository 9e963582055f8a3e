"""The ``dedupe`` stage: canonical names, and the one graph of all that relates two images.

Two images are related when they are the same bytes (exact), one photograph in other bytes (near),
photographs of one person (subject), or a synthetic image and its parent (derived-from). A group
is a connected component of these relations: the only unit that is ever placed in a split. What
people decided outweighs what was measured; nothing is deleted.

========  ================================================================================
error     copies-disagree-on-grade, copies-across-subjects, copies-undecodable,
          image-in-two-subjects, subject-in-two-splits, subject-line-malformed,
          subject-image-unknown, near-across-subjects, synthetic-matches-outside,
          verdict-of-unknown-bytes, parent-not-sought, parent-not-a-photograph,
          decision-subject-changed, decision-impossible, decision-against-bytes.
warning   copies-disagree-on-count, copies-real-and-synthetic, name-collision,
          image-without-subject, subject-label-differs, subject-line-repeated, broken-promise,
          near-undecidable, decision-not-applicable.
info      identical-bytes, decision-applied.
========  ================================================================================
"""

from __future__ import annotations

from acne04.dedupe.command import configure, read_options, run

__all__ = ["configure", "read_options", "run"]
