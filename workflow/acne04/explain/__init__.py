"""Say what a finding or a check means, and what to do next."""

from acne04.explain.command import configure, read_options, run

__all__ = ["configure", "read_options", "run"]
