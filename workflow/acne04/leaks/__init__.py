"""The verb ``leaks``: what a split manifest, ours or a stranger's, shares between its parts.

It needs no images: only the manifest, and the relations that ``acne04 dedupe`` found. Exit code 1
where anything leaks, 0 where nothing does, 2 where it cannot be said.
"""

from __future__ import annotations

from acne04.leaks.command import configure, read_options, run

__all__ = ["configure", "read_options", "run"]
