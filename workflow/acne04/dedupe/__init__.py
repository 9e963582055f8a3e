"""The ``dedupe`` stage: canonical names, and the one graph of all that relates two images.

Two images are related when they are the same bytes (exact), one photograph in other bytes (near),
photographs of one person (subject), or a synthetic image and its parent (derived-from). A group
is a connected component of these relations: the only unit that is ever placed in a split. What
people decided outweighs what was measured; nothing is deleted.
"""

from __future__ import annotations

from acne04.dedupe.command import configure, read_options, run

__all__ = ["configure", "read_options", "run"]
