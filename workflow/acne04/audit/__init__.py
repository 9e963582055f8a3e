"""The verb ``audit``: whether the dataset is what it says it is, and whether somebody touched it.

It looks at a checkout: files, locks, pins, store, releases. Nothing that it reads there is trusted
alone, since whoever can write to repository, cache and store can make all of them agree; against
that help a rebuild (``--rebuild``), and a release whose signature is checked with a key from
elsewhere (``--release``, ``--trusted-key``, ``--expect-serial``). The checks: docs/checks.md.
"""

from __future__ import annotations

from acne04.audit.command import AuditOptions, configure, read_options, run

__all__ = ["AuditOptions", "configure", "read_options", "run"]
