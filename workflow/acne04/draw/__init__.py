"""Draw the annotations of images into pictures for people to look at (`acne04 draw`)."""

from acne04.draw.command import configure, read_options, run

__all__ = ["configure", "read_options", "run"]
