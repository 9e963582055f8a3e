"""The ``record`` stage: the ledger of all other stages.

It says of every artifact which rule made it, from which code, parameters and inputs, each with its
SHA-256, and where the sources come from. It holds no commit, time, host or address that was used:
the same inputs give the same bytes. Whether the recorded is still so is for `acne04 audit` to say.
"""

from __future__ import annotations

from acne04.record.command import RecordOptions, configure, read_options, run

__all__ = ["RecordOptions", "configure", "read_options", "run"]
