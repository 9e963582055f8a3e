"""The verb ``check``: files that people edit, against their schemas, before they are committed.

It knows ``params.yaml``, ``sources.yaml``, the tables in ``decisions/``, ``upstreams/*/pins``,
``workflow/expectations/`` and ``releases/``, and the schemas themselves, each by its place.
"""

from __future__ import annotations

from acne04.check.command import configure, read_options, run

__all__ = ["configure", "read_options", "run"]
