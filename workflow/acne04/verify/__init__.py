"""The verb ``verify``: whether a release is what its publisher signed, and sound.

It reads the release and nothing else; with ``--images`` the images, too. The key, the serial and
the commit to expect come from whoever verifies, never from the release.
"""

from __future__ import annotations

from acne04.verify.command import VerifyOptions, configure, read_options, run

__all__ = ["VerifyOptions", "configure", "read_options", "run"]
