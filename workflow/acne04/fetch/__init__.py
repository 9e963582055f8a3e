"""Bring a source to ``data/raw``, checked against its pins."""

from acne04.fetch.command import configure, run

__all__ = ["configure", "run"]
