"""Bring a source to ``data/raw``, checked against its pins."""

from acne04.fetch.command import configure, read_options, run

__all__ = ["configure", "read_options", "run"]
