"""Check an Acne04-v2 annotation file: its form, its sense, and what others say about it."""

from acne04.validate.command import configure, read_options, run

__all__ = ["configure", "read_options", "run"]
