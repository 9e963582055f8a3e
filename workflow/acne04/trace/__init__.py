"""The verb ``trace``: where an artifact, an image or a circle comes from, and where it went.

It reads the ledger and the tables of the stages, and tells what they say of one thing: source and
licence, pinned file, listing, what the image is like, every finding that names it, its relations
and group, the decisions that apply, and its place in each manifest or why it has none. It checks
the bytes of what it reads, of nothing else: that is for `acne04 audit`.
"""

from __future__ import annotations

from acne04.trace.command import TraceOptions, configure, read_options, run

__all__ = ["TraceOptions", "configure", "read_options", "run"]
