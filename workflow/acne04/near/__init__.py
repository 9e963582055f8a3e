"""The ``near`` stage: copies of a photograph in other bytes, and parents of synthetic images.

Generic perceptual hashes link strangers here: the faces are photographed alike. So a search
proposes pairs (`candidates`), and a registration of both pictures decides (`registration`). The
threshold comes from the corpus itself, from pairs of different persons (`calibration`). The
method withstands re-encoding, resizing, brightness, blur, mirroring, turns by 90 degrees and by up
to 3 degrees, crops by up to a tenth, and local edits; see docs/near-duplicates.md for the measure.

Photographs are compared with photographs, synthetic images with photographs. Copies of a synthetic
image are linked through their parent.
"""

from __future__ import annotations

from acne04.near.command import configure, read_options, run

__all__ = ["configure", "read_options", "run"]
