"""Say what would stop a run here, or make it wrong, and the way out."""

from acne04.doctor.command import configure, read_options, run

__all__ = ["configure", "read_options", "run"]
