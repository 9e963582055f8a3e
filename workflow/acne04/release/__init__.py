"""The verb ``release``: manifests, tables and ledger of one commit, described, hashed and signed.

The folder holds no image, whatever its licence. How to make and keep a key: docs/releasing.md.
"""

from __future__ import annotations

from acne04.release.command import ReleaseOptions, configure, read_options, run

__all__ = ["ReleaseOptions", "configure", "read_options", "run"]
