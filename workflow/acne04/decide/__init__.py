"""The verb ``decide``: list what only a person can settle, and record the answer.

The stages write their questions to ``review.csv``; an answer becomes a row of ``decisions/*.csv``,
which is in git and which the stages apply. Nothing here changes data.
"""

from acne04.decide.command import configure, read_options, run

__all__ = ["configure", "read_options", "run"]
