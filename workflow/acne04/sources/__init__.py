"""List every file of every source: where it comes from, whether it is here, what to do."""

from acne04.sources.command import configure, read_options, run

__all__ = ["configure", "read_options", "run"]
