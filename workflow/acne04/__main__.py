"""``python -m acne04``: the same as the command `acne04`."""

from __future__ import annotations

import sys

from acne04.cli import main

if __name__ == "__main__":
    sys.exit(main())
